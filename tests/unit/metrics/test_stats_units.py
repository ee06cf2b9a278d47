"""What is resampled: documents where there are enough of them, else segments."""

from __future__ import annotations

import numpy as np

from harness.compare.options import Options
from harness.metrics.stats.units import numbered, summed, usual_unit


def test_documents_are_drawn_where_twenty_hold_every_segment() -> None:
    docs = [f"d{k // 3}" for k in range(60)]
    assert usual_unit(docs) == "documents"
    assert usual_unit(docs[:57]) == "segments"  # nineteen
    assert usual_unit([*docs, None]) == "segments"
    assert usual_unit([]) == "segments"
    assert usual_unit([f"d{k // 3}" for k in range(100_001)]) == "segments"  # drawn in blocks


def test_sums_are_by_document_in_the_order_of_their_beginnings() -> None:
    rows = np.arange(8.0).reshape(4, 2)
    assert summed(rows, numbered(["b", "a", "b", "c"])).tolist() == [[4, 6], [2, 3], [6, 7]]


def test_a_comparison_says_what_it_draws_and_why() -> None:
    many, few = [f"d{k // 2}" for k in range(60)], ["a", "a", "b"]
    unit, note = Options().drawn(many)
    assert unit == "documents" and note is not None and "--resample segments" in note
    unit, note = Options().drawn(few)
    assert unit == "segments" and note is not None and "2 documents are too few" in note
    assert Options().drawn([None, None]) == ("segments", None) == Options().drawn(["a", "a"])
    assert Options(unit="segments").drawn(many) == ("segments", None)
    assert Options(unit="documents").drawn(few) == ("documents", None)
    assert Options(tests=("bs",)).drawn(many) == ("segments", None)  # identical to sacreBLEU's
