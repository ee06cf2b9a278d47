"""Where sentences belong that an aligner left alone, by the words that they share with a segment.

An aligner of two languages cannot count words in common; an output and its reference are of one language, and
what a segment says that its own sentences do not say yet is evidence of its own. A sentence apart is often
part of a segment ("Der Kapitän sagte nichts. | Er blickte auf das Meer."), whose bead of two sentences had to
share its probability with beads of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from harness.common.tokens import tokens
from harness.realign.likeness import Likeness, Weights

ENOUGH = 0.3
"""Share of a sentence's words, by weight, that a segment must have left for it."""
ALIKE = 0.6
"""Likeness from which two words may be forms of one."""


class Shared:
    """What sentences have in common with segments, given as texts."""

    def __init__(self, segments: Sequence[str], sentences: Sequence[str]) -> None:
        self._segments, self._sentences = ([_words(text) for text in side] for side in (segments, sentences))
        self._weights = Weights(map(set, self._segments), (w for words in self._sentences for w in words))
        self._vocabulary = sorted({word for words in self._sentences for word in words})
        self._likeness = Likeness(self._vocabulary)
        self._alike: dict[str, dict[str, float]] = {}

    def with_group(self, sentence: int, segments: Sequence[int], taken: Sequence[int]) -> float:
        """What the sentence has in common, 0 to 1, with what segments have left beside the sentences `taken`.

        Of the words of the sentence, by weight, those that are like a word that is left, each counted once.
        """
        left = Counter(word for k in segments for word in self._segments[k])
        for j in taken:
            self._match(self._sentences[j], left)
        words = self._sentences[sentence]
        whole = sum(map(self._weights.of, words))
        return self._match(words, left) / whole if whole else 0.0

    def same(self, sentence: int, other: int) -> bool:
        """Whether two sentences have the same words, one at least."""
        return bool(self._sentences[sentence]) and self._sentences[sentence] == self._sentences[other]

    def same_words(self, sentence: int, segment: int) -> float:
        """The same of one segment and words in the same form only, which is quick."""
        words = self._sentences[sentence]
        common = Counter(words) & Counter(self._segments[segment])
        whole = sum(map(self._weights.of, words))
        return sum(self._weights.of(word) * n for word, n in common.items()) / whole if whole else 0.0

    def _match(self, words: Sequence[str], left: Counter[str]) -> float:
        """The weight of the words that have their like in `left`, from which those are taken."""
        found, others = 0.0, []
        for word in words:
            if left[word] > 0:
                left[word] -= 1
                found += self._weights.of(word)
            else:
                others.append(word)
        for candidate in [word for word, times in left.items() if times > 0]:
            alike = self._forms(candidate)
            best = max(others, key=lambda word: alike.get(word, 0.0), default=None) if alike else None
            if best is not None and best in alike:
                left[candidate] -= 1
                others.remove(best)
                found += alike[best] * self._weights.of(best)
        return found

    def _forms(self, word: str) -> dict[str, float]:
        """The words of the sentences that may be forms of a word, with their likeness."""
        if word not in self._alike:
            likeness = self._likeness.of(word)
            near = np.flatnonzero(likeness >= ALIKE).tolist()
            self._alike[word] = {self._vocabulary[at]: float(likeness[at]) for at in near}
        return self._alike[word]


def placed(gains: Sequence[Sequence[float]]) -> list[int | None]:
    """For each sentence of a run the group it belongs to, None for nowhere; no group before the last one.

    `gains[j][g]` is what sentence j has in common with group g. The assignment has the largest sum, of gains
    of `ENOUGH` and more.
    """
    groups = len(gains[0])
    best: list[tuple[float, list[int | None]]] = [(0.0, [])] * groups  # by the last group used
    for row in gains:
        reached: list[tuple[float, list[int | None]]] = []
        for g, gain in enumerate(row):
            value, way = max(best[: g + 1], key=lambda state: state[0])
            stay = best[g][0], [*best[g][1], None]
            taken = value + gain, [*way, g]
            reached.append(taken if gain >= ENOUGH and taken[0] > stay[0] else stay)
        best = reached
    return max(best, key=lambda state: state[0])[1]


def _words(text: str) -> list[str]:
    return [word.form for word in tokens(text) if word.is_word]
