"""What the page shows of where systems differ: kinds of segments, words by frequency, n-grams."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from harness.compare.bucket_cells import bucket_notes, bucket_sheets
from harness.compare.buckets import KINDS, buckets
from harness.compare.cells import Sheet
from harness.compare.evaluate import Result
from harness.compare.frequency import accuracy
from harness.compare.ngrams import Matches, Only
from harness.compare.word_cells import NGRAM_NOTES, accuracy_notes, accuracy_sheet

SAMPLES = 1000
"""Resamples behind these intervals and p-values; the scores of the page have those of the comparison."""
_MOST_ROWS = 400  # of a table: buckets times systems
_MOST_PAIRS = 120  # of systems: all of 16
_MOST_TEXTS = 200_000  # outputs whose n-grams are counted
_NGRAMS = 15  # of each system of a pair


def analyses(result: Result, corpus: Path | None = None) -> dict[str, Any]:
    """`kinds`: tables by kind of segment, and one by frequency of words; `ngrams`: by pair, or None."""
    few = replace(result.options, samples=min(SAMPLES, result.options.resamples))
    result = replace(result, options=few)
    return {"kinds": [*_by_kind(result), _by_frequency(result, corpus)], "ngrams": _ngrams(result)}


def _by_kind(result: Result) -> list[dict[str, Any]]:
    found = []
    for kind in KINDS:
        split = buckets(result, kind, most=_MOST_ROWS // len(result.test_set.systems))
        if len(split) > 1:
            sheets = bucket_sheets(result, kind, split)
            metrics = {m.key: _table(sheet) for m, sheet in zip(result.metrics, sheets, strict=True)}
            notes = bucket_notes(result, kind, split)
            found.append({"name": kind, "metrics": metrics, "notes": [*notes, _drawn(result)]})
    return found


def _by_frequency(result: Result, corpus: Path | None) -> dict[str, Any]:
    found = accuracy(result, corpus)
    notes = [*accuracy_notes(result, found), _drawn(result)]
    return {"name": "frequency of words", "table": _table(accuracy_sheet(result, found)), "notes": notes}


def _drawn(result: Result) -> str:
    return f"{result.options.resamples} resamples, seed {result.options.seed}."


def _table(sheet: Sheet) -> dict[str, Any]:
    ends = sorted(sheet.lines_after)
    return {"title": sheet.title, "header": sheet.header, "rows": sheet.rows, "ends": ends}


def _ngrams(result: Result) -> dict[str, Any] | None:
    """The pairs that the page offers: all, or where they are many those with the baseline."""
    systems = [s for s in result.test_set.systems if s.name not in result.test_set.ceilings]
    names = [system.name for system in systems]
    if len(names) < 2 or len(names) * result.test_set.n > _MOST_TEXTS:
        return None
    pairs = list(combinations(names, 2))
    if len(pairs) > _MOST_PAIRS:
        base = result.baseline if result.baseline in names else names[0]
        pairs = [(base, name) for name in names if name != base]
    found = Matches(result.test_set, systems).contrasts(pairs, _NGRAMS)
    return {"systems": names, "pairs": [_pair(*both) for both in found], "notes": NGRAM_NOTES}


def _pair(first: Only, second: Only) -> dict[str, Any]:
    def side(only: Only) -> dict[str, Any]:
        rows = [(one.text, one.references, one.first, one.second) for one in only.ngrams]
        return {"rows": rows, "only": only.only, "times": only.only_times}

    return {"a": first.system, "b": second.system, "sides": [side(first), side(second)]}
