"""Where the words that a judge names stand in the output, or in the source that lost them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from harness.metrics.judges.annotations import JudgedError
from harness.types import Mark


def located(errors: Sequence[JudgedError], output: str, source: str) -> tuple[Mark, ...]:
    """The errors as marks, in the order of the answer; one whose words are nowhere has no place.

    Words are looked for in the output, then in the source (an omission names what is missing), as they are,
    then whatever their case and white space. Of several places the first that no other error of the same
    words has.
    """
    sides: tuple[tuple[Literal["output", "source"], str], ...] = (("output", output), ("source", source))
    taken: set[tuple[str, int, int]] = set()
    marks = []
    for error in errors:
        mark = Mark(error.severity, error.category, error.span)
        for within, text in sides:
            place = next((p for p in _places(error.span or "", text) if (within, *p) not in taken), None)
            if place is not None:
                taken.add((within, *place))
                mark = Mark(error.severity, error.category, error.span, *place, within=within)
                break
        marks.append(mark)
    return tuple(marks)


def _places(words: str, text: str) -> list[tuple[int, int]]:
    """Every place of the words in a text: exact ones, else those that differ in case and white space."""
    if not words.strip():
        return []
    exact = [match.span() for match in re.finditer(re.escape(words), text)]
    loose = r"\s+".join(map(re.escape, words.split()))
    return exact or [match.span() for match in re.finditer(loose, text, re.IGNORECASE)]
