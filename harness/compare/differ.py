"""The segments where two systems differ most, and the words in which they differ."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import numpy as np

from harness.compare.evaluate import MetricResult, Result

Piece = tuple[str, bool]  # text, and whether the other side lacks it

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Contrast:
    """One segment under two systems; `gap` is second minus first, in the metric's unit."""

    id: str
    source: str
    references: tuple[str, ...]
    first: str
    second: str
    first_score: float
    second_score: float

    @property
    def gap(self) -> float:
        return self.second_score - self.first_score


def most_different(
    result: Result, metric: MetricResult, first: str, second: str, count: int
) -> list[Contrast]:
    """The `count` segments with the largest absolute difference of segment scores, largest first."""
    systems = {system.name: system for system in result.test_set.systems}
    a, b = systems[first], systems[second]
    left, right = a.scores[metric.key], b.scores[metric.key]
    gaps = np.abs(right - left)
    order = [int(i) for i in np.argsort(-gaps, kind="stable") if np.isfinite(gaps[i]) and gaps[i] > 0]
    return [
        Contrast(
            a.ids[i],
            a.sources[i],
            a.references[i],
            a.hypotheses[i],
            b.hypotheses[i],
            float(left[i]),
            float(right[i]),
        )
        for i in order[:count]
    ]


def word_diff(first: str, second: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut into pieces, each marked when the other text has other words there.

    Joining the pieces of a side gives its text back.
    """
    left, right = _TOKENS.findall(first), _TOKENS.findall(second)
    a: list[Piece] = []
    b: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        for pieces, tokens in ((a, left[i1:i2]), (b, right[j1:j2])):
            text = "".join(tokens)
            if text:
                pieces.append((text, what != "equal" and not text.isspace()))
    return a, b
