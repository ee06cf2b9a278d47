"""What a comparison is asked for beside its scores: buckets of segments, words by frequency, n-grams."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.texts import Text
from harness.common.typed_json import finite
from harness.compare.bucket_cells import bucket_notes, bucket_rows, bucket_sheets
from harness.compare.buckets import KINDS, buckets
from harness.compare.cells import Sheet
from harness.compare.contrast import other_system, ranking
from harness.compare.evaluate import Result
from harness.compare.frequency import accuracy
from harness.compare.ngrams import Matches
from harness.compare.terms import term_sheets
from harness.compare.word_cells import (
    NGRAM_NOTES,
    accuracy_notes,
    accuracy_rows,
    accuracy_sheet,
    only_rows,
    only_sheet,
)
from harness.errors import ConfigError, did_you_mean

NO_TERMS = (
    "--terms: no run here has the metric consistency with a term that repeats: 'metrics=[chrf,consistency]'."
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of a test set: tables for people, what they rest on, and flat rows for programs."""

    option: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


def check(args: argparse.Namespace) -> None:
    """Raises ConfigError for options that cannot be followed, DataError for a corpus that cannot be read."""
    if args.by and args.by not in KINDS:
        hint = did_you_mean(args.by, KINDS)
        raise ConfigError(f"--by {args.by} is not known.{hint} One of: {', '.join(KINDS)}")
    for option in ("segments", "ngrams", "terms"):
        if (count := getattr(args, option)) < 0:
            raise ConfigError(f"--{option} {count}: expected how many to show, such as 20")
    if args.corpus:
        next(iter(Text(Path(args.corpus)).lines()), None)


def check_versus(args: argparse.Namespace, results: Iterable[Result]) -> None:
    """Raises ConfigError where `--versus` names no other system of a test set."""
    for result in results if args.versus else ():
        metric = ranking(result)
        if metric is not None:
            other_system(metric, result, args.versus)


def asked(args: argparse.Namespace) -> list[str]:
    """The options for analyses that were given."""
    given = {
        "--by": args.by,
        "--words": args.words or args.corpus,
        "--ngrams": args.ngrams,
        "--terms": args.terms,
    }
    return [option for option, value in given.items() if value]


def analyses(args: argparse.Namespace, result: Result) -> list[Analysis]:
    """The analyses that the options ask for, of one test set."""
    made: dict[str, Callable[[argparse.Namespace, Result], Analysis]] = {
        "--by": _buckets,
        "--words": _words,
        "--ngrams": _ngrams,
        "--terms": _terms,
    }
    return [made[option](args, result) for option in asked(args)]


def _buckets(args: argparse.Namespace, result: Result) -> Analysis:
    found = buckets(result, args.by)
    return Analysis(
        "--by",
        tuple(bucket_sheets(result, args.by, found)),
        bucket_notes(result, args.by, found),
        _flat(bucket_rows(result, args.by, found)),
    )


def _words(args: argparse.Namespace, result: Result) -> Analysis:
    found = accuracy(result, Path(args.corpus) if args.corpus else None)
    return Analysis(
        "--words",
        (accuracy_sheet(result, found),),
        accuracy_notes(result, found),
        _flat(accuracy_rows(result, found)),
    )


def _ngrams(args: argparse.Namespace, result: Result) -> Analysis:
    metric = ranking(result)
    if metric is None:
        return Analysis("--ngrams", (), ("--ngrams: needs two systems",), ())
    pair = (metric.baseline, other_system(metric, result, args.versus))
    systems = {system.name: system for system in result.test_set.systems}
    matches = Matches(result.test_set, [systems[name] for name in pair])
    both = matches.contrasts([pair], args.ngrams)[0]
    rows = [row for found in both for row in only_rows(result, found)]
    return Analysis("--ngrams", tuple(map(only_sheet, both)), NGRAM_NOTES, _flat(rows))


def _terms(args: argparse.Namespace, result: Result) -> Analysis:
    sheets = term_sheets(result, args.terms)
    rows = [dict(zip(sheets[-1].header, row, strict=True)) for row in sheets[-1].rows] if sheets else []
    return Analysis("--terms", tuple(sheets), () if sheets else (NO_TERMS,), _flat(rows))


def _flat(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(finite(row) for row in rows)
