"""From command-line arguments to compared test sets; what `compare`, `report` and `export` share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.common.progress import note
from harness.compare.alignment import GRID, AlignmentView, view
from harness.compare.evaluate import Result, evaluate
from harness.compare.groups import TestSet, group
from harness.compare.level import of_documents
from harness.compare.options import Level, Options, check_alpha, parse_margin
from harness.compare.select import find_among, select, since
from harness.errors import ConfigError, UserError
from harness.metrics.stats.significance import TestName
from harness.results.store import Store

_OTHER_DATA = "was scored on other data; --common compares the common segments"
MOST_SAMPLES = 1_000_000  # resamples: memory grows with them


def compare(
    args: argparse.Namespace, who: str, grid: Sequence[float] = GRID
) -> list[tuple[Result, AlignmentView | None]]:
    """Select, load and evaluate; what had to be left out is named on stderr, one line each.

    Raises UserError when nothing is left to compare.
    """
    store = Store(args.results)
    sets, problems = sets_asked(args, store)
    for line in problems:
        note(f"{who}: {line}")
    return evaluated(args, store, sets, grid)


def sets_asked(args: argparse.Namespace, store: Store) -> tuple[list[TestSet], list[str]]:
    """What `compare` compares, and a line on each run that had to be left out."""
    options = _options(args, store)
    sets, problems = test_sets(store, args, options.baseline)
    must = bool(getattr(args, "fail_if_worse", False))
    kept, left_out = _with_baseline(sets, options, must)
    problems = [*problems, *left_out]
    if options.level == "document":
        made = [of_documents(found) for found in kept]
        kept, problems = [found for found, _ in made], [*problems, *(line for _, p in made for line in p)]
    return kept, problems


def evaluated(
    args: argparse.Namespace, store: Store, sets: Sequence[TestSet], grid: Sequence[float] = GRID
) -> list[tuple[Result, AlignmentView | None]]:
    """These test sets compared with the options in `args`."""
    options = _options(args, store)
    results = [evaluate(found, options) for found in sets]
    return [(result, view(result, grid)) for result in results]


def grid_of(text: str | None) -> Sequence[float]:
    """Confidences of the alignment view from `"0.5,0.8"`; None: the usual ones. Raises ConfigError."""
    if text is None:
        return GRID
    try:
        grid = tuple(float(word) for word in text.split(","))
    except ValueError:
        grid = (-1.0,)
    if not all(0 <= level <= 1 for level in grid):
        raise ConfigError(
            f"--grid {text}: expected numbers from 0 to 1 separated by commas, such as 0.5,0.8,0.95"
        )
    return grid


def test_sets(
    store: Store, args: argparse.Namespace, baseline: str | None
) -> tuple[list[TestSet], list[str]]:
    """The test sets of the chosen runs, the baseline among them."""
    words = list(args.runs)
    strict = getattr(args, "strict", False) or getattr(args, "fail_if_worse", False)
    if baseline and any("=" not in word for word in words):
        words.append(baseline)
    verdicts = hasattr(args, "fail_if_worse")  # `compare`, from which a system must not be missing in silence
    selection = select(store, words, every=args.all, strict=strict, stopped=verdicts)
    if args.since:
        selection = since(store, selection, args.since, keep=baseline)
    return group(store, selection, common=args.common, keep=baseline)


def _options(args: argparse.Namespace, store: Store) -> Options:
    if args.samples is not None and not 1 <= args.samples <= MOST_SAMPLES:
        raise ConfigError(f"--samples {args.samples}: must be from 1 to {MOST_SAMPLES:,}")
    if args.seed < 0:
        raise ConfigError(f"--seed {args.seed}: must be at least 0")
    check_alpha(args.alpha)
    baseline = None
    if args.baseline:
        run = find_among(store, args.baseline, args.runs)
        if run.record is None:
            raise UserError(f"--baseline {args.baseline}: {run.run_id} is {run.state} ({run.problem})")
        baseline = run.run_id
    level: Level = getattr(args, "level", "segment")
    tests: dict[str, tuple[TestName, ...]] = {"none": (), "bs": ("bs",), "ar": ("ar",), "both": ("bs", "ar")}
    wanted = args.test or ("bs" if args.correction == "holm" else "none")  # Holm corrects single tests
    return Options(
        tests=tests[wanted],
        samples=args.samples,
        seed=args.seed,
        alpha=args.alpha,
        metrics=tuple(args.metric or ()),
        baseline=baseline,
        unit="documents" if level == "document" else getattr(args, "resample", "auto"),
        level=level,
        correction=args.correction,
        margin=parse_margin(args.margin),
    )


def _with_baseline(sets: list[TestSet], options: Options, must: bool) -> tuple[list[TestSet], list[str]]:
    """With a baseline, only its test set can be compared; the others are named in the lines."""
    if options.baseline is None:
        return sets, []
    kept = [found for found in sets if any(system.run_id == options.baseline for system in found.systems)]
    lines = []
    for found in sets:
        if found not in kept:
            names = ", ".join(system.name for system in found.systems)
            turned = kept and (found.src, found.tgt) not in {(one.src, one.tgt) for one in kept}
            why = "is of another direction" if turned else _OTHER_DATA
            lines.append(f"{found.title} is left out ({names}): the baseline {options.baseline} {why}")
    if not kept or (must and all(len(found.systems) < 2 for found in kept)):
        for line in lines:
            note(line)
        raise UserError(f"nothing to compare with the baseline {options.baseline} on its test data")
    return kept, lines
