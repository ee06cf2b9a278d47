"""What a bead is worth: features, weights and the hidden layer, and how they are fitted."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from harness.align.evidence.clauses import cut
from harness.align.evidence.model import OF_BEADS, Evidence, Hidden
from harness.align.evidence.spans import embed
from harness.align.evidence.weights import FIRST
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


def test_a_bead_scores_its_features_by_the_weights_and_the_layer() -> None:
    encoder = Words()
    spans = embed(SRC, encoder), embed(TGT, encoder)
    parts = cut(SRC, encoder, spans[0].rows(1)), cut(TGT, encoder, spans[1].rows(1))
    evidence = Evidence(spans, parts, 1.0, *FIRST)
    weights, hidden = FIRST
    rows, columns = (1, 4), (0, 5)
    features, _ = evidence.features(rows, columns)
    scores = evidence.at(0.5).block(rows, columns)
    for s, (a, b) in enumerate(SHAPES):
        for i in range(*rows):
            for j in range(*columns):
                bead = dict(zip(OF_BEADS, features[:, s, i - 1, j].tolist(), strict=True))
                found = scores[s, i - 1, j]
                if i + a > len(SRC) or j + b > len(TGT):
                    assert found == -np.inf
                    continue
                assert bead["size"] == a + b - 2
                linear = sum(getattr(weights, name) * bead[name] for name in OF_BEADS)
                units = np.tanh(hidden.weights @ np.array(list(bead.values())))
                assert found == pytest.approx(0.5 * (linear + float(hidden.out @ units)), abs=1e-3)


def test_after_runs_were_encoded_scores_are_those_of_evidence_made_anew() -> None:
    encoder = Words()
    spans = embed(SRC, encoder, runs=False), embed(TGT, encoder, runs=False)
    parts = cut(SRC, encoder, spans[0].rows(1)), cut(TGT, encoder, spans[1].rows(1))
    evidence = Evidence(spans, parts, 1.0, *FIRST)
    place = (0, len(SRC)), (0, len(TGT))
    before = evidence.block(*place)
    for side in spans:
        side.encode_runs({2: np.ones(side.n, dtype=bool)}, encoder)
    evidence.encoded()
    after = evidence.block(*place)
    assert after.tobytes() == Evidence(spans, parts, 1.0, *FIRST).block(*place).tobytes()
    assert after.tobytes() != before.tobytes()


@pytest.fixture
def fitting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports modules of the experiment."""
    monkeypatch.syspath_prepend(str(ROOT / "experiments" / "alignment"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield importlib.import_module
    for name in ("crf", "examples", "benchmark", "speed", "sweep", "outcome"):
        if name not in before:
            sys.modules.pop(name, None)


GOLD = [Bead((0,), (0,)), Bead((1,), (1, 2)), Bead((2,), ()), Bead((3,), (3,)), Bead((), (4,))]


@pytest.mark.parametrize("single", [False, True])
def test_the_gradient_that_is_followed_is_that_of_the_likelihood(fitting: Any, single: bool) -> None:
    crf = fitting("crf")
    document = fitting("benchmark").Document("made", "made", SRC, TGT, GOLD)
    one = fitting("examples").example(document, Words())
    sample = crf.Sample([one, one], [1.0, 0.5], single)
    start = crf.start()
    w = start + np.random.default_rng(1).normal(size=len(start)) * 0.05
    signs = sample.signs(w)

    def value(w: np.ndarray) -> float:
        return float(sample.loss(w, signs)[0])

    gradient = sample.loss(w, signs)[1]
    assert value(w) > 0
    for k in range(0, len(w), 7):
        step = np.zeros(len(w))
        step[k] = 0.02
        assert gradient[k] == pytest.approx((value(w + step) - value(w - step)) / 0.04, abs=5e-3), k


def test_the_mean_of_fits_scores_as_the_mean_of_their_scores(fitting: Any) -> None:
    crf = fitting("crf")
    several = [crf.start(k) for k in range(2)]
    mean, singles = crf.together(several), [crf.together([w]) for w in several]
    x = np.random.default_rng(2).normal(size=crf.BEADS)

    def layer(known: dict[str, list[Any]]) -> float:
        return float(np.array(known["out"]) @ np.tanh(np.array(known["hidden"]) @ x))

    assert layer(mean) == pytest.approx(sum(map(layer, singles)) / 2, abs=1e-2)
    assert np.array(mean["middle"]) == pytest.approx(np.mean([one["middle"] for one in singles], axis=0))
