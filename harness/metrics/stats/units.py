"""What resampling draws: single segments, or the documents that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.metrics.stats.bootstrap import SINGLE
from harness.protocols import Statistics

Unit = Literal["segments", "documents"]
ENOUGH = 20
"""Documents from which they are drawn by default: a percentile interval from fewer is too narrow itself."""


def usual_unit(docs: Sequence[str | None]) -> Unit:
    """What is drawn unless the user says: documents, where every segment is in one and there are enough.

    Segments of a document share topic, style and the mood of the system, so that drawing them one by one
    makes intervals too narrow. Above 100,000 segments blocks of them are drawn (`bootstrap.block_size`).
    """
    enough = len(set(docs)) >= ENOUGH and None not in docs
    return "documents" if enough and len(docs) <= SINGLE else "segments"


def numbered(docs: Sequence[str | None]) -> NDArray[np.intp]:
    """`(n,)` the number of each segment's document, from 0 in the order in which documents begin."""
    numbers: dict[str | None, int] = {}
    return np.array([numbers.setdefault(doc, len(numbers)) for doc in docs], dtype=np.intp)


def summed(rows: Statistics, numbers: NDArray[np.intp]) -> Statistics:
    """`(d, k)` sums of statistics `(n, k)` by document."""
    found = np.zeros((int(numbers.max(initial=-1)) + 1, rows.shape[1]))
    np.add.at(found, numbers, rows)
    return found
