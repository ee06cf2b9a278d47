"""The options shared by the verbs that compare runs."""

from __future__ import annotations

import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
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
