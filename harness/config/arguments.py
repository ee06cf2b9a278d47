"""The arguments of `run` as Hydra can read them: characters, quoting, and keys that a YAML leaves out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harness.config.keys import OPEN, known_keys

_ESCAPED = ("data.delimiter", "model.prompt", "model.system", "model.stop", "encoder.prefix")
"""Keys of texts in which `\\n` and `\\t` are characters that a shell makes hard to type."""

_SPELLED = {"gold.path": "aligner.path"}
"""Other spellings of keys, as people write them: `aligner=gold gold.path=FILE`."""
_JUDGES = {"gemba-mqm": "gemba_mqm", "gemba-esa": "gemba_esa"}
"""Metrics by the names that their papers give them: `metrics=gemba-mqm`."""


def readable(arguments: Sequence[str], folders: Sequence[Path] = ()) -> list[str]:
    """The arguments with what Hydra's grammar cannot read quoted, and known keys added where they are unset.

    `data.delimiter=;` and `data.source={src}` are texts. A key of a model or of a class is accepted whether
    or not the YAML that was chosen lists it; whether it fits the class is checked later.
    """
    return [_readable(word, folders) for word in arguments]


def _readable(word: str, folders: Sequence[Path]) -> str:
    key, equals, value = word.partition("=")
    if not equals or word.startswith("-"):
        return word
    key, value = _respelled(key, value, folders)
    if key.lstrip("+") in _ESCAPED:
        value = value.replace("\\n", "\n").replace("\\t", "\t")
    if not parses(f"{key}={value}"):
        value = _read_as_text(value)
    elif value.strip(" ") in ("\t", "\n"):
        value = quoted(value)  # Hydra drops white space around a value
    return f"{'++' if _is_option(key, folders) else ''}{key}={value}"


def _respelled(key: str, value: str, folders: Sequence[Path]) -> tuple[str, str]:
    """The key and the value in the spelling of the configuration."""
    bare = key.lstrip("+")
    for kind, name in _JUDGES.items():
        if any((folder / "metrics" / f"{kind}.yaml").exists() for folder in folders):
            continue  # a metric of the user's own
        if bare == "metrics":
            value = re.sub(rf"(?<![\w-]){kind}(?![\w-])", name, value)
        elif bare.startswith(f"metrics.{kind}."):
            key = key.replace(kind, name, 1)
    return _SPELLED.get(bare, key), value


def _read_as_text(value: str) -> str:
    """A value without quotes as a text, or the items of a list as texts; one with quotes as it is."""
    if {"'", '"'} & set(value[:2]):
        return value
    if not value.startswith("["):
        return quoted(value)
    items = value.removeprefix("[").removesuffix("]").split(",")
    return f"[{','.join(item if parses(f'it={item}') else quoted(item.strip()) for item in items)}]"


def typed_words(words: Sequence[str]) -> str:
    """Arguments made `readable`, in one line as a user would type them."""
    return " ".join(word.removeprefix("++") for word in words)


def quoted(text: str) -> str:
    """A value as Hydra reads it, whatever characters it has."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def parses(word: str) -> bool:
    """Whether Hydra's grammar has a reading for the argument."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        OverridesParser.create().parse_override(word)
    except HydraException:
        return False
    return True


def _is_option(key: str, folders: Sequence[Path]) -> bool:
    """Whether a key names an option of an open group, or a key within one (`engine.extra.top_k`)."""
    group, *names = key.split(".")
    if group not in OPEN or not names:
        return False
    option = names[1:2] if group == "metrics" else names[:1]
    return bool(option) and option[0] in known_keys(group, folders)
