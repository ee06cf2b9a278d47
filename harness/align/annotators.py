"""How far two people agree on the alignment of the same two documents."""

from __future__ import annotations

from dataclasses import dataclass

from harness.align.gold import AlignmentScore, count, score
from harness.align.goldfile import GoldFile
from harness.errors import DataError
from harness.types import Bead


@dataclass(frozen=True, slots=True)
class AnnotatorAgreement:
    """All in [0, 1] but κ, which is at most 1; None where nothing was there to count."""

    score: AlignmentScore
    """B measured against A, as an aligner against gold."""
    beads: float | None
    """Dice coefficient of the beads with text on both sides: twice the shared ones over all of both."""
    counterparts: float | None
    """Share of the segments to which both gave exactly the same counterparts."""
    kappa: float | None
    """Cohen's κ of the decision whether a segment has a counterpart at all (Cohen 1960); None where both
    always decided the same way."""
    only_a: tuple[Bead, ...]
    only_b: tuple[Bead, ...]
    """Beads with text on both sides that the other has not, in the order of the text."""


def annotator_agreement(a: GoldFile, b: GoldFile) -> AnnotatorAgreement:
    """Compare two gold files. Raises DataError where they are of different segments."""
    for side, other in ((a.header.src, b.header.src), (a.header.tgt, b.header.tgt)):
        if [s.text for s in side.segments] != [s.text for s in other.segments]:
            raise DataError(
                f"the two files are of different segments ({side.id}: {len(side.segments)}, {other.id}:"
                f" {len(other.segments)}); only alignments of the same documents, cut alike, can be compared"
            )
    mine, yours = _links(a), _links(b)
    shared = mine.keys() & yours.keys()
    total = len(mine) + len(yours)
    content = [("src", k) for k in a.header.src.content] + [("tgt", k) for k in a.header.tgt.content]
    left, right = _counterparts(mine), _counterparts(yours)
    same = sum(left.get(place) == right.get(place) for place in content)
    return AnnotatorAgreement(
        score(count(a.beads, b.beads)),
        2 * len(shared) / total if total else None,
        same / len(content) if content else None,
        _kappa([(place in left, place in right) for place in content]),
        tuple(bead for key, bead in mine.items() if key not in shared),
        tuple(bead for key, bead in yours.items() if key not in shared),
    )


_Key = tuple[tuple[int, ...], tuple[int, ...]]


def _links(gold: GoldFile) -> dict[_Key, Bead]:
    return {(bead.src, bead.tgt): bead for bead in gold.beads if not bead.is_null}


def _counterparts(links: dict[_Key, Bead]) -> dict[tuple[str, int], tuple[int, ...]]:
    found = {("src", i): tgt for src, tgt in links for i in src}
    return found | {("tgt", j): src for src, tgt in links for j in tgt}


def _kappa(decisions: list[tuple[bool, bool]]) -> float | None:
    n = len(decisions)
    if not n:
        return None
    observed = sum(x == y for x, y in decisions) / n
    p, q = sum(x for x, _ in decisions) / n, sum(y for _, y in decisions) / n
    expected = p * q + (1 - p) * (1 - q)
    return None if expected == 1 else (observed - expected) / (1 - expected)
