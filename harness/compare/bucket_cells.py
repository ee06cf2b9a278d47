"""The tables of scores by bucket, with what they can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.compare.buckets import Bucket, drawn_unit
from harness.compare.cells import Sheet, digits_of, number, span
from harness.compare.draws import FEWEST
from harness.compare.evaluate import MetricResult, Result
from harness.compare.gaps import MOST, Gap
from harness.metrics.stats.units import ENOUGH

FEW = 30
"""Below so many segments a note says that the interval of a bucket is a coarse one."""
TOO_LARGE = "too many buckets and systems for one test over them all, so no p; name fewer systems"
_WITHOUT = {
    "shape": "its segments have no beads, since they were parallel already",
    "confidence": "its alignment has no confidences, or its segments were parallel already",
    "document": "its segments name no document (data.docs or data.doc_id names them)",
    "domain": "its segments name no domain (data.docs may name them)",
}


def bucket_sheets(result: Result, by: str, found: Sequence[Bucket]) -> list[Sheet]:
    """One sheet per metric: in each bucket the systems, best over all first, with Δ and its interval."""
    return [_sheet(metric, by, found) for metric in result.metrics] if found else []


def bucket_rows(result: Result, by: str, found: Sequence[Bucket]) -> list[dict[str, Any]]:
    """One flat dict per metric, bucket and system: the rows of the CSV."""
    return [
        {
            **set_fields(result),
            "metric": metric.key,
            "signature": metric.signature,
            "by": by,
            "bucket": bucket.label,
            "n": bucket.n,
            "system": row.system,
            "score": bucket.scores[metric.key][row.system],
            **gap_fields(metric.baseline, bucket.differences[metric.key].get(row.system)),
        }
        for metric in result.metrics
        for bucket in found
        for row in metric.rows
    ]


def joint_too_large(result: Result, groups: int) -> bool:
    """Whether so many groups of all systems are not tested at once."""
    return groups * len(result.test_set.systems) * result.options.resamples > MOST


def set_fields(result: Result) -> dict[str, Any]:
    """The test set, as the first cells of each line of a CSV."""
    test_set = result.test_set
    return {"data": test_set.name, "data_hash": test_set.hash, "src": test_set.src, "tgt": test_set.tgt}


def gap_fields(baseline: str, gap: Gap | None) -> dict[str, Any]:
    """A difference from the baseline as cells of a CSV; None for the baseline itself."""
    return {
        "baseline": baseline,
        "difference": gap.value if gap else None,
        "difference_low": gap.ci[0] if gap else None,
        "difference_high": gap.ci[1] if gap else None,
        "p_corrected": gap.p if gap else None,
    }


def gap_heads(baseline: str) -> tuple[str, str, str]:
    """The headings of `gap_cells`."""
    return f"Δ to {baseline}", "95 % interval of Δ", "p (max-t)"


def gap_cells(gap: Gap | None, digits: int) -> tuple[str, str, str]:
    """A difference from the baseline, its interval and corrected p; None for the baseline itself."""
    if gap is None:
        return "baseline", "", ""
    if gap.value == 0:
        return "=", span(*gap.ci, digits), "="
    return number(gap.value, digits, sign=True), span(*gap.ci, digits), number(gap.p, 4)


def bucket_notes(result: Result, by: str, found: Sequence[Bucket]) -> tuple[str, ...]:
    """That a test set has no such buckets; or what their intervals are, and which buckets are small."""
    if not found:
        return (f"--by {by}: {result.test_set.title} cannot be split so: {_WITHOUT[by]}.",)
    notes = []
    unit = drawn_unit(result, by)
    within = " (within a document segments are drawn)" if unit != result.options.unit else ""
    if len(result.test_set.systems) > 1:
        notes.append(
            f"By {by}: Δ to the baseline with its 95 % bootstrap interval over the {unit} of the"
            f" bucket{within}, not corrected for the {len(found)} buckets; p is, for all"
            " buckets and systems by step-down max-T."
        )
        if joint_too_large(result, len(found)):
            notes.append(f"By {by}: {TOO_LARGE}")
    few = FEW if unit == "segments" else ENOUGH
    small = [f"{bucket.label} ({bucket.drawn})" for bucket in found if bucket.drawn < few]
    if small:
        shown = ", ".join(small[:6]) + (f" and {len(small) - 6} more" if len(small) > 6 else "")
        notes.append(
            f"By {by}: fewer than {few} {unit} in {shown}: scores and intervals are coarse there, and"
            f" below {FEWEST} {unit} no interval is given."
        )
    return tuple(notes)


def _sheet(metric: MetricResult, by: str, found: Sequence[Bucket]) -> Sheet:
    digits = digits_of(metric)
    several = len(metric.rows) > 1
    header = (by, "n", "system", metric.name, *(gap_heads(metric.baseline) if several else ()))
    rows: list[tuple[str, ...]] = []
    ends = []
    for bucket in found:
        for place, row in enumerate(metric.rows):
            label = (bucket.label, str(bucket.n)) if place == 0 else ("", "")
            cells = (*label, row.system, number(bucket.scores[metric.key][row.system], digits))
            gap = bucket.differences[metric.key].get(row.system)
            rows.append(cells + (gap_cells(gap, digits) if several else ()))
        ends.append(len(rows) - 1)
    return Sheet(f"{metric.name} by {by}", header, tuple(rows), frozenset(ends[:-1]))
