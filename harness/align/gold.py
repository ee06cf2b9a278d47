"""Scoring an alignment against a gold one, by the field's definition.

The definition is vecalign's (github.com/thompsonb/vecalign), after aclanthology.org/W11-4624: a test bead is
strictly right when the gold has the identical bead, laxly right when it shares a source and a target
sentence with one gold bead. Precision counts all test beads, null beads included; recall counts the
gold's beads with text on both sides. Since recall ignores null beads, null F1 scores, as retrieval, the
sentences left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from harness.common.files import read_lines
from harness.errors import DataError
from harness.types import Bead

Pairs = set[tuple[tuple[int, ...], tuple[int, ...]]]

_LINE = re.compile(r"\s*\[([\d,\s]*)\]\s*:\s*\[([\d,\s]*)\]\s*(?::.*)?")


@dataclass(frozen=True, slots=True)
class GoldCounts:
    """What F1 is computed from; counts of documents add up by `+`."""

    test: int = 0  # test beads
    test_strict: int = 0  # … of them strictly right
    test_lax: int = 0
    gold: int = 0  # gold beads with text on both sides
    gold_strict: int = 0  # … of them found
    gold_lax: int = 0
    null_test: int = 0  # sentences left alone
    null_gold: int = 0
    null_right: int = 0

    def __add__(self, other: GoldCounts) -> GoldCounts:
        return GoldCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class PRF:
    """Precision, recall and F1 in [0, 1]; None where nothing was there to count."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    strict: PRF
    lax: PRF
    null: PRF


def count(gold: Sequence[Bead], test: Sequence[Bead]) -> GoldCounts:
    """The counts of one document."""
    g, t = _pairs(gold), _pairs(test)
    found = _pairs(bead for bead in test if not bead.is_null)
    wanted = _pairs(bead for bead in gold if not bead.is_null)
    left_gold, left_test = _alone(wanted, gold), _alone(found, test)
    return GoldCounts(
        test=len(t),
        test_strict=len(t & g),
        test_lax=_lax(t, g),
        gold=len(wanted),
        gold_strict=len(wanted & found),
        gold_lax=_lax(wanted, found),
        null_test=len(left_test),
        null_gold=len(left_gold),
        null_right=len(left_gold & left_test),
    )


def score(counts: GoldCounts) -> AlignmentScore:
    """Precision, recall and F1 from counts summed over documents."""
    c = counts
    return AlignmentScore(
        strict=_prf(c.test_strict, c.test, c.gold_strict, c.gold),
        lax=_prf(c.test_lax, c.test, c.gold_lax, c.gold),
        null=_prf(c.null_right, c.null_test, c.null_right, c.null_gold),
    )


def _pairs(beads: Iterable[Bead]) -> Pairs:
    return {(bead.src, bead.tgt) for bead in beads if bead.src or bead.tgt}


def _alone(linked: Pairs, beads: Sequence[Bead]) -> set[tuple[str, int]]:
    every = {("src", i) for b in beads for i in b.src} | {("tgt", j) for b in beads for j in b.tgt}
    return every - {("src", i) for s, _ in linked for i in s} - {("tgt", j) for _, t in linked for j in t}


def _lax(these: Pairs, those: Pairs) -> int:
    """How many of `these` are among `those` or share a sentence of both sides with them.

    As in vecalign, the targets linked to any of the bead's source sentences are pooled.
    """
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for src, tgt in those:
        for i in src:
            linked[i].update(tgt)
    right = 0
    for src, tgt in these:
        touched = {j for i in src for j in linked.get(i, ())}
        right += (src, tgt) in those or not touched.isdisjoint(tgt)
    return right


def _prf(right_test: int, test: int, right_gold: int, gold: int) -> PRF:
    precision = right_test / test if test else None
    recall = right_gold / gold if gold else None
    if precision is None or recall is None:  # one of the two found nothing to count: a miss, not a blank
        return PRF(precision, recall, 0.0 if test or gold else None)
    total = precision + recall
    return PRF(precision, recall, 2 * precision * recall / total if total else 0.0)


def read_alignment(path: str | Path, n: int | None = None, m: int | None = None) -> list[Bead]:
    """Beads of a file in vecalign's format, `[0,1]:[2]` a line, optionally with `:score` behind.

    Given the numbers of sentences `n`, `m`: the last sentence of each side must be named and none beyond
    it; those that no line names become null beads at the end. Raises DataError naming file and line.
    """
    beads: list[Bead] = []
    seen: tuple[dict[int, int], dict[int, int]] = ({}, {})
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise DataError(f"{path}:{number}: not a bead like '[0,1]:[2]': {line.strip()[:40]!r}")
        sides = [_indices(group, f"{path}:{number}") for group in match.groups()]
        for side, indices, limit, where in zip(sides, seen, (n, m), ("source", "target"), strict=True):
            for index in side:
                if limit is not None and index >= limit:
                    raise DataError(
                        f"{path}:{number}: {where} sentence {index} does not exist, the text has {limit}"
                        " (numbers begin at 0); is this the gold of other files?"
                    )
                if index in indices:
                    raise DataError(
                        f"{path}:{number}: {where} sentence {index} is already in line {indices[index]}"
                    )
                indices[index] = number
        beads.append(Bead(sides[0], sides[1]))
    for indices, limit, where in zip(seen, (n, m), ("source", "target"), strict=True):
        last = max(indices, default=-1)
        if limit is not None and last + 1 < limit:
            raise DataError(
                f"{path}:{number}: the file ends, but {where} sentences from {last + 1} have no line"
                " (without counterpart: '[3]:[]'); is this the gold of other files?"
            )
    beads += [Bead((i,), ()) for i in range(n or 0) if i not in seen[0]]
    beads += [Bead((), (j,)) for j in range(m or 0) if j not in seen[1]]
    return beads


def _indices(group: str, where: str) -> tuple[int, ...]:
    try:
        return tuple(sorted(int(part) for part in group.split(","))) if group.strip() else ()
    except ValueError:
        raise DataError(f"{where}: not a list of sentence numbers: '[{group.strip()}]'") from None


def format_bead(bead: Bead) -> str:
    """`[0, 1]:[2]`, vecalign's format."""
    return f"{list(bead.src)}:{list(bead.tgt)}"
