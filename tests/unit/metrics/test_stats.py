"""The paired tests give sacreBLEU's p-values; ranking and correction follow their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

from harness import registry
from harness.metrics.stats.human import accuracy, noticed
from harness.metrics.stats.ranking import clusters, holm, rank_ranges, tally
from harness.metrics.stats.significance import (
    Column,
    bootstrap_p,
    bootstrap_scores,
    randomization_p,
    shuffle,
)
from tests.support.made_texts import corpus, hypotheses, streams

KINDS = {"bleu": BLEU, "chrf": CHRF, "ter": TER}


def systems(n: int, most_references: int) -> tuple[list[list[str]], list[list[str]]]:
    _, first, references = corpus(n, most_references=most_references)
    outputs = [first] + [
        hypotheses(references, seed, loss) for seed, loss in ((8, 0.21), (9, 0.3), (10, 0.05))
    ]
    outputs.append(first[: n // 2] + outputs[1][n // 2 :])
    return outputs, references


@pytest.mark.parametrize("seed", [12345, 7])
@pytest.mark.parametrize("most_references", [1, 3])
@pytest.mark.parametrize("kind", list(KINDS))
def test_p_values_are_sacrebleus(kind, most_references, seed, monkeypatch) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", str(seed))
    outputs, references = systems(45, most_references)
    named = [(str(k), output) for k, output in enumerate(outputs)]
    metric = registry.build("metric", {"kind": kind, "workers": 1})
    columns = [Column(metric, metric.statistics(out, out, references)) for out in outputs]
    for test, samples in (("bs", 120), ("ar", 150)):
        paired = PairedTest(
            named, {kind: KINDS[kind]()}, streams(references), test_type=test, n_samples=samples
        )
        results = next(value for key, value in paired()[1].items() if key != "System")
        if test == "bs":
            drawn = bootstrap_scores(columns, samples, seed)
            verdict = bootstrap_p
        else:
            drawn = shuffle(columns, samples, seed)
            verdict = randomization_p
        gaps = [column.score - columns[0].score for column in columns]
        ours = [verdict(drawn[0], other, gap) for other, gap in zip(drawn, gaps, strict=True)]
        assert ours[1:] == [result.p_value for result in results[1:]]
        assert [c.score for c in columns] == pytest.approx([r.score for r in results], abs=1e-9)


def test_a_system_against_itself_is_never_better() -> None:
    outputs, references = systems(40, 1)
    metric = registry.build("metric", {"kind": "chrf"})
    column = Column(metric, metric.statistics(outputs[0], outputs[0], references))
    shuffled = shuffle([column, column], 100, 1)
    assert randomization_p(*shuffled, 0.0) == pytest.approx(1 / 101)  # as sacreBLEU has it for 0 > 0


def test_an_undefined_score_has_no_p_value() -> None:
    metric = registry.build("metric", {"kind": "length_ratio"})
    rows = np.zeros((5, 2))
    drawn = bootstrap_scores([Column(metric, rows), Column(metric, rows)], 10, 1)
    assert math.isnan(bootstrap_p(*drawn, float("nan")))


def test_holm() -> None:
    # Worked by hand: sorted .01 .02 .03 .04 times 4 3 2 1, kept monotone.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    adjusted = holm([0.5, float("nan"), 0.9])
    assert adjusted[0] == 1.0
    assert adjusted[2] == 1.0
    assert math.isnan(adjusted[1])


def test_clusters_need_every_pair_across_the_line() -> None:
    p = {
        ("a", "b"): 0.5,
        ("a", "c"): 0.01,
        ("b", "c"): 0.2,
        ("a", "d"): 0.01,
        ("d", "b"): 0.01,
        ("c", "d"): 0.01,
    }
    assert clusters(["a", "b", "c", "d"], p) == [1, 1, 1, 2]
    assert clusters(["a", "b", "c", "d"], {**p, ("b", "c"): 0.04}) == [1, 1, 2, 3]
    assert clusters(["a", "b"], {("a", "b"): float("nan")}) == [1, 1]


def test_rank_ranges_count_who_is_better_and_worse() -> None:
    p = {("a", "b"): 0.5, ("a", "c"): 0.01, ("b", "c"): 0.2, ("a", "d"): 0.01, ("d", "b"): 0.01}
    assert rank_ranges(["a", "b", "c", "d"], p) == [(1, 2), (1, 3), (2, 4), (3, 4)]
    assert rank_ranges(["a", "b"], {("a", "b"): float("nan")}) == [(1, 2), (1, 2)]


def test_tally_follows_the_direction() -> None:
    system, baseline = np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0, 3.0, 2.0, 5.0])
    assert (tally(system, baseline, True).wins, tally(system, baseline, True).losses) == (1, 1)
    better = tally(np.array([1.0, 1.0]), np.array([2.0, 2.0]), higher_is_better=False)
    assert (better.wins, better.ties, better.losses) == (2, 0, 0)


def test_human_accuracy_is_the_published_fit() -> None:
    # The values of the authors' README: 1 BLEU is 63.989 %.
    assert accuracy(1.0, {"kind": "bleu"}) == pytest.approx(0.63989, abs=1e-5)
    assert accuracy(-1.0, {"kind": "bleu"}) == accuracy(1.0, {"kind": "bleu"})
    assert accuracy(0.01, {"kind": "worker", "model": "Unbabel/wmt22-comet-da"}) == pytest.approx(
        0.9622374 / (1 + math.exp(-2.83591946)), abs=1e-6
    )
    for config in ({"kind": "ter"}, {"kind": "chrf", "word_order": 2}, {"kind": "bleu", "lowercase": True}):
        assert accuracy(1.0, config) is None


def test_what_judges_notice_inverts_the_fit() -> None:
    for config in ({"kind": "bleu"}, {"kind": "worker", "model": "Unbabel/wmt22-comet-da"}):
        found = noticed(0.6, config)
        assert found > 0
        assert accuracy(found, config) == pytest.approx(0.6)
    assert noticed(0.6, {"kind": "ter"}) is None
    assert noticed(0.9, {"kind": "bleu"}) is None, "the fit for BLEU never reaches 88.4 %"


def test_human_accuracy_equals_the_authors_package() -> None:
    mt_thresholds = pytest.importorskip("mt_thresholds", reason="pip install mt-thresholds")
    for delta in (0.1, 0.7, 2.0, 9.0):
        assert accuracy(delta, {"kind": "chrf"}) == pytest.approx(mt_thresholds.accuracy(delta, "chrf") / 100)
        spbleu = accuracy(delta, {"kind": "bleu", "tokenize": "flores200"})
        assert spbleu == pytest.approx(mt_thresholds.accuracy(delta, "spbleu200") / 100)
