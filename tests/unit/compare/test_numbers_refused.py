"""Numbers of the verbs that mean nothing: each is one line with its option, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.tags import check_tag
from harness.errors import ConfigError
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("numbers")
    _, _, references = corpus(20)
    for seed, name in enumerate(("a", "b")):
        outputs = hypotheses(references, seed, 0.3)
        write_run(root, name, name, outputs, references, metrics={"chrf": METRICS["chrf"]})
    return root


JUDGED = ("agree", "SCORES")


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--segments", "-1"),
        ("compare", "--ngrams", "-1"),
        ("compare", "--terms", "-1"),
        ("compare", "--samples", "0"),
        ("compare", "--samples", "-1"),
        ("compare", "--seed", "-1"),
        ("compare", "--alpha", "1e-300"),
        ("compare", "--alpha", "nan"),
        ("history", "--gate", "last:1", "--samples", "0"),
        ("history", "--gate", "last:1", "--seed", "-1"),
        ("history", "--gate", "last:1", "--alpha", "1e-300"),
        ("power", "--samples", "0"),
        ("power", "--seed", "-1"),
        ("power", "--alpha", "1e-300"),
        ("power", "--power", "nan"),
        ("power", "--difference", "-1"),
        (*JUDGED, "--samples", "0"),
        (*JUDGED, "--seed", "-1"),
        (*JUDGED, "--alpha", "1e-300"),
        ("campaign", "c", "--annotators", "ann", "--segments", "0"),
        ("campaign", "c", "--annotators", "ann", "--segments", "-1"),
        ("campaign", "c", "--annotators", "ann", "--together", "-1"),
        ("campaign", "c", "--annotators", "ann", "--control", "-1"),
        ("campaign", "c", "--annotators", "ann", "--seed", "-1"),
        ("export", "pearmut", "--segments", "0"),
        ("export", "pearmut", "--annotators", "0"),
        ("show", "a", "--segments", "-1"),
        ("rm", "a", "--keep-last", "-1"),
        ("cache", "--older-than", "-1"),
        ("cache", "--older-than", "nan"),
        ("serve", "--port", "-1"),
    ],
)
def test_a_number_out_of_range_is_refused(
    words: tuple[str, ...], store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "scores.tsv"
    scores.write_text("system\tsegment\tscore\na\t1\t50\n", encoding="utf-8")
    given = [str(scores) if word == "SCORES" else word for word in words]
    assert main([*given, "--results", str(store)]) == 2
    err = capsys.readouterr().err
    assert words[-2] in err and len(err.splitlines()) == 1 and len(err) < 300


@pytest.mark.parametrize("tag", ["a/../b", "a\\b", "a\u202eb", "a\u200bb", "a\x1bb", "a\ud800", "a b", "a=b",
                                 "a\tb", "a\u00a0b", "latest"])  # fmt: skip
def test_a_tag_is_a_word_that_can_be_seen(tag: str, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", "a", tag, "--results", str(store)]) == 2
    said = capsys.readouterr().err
    assert "tag" in said and tag not in said.replace(f"'{tag}'", "") and "\u202e" not in said
    with pytest.raises(ConfigError, match="tag '"):
        check_tag(tag)


@pytest.mark.parametrize("tag", [None, "", "v1.2", "ümläut日本", "a-b_c:d", "नमस्ते", "🙂"])
def test_words_of_any_script_are_tags(tag: str | None) -> None:
    check_tag(tag)
