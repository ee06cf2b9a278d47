"""N-grams that a hypothesis shares with its references, counted for hundreds of segments at once.

The n-gram of the highest order at each position becomes one whole number: segment, units, side. Sorted, equal
n-grams of every order lie side by side, so one sort serves all orders. Exact: numbers are packed, not hashed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Text = str | Sequence[int]
"""A string is read as its characters; numbers stand for words."""
Integers = npt.NDArray[np.int64]

_BLOCK = 256  # segments: what is sorted together stays within the cache of a core
_BITS = 63


def shared(hypotheses: Sequence[Text], references: Sequence[Sequence[Text]], order: int) -> Integers:
    """`(n, order)` n-grams of each hypothesis that its references have, for n-grams of 1 to `order` units.

    An n-gram counts as often as the hypothesis has it, at most as often as the reference with most of it.
    """
    counts = [np.zeros((0, order), dtype=np.int64)]
    for at in range(0, len(hypotheses), _BLOCK):
        counts.append(_block(hypotheses[at : at + _BLOCK], references[at : at + _BLOCK], order))
    return np.concatenate(counts)


def totals(lengths: Sequence[int], order: int) -> Integers:
    """`(n, order)` n-grams of 1 to `order` units in texts of `lengths` units."""
    found: Integers = np.maximum(np.array(lengths, dtype=np.int64)[:, None] - np.arange(order), 0)
    return found


def _block(hypotheses: Sequence[Text], references: Sequence[Sequence[Text]], order: int) -> Integers:
    n = len(hypotheses)
    texts = [*hypotheses, *chain.from_iterable(references)]
    segments = [*range(n), *(i for i, found in enumerate(references) for _ in found)]
    sides = [0] * n + [side for found in references for side in range(1, len(found) + 1)]
    units = _numbered(texts)
    widths = [int(units.max(initial=1)).bit_length(), max(sides).bit_length()]
    if order * widths[0] + widths[1] + (n - 1).bit_length() <= _BITS:
        return _sorted(units, [len(text) for text in texts], segments, sides, widths, n, order)
    if n == 1:
        return _one(hypotheses[0], references[0], order)
    middle = n // 2
    return np.concatenate(
        [
            _block(hypotheses[:middle], references[:middle], order),
            _block(hypotheses[middle:], references[middle:], order),
        ]
    )


def _numbered(texts: Sequence[Text]) -> Integers:
    """The units of all texts, one after the other, as numbers from 1 without gaps."""
    points: npt.NDArray[Any]
    if texts and isinstance(texts[0], str):
        points = np.frombuffer(
            "".join(cast(Sequence[str], texts)).encode("utf-32-le", "surrogatepass"), "<u4"
        )
    else:
        points = np.fromiter(chain.from_iterable(cast(Sequence[Sequence[int]], texts)), dtype=np.int64)
    used = np.zeros(int(points.max(initial=0)) + 1, dtype=np.int64)
    used[points] = 1
    units: Integers = np.cumsum(used)[points]
    return units


def _sorted(
    units: Integers,
    lengths: Sequence[int],
    segments: Sequence[int],
    sides: Sequence[int],
    widths: Sequence[int],
    n: int,
    order: int,
) -> Integers:
    width, width_of_side = widths
    counts = np.zeros((n, order), dtype=np.int64)
    if not len(units):
        return counts
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(units))  # units from here to the text's end
    following = np.concatenate([units, np.zeros(order, dtype=np.int64)])
    keys = np.repeat(np.array(segments, dtype=np.int64), lengths)
    for k in range(order):
        keys = keys << width | np.where(left > k, following[k : k + len(units)], 0)
    keys = keys << width_of_side | np.repeat(np.array(sides, dtype=np.int64), lengths)
    keys.sort()
    on_side = keys & ((1 << width_of_side) - 1)
    keys >>= width_of_side
    found = [(on_side == side).astype(np.int64) for side in range(max(sides) + 1)]
    for k in range(order, 0, -1):
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        keys = keys[starts]
        found = [np.add.reduceat(number, starts) for number in found]
        most = found[1] if len(found) == 2 else np.maximum.reduce(found[1:])
        both = np.minimum(found[0], most)
        both[keys & ((1 << width) - 1) == 0] = 0  # shorter than k units, at the end of a text
        counts[:, k - 1] = np.bincount(keys >> (k * width), weights=both, minlength=n)
        keys >>= width
    return counts


def _one(hypothesis: Text, references: Sequence[Text], order: int) -> Integers:
    """One segment with too many different units to be packed."""
    counts = np.zeros((1, order), dtype=np.int64)
    for k in range(1, order + 1):
        most: Counter[tuple[str | int, ...]] = Counter()
        for reference in references:
            most |= _grams(reference, k)
        counts[0, k - 1] = (_grams(hypothesis, k) & most).total()
    return counts


def _grams(text: Text, k: int) -> Counter[tuple[str | int, ...]]:
    return Counter(tuple(text[i : i + k]) for i in range(len(text) - k + 1))
