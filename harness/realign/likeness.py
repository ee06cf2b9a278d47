"""How alike two words are, and how much a word says: the costs of an edit."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.common.tokens import FINAL

Costs = NDArray[np.float64]

# What a word costs at least and a mark always, of the 1 that a word costs which occurs in one segment only.
_LEAST, _MARK = 0.5, 0.3


class Likeness:
    """Similarity of any word to each word of a vocabulary: the Dice coefficient of their character bigrams.

    With it a substitution costs little between forms of one word ("Planet", "Planeten"), which translations
    of the same sentence share more often than whole words.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._known = {word: number for number, word in enumerate(vocabulary)}
        self._final = np.array([word in FINAL for word in vocabulary], dtype=np.float64)
        holders: dict[str, list[int]] = defaultdict(list)
        sizes = np.ones(len(vocabulary))
        for number, word in enumerate(vocabulary):
            if word[:1].isalnum():
                grams = _bigrams(word)
                sizes[number] = len(grams)
                for gram in grams:
                    holders[gram].append(number)
        self._sizes = sizes
        self._holders = {gram: np.array(numbers) for gram, numbers in holders.items()}

    def of(self, word: str) -> Costs:
        """`(V,)` similarities in [0, 1]; a final mark is half like another final mark."""
        if not word[:1].isalnum():
            found = 0.5 * self._final if word in FINAL else np.zeros(len(self._sizes))
        else:
            grams = _bigrams(word)
            shared = [self._holders[gram] for gram in grams if gram in self._holders]
            counts = np.bincount(np.concatenate(shared), minlength=len(self._sizes)) if shared else 0
            found = 2 * counts / (self._sizes + len(grams)) + np.zeros(len(self._sizes))
        if word in self._known:
            found[self._known[word]] = 1.0
        return found


@lru_cache(maxsize=100_000)
def _bigrams(word: str) -> frozenset[str]:
    framed = f"^{word}$"
    return frozenset(framed[at : at + 2] for at in range(len(framed) - 1))


class Weights:
    """What a word says, from .5 to 1: less the more segments it occurs in; a punctuation mark .3.

    `segments` are the segments of the reference as sets of words, `output` the words of the output.
    """

    def __init__(self, segments: Iterable[set[str]], output: Iterable[str]) -> None:
        listed = list(segments)
        self._n = max(len(listed), 1)
        self._spread = Counter(word for segment in listed for word in segment)
        self._output = Counter(output)

    def of(self, word: str) -> float:
        """The weight of one word."""
        if not word[:1].isalnum():
            return _MARK
        times = max(self._spread[word], self._output[word], 1)
        rare = math.log(1 + self._n / times) / math.log(1 + self._n)
        return _LEAST + (1 - _LEAST) * min(1.0, rare)
