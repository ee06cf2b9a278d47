"""Whether the two sides of a pair were given the wrong way round, by the language of their texts."""

from __future__ import annotations

from collections.abc import Sequence

from harness.common.langid import identify, label

_LETTERS = 20  # of a side: fewer say little
_LOOKED_AT = 20_000  # characters of a side
_SURE = 0.95


def swapped(sources: Sequence[str], references: Sequence[str], src: str, tgt: str) -> str | None:
    """A warning where the sources are in `tgt` and the references in `src`; without sources, by the latter.

    All lines of a side are one text, so that short lines count too. The language must be the likelier of the
    two and the likeliest of all: what is in a third one is no sign.
    """
    if label(src) is None or label(tgt) is None or label(src) == label(tgt):
        return None
    if not any(text.strip() for text in sources):
        if _is(references, src, tgt):
            return f"the references are in '{src}', the source language: is the pair the right way round?"
        return None
    if _is(sources, tgt, src) and _is(references, src, tgt):
        return (
            f"sources and references look swapped: the sources are in '{tgt}', the references in '{src}';"
            f" exchange the files, or the languages ({tgt}-{src})"
        )
    return None


def _is(texts: Sequence[str], code: str, other: str) -> bool:
    text = " ".join(texts)[:_LOOKED_AT]
    if sum(character.isalpha() for character in text) < _LETTERS:
        return False
    found, probability = identify(text, [code, other])
    return found == code and probability >= _SURE and identify(text)[0] == label(code)
