"""The n-grams of the references that one of two systems gets right and the other does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.common.progress import bar
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
        self._right: dict[str, Counter[str]] = {system.name: Counter() for system in systems}
        with bar("n-grams", test_set.n, "segments") as ticker:
            for index, references in enumerate(self._references):
                ticker.advance()
                wanted = self._most(references)
                for system in systems:
                    self._count(self._right[system.name], system.hypotheses[index], wanted)

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

    def contrast(self, first: str, second: str, most: int) -> tuple[Only, Only]:
        """What `first` gets right and `second` does not, and the reverse; at most `most` n-grams of each.

        Sorted by compare-mt's smoothed share (a + 1) / (a + b + 2) of the times that either is right
        (Neubig et al. 2019, aclanthology.org/N19-4007), longer n-grams first among equals; one inside a
        longer one with the same counts is not listed again.
        """
        return self._only(first, second, most), self._only(second, first, most)

    def _only(self, system: str, other: str, most: int) -> Only:
        a, b = self._right[system], self._right[other]
        better = [(gram, count, b[gram]) for gram, count in a.items() if count > b[gram]]
        better.sort(key=lambda found: (-_share(*found[1:]), -found[0].count(" "), found[0]))
        listed: list[tuple[str, int, int]] = []
        for found in better:
            if len(listed) == most:
                break
            if not any(found[1:] == longer[1:] and f" {found[0]} " in f" {longer[0]} " for longer in listed):
                listed.append(found)
        totals = self._totals({gram for gram, _, _ in listed})
        exclusive = [count for _, count, others in better if not others]
        return Only(
            system,
            other,
            tuple(
                Ngram(gram.replace(" ", self._joint), gram.count(" ") + 1, totals[gram], mine, others)
                for gram, mine, others in listed
            ),
            len(exclusive),
            sum(exclusive),
        )

    def _totals(self, wanted: set[str]) -> Counter[str]:
        """How often the references have each of some n-grams."""
        totals: Counter[str] = Counter()
        for references in self._references if wanted else ():
            for gram, count in self._most(references).items():
                if gram in wanted:
                    totals[gram] += count
        return totals


def _share(right: int, other: int) -> float:
    return (right + _SMOOTHING) / (right + other + 2 * _SMOOTHING)
