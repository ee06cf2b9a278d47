"""The loops that are compiled find what the sweeps over arrays find; they also run as they are."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from harness.align.evidence.beliefs import believe
from harness.align.search import compiled, kernels
from harness.align.search.band import around
from harness.align.search.forward_backward import Forward, forward
from harness.align.search.lattice import SHAPES, Array, Lattice
from harness.align.search.path import best_path

SIZES = [(30, 33, 1), (5, 70, 2), (70, 5, 3), (1, 1, 4), (40, 40, 5)]


class Drawn:
    """Scores drawn at random, many of them equal."""

    def __init__(self, n: int, m: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.m, self.open, self.edge, self.shapes = n, m, -0.4, 0.3, SHAPES
        self.scores = rng.normal(size=(len(SHAPES), n, m)).round(1)
        self.null_src, self.null_tgt = rng.normal(size=n).round(1), rng.normal(size=m).round(1)
        for s, (a, b) in enumerate(SHAPES):
            self.scores[s, max(0, n - a + 1) :] = -np.inf
            self.scores[s, :, max(0, m - b + 1) :] = -np.inf

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        return self.scores[:, slice(*rows), slice(*columns)]


def lattice(n: int, m: int, seed: int) -> Lattice:
    return Lattice(Drawn(n, m, seed), around([(0, 0), (n, m)], n, m, 6) if seed == 5 else None)


@pytest.mark.parametrize("size", SIZES)
def test_the_tables_of_the_best_path_are_the_same_to_the_last_bit(size: tuple[int, int, int]) -> None:
    expected = forward(lattice(*size), np.maximum)
    found = Forward(*compiled.Sweeps(lattice(*size), kernels).forward(summing=False))
    for name in ("bead", "deleted", "inserted", "total"):
        assert getattr(found, name).values.tobytes() == getattr(expected, name).values.tobytes()
    reached = np.isfinite(expected.bead.values)
    assert (found.shape.values == expected.shape.values)[reached].all()


@pytest.mark.parametrize("size", SIZES)
def test_posteriors_are_the_same_but_for_the_last_digits(size: tuple[int, int, int]) -> None:
    expected = believe(lattice(*size), 1e-6)
    found = compiled.Sweeps(lattice(*size), kernels).posteriors(1e-6)
    for name in ("row", "shape", "column"):
        assert (getattr(found, name) == getattr(expected, name)).all()
    assert found.mass == pytest.approx(expected.probability, abs=1e-12)
    assert found.alone_src == pytest.approx(expected.alone_src, abs=1e-12)
    assert found.alone_tgt == pytest.approx(expected.alone_tgt, abs=1e-12)
    assert (found.gaps, found.beads) == pytest.approx((expected.rate.gaps, expected.rate.beads))


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="pip install 'mt-harness[fast]'")
def test_a_long_text_has_the_same_beads_with_the_compiler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_it = best_path(lattice(150, 140, 6)), believe(lattice(150, 140, 6))
    monkeypatch.setattr(compiled, "WORTH", 10**9)
    assert with_it[0] == best_path(lattice(150, 140, 6))
    assert with_it[1].probability == pytest.approx(believe(lattice(150, 140, 6)).probability, abs=1e-12)


def test_a_compiler_that_refuses_to_load_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled.importlib.util, "find_spec", lambda name: name)  # numba lies there …
    monkeypatch.setattr(compiled, "WORTH_LOADING", 1)
    monkeypatch.setattr(compiled, "WORTH", 1)
    monkeypatch.setattr(kernels, "COMPILED", False)  # … but `from numba import njit` fails
    assert compiled.sweeps(lattice(30, 33, 1)) is None
