"""The lexical metrics equal sacreBLEU, in every option and with several references."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
import sacrebleu.metrics

from harness import registry
from harness.common.notices import collecting
from harness.errors import ConfigError, DataError, UnavailableError
from harness.metrics.lexical import Bleu, Chrf
from harness.metrics.stats.bootstrap import interval
from tests.support.made_texts import corpus, pieces, streams

CASES = [
    ("bleu", {}, "BLEU"),
    ("bleu", {"tokenize": "intl", "lowercase": True}, "BLEU"),
    ("bleu", {"tokenize": "char", "max_ngram_order": 6}, "BLEU"),
    ("bleu", {"smooth_method": "floor"}, "BLEU"),
    ("bleu", {"smooth_method": "add-k", "smooth_value": 2}, "BLEU"),
    ("bleu", {"smooth_method": "none"}, "BLEU"),
    ("chrf", {}, "CHRF"),
    ("chrf", {"word_order": 2}, "CHRF"),
    ("chrf", {"beta": 3, "whitespace": True, "eps_smoothing": True}, "CHRF"),
    ("ter", {}, "TER"),
    ("ter", {"normalized": True, "no_punct": True, "case_sensitive": True}, "TER"),
]


@pytest.mark.parametrize(("kind", "options", "family"), CASES)
@pytest.mark.parametrize("most_references", [1, 3])
def test_scores_and_signature_are_sacrebleus(
    kind: str, options: dict, family: str, most_references: int
) -> None:
    sources, hypotheses, references = corpus(60, most_references=most_references)
    hypotheses[3], hypotheses[4], references[5] = "", "zzz", [""]
    metric = registry.build("metric", {"kind": kind, **options})
    theirs = getattr(sacrebleu.metrics, family)(**options)

    statistics = metric.statistics(sources, hypotheses, references)
    corpus_score = metric.aggregate(statistics.sum(axis=0, keepdims=True))[0]
    assert corpus_score == pytest.approx(theirs.corpus_score(hypotheses, streams(references)).score, abs=1e-9)
    assert metric.signature == str(theirs.get_signature())
    assert metric.higher_is_better is (kind != "ter")

    single = getattr(sacrebleu.metrics, family)(
        **options, **({"effective_order": True} if kind == "bleu" else {})
    )
    expected = [single.sentence_score(h, r).score for h, r in zip(hypotheses, references, strict=True)]
    assert metric.segment_scores(statistics) == pytest.approx(expected, abs=1e-9)


def test_names_tell_the_variants_apart() -> None:
    assert registry.build("metric", {"kind": "chrf", "word_order": 2}).name == "chrF2++"
    assert registry.build("metric", {"kind": "bleu", "tokenize": "flores200"}).name == "spBLEU"


def test_unknown_tokenizer_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'flores200'"):
        registry.build("metric", {"kind": "bleu", "tokenize": "flores2000"})


@pytest.mark.parametrize("tokenize", ["flores200", "flores101"])
@pytest.mark.parametrize("most_references", [1, 3])
def test_spbleu_is_sacrebleus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokenize: str, most_references: int
) -> None:
    """With a model made here in the place of the one that sacreBLEU would download."""
    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_spm.SACREBLEU_DIR", str(tmp_path))
    sources, hypotheses, references = corpus(60, most_references=most_references)
    pieces(tmp_path / "models", [reference for found in references for reference in found])
    metric = registry.build("metric", {"kind": "bleu", "tokenize": tokenize})
    theirs = sacrebleu.metrics.BLEU(tokenize=tokenize)

    statistics = metric.statistics(sources, hypotheses, references)
    score = metric.aggregate(statistics.sum(axis=0, keepdims=True))[0]
    assert score == pytest.approx(theirs.corpus_score(hypotheses, streams(references)).score, abs=1e-9)
    words = Bleu().statistics(sources, hypotheses, references)
    assert statistics[:, 0].sum() > words[:, 0].sum(), "pieces are counted, not words"
    assert metric.signature == str(theirs.get_signature())
    assert f"tok:{tokenize}" in metric.signature


def test_unreachable_tokenizer_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    import urllib.request

    def refuse(*_: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_spm.SACREBLEU_DIR", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    metric = Bleu(tokenize="flores200")
    with pytest.raises(UnavailableError, match=r"no route to host.*\.sacrebleu/models"):
        metric.statistics(["a"], ["b"], [["c"]])


def test_a_segment_without_reference_is_named() -> None:
    with pytest.raises(DataError, match="segment 1 "):
        Bleu().statistics(["a", "b"], ["a", "b"], [["a"], []])
    with pytest.raises(DataError, match="1 sources, 2 hypotheses"):
        Bleu().statistics(["a"], ["a", "b"], [["a"], ["b"]])


def test_length_ratio_takes_the_nearest_reference() -> None:
    metric = registry.build("metric", {"kind": "length_ratio"})
    rows = metric.statistics(["", ""], ["abcd", ""], [["abcde", "a"], [""]])
    assert metric.aggregate(rows.sum(axis=0, keepdims=True))[0] == pytest.approx(4 / 5)
    assert np.isnan(metric.segment_scores(rows)[1])


@pytest.mark.parametrize(("kind", "family"), [("bleu", "BLEU"), ("chrf", "CHRF"), ("ter", "TER")])
def test_interval_is_sacrebleus(kind: str, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, hypotheses, references = corpus(50)
    metric = registry.build("metric", {"kind": kind})
    low, high = interval(metric, metric.statistics(sources, hypotheses, references), samples=400, seed=99)
    monkeypatch.setenv("SACREBLEU_SEED", "99")
    theirs = getattr(sacrebleu.metrics, family)().corpus_score(
        hypotheses, streams(references), n_bootstrap=400
    )
    assert (high - low) / 2 == pytest.approx(theirs._ci, abs=1e-4)
    assert low < theirs.score < high


def test_interval_does_not_depend_on_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    metric = Bleu()
    statistics = metric.statistics(*corpus(30))
    whole = interval(metric, statistics, samples=100)
    monkeypatch.setattr("harness.metrics.stats.bootstrap._CHUNK", 8 * 30 * 7)
    assert interval(metric, statistics, samples=100) == whole


def test_interval_of_nothing_and_of_one() -> None:
    metric = Bleu()
    assert np.isnan(interval(metric, np.zeros((0, 10)))).all()
    one = metric.statistics(["s"], ["a b c d"], [["a b c d e"]])
    assert np.isnan(interval(metric, one)).all(), "one segment says nothing about others"
    assert np.isnan(interval(metric, np.repeat(one, 20, axis=0))).all(), "nor do equal ones"


@pytest.mark.parametrize(
    ("reference", "kind", "options", "told"),
    [
        ("สวัสดีชาวโลก", "bleu", {}, "tokenize=char or flores200"),
        ("สวัสดีชาวโลก", "bleu", {"tokenize": "zh"}, "tokenize=char"),
        ("สวัสดีชาวโลก", "bleu", {"tokenize": "char"}, None),
        ("สวัสดีชาวโลก", "ter", {"normalized": True, "asian_support": True}, "TER cannot split this script"),
        ("你好，世界", "bleu", {}, "use zh or ja-mecab, tokenize=char"),
        ("你好，世界", "bleu", {"tokenize": "zh"}, None),
        ("世界こんにちは", "ter", {"asian_support": True}, "pair.ter_characters=true"),
        ("世界こんにちは", "ter", {"asian_support": True, "normalized": True}, None),
        ("안녕 세상", "bleu", {}, None),
        ("Tokyo (東京) is large", "bleu", {}, None),
        ("", "bleu", {}, None),
    ],
)
def test_scripts_without_spaces_are_told_what_suits_them(
    reference: str, kind: str, options: dict, told: str | None
) -> None:
    metric = registry.build("metric", {"kind": kind, **options})
    with collecting() as notices:
        metric.statistics(["x"], [reference], [[reference]])
    assert [told in line for line in notices] == ([True] if told else [])


@pytest.mark.parametrize("workers", [1, 2])
def test_what_sacrebleu_warns_about_is_told_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], workers: int
) -> None:
    original = sacrebleu.metrics.CHRF._extract_corpus_statistics

    def warning(self, *arguments):
        logging.getLogger("sacrebleu").warning("Beware\nof this.")
        return original(self, *arguments)

    monkeypatch.setattr(sacrebleu.metrics.CHRF, "_extract_corpus_statistics", warning)
    monkeypatch.setattr(Chrf, "costly", 2)
    with collecting() as notices:
        registry.build("metric", {"kind": "chrf", "workers": workers}).statistics(
            ["x"] * 6, ["a b"] * 6, [["a b"]] * 6
        )
    assert list(notices) == ["chrF2: sacreBLEU warns: Beware of this."]
    assert capfd.readouterr().err == ""
