"""The tables of scores by bucket, with what they can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence

from harness.compare.buckets import Bucket
from harness.compare.cells import Sheet, digits_of, number, span
from harness.compare.draws import FEWEST
from harness.compare.evaluate import MetricResult, Result

FEW = 30
"""Below so many segments a note says that the interval of a bucket is a coarse one."""
_WITHOUT = {
    "shape": "its segments have no beads, since they were parallel already",
    "confidence": "its alignment has no confidences, or its segments were parallel already",
    "document": "its segments name no document (data.docs or data.doc_id names them)",
    "domain": "its segments name no domain (data.docs may name them)",
}


def bucket_sheets(result: Result, by: str, found: Sequence[Bucket]) -> list[Sheet]:
    """One sheet per metric: in each bucket the systems, best over all first, with Δ and its interval."""
    return [_sheet(result, metric, by, found) for metric in result.metrics] if found else []


def bucket_notes(result: Result, by: str, found: Sequence[Bucket]) -> tuple[str, ...]:
    """That a test set has no such buckets; or what their intervals are, and which buckets are small."""
    if not found:
        return (f"--by {by}: {result.test_set.title} cannot be split so: {_WITHOUT[by]}.",)
    notes = []
    if len(result.test_set.systems) > 1:
        notes.append(
            f"By {by}: Δ to the baseline with its 95 % bootstrap interval over the segments of the bucket;"
            f" not corrected for the {len(found)} buckets, so some exclude 0 by chance."
        )
    small = [f"{bucket.label} ({bucket.n})" for bucket in found if bucket.n < FEW]
    if small:
        shown = ", ".join(small[:6]) + (f" and {len(small) - 6} more" if len(small) > 6 else "")
        notes.append(
            f"By {by}: fewer than {FEW} segments in {shown}: scores and intervals are coarse there, and"
            f" below {FEWEST} segments no interval is given."
        )
    return tuple(notes)


def _sheet(result: Result, metric: MetricResult, by: str, found: Sequence[Bucket]) -> Sheet:
    digits = digits_of(metric)
    several = len(metric.rows) > 1
    compared = (f"Δ to {metric.baseline}", "95 % interval of Δ") if several else ()
    header = (by, "n", "system", metric.name, *compared)
    rows: list[tuple[str, ...]] = []
    ends = []
    for bucket in found:
        for place, row in enumerate(metric.rows):
            label = (bucket.label, str(bucket.n)) if place == 0 else ("", "")
            cells = (*label, row.system, number(bucket.scores[metric.key][row.system], digits))
            rows.append(cells + (_gap(metric, bucket, row.system, digits) if several else ()))
        ends.append(len(rows) - 1)
    return Sheet(f"{metric.name} by {by}", header, tuple(rows), frozenset(ends[:-1]))


def _gap(metric: MetricResult, bucket: Bucket, system: str, digits: int) -> tuple[str, str]:
    if system == metric.baseline:
        return "baseline", ""
    gap = bucket.differences[metric.key][system]
    return number(gap.value, digits, sign=True), span(*gap.ci, digits)
