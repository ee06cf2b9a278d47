"""What a test set can show about the systems run on it, from their stored statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.compare.cells import Sheet, number
from harness.compare.columns import by_document, columns_of, is_neutral
from harness.compare.draws import FEWEST
from harness.compare.groups import TestSet
from harness.compare.options import Options
from harness.metrics.stats.human import accuracy, noticed
from harness.metrics.stats.power import segments_needed, smallest_difference
from harness.metrics.stats.simultaneous import joint_scores

NOTICED = 0.6
"""Without a difference of the user's: what this share of judges notices."""


@dataclass(frozen=True, slots=True)
class Detectable:
    """One metric. Differences are in its unit, for the typical pair of systems and from the most to the least
    alike; `curve` gives the typical one for other numbers of segments."""

    key: str
    name: str
    n: int
    smallest: float
    lowest: float
    highest: float
    judges: float | None  # share of pairs so far apart whose order human judges confirmed
    curve: tuple[tuple[int, float], ...]
    wanted: float | None
    needed: int | None  # segments that detect `wanted`; None where more than 10,000,000


def detectable(
    test_set: TestSet, options: Options, power: float, difference: float | None, notes: list[str]
) -> list[Detectable]:
    """Every ranking metric. The reference itself does not count as a system, nor do equal outputs.

    With one system, another of the same spread that shares nothing with it is assumed: mostly an upper
    bound, since segments that are hard for one system tend to be hard for the next. Metrics without
    information are left out, with the reason in `notes`; below 10 segments no difference is detected.
    """
    columns = columns_of(test_set, options.metrics, notes)
    if options.drawn(test_set.systems[0].docs)[0] == "documents":
        columns = by_document(test_set, columns)
    ceilings = {s.name for s in test_set.systems if s.record.model.engine == "reference"}
    found = []
    for key, column in columns.items():
        names = [name for name in column if name not in ceilings]
        if is_neutral(column) or not names:
            continue
        scored = [name for name in names if math.isfinite(column[name].score)]
        for name in names:
            if name not in scored:
                notes.append(f"{test_set.title}: {key}: {name} has no score")
        if not scored:
            continue
        names = scored
        parts = [column[name] for name in names]
        n = len(parts[0].rows)
        errors = _errors(joint_scores(parts, options.resamples, options.seed))
        if not errors:
            why = "systems with equal outputs" if len(parts) > 1 else "every resample has the same score"
            notes.append(f"{test_set.title}: {key}: {why}, which tells nothing of other systems")
            continue
        config = next(s for s in test_set.systems if s.name == names[0]).record.metric_config(key)
        wanted = difference if difference is not None else noticed(NOTICED, config)
        typical, alpha = float(np.median(errors)), options.alpha
        smallest, lowest, highest = (
            smallest_difference(error, n, alpha, power) if n >= FEWEST else math.inf
            for error in (typical, min(errors), max(errors))
        )
        found.append(
            Detectable(
                key,
                parts[0].metric.name or key,
                n,
                smallest,
                lowest,
                highest,
                accuracy(smallest, config),
                tuple((size, smallest_difference(typical, n, alpha, power, at=size)) for size in _sizes(n)),
                wanted,
                None if wanted is None else segments_needed(typical, n, wanted, alpha, power),
            )
        )
    return found


def _errors(draws: list[np.ndarray]) -> list[float]:
    together = np.stack(draws)
    draws = list(together[:, np.isfinite(together).all(axis=0)])
    if not draws[0].size:
        return []
    if len(draws) == 1:
        errors = [math.sqrt(2) * float(np.std(draws[0]))]
    else:
        errors = [float(np.std(a - b)) for a, b in combinations(draws, 2)]
    scale = max(float(np.abs(drawn).max()) for drawn in draws)
    return [error for error in errors if error > 1e-9 * scale]


def _sizes(n: int) -> tuple[int, ...]:
    """Numbers of segments for a curve: a tenth of the set to ten times it, none too small for a test."""
    around = {round(n * factor) for factor in (0.1, 0.2, 0.5, 1, 2, 5, 10)}
    return tuple(sorted(size for size in around if size >= FEWEST))


def sheets(found: list[Detectable], power: float, unit: str) -> list[Sheet]:
    """The smallest detectable differences, and how they shrink with more segments."""
    rows, curves = [], []
    for one in found:
        digits = 2 if one.smallest > 0.1 else 4
        judges = "–" if one.judges is None else f"{100 * one.judges:.0f} %"
        needed = "–" if one.wanted is None else (f"{one.needed:,}" if one.needed else "over 10,000,000")
        spread = f"{number(one.lowest, digits)}–{number(one.highest, digits)}"
        rows.append(
            (one.name, number(one.smallest, digits), spread, judges, number(one.wanted, digits), needed)
        )
        highest = max(value for _, value in one.curve)
        for size, value in one.curve:
            bar = "█" * max(1, round(40 * value / highest))
            curves.append(
                (one.name if size == one.curve[0][0] else "", f"{size:,}", number(value, digits), bar)
            )
    header = ("metric", f"detected with {100 * power:.0f} %", "by pair", "judges agree", "δ", f"{unit} for δ")
    n = found[0].n
    dashes = (f"–: {n} {unit} are too few for a test ({FEWEST} at least)",) if n < FEWEST else ()
    return [
        Sheet("Smallest detectable difference", header, tuple(rows), notes=dashes),
        Sheet(f"With other numbers of {unit}", ("metric", unit, "difference", ""), tuple(curves)),
    ]


def footnotes(found: list[Detectable], test_set: TestSet, options: Options, power: float) -> list[str]:
    """The limits of the test set in plain words, and what the numbers are based on."""
    n, unit = found[0].n, options.drawn(test_set.systems[0].docs)[0]
    limits = ", ".join(f"{number(one.smallest, 2 if one.smallest > 0.1 else 4)} {one.name}" for one in found)
    finding = (
        f"With {n} {unit}, a difference of {limits} is found {100 * power:.0f} times in 100; a smaller one is"
        " missed more often, and no verdict then means nothing."
    )
    if n < FEWEST:
        finding = f"{n} {unit} are too few for any test: they cannot show which system is better."
    systems = len(test_set.systems)
    basis = (
        "one system, and another assumed that shares nothing with it: mostly an upper bound; runs of more"
        " systems give the real figure"
        if systems == 1
        else f"{systems} systems; the typical pair, and from the most to the least alike"
    )
    return [
        finding,
        f"Paired, two-sided, alpha {options.alpha:g} for a single comparison, power {power:g}; among many"
        f" systems the differences needed are larger. From {basis}.",
        f"δ: --difference, else what {100 * NOTICED:.0f} % of human judges notice, where a fit is published.",
    ]
