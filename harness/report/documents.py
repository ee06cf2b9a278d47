"""What the page shows of whole documents: output that belongs nowhere, unsure cuts, terms that vary."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from harness.compare.groups import TestSet
from harness.compare.terms import rendered
from harness.results.store import Store
from harness.types import UNSURE

Marks = dict[str, dict[str, Any]]


def document_marks(store: Store, test_set: TestSet) -> dict[str, Any] | None:
    """By the number of the system and the id of the segment, or of the document:

    nowhere  stretches of the output, as they stand in the hypothesis, that belong to no segment
    unsure   the confidence of a piece, where it is below .5
    method   how the output of a document was cut
    share    the consistency of a document, 0 to 100
    terms    the terms of a document in several translations: `s` in the source, `r` in the reference, `at`
             each segment with the words that stand for it, and whether most are translated otherwise

    None where a segment is in no document.
    """
    if None in test_set.systems[0].docs:
        return None
    marks: dict[str, Marks] = {kind: {} for kind in ("nowhere", "unsure", "method", "share", "terms")}
    for number, system in enumerate(test_set.systems):
        found: Marks = _pieces(store, system.run_id) if system.record.counts.realign else {}
        found |= _terms(test_set, number)
        for kind, values in found.items():
            if values:
                marks[kind][str(number)] = values
    return {kind: values for kind, values in marks.items() if values}


def _pieces(store: Store, run_id: str) -> Marks:
    found: Marks = {"nowhere": {}, "unsure": {}, "method": {}}
    output = ""
    for line in store.segments(run_id):
        whole, piece = line.get("document"), line.get("piece")
        if whole is not None:
            output = str(whole.get("output") or "")
            found["method"][str(line.get("doc"))] = whole.get("method")
        if piece is None:
            continue
        stretches = [" ".join(output[start:stop].split()) for start, stop in piece.get("nowhere") or ()]
        if stretches:
            found["nowhere"][str(line["id"])] = stretches
        sure = piece.get("confidence")
        if sure is not None and sure < UNSURE:
            found["unsure"][str(line["id"])] = sure
    return found


def _terms(test_set: TestSet, number: int) -> Marks:
    ids = test_set.systems[0].ids
    shares: dict[str, list[float]] = defaultdict(list)
    varied: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in rendered(test_set.systems[number]):
        shares[one.doc] += one.found.shares()
        if one.found.ratio == 1:
            continue
        apart = {occurrence.segment for occurrence in one.found.apart()}
        places = zip(one.found.occurrences, one.segments, strict=True)
        varied[one.doc].append(
            {
                "s": one.found.term.text,
                "r": one.found.term.reference,
                "at": [[ids[at], occ.text, occ.segment in apart] for occ, at in places],
            }
        )
    means = {doc: round(100 * sum(values) / len(values), 1) for doc, values in shares.items()}
    return {"share": means, "terms": dict(varied)}
