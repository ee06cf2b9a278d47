"""Where two files that should be line-parallel part: one line too many or too few, somewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def first_mismatch(src: Sequence[int], tgt: Sequence[int]) -> int:
    """The 0-based line at which the lengths of the two sides most likely stop matching.

    `src` and `tgt` are line lengths in characters, of unequal number. Up to line k line i belongs to
    line i, from there on to line i + d with d the difference of the counts; k is where the summed cost
    |log(a / b)| of the lengths a and b, scaled by the ratio of the means, is least (the length
    criterion of Gale & Church 1993 with one change point).
    """
    n = min(len(src), len(tgt))
    if n == 0:
        return 0
    a, b = np.asarray(src, dtype=np.float64), np.asarray(tgt, dtype=np.float64)
    b = b * ((a.mean() + 1) / (b.mean() + 1))
    before = np.concatenate([[0.0], np.cumsum(_cost(a[:n], b[:n]))])
    after = np.concatenate([np.cumsum(_cost(a[-n:], b[-n:])[::-1])[::-1], [0.0]])
    return int(np.argmin(before + after))


def _cost(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.minimum(np.abs(np.log((a + 1) / (b + 1))), 3.0))
