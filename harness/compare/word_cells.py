"""The tables of words: accuracy by frequency, and n-grams that only one of two systems gets right."""

from __future__ import annotations

from typing import Any

from harness.compare.bucket_cells import (
    TOO_LARGE,
    gap_cells,
    gap_fields,
    gap_heads,
    joint_too_large,
    set_fields,
)
from harness.compare.cells import Sheet, number
from harness.compare.draws import FEWEST
from harness.compare.evaluate import Result
from harness.compare.frequency import Accuracy
from harness.compare.ngrams import LONGEST, Only


def accuracy_sheet(result: Result, found: Accuracy) -> Sheet:
    """F1 of words by frequency: in each bucket all systems, in the order of the comparison."""
    several = len(result.test_set.systems) > 1
    header = ("occurrences", "words", "n", "system", "F1 ↑", *(gap_heads(found.baseline) if several else ()))
    rows: list[tuple[str, ...]] = []
    ends = []
    for bucket in found.buckets:
        for place, name in enumerate(_order(result, found)):
            label = (bucket.label, str(bucket.words), str(bucket.n)) if place == 0 else ("", "", "")
            cells = (*label, name, number(bucket.scores[name]))
            rows.append(cells + (gap_cells(bucket.differences.get(name), 2) if several else ()))
        ends.append(len(rows) - 1)
    title = f"Words found, by how often they occur in {found.corpus}"
    return Sheet(title, header, tuple(rows), frozenset(ends[:-1]))


def _order(result: Result, found: Accuracy) -> list[str]:
    """The systems as the first metric ranks them."""
    ranked = [row.system for metric in result.metrics[:1] for row in metric.rows]
    return ranked + [name for name in found.buckets[0].scores if name not in ranked] if found.buckets else []


def accuracy_notes(result: Result, found: Accuracy) -> tuple[str, ...]:
    """What is counted, and what Δ and p rest on."""
    unit = result.options.unit
    notes = [
        "F1 of words in percent: a word is right as often as output and reference of a segment both have it;"
        " case counts, punctuation does not. words: those of the references;"
        f" n: {unit} that have such words."
    ]
    if len(result.test_set.systems) > 1:
        few = f" with fewer than {FEWEST} {unit} there is neither."
        large = f" {TOO_LARGE}." if joint_too_large(result, len(found.buckets)) else ""
        notes.append(
            f"Δ with its 95 % bootstrap interval over {unit}; p corrected for all buckets and systems by"
            f" step-down max-T;{few}{large}"
        )
    return tuple(notes)


def accuracy_rows(result: Result, found: Accuracy) -> list[dict[str, Any]]:
    """One flat dict per bucket and system: the rows of the CSV."""
    return [
        {
            **set_fields(result),
            "corpus": found.corpus,
            "occurrences": bucket.label,
            "words": bucket.words,
            "n": bucket.n,
            "system": name,
            "f1": bucket.scores[name],
            **gap_fields(found.baseline, bucket.differences.get(name)),
        }
        for bucket in found.buckets
        for name in _order(result, found)
    ]


def only_sheet(found: Only) -> Sheet:
    """The n-grams that one system gets right and the other does not."""
    rows = tuple((one.text, str(one.references), str(one.first), str(one.second)) for one in found.ngrams)
    note = (
        f"{found.other} never gets right {found.only:,} n-grams that {found.system} does"
        f" ({found.only_times:,} times)"
    )
    header = ("n-gram", "in references", "right", "right in the other")
    return Sheet(f"What {found.system} gets right and {found.other} does not", header, rows, notes=(note,))


NGRAM_NOTES = (
    f"N-grams of 1 to {LONGEST} words of the references, right as BLEU counts them: at most as often as a"
    " reference of the segment has them. Sorted by (a + 1) / (a + b + 2) of the times right in either; what"
    " lies inside a longer one with the same counts is not repeated.",
)


def only_rows(result: Result, found: Only) -> list[dict[str, Any]]:
    """One flat dict per n-gram: the rows of the CSV."""
    return [
        {
            **set_fields(result),
            "system": found.system,
            "other": found.other,
            "ngram": one.text,
            "words": one.n,
            "references": one.references,
            "right": one.first,
            "right_other": one.second,
        }
        for one in found.ngrams
    ]
