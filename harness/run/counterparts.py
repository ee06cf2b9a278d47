"""Which documents belong together: as the user says, as there is no choice, or as their content says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.encode.choice import remark
from harness.errors import DataError
from harness.protocols import Encoder
from harness.results.record import PairingCandidate, Record
from harness.types import DocumentSet, Segment

if TYPE_CHECKING:
    from harness.align.pairing import Candidate

Segmented = Sequence[Sequence[Segment]]
_SHOWN = 5


def corresponding(src: Segmented, tgt: Segmented, encoder: Encoder,
                  given: Sequence[tuple[int, int]] | None = None) -> list[Candidate]:  # fmt: skip
    """Every pair of segmented documents that was considered, best first; see `pair_documents`.

    Pairs that are `given` are accepted, and no others considered; so is the only pair there can be.
    """
    from harness.align.pairing import measure, pair_documents

    def texts(sides: Segmented) -> list[list[str]]:
        return [[s.text for s in side if s.furniture is None] for side in sides]

    left, right = texts(src), texts(tgt)
    if given is not None:
        return measure(left, right, given, "given", encoder)
    if len(left) == len(right) == 1:
        return measure(left, right, [(0, 0)], "the only documents", encoder)
    return pair_documents(left, right, encoder)


def doubt(candidate: Candidate, src: Segmented, tgt: Segmented) -> str | None:
    """One line on an accepted pair whose content hardly corresponds; None where it does."""
    from harness.align.pairing import EVIDENCE

    if not candidate.accepted or candidate.mutual_best >= EVIDENCE:
        return None
    return (
        f"{src[candidate.src][0].doc} and {tgt[candidate.tgt][0].doc}: sentence pairs that correspond for"
        f" sure: {candidate.mutual_best}; do these documents belong together?"
    )


def pairs_of(documents: DocumentSet, src: Segmented, tgt: Segmented, encoder: Encoder,
             tell: Callable[[str], None] | None) -> list[tuple[PairingCandidate, Candidate]]:  # fmt: skip
    """Every candidate, accepted ones first, under the names of its documents and as it was evaluated.

    `tell` is given a line for each accepted pair that is doubtful. Raises DataError where none is accepted.
    """
    candidates = corresponding(src, tgt, encoder, documents.pairs)
    for line in (doubt(candidate, src, tgt) for candidate in candidates):
        if line and tell:
            tell(line)
    found = [
        (
            PairingCandidate(
                src=documents.src[candidate.src].id,
                tgt=documents.tgt[candidate.tgt].id,
                score=candidate.score,
                mutual_best=candidate.mutual_best,
                accepted=candidate.accepted,
                reason=candidate.reason,
                gap=candidate.gap,
                src_index=candidate.src,
                tgt_index=candidate.tgt,
            ),
            candidate,
        )
        for candidate in candidates
    ]
    if not any(candidate.accepted for candidate, _ in found):
        best = found[0][0]
        blind = remark(encoder, documents.languages)
        raise DataError(
            f"{documents.name}: no counterpart found; the nearest are {best.src} and {best.tgt}"
            f" (score {best.score:.3f}): {best.reason}{f'; {blind}' if blind else ''}. To align them anyway:"
            " data.pairs=LIST.tsv"
        )
    return sorted(found, key=lambda pair: (not pair[1].accepted, pair[1].src, pair[1].tgt))


def unpaired(record: Record) -> str | None:
    """`"3 of 5 documents have no counterpart: …"`; None where each has one, or for a parallel test set."""
    documents, candidates = record.counts.documents, record.pairing or ()
    used = {(k, name) for c in candidates if c.accepted for k, name in enumerate((c.src, c.tgt))}
    total = documents.get("src", 0) + documents.get("tgt", 0)
    if not candidates or len(used) >= total:
        return None
    seen = dict.fromkeys((k, name) for c in candidates for k, name in enumerate((c.src, c.tgt)))
    names = [name for key in seen if key not in used for name in [key[1]]]
    shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f"{total - len(used)} of {total} documents have no counterpart{f': {shown}' if shown else ''}"
