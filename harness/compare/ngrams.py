"""The n-grams of the references that one of two systems gets right and the other does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.common.progress import bar
from harness.compare.draws import Pair
from harness.compare.groups import TestSet
from harness.compare.load import System
from harness.compare.tokens import ngrams, tokenizer, unspaced

LONGEST = 4
"""Words of the longest n-grams that are counted."""
_SMOOTHING = 1  # compare-mt's: one right against none says less than thirty against one


@dataclass(frozen=True, slots=True)
class Ngram:
    """An n-gram; how often the references have it, and how often each of two systems has it right there."""

    text: str
    n: int
    references: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Only:
    """What one system gets right: its clearest n-grams, and how many of all the other never gets right."""

    system: str
    other: str
    ngrams: tuple[Ngram, ...]
    only: int  # different n-grams that the other never gets right
    only_times: int  # how often this one does


class Matches:
    """For each of some systems, how often each n-gram is right: counted as in BLEU, at most as often as a
    reference of the segment has it."""

    def __init__(self, test_set: TestSet, systems: Sequence[System]) -> None:
        self._tokens = tokenizer(test_set.tgt)
        self._joint = "" if unspaced(test_set.tgt) else " "
        self._references = systems[0].references
        self._at = {system.name: place for place, system in enumerate(systems)}
        right: list[Counter[str]] = [Counter() for _ in systems]
        with bar("n-grams", test_set.n, test_set.unit) as ticker:
            for index, references in enumerate(self._references):
                ticker.advance()
                wanted = self._most(references)
                for counts, system in zip(right, systems, strict=True):
                    self._count(counts, system.hypotheses[index], wanted)
        # Longer ones first, then by the alphabet: the order among n-grams that are equally clear.
        self._grams = sorted(set().union(*right), key=lambda gram: (-gram.count(" "), gram))
        self._counts = np.array([[counts[gram] for gram in self._grams] for counts in right], dtype=np.int64)

    def _most(self, references: Iterable[str]) -> dict[str, int]:
        """Each n-gram of a segment with the most that any one reference has of it."""
        most: dict[str, int] = {}
        for reference in references:
            for gram, count in Counter(self._all(reference)).items():
                most[gram] = max(count, most.get(gram, 0))
        return most

    def _all(self, text: str) -> Iterable[str]:
        tokens = self._tokens(text)
        return (gram for order in range(1, LONGEST + 1) for gram in ngrams(tokens, order))

    def _count(self, right: Counter[str], hypothesis: str, wanted: dict[str, int]) -> None:
        for gram, count in Counter(filter(wanted.__contains__, self._all(hypothesis))).items():
            right[gram] += min(count, wanted[gram])

    def contrasts(self, pairs: Sequence[Pair], most: int) -> list[tuple[Only, Only]]:
        """For each pair, what the first gets right and the second does not, and the reverse.

        At most `most` n-grams of each, by compare-mt's smoothed share (a + 1) / (a + b + 2) of the times
        that either is right (Neubig et al. 2019, aclanthology.org/N19-4007), longer n-grams first among
        equals; one inside a longer one with the same counts is not listed again.
        """
        both = [pair for first, second in pairs for pair in ((first, second), (second, first))]
        listed = [self._listed(system, other, most) for system, other in both]
        totals = self._totals({self._grams[k] for some in listed for k in some})
        found = [self._only(*pair, some, totals) for pair, some in zip(both, listed, strict=True)]
        return list(zip(found[::2], found[1::2], strict=True))

    def _listed(self, system: str, other: str, most: int) -> list[int]:
        a, b = self._counts[self._at[system]], self._counts[self._at[other]]
        better = np.flatnonzero(a > b)
        shares = (a[better] + _SMOOTHING) / (a[better] + b[better] + 2 * _SMOOTHING)
        listed: list[int] = []
        for k in better[np.argsort(-shares, kind="stable")]:
            if len(listed) == most:
                break
            if not any(
                (a[k], b[k]) == (a[longer], b[longer]) and f" {self._grams[k]} " in f" {self._grams[longer]} "
                for longer in listed
            ):
                listed.append(int(k))
        return listed

    def _only(self, system: str, other: str, listed: Sequence[int], totals: Counter[str]) -> Only:
        a, b = self._counts[self._at[system]], self._counts[self._at[other]]
        exclusive = a[(a > 0) & (b == 0)]
        return Only(
            system,
            other,
            tuple(
                Ngram(gram.replace(" ", self._joint), gram.count(" ") + 1, totals[gram], int(a[k]), int(b[k]))
                for k, gram in ((k, self._grams[k]) for k in listed)
            ),
            len(exclusive),
            int(exclusive.sum()),
        )

    def _totals(self, wanted: set[str]) -> Counter[str]:
        """How often the references have each of some n-grams."""
        totals: Counter[str] = Counter()
        for references in self._references if wanted else ():
            for gram, count in self._most(references).items():
                if gram in wanted:
                    totals[gram] += count
        return totals
