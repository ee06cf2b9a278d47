"""The second pass: what is measured of the candidates, and how they are scored anew."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from harness.align.auto import Auto, Texts
from harness.align.evidence.beliefs import believe
from harness.align.evidence.calibration import INPUTS, Calibration, inputs
from harness.align.evidence.candidates import (
    BEAD_FEATURES,
    NULL_FEATURES,
    Candidates,
    band_of,
    level_of,
    measured,
)
from harness.align.evidence.clauses import clauses, cut
from harness.align.evidence.model import Evidence
from harness.align.evidence.rescoring import NAMES, WEIGHTS, Rescored, rescore, second_weights
from harness.align.evidence.spans import embed
from harness.align.evidence.weights import FIRST
from harness.align.search.band import search_band
from harness.align.search.lattice import SHAPES, Lattice
from tests.support.word_encoder import Words

SRC = ["« a b c d ?", "e f g h i j k l.", "x y z.", "m n o."]
TGT = ["a b c d.", "e f g h.", "i j k l.", "m n o.", "q r s."]


@pytest.fixture
def texts() -> Texts:
    encoder = Words()
    spans = embed(SRC, encoder), embed(TGT, encoder)
    parts = cut(SRC, encoder, spans[0].rows(1)), cut(TGT, encoder, spans[1].rows(1))
    return Texts(spans, parts, 1.0)


@pytest.fixture
def evidence(texts: Texts) -> Evidence:
    return Evidence(texts.spans, texts.parts, texts.ratio, *FIRST)


def candidates(*beads: tuple[int, int, int, int]) -> Candidates:
    """Of first rows, columns and sizes."""
    row, column = (np.array([bead[k] for bead in beads]) for k in (0, 1))
    return Candidates(row, np.array([SHAPES.index(bead[2:]) for bead in beads]), column)


def test_a_bead_says_what_a_sentence_less_and_a_sentence_more_would_change(evidence: Evidence) -> None:
    found, _ = measured(evidence, candidates((1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 1, 3)))
    half, whole, more = (dict(zip(BEAD_FEATURES, row.tolist(), strict=True)) for row in found)
    assert half["loses"] == pytest.approx(0.1)  # 1-1 has no sentence to lose
    assert half["gains"] > 0.1  # the other half of the sentence is missing
    assert whole["gains"] < 0.0 < whole["loses"]
    assert more["loses"] < 0.0  # better without its last
    assert half["leak"] > 0.01 and half["worst"] > 0.01  # its other half is covered from beside it
    assert whole["leak"] == whole["worst"] == pytest.approx(0.0, abs=1e-6)
    assert whole["within"] > more["within"] and whole["least"] >= half["least"] > more["least"]
    assert whole["cosine"] > half["cosine"] and whole["mean"] > half["mean"]


def test_a_bead_says_where_quotes_questions_and_stops_disagree(evidence: Evidence) -> None:
    first, other = (
        dict(zip(BEAD_FEATURES, row.tolist(), strict=True))
        for row in measured(evidence, candidates((0, 0, 1, 1), (3, 3, 1, 1)))[0]
    )
    assert (first["asks"], first["opens"], first["stops"]) == (1.0, 1.0, 1.0)
    assert (other["asks"], other["opens"], other["stops"], other["closes"]) == (0.0, 0.0, 0.0, 0.0)


def test_a_sentence_that_no_candidate_holds_has_no_kin(evidence: Evidence) -> None:
    found = candidates((0, 0, 1, 1), (1, 1, 1, 2), (3, 3, 1, 1))
    _, alone = measured(evidence, found)
    kin = NULL_FEATURES.index("kin")
    assert [value > 0.5 for value in alone[0][:, kin]] == [True, True, False, True]
    assert [value > 0.5 for value in alone[1][:, kin]] == [True, True, True, True, False]


def test_a_sentence_is_touched_by_the_candidate_that_covers_it_best(evidence: Evidence) -> None:
    _, alone = measured(evidence, candidates((0, 0, 1, 1), (2, 2, 1, 1), (3, 3, 1, 1)))
    first, _, third, fourth = alone[0][:, NULL_FEATURES.index("touched")]
    assert min(first, fourth) > 0.5 > third


def test_the_first_pass_keeps_the_right_beads_among_its_candidates(texts: Texts) -> None:
    _, found = Auto(Words()).candidates(texts, search_band(*texts.spans))
    kept = {*zip(found.row.tolist(), found.shape.tolist(), found.column.tolist(), strict=True)}
    assert {(0, SHAPES.index((1, 1)), 0), (1, SHAPES.index((1, 2)), 1), (3, SHAPES.index((1, 1)), 3)} <= kept
    assert len(kept) < len(SHAPES) * len(SRC) * len(TGT) / 2


def test_a_candidate_scores_by_its_features_and_nothing_else_is_possible(evidence: Evidence) -> None:
    found = candidates((0, 0, 1, 1), (1, 1, 1, 2))
    (features, alone), weights = measured(evidence, found), second_weights()
    rescored = Rescored(found, features, alone, weights)
    block = rescored.at(np.array([0.0, 0.25, 0.75])).block((0, 4), (0, 5))
    assert np.isfinite(block).sum() == 2
    wanted = weights.middle + 0.25 * weights.regimes[1] + 0.75 * weights.regimes[2]
    linear = float(features[1] @ wanted[: len(BEAD_FEATURES)])
    layer = float(weights.hidden.out @ np.tanh(weights.hidden.weights @ features[1]))
    assert block[SHAPES.index((1, 2)), 1, 1] == pytest.approx(linear + layer, abs=1e-3)


def test_a_given_share_takes_the_place_of_the_regimes_judged(texts: Texts) -> None:
    evidence, found = Auto(Words()).candidates(texts, search_band(*texts.spans))
    features, alone = measured(evidence, found)
    rescored = Rescored(found, features, alone, second_weights())
    band = search_band(*texts.spans)
    given = rescore(rescored, texts.spans, level_of(features), band, share=-1.5)
    single = believe(Lattice(rescored.at(np.array([1.0, 0.0, 0.0])), band))
    assert np.array_equal(given.alone_src, single.alone_src)
    judged = rescore(rescored, texts.spans, level_of(features), band)
    assert not np.array_equal(given.alone_src, judged.alone_src)


def test_the_narrow_band_leaves_out_nothing_that_matters(texts: Texts) -> None:
    evidence, found = Auto(Words()).candidates(texts, search_band(*texts.spans))
    features, alone = measured(evidence, found)
    rescored = Rescored(found, features, alone, second_weights())
    middle = rescored.at(np.zeros(3))
    whole, narrow = (believe(Lattice(middle, band)) for band in (None, band_of(found, len(SRC), len(TGT))))
    assert narrow.alone_src == pytest.approx(whole.alone_src, abs=1e-4)
    assert narrow.alone_tgt == pytest.approx(whole.alone_tgt, abs=1e-4)


def test_texts_with_nothing_in_common_at_either_end_still_have_an_alignment() -> None:
    common = [f"w{k}a w{k}b w{k}c w{k}d w{k}e" for k in range(3)]
    other = [[f"{side}{k}a {side}{k}b {side}{k}c {side}{k}d" for k in range(30)] for side in "xy"]
    src, tgt = other[0][:15] + common + other[0][15:], other[1][:12] + common + other[1][12:]
    beads = Auto(Words()).align(src, tgt)
    sure = [(bead.src, bead.tgt) for bead in beads if not bead.is_null and (bead.confidence or 0.0) > 0.5]
    assert sure == [((15 + k,), (12 + k,)) for k in range(3)]
    assert sum(bead.is_null for bead in beads) >= 40


def test_the_weights_are_those_of_the_features_and_say_where_they_are_from() -> None:
    known = json.loads(WEIGHTS.read_text("utf-8"))
    assert tuple(known["names"]) == NAMES
    assert known["origin"]["sets"] and known["origin"]["made"] > 0
    assert math.isfinite(float(np.abs(second_weights().middle).sum()))


def test_chinese_clauses_are_cut_at_commas_without_spaces_and_lose_no_letter() -> None:
    text = "天" * 20 + "，" + "地" * 20 + "，" + "人" * 20 + "。"
    found = clauses(text)
    assert len(found) == 3
    assert "".join(found) == text


def test_confidence_is_the_posterior_seen_in_the_light_of_the_whole() -> None:
    posteriors, null, sizes = np.array([0.9, 0.6, 0.7]), [False, False, True], np.array([2.0, 3.0, 1.0])
    found = inputs(posteriors, null, sizes)
    assert found.shape == (3, len(INPUTS))
    assert found[:, INPUTS.index("odds")] == pytest.approx([math.log(9), math.log(1.5), math.log(7 / 3)])
    assert len({*map(tuple, np.delete(found, INPUTS.index("odds"), axis=1).tolist())}) == 1  # of all the text
    merged, alone = INPUTS.index("merged"), INPUTS.index("alone")
    assert inputs(posteriors, null, np.array([2.0, 2.0, 1.0]))[0, merged] < found[0, merged]
    assert inputs(posteriors, [False] * 3, np.array([2.0, 3.0, 2.0]))[0, alone] < found[0, alone]
    as_it_is = np.array([float(name == "odds") for name in INPUTS])
    odds = Calibration(as_it_is, 2.0 * as_it_is).odds(posteriors, null, sizes)
    assert odds == pytest.approx([math.log(9), math.log(1.5), 2 * math.log(7 / 3)])
