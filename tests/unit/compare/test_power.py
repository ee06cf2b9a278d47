"""`power`: what it tells of a store, and what it says when there is nothing to tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses


def power(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, str, str]:
    code = main(["power", "--results", str(root), "--samples", "300", *words])
    out, err = capsys.readouterr()
    return code, out, err


def metrics(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> dict[str, dict[str, Any]]:
    code, out, err = power(capsys, root, "--format", "json", *words)
    assert code == 0, err
    return {one["key"]: one for one in json.loads(out)["test_sets"][0]["metrics"]}


def write(root: Path, n: int, systems: int = 3) -> Path:
    _, _, references = corpus(n)
    for k in range(systems):
        write_run(root, f"s{k}", f"s{k}", hypotheses(references, k, 0.2 + 0.1 * k), references)
    return root


def test_more_segments_detect_smaller_differences(tmp_path, capsys) -> None:
    few, many = metrics(capsys, write(tmp_path / "few", 40)), metrics(capsys, write(tmp_path / "many", 400))
    assert set(few) == {"bleu", "chrf", "ter"}, "a neutral metric tells no systems apart"
    for key, one in few.items():
        assert one["lowest"] <= one["smallest"] <= one["highest"]
        assert 2 < one["smallest"] / many[key]["smallest"] < 5, "about the root of ten"
        sizes, values = zip(*one["curve"], strict=True)
        assert sizes == (20, 40, 80, 200, 400)
        assert list(values) == sorted(values, reverse=True)
    assert few["bleu"]["needed"] > 40, "what 60 % of judges notice takes more"
    assert few["ter"]["needed"] is None


def test_the_detected_difference_needs_the_segments_that_there_are(tmp_path, capsys) -> None:
    root = write(tmp_path, 60)
    smallest = metrics(capsys, root)["chrf"]["smallest"]
    needed = metrics(capsys, root, "--metric", "chrf", "--difference", str(smallest))["chrf"]["needed"]
    assert abs(needed - 60) <= 1


def test_it_says_in_words_what_cannot_be_told(tmp_path, capsys) -> None:
    _, out, _ = power(capsys, write(tmp_path / "fifteen", 15), "--metric", "chrf")
    flat = " ".join(out.split())
    assert "With 15 segments, a difference of" in flat
    assert "a smaller one is missed more often" in flat
    _, out, _ = power(capsys, write(tmp_path / "nine", 9), "--metric", "chrf", "--format", "md")
    assert "9 segments are too few for any test: they cannot show which system is better" in out
    assert metrics(capsys, tmp_path / "nine")["chrf"]["smallest"] is None


def test_a_single_system_assumes_another_that_shares_nothing(tmp_path, capsys) -> None:
    _, _, references = corpus(80)
    first = hypotheses(references, 1, 0.3)
    variant = [*hypotheses(references, 2, 0.3)[:8], *first[8:]]
    alone = write_run(tmp_path / "alone", "1", "a", first, references).root
    together = write_run(tmp_path / "together", "1", "a", first, references).root
    write_run(together, "2", "b", variant, references)
    assert metrics(capsys, alone)["chrf"]["smallest"] > 2 * metrics(capsys, together)["chrf"]["smallest"]
    assert "another assumed that shares nothing with it" in power(capsys, alone)[1]


def test_equal_outputs_and_the_reference_tell_nothing(tmp_path, capsys) -> None:
    _, _, references = corpus(40)
    same = hypotheses(references, 1, 0.3)
    chrf = {"chrf": METRICS["chrf"]}
    write_run(tmp_path, "1", "a", same, references, metrics=chrf)
    write_run(tmp_path, "2", "b", same, references, metrics=chrf)
    perfect = [found[0] for found in references]
    write_run(tmp_path, "3", "ceiling", perfect, references, metrics=chrf, engine="reference")
    code, out, err = power(capsys, tmp_path)
    assert (code, out) == (2, "")
    assert "systems with equal outputs" in err


@pytest.mark.parametrize("words", [("--power", "1"), ("--difference", "0"), ("--alpha", "2")])
def test_impossible_options_are_refused(tmp_path, capsys, words) -> None:
    code, _, err = power(capsys, write(tmp_path, 20), *words)
    assert code == 2
    assert len(err.splitlines()) == 1
