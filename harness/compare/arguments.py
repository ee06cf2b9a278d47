"""What `compare` and `history` can be asked: the options of the verbs and of their pages."""

from __future__ import annotations

import argparse


def compare(parser: argparse.ArgumentParser) -> None:
    """The runs, the tests and what is shown beside the scores."""
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to compare (default: the newest of each system)")
    shared(parser)
    add(
        "--resample",
        choices=("auto", "segments", "documents"),
        default="auto",
        help="what is resampled (default: auto: whole documents where there are 20 or more, else segments)",
    )
    add(
        "--level",
        choices=("segment", "document"),
        default="segment",
        help="document: score each document as one text, BLEU, chrF and TER only (default: segment)",
    )
    formats = ("table", "md", "csv", "latex", "json", "github")
    add(
        "--format",
        choices=formats,
        default="table",
        help="default: table; github: a summary for a pull request",
    )
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add(
        "--pairs",
        action="store_true",
        help="all pairs of systems instead: a matrix, or with csv a line a pair",
    )
    buckets = "length, shape, confidence, document, domain, health"
    add("--by", metavar="KIND", help=f"also score by bucket: {buckets}")
    add("--words", action="store_true", help="also F1 of words by how often they occur in the references")
    add(
        "--corpus", metavar="FILE", help="--words by how often they occur in this text of the target language"
    )
    add(
        "--ngrams",
        type=int,
        default=0,
        metavar="N",
        help="also show the N clearest n-grams that only one of two systems gets right",
    )
    add(
        "--segments",
        type=int,
        default=0,
        metavar="N",
        help="also show the N segments where two systems differ most",
    )
    add(
        "--terms",
        type=int,
        default=0,
        metavar="N",
        help="also show N repeated terms in several translations (of runs with the metric consistency)",
    )
    add(
        "--versus",
        metavar="RUN",
        help="the other system for --segments, --ngrams (default: the best other one)",
    )
    add("--grid", metavar="T,T,…", help="confidence thresholds of the alignment view (default: .5 to .95)")
    add(
        "--fail-if-worse",
        action="store_true",
        help="exit 1 when a run is significantly worse than --baseline",
    )
    add(
        "--tolerance",
        metavar="δ",
        help="with --fail-if-worse: let pass what is at most so much worse: points, or 60%% for what 60 %% of"
        " judges notice",
    )
    add("--strict", action="store_true", help="refuse runs whose files were edited (so does --fail-if-worse)")


def history(parser: argparse.ArgumentParser) -> None:
    """The runs, what identifies a system, and the gate."""
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to show (default: all)")
    add("--by", choices=("name", "tag"), default="name", help="what identifies a system (default: name)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add("--since", metavar="WHEN", help="only runs since this date (2026-01-31) or this run")
    add("--gate", metavar="BASELINE", help="exit 1 when the newest run is significantly worse: RUN or last:K")
    add("--samples", type=int, metavar="N", help="resamples of the gate's test (default: 5000)")
    add("--seed", type=int, default=12345, help="seed of the resampling (default: 12345)")
    add("--alpha", type=float, default=0.05, help="significance level of the gate (default: 0.05)")
    add("--format", choices=("table", "md", "json"), default="table", help="default: table")
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def shared(parser: argparse.ArgumentParser) -> None:
    """Baseline, metrics, tests, correction, and which runs count."""
    add = parser.add_argument
    add("--baseline", metavar="RUN", help="compare with this run (default: the best that is not a control)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add(
        "--test",
        choices=("bs", "ar", "both"),
        help="also sacreBLEU's own p: bootstrap, randomization, both (default: none)",
    )
    add(
        "--samples",
        type=int,
        metavar="N",
        help="samples of every test (default: 5000 joint resamples, bs 1000, ar 10000)",
    )
    add("--seed", type=int, default=12345, help="seed of all resampling (default: 12345, sacreBLEU's)")
    add("--alpha", type=float, default=0.05, help="family-wise error over all pairs (default: 0.05)")
    add(
        "--correction",
        choices=("max-t", "holm"),
        default="max-t",
        help="for many pairs: step-down max-T, or Holm over the tests of --test (default: max-t)",
    )
    add(
        "--margin",
        metavar="δ",
        help="treat smaller differences as equal: in points, or 60%% for what 60 %% of judges notice",
    )
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--all", action="store_true", help="every matching run, not only the newest of each system")
    add("--since", metavar="WHEN", help="only runs since this date (2026-01-31) or this run")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")
