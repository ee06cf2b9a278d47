"""Advice in the spelling of the command in which it is given: `encoder=use` is `--encoder use` in `align`.

Classes and readers know keys only as `run` takes them.
"""

from __future__ import annotations

import re

_KEYED = r"(?<!--set )(?<![\w.'/-])"  # at the beginning of a word, and not respelled already
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "align": (
        (rf"{_KEYED}data\.pairs=", "--pairs "),
        (rf"{_KEYED}aligner\.(\w+=)", r"--set \1"),
        (rf"{_KEYED}(encoder\.\w+=)", r"--set \1"),
        (rf"{_KEYED}(aligner|encoder|clean|splitter)=(?=\S)", r"--\1 "),
    ),
    "clean": ((rf"{_KEYED}clean=(?=\S)", "--clean "),),
    "score": (
        (rf"{_KEYED}pair\.src=([\w-]+) pair\.tgt=([\w-]+)", r"--pair \1-\2"),
        (rf"{_KEYED}force=true", "--force"),
        (rf"{_KEYED}((?:bootstrap|data|engine|metrics|model|pair)\.[\w.]+=)", r"--set \1"),
    ),
}


def spelled(verb: str, text: str) -> str:
    """A message in which keys of `run` are the options of `verb`; unchanged for other verbs."""
    for pattern, option in _RULES.get(verb, ()):
        text = re.sub(pattern, option, text)
    return text
