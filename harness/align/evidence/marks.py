"""What agrees between two texts beside their meaning: the numbers in them, and how their sentences end."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from harness.align.search.lattice import REACH, SHAPES
from harness.protocols import Matrix

MOST = 4  # numbers more or less in a bead that count
PUNCTUATED = 0.2  # share of finished sentences from which a text is taken to use punctuation: Thai does not
_NUMBER = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?!\d)|\d+")  # with its thousands
_QUOTES = "\"'»”“’„)]› "
_ENDS = frozenset(".…!?:;。！？：；؟।")


def numbers(text: str) -> frozenset[int]:
    """The numbers of two digits or more; one of a single digit is often a word in the other text."""
    found = (re.sub(r"\D", "", number) for number in _NUMBER.findall(text))
    return frozenset(int(digits) for digits in found if 1 < len(digits) < 20)


def is_finished(text: str) -> bool:
    """Whether a sentence ends as sentences do, which headings and captions do not."""
    return text.rstrip(_QUOTES)[-1:] in _ENDS


class Marks:
    """The numbers of each sentence of one side, `(n + REACH,)` whether it is finished, and whether that says
    anything in this text.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.numbers = [numbers(text) for text in texts] + [frozenset[int]()] * REACH
        self.finished = np.array([is_finished(text) for text in texts] + [False] * REACH)
        # by size: how many numbers the run of so many sentences has, `(n,)` each
        self.counts = {
            size: np.array(
                [len(frozenset().union(*self.numbers[i : i + size])) for i in range(len(texts))], np.float32
            )
            for size in range(1, REACH + 1)
        }
        self.punctuated = int(self.finished.sum()) >= PUNCTUATED * len(texts)


def marks(src: Marks, tgt: Marks, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Matrix, Matrix]:
    """`(len(SHAPES), rows, columns)` each: 1 where only one side's last sentence is finished, and how many
    numbers stand on one side only, at most `MOST`. Ends say nothing where one text has no punctuation.
    """
    h, w = rows[1] - rows[0], columns[1] - columns[0]
    own, other = src.numbers[rows[0] : rows[1] + REACH], tgt.numbers[columns[0] : columns[1] + REACH]
    shared = sorted(frozenset().union(*own) & frozenset().union(*other))
    left, right = _runs(own, shared, h), _runs(other, shared, w)
    ends, alone = (np.empty((len(SHAPES), h, w), dtype=np.float32) for _ in range(2))
    for s, (a, b) in enumerate(SHAPES):
        first = src.finished[rows[0] + a - 1 : rows[1] + a - 1]
        second = tgt.finished[columns[0] + b - 1 : columns[1] + b - 1]
        ends[s] = (first[:, None] != second) & src.punctuated & tgt.punctuated
        counts, others = src.counts[a][slice(*rows)], tgt.counts[b][slice(*columns)]
        alone[s] = counts[:, None] + others
        if shared:
            alone[s] -= 2.0 * (left[a] @ right[b].T)
    return ends, np.minimum(alone, MOST, out=alone)


def _runs(sentences: Sequence[frozenset[int]], shared: Sequence[int], n: int) -> dict[int, Matrix]:
    """By size of a run: `(n, len(shared))` whether it has each of the numbers."""
    place = {number: k for k, number in enumerate(shared)}
    single = np.zeros((len(sentences), len(shared)), dtype=np.float32)
    for i, found in enumerate(sentences):
        single[i, [place[number] for number in found if number in place]] = 1.0
    out = {1: single[:n]}
    for size in range(2, REACH + 1):
        out[size] = np.maximum(out[size - 1], single[size - 1 : size - 1 + n])
    return out
