"""What a bead is worth: features, weights and the hidden layer, and how they are fitted."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from harness.align.evidence.clauses import cut
from harness.align.evidence.model import OF_BEADS, Evidence, Hidden
from harness.align.evidence.spans import embed
from harness.align.evidence.weights import HIDDEN, MIDDLE, SLOPE
from harness.align.search.lattice import SHAPES
from harness.types import Bead
from tests.support.program import ROOT
from tests.support.word_encoder import Words

SRC = ["a b c d 1949", "e f g h i j k l", "x y z", "m n o"]
TGT = ["a b c d", "e f g h.", "i j k l", "m n o", "q r s"]


def test_the_hidden_layer_adds_what_its_units_say() -> None:
    layer = Hidden(np.array([[1.0, 0.0], [0.5, -2.0]]), np.array([2.0, -1.0]))
    found = layer.score(np.array([[[0.3], [0.0]], [[1.0], [1.0]]]))
    assert found.shape == (2, 1)
    assert found[0, 0] == pytest.approx(2 * math.tanh(0.3) - math.tanh(0.15 - 2.0))
    assert found[1, 0] == pytest.approx(-math.tanh(-2.0))


def test_a_bead_scores_its_features_by_both_weights_and_the_layer() -> None:
    encoder = Words()
    spans = embed(SRC, encoder), embed(TGT, encoder)
    parts = cut(SRC, encoder, spans[0].rows(1)), cut(TGT, encoder, spans[1].rows(1))
    evidence = Evidence(spans, parts, 1.0, MIDDLE, SLOPE, HIDDEN)
    rows, columns = (1, 4), (0, 5)
    features, _ = evidence.features(rows, columns)
    scores = evidence.at(0.7).block(rows, columns)
    for s, (a, b) in enumerate(SHAPES):
        for i in range(*rows):
            for j in range(*columns):
                bead = dict(zip(OF_BEADS, features[:, s, i - 1, j].tolist(), strict=True))
                found = scores[s, i - 1, j]
                if i + a > len(SRC) or j + b > len(TGT):
                    assert found == -np.inf
                    continue
                assert bead["size"] == a + b - 2
                linear = sum(
                    (getattr(MIDDLE, name) + 0.7 * getattr(SLOPE, name)) * bead[name] for name in OF_BEADS
                )
                units = np.tanh(HIDDEN.weights @ np.array(list(bead.values())))
                assert found == pytest.approx(linear + float(HIDDEN.out @ units), abs=1e-3)


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "experiments" / "alignment"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield importlib.import_module("fit")
    for name in ("fit", "examples", "benchmark", "speed"):
        sys.modules.pop(name, None)


def test_the_gradient_that_is_followed_is_that_of_the_likelihood(fit: ModuleType) -> None:
    gold = [Bead((0,), (0,)), Bead((1,), (1, 2)), Bead((2,), ()), Bead((3,), (3,)), Bead((), (4,))]
    document = importlib.import_module("benchmark").Document("made", "made", SRC, TGT, gold)
    one = fit.example(document, Words(), 1.0)
    start = fit.Parameters.start().vector()
    w = start + np.random.default_rng(1).normal(size=len(start)) * 0.05
    signs = np.array([1.0, -0.3, 0.2, 0.5, -1.0])

    def value(w: np.ndarray) -> float:
        return float(fit.mixed_loss(one, fit.Parameters.of(w), signs)[0])

    _, gradient = fit.mixed_loss(one, fit.Parameters.of(w), signs)
    assert value(w) > 0
    for k in range(0, len(w), 5):
        step = np.zeros(len(w))
        step[k] = 0.02
        assert gradient[k] == pytest.approx((value(w + step) - value(w - step)) / 0.04, abs=2e-3), k
