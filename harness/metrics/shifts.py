"""Outputs that belong to a neighbouring line: a line lost or added somewhere, and all after it is shifted."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.common.unspaced import EITHER

_SHORTEST = 5  # lines of a stretch
_FEWEST = 10  # lines of a set that can tell anything
_MARGIN = 0.04  # by how much a line must fit its neighbour better to count for a shift
_LIKENESS = 0.12  # a stretch is this like the neighbouring references on average …
_CHANCE = 2.5  # … and so many times as like them as far ones …
_MOST = 0.6  # … and so many of its lines are better there …
_TIMES = 3.0  # … and so many times as like them as its own,
_EVIDENCE = 1.0  # with so much likeness gained in all
_OFFSETS = (1, -1, 2, -2)
_STEM = 6  # letters of a word that count: endings differ
_WORD = re.compile(f"{EITHER.pattern}|(?:(?!{EITHER.pattern})\\w)+")


@dataclass(frozen=True, slots=True)
class Shift:
    """Outputs `start:stop` (0-based) belong to the references `by` lines further on."""

    start: int
    stop: int
    by: int


def shift(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> Shift | None:
    """The stretch of at least five consecutive outputs that fit a neighbouring line's reference better.

    Likeness is the share of the words of both texts, weighted by how rare they are in the references (idf),
    that they have in common: 2·w(H∩R)/(w(H)+w(R)), of several references the best. The stretch is the one
    where the summed gain of line i ± 1 or 2 over line i is largest. Lines in another order, copies of the
    source and repeated lines gain nothing.
    """
    if len(hypotheses) < _FEWEST:
        return None
    outputs = [_stems(text) for text in hypotheses]
    wanted = [[_stems(text) for text in texts] for texts in references]
    seen = Counter(word for texts in wanted for word in frozenset().union(*texts))
    weights = {word: math.log((len(wanted) + 1) / n) for word, n in seen.items()}
    unknown = math.log(len(wanted) + 1)

    def weight(words: frozenset[str]) -> float:
        return sum(weights.get(word, unknown) for word in words)

    sizes = [weight(words) for words in outputs]
    sizes_wanted = [[weight(words) for words in texts] for texts in wanted]

    def like(at: int, other: int) -> float:
        """How like output `at` is to the references `other`, in [0, 1]."""
        pairs = zip(wanted[other], sizes_wanted[other], strict=True)
        own = outputs[at]
        return max(
            (2 * weight(own & words) / (sizes[at] + size) for words, size in pairs if sizes[at] + size),
            default=0.0,
        )

    kept = [like(at, at) for at in range(len(outputs))]
    n = len(outputs)
    chance = sum(like(at, (at + n // 2) % n) for at in range(n)) / n
    margin = max(_MARGIN, chance)
    best: tuple[float, Shift] | None = None
    for by in _OFFSETS:
        inside = range(max(0, -by), n - max(0, by))
        moved = {at: like(at, at + by) for at in inside}
        start, stop, gain = _largest([moved[at] - kept[at] - margin for at in inside])
        found = Shift(inside.start + start, inside.start + stop, by)
        there = range(found.start, found.stop)
        better = sum(moved[at] > kept[at] + margin for at in there)
        if better < max(_SHORTEST, _MOST * len(there)) or gain < max(_EVIDENCE, best[0] if best else 0.0):
            continue
        of_neighbour, of_own = sum(moved[at] for at in there), sum(kept[at] for at in there)
        if of_neighbour >= max(_LIKENESS, _CHANCE * chance) * len(there) and of_neighbour >= _TIMES * of_own:
            best = gain, found
    return best[1] if best else None


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold()))


def _largest(gains: Sequence[float]) -> tuple[int, int, float]:
    """The consecutive gains of the largest sum, `start:stop`, and that sum (Kadane)."""
    best, bounds = 0.0, (0, 0)
    total, start = 0.0, 0
    for at, gain in enumerate(gains):
        if total <= 0:
            total, start = 0.0, at
        total += gain
        if total > best:
            best, bounds = total, (start, at + 1)
    return *bounds, best
