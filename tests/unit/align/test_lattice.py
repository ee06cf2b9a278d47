"""The search against an enumeration of every alignment, and what it promises for any input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.align.evidence.beliefs import averaged, believe
from harness.align.evidence.regimes import SHARES, chances, signs
from harness.align.evidence.rescoring import second_weights
from harness.align.evidence.spans import Spans
from harness.align.search import forward_backward
from harness.align.search.band import around
from harness.align.search.lattice import SHAPES, Array, Band, Lattice
from harness.align.search.path import best_path
from harness.types import Bead

Steps = tuple[tuple[int, int, int, int], ...]


class Random:
    """Scores drawn at random."""

    def __init__(self, n: int, m: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.m, self.open, self.edge, self.shapes = n, m, -0.4, 0.3, SHAPES
        self.scores = rng.normal(size=(len(SHAPES), n, m))
        self.null_src, self.null_tgt = rng.normal(size=n) * 0.3, rng.normal(size=m) * 0.3
        for s, (a, b) in enumerate(SHAPES):
            self.scores[s, max(0, n - a + 1) :] = -np.inf
            self.scores[s, :, max(0, m - b + 1) :] = -np.inf

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        return self.scores[:, slice(*rows), slice(*columns)]


def every(s: Random, i: int = 0, j: int = 0, state: str = "B") -> Iterator[tuple[float, Steps]]:
    """Every alignment from a cell on, with its score; source nulls before target nulls in a gap."""
    if (i, j) == (s.n, s.m):
        yield (0.0 if state == "B" else s.edge), ()
    for k, (a, b) in enumerate(SHAPES):
        if i + a <= s.n and j + b <= s.m:
            for value, rest in every(s, i + a, j + b):
                yield value + s.scores[k, i, j], ((i, a, j, b), *rest)
    opening = s.open + (s.edge if i == j == 0 else 0.0) if state == "B" else 0.0
    if i < s.n and state != "I":
        for value, rest in every(s, i + 1, j, "D"):
            yield value + s.null_src[i] + opening, ((i, 1, j, 0), *rest)
    if j < s.m:
        for value, rest in every(s, i, j + 1, "I"):
            yield value + s.null_tgt[j] + opening, ((i, 0, j, 1), *rest)


@pytest.mark.parametrize(("n", "m", "seed"), [(3, 4, 0), (5, 4, 1), (1, 5, 2), (4, 1, 3)])
def test_search_and_posteriors_are_exact(n: int, m: int, seed: int) -> None:
    scorer = Random(n, m, seed)
    alignments = list(every(scorer))
    value, steps = max(alignments)
    found = best_path(Lattice(scorer))
    assert sum(b.score or 0.0 for b in found) == pytest.approx(value)
    assert [(len(b.src), len(b.tgt)) for b in found] == [(a, b) for _, a, _, b in steps]

    weight = np.exp([v for v, _ in alignments])
    weight /= weight.sum()
    beliefs = believe(Lattice(scorer))
    for bead in found:
        mine = (
            bead.src[0] if bead.src else None,
            len(bead.src),
            bead.tgt[0] if bead.tgt else None,
            len(bead.tgt),
        )
        truth = sum(
            w
            for w, (_, path) in zip(weight, alignments, strict=True)
            if any((i if a else None, a, j if b else None, b) == mine for i, a, j, b in path)
        )
        assert beliefs.of(bead) == pytest.approx(truth, abs=1e-9)
    gaps = sum(w * _gaps(path) for w, (_, path) in zip(weight, alignments, strict=True))
    assert beliefs.rate.gaps == pytest.approx(gaps)


def test_a_long_search_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, int]] = []
    done: list[int] = []

    class Ticker:
        def advance(self, n: int = 1) -> None:
            done.append(n)

    @contextmanager
    def bar(description: str, total: int, unit: str) -> Iterator[Ticker]:
        shown.append((description, total))
        yield Ticker()

    monkeypatch.setattr(forward_backward, "bar", bar)
    lattice = Lattice(Random(6, 5, 0), Band.full(6, 5))
    believe(lattice)
    assert not shown
    monkeypatch.setattr(forward_backward, "_LONG", 7)
    believe(lattice)
    best_path(lattice)
    assert shown == [("searching", 7)] * 3 and sum(done) == 3 * 7


def test_beliefs_of_a_mixture_are_the_mean_of_its_parts() -> None:
    parts = [believe(Lattice(Random(6, 5, seed))) for seed in (0, 1)]
    mixed = averaged(parts, [0.25, 0.75])
    one_to_one = [Bead((i,), (j,)) for i in range(6) for j in range(5)]
    for bead in [*one_to_one, Bead((1, 2), (3,)), Bead((0,), ()), Bead((), (4,))]:
        assert mixed.of(bead) == pytest.approx(0.25 * parts[0].of(bead) + 0.75 * parts[1].of(bead))
    assert mixed.rate.beads == pytest.approx(0.25 * parts[0].rate.beads + 0.75 * parts[1].rate.beads)


def test_a_text_full_of_gaps_is_judged_comparable_and_one_without_a_translation() -> None:
    def likeliest(gap: float) -> int:
        scorer = Random(30, 30, 0)
        scorer.scores[:] = -np.inf
        scorer.scores[SHAPES.index((1, 1)), range(30), range(30)] = 0.0
        scorer.null_src[:] = scorer.null_tgt[:] = -20.0
        scorer.null_src[::3] = scorer.null_tgt[::3] = gap
        rows = np.eye(30, dtype=np.float32)
        spans = Spans(["x" * 80] * 30, rows), Spans(["y" * 80] * 30, rows)
        return int(np.argmax(chances(signs(believe(Lattice(scorer)), spans, 0.7), second_weights().gate)))

    assert SHARES[likeliest(gap=-20.0)] < SHARES[likeliest(gap=20.0)]


def _gaps(path: Steps) -> int:
    alone = [not (a and b) for _, a, _, b in path]
    return sum(here and not before for before, here in zip([False, *alone], alone, strict=False))


def check_complete(beads: list[Bead], n: int, m: int) -> None:
    """Every sentence exactly once, in order, in consecutive runs."""
    assert [i for b in beads for i in b.src] == list(range(n))
    assert [j for b in beads for j in b.tgt] == list(range(m))
    assert all(b.src or b.tgt for b in beads)


@settings(max_examples=60)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10_000), st.integers(4, 40))
def test_any_band_gives_a_complete_monotone_alignment(n: int, m: int, seed: int, radius: int) -> None:
    scorer = Random(n, m, seed)
    band = around([(0, 0), (n, m)], n, m, radius)
    beads = best_path(Lattice(scorer, band))
    check_complete(beads, n, m)
    if band.cells == Band.full(n, m).cells:
        assert beads == best_path(Lattice(scorer))
