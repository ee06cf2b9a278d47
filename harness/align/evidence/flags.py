"""What a reader, or a metric that trusts the alignment, should know about a bead."""

from __future__ import annotations

from harness.align.evidence.clauses import Clauses
from harness.align.evidence.spans import Spans
from harness.types import Bead

PARTIAL = 0.23  # a clause whose best cosine is below has no counterpart
SHORT = 0.75  # one side has less than this of the length the texts' ratio leads one to expect
OUTLIER = 0.5
MARGIN = 0.5  # confidence below which another reading is as likely


def flags(
    bead: Bead, confidence: float, parts: tuple[Clauses, Clauses], spans: tuple[Spans, Spans], ratio: float
) -> tuple[str, ...]:
    """`partial`: one side says clearly less; `length-outlier`: lengths far apart; `low-margin`: unsure."""
    out = []
    if not bead.is_null:
        agreement = _length_agreement(bead, spans, ratio)
        if agreement < SHORT or _least_covered(bead, parts) < PARTIAL:
            out.append("partial")
        if agreement < OUTLIER:
            out.append("length-outlier")
    if confidence < MARGIN:
        out.append("low-margin")
    return tuple(out)


def _length_agreement(bead: Bead, spans: tuple[Spans, Spans], ratio: float) -> float:
    """Shorter over longer side in characters, the texts' own ratio taken out; in [0, 1]."""
    left = float(spans[0].chars[list(bead.src)].sum()) * ratio
    right = float(spans[1].chars[list(bead.tgt)].sum())
    return min(left, right) / max(left, right, 1.0)


def _least_covered(bead: Bead, parts: tuple[Clauses, Clauses]) -> float:
    """The lowest best cosine of any clause of the bead to a clause of its other side."""
    left, right = (
        side.vectors[side.starts[numbers[0]] : side.starts[numbers[-1] + 1]]
        for side, numbers in zip(parts, (bead.src, bead.tgt), strict=True)
    )
    cosines = left @ right.T
    return float(min(cosines.max(axis=1).min(), cosines.max(axis=0).min()))
