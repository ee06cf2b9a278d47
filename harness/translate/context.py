"""A text with the sentences before it in one string, as it goes through cache and engine to the prompt.

So a stored output belongs to a text in its context, and another context is another text.
"""

from __future__ import annotations

from collections.abc import Sequence

_MARK, _BETWEEN = "\x1e", "\x1f"  # control characters, record and unit separator: no text has them

Pair = tuple[str, str]


def packed(source: str, before: Sequence[Pair]) -> str:
    """A source with the pairs (source, translation) before it, the nearest last."""
    parts = [part.replace(_MARK, " ").replace(_BETWEEN, " ") for pair in before for part in pair]
    return f"{_MARK}{_BETWEEN.join(parts)}{_MARK}{source}"


def unpacked(text: str) -> tuple[list[Pair], str]:
    """What `packed` was given; a text that it did not make has nothing before it."""
    if not text.startswith(_MARK):
        return [], text
    before, _, source = text[1:].partition(_MARK)
    parts = before.split(_BETWEEN) if before else []
    return list(zip(parts[::2], parts[1::2], strict=True)), source


def with_less(text: str) -> str | None:
    """The text without the farthest of what is before it; None where nothing is."""
    before, source = unpacked(text)
    return packed(source, before[1:]) if before else None
