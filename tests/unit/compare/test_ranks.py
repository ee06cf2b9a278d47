"""Ranks, ties and verdicts as `compare` prints them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses


def compare(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> str:
    assert main(["compare", "--results", str(root), "--samples", "400", *words]) == 0
    return capsys.readouterr().out


def table(
    capsys: pytest.CaptureFixture[str], root: Path, *words: str
) -> dict[tuple[str, str], dict[str, str]]:
    found = csv.DictReader(io.StringIO(compare(capsys, root, "--format", "csv", *words)))
    return {(row["metric"], row["system"]): row for row in found}


def of_set(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(compare(capsys, root, "--format", "json", *words))["test_sets"][0]
    return found


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """Three runs with the same output, and a worse one."""
    _, _, references = corpus(120)
    same = hypotheses(references, 3, 0.2)
    beads = [{"confidence": 0.9, "flags": [], "shape": "1-1"}] * 120
    for name, output in (
        ("A", same),
        ("copy", same),
        ("third", same),
        ("low", hypotheses(references, 4, 0.6)),
    ):
        write_run(tmp_path, name, name, output, references, beads=beads)
    return tmp_path


def test_equal_outputs_share_a_rank_and_nothing_orders_them(twins, capsys) -> None:
    found = table(capsys, twins)
    for key in ("bleu", "chrf", "ter"):
        assert {found[key, name]["cluster"] for name in ("A", "copy", "third")} == {"1"}
        assert {found[key, name]["rank_low"] for name in ("A", "copy", "third")} == {"1"}
        assert {found[key, name]["rank_high"] for name in ("A", "copy", "third")} == {"3"}
        assert found[key, "copy"]["verdict"] == "equal"
        assert float(found[key, "copy"]["p_corrected"]) == 1
        assert found[key, "low"]["cluster"] == "2"
    shown = compare(capsys, twins, "--metric", "chrf", "--format", "md", "--test", "bs")
    lines = [line for line in shown.splitlines() if line.startswith("| ")]
    copy = next(line for line in lines if "| copy |" in line)
    assert copy.count("| = ") == 5, "Δ, its interval, both p and the judges"
    assert "0.0025" not in copy, "sacreBLEU's own p, which is the smallest for equal outputs"
    assert "equal outputs get the smallest p" in shown
    assert "A = copy: the same score on all beads" in shown
    assert "A over copy" not in shown


def test_equal_outputs_get_no_dagger(twins, capsys) -> None:
    shown = compare(capsys, twins, "--metric", "chrf", "--format", "latex")
    assert "dagger$" not in shown
    assert shown.count("\\textbf") == 3


def test_systems_that_are_not_separated_have_ranges_of_ranks(tmp_path, capsys) -> None:
    _, _, references = corpus(150)
    for name, seed, loss in (("a", 1, 0.1), ("b", 2, 0.3), ("c", 3, 0.31), ("d", 4, 0.7)):
        write_run(tmp_path, name, name, hypotheses(references, seed, loss), references)
    found = table(capsys, tmp_path, "--metric", "chrf")
    ranges = {s: (found["chrf", s]["rank_low"], found["chrf", s]["rank_high"]) for s in "abcd"}
    assert ranges == {"a": ("1", "1"), "b": ("2", "3"), "c": ("2", "3"), "d": ("4", "4")}
    assert "| 2–3 | b |" in re.sub(" +", " ", compare(capsys, tmp_path, "--metric", "chrf", "--format", "md"))


def test_holm_stays_and_says_when_its_samples_cannot_reach_alpha(tmp_path, capsys) -> None:
    _, _, references = corpus(110)
    for k in range(8):
        write_run(tmp_path, f"s{k}", f"s{k}", hypotheses(references, k, 0.1 + 0.1 * k), references)
    words = ("--metric", "chrf", "--correction", "holm")
    found = of_set(capsys, tmp_path, *words)
    assert {row["cluster"] for row in found["rows"]} == {1}
    assert any(
        "nothing can be separated at 0.05: with 400 samples the smallest corrected p is 0.07; --samples 559"
        " at least, or --correction max-t" in note
        for note in found["notes"]
    )
    enough = of_set(capsys, tmp_path, *words, "--samples", "999")
    assert {row["cluster"] for row in enough["rows"]} != {1}
    assert not any("nothing can be separated" in note for note in enough["notes"])


def test_a_margin_gives_one_verdict_a_pair(twins, capsys) -> None:
    _, _, references = corpus(120)
    near = hypotheses(references, 3, 0.2)
    near[0] = f"{near[0]} x"
    write_run(twins, "near", "near", near, references)
    ranked = ("--metric", "bleu", "--metric", "chrf", "--baseline", "A", "--margin", "1")
    found = table(capsys, twins, *ranked)
    assert (found["chrf", "near"]["verdict"], found["chrf", "low"]["verdict"]) == ("equal", "worse")
    shown = re.sub(" +", " ", compare(capsys, twins, *ranked, "--format", "md"))
    assert "| low | worse | worse | worse |" in shown
    assert "| near | equal within δ | equal within δ | equal within δ |" in shown
    share = of_set(capsys, twins, "--margin", "60%", "--baseline", "A")
    margins = {row["metric"]: row["margin"] for row in share["rows"]}
    assert 0.3 < margins["bleu"] < 1.5
    assert margins["ter"] is None
    assert any(note.startswith("TER: no margin") for note in share["notes"])


def test_metrics_that_disagree_leave_the_pair_undecided(tmp_path, capsys) -> None:
    _, _, references = corpus(120)
    misspelt = [" ".join(f"{word}q" for word in r[0].split()) for r in references]  # no word is right
    begun = [" ".join([*r[0].split()[:6], *["zz"] * 6]) for r in references]
    metrics = {key: METRICS[key] for key in ("bleu", "chrf")}
    write_run(tmp_path, "1", "misspelt", misspelt, references, metrics=metrics)
    write_run(tmp_path, "2", "begun", begun, references, metrics=metrics)
    shown = re.sub(" +", " ", compare(capsys, tmp_path, "--baseline", "begun", "--format", "md"))
    said = re.search(r"\| misspelt \| (\w+) \| (\w+) \| (\w+) \|", shown).groups()
    assert said == ("worse", "better", "undecided")


def test_verdicts_are_of_metrics_that_the_run_has_and_best_first(tmp_path, capsys) -> None:
    _, _, references = corpus(120)
    write_run(tmp_path, "1", "worst", hypotheses(references, 3, 0.9), references)
    bleu = {"bleu": METRICS["bleu"]}
    write_run(tmp_path, "2", "only", hypotheses(references, 2, 0.6), references, metrics=bleu)
    write_run(tmp_path, "3", "best", hypotheses(references, 1, 0.1), references)
    shown = re.sub(" +", " ", compare(capsys, tmp_path, "--format", "md", "--alpha", "0.01"))
    verdicts = shown[shown.index("Verdict on each") :]
    assert verdicts.index("| only | worse | – | – | worse |") < verdicts.index("| worst | worse | worse |")
    assert "–: not scored with this metric; overall is over the others" in shown
    assert re.search(r"- only has no chrF2, length ratio, TER", shown), "one line, in the names of the tables"
    assert "Intervals: 95 % whatever --alpha" in shown, "their level is said"
    assert "not corrected for the number of pairs, and p is" in shown and "--alpha (0.01) decide" in shown


@pytest.mark.parametrize(
    ("n", "tested", "note"), [(9, False, "too few for a test"), (40, True, "only large")]
)
def test_small_sets_say_what_cannot_be_told(tmp_path, capsys, n, tested, note) -> None:
    _, _, references = corpus(n)
    write_run(tmp_path, "1", "a", hypotheses(references, 1, 0.1), references)
    write_run(tmp_path, "2", "b", hypotheses(references, 2, 0.6), references)
    found = of_set(capsys, tmp_path, "--metric", "chrf", "--test", "both")
    assert any(f"{n} segments" in line and note in line for line in found["notes"])
    row = next(row for row in found["rows"] if row["system"] == "b")
    for key in ("p_corrected", "p_bs", "p_ar", "cluster", "rank_low"):
        assert (row[key] is not None) is tested, key
    code = main(["compare", "--results", str(tmp_path), "--baseline", "a", "--fail-if-worse"])
    assert code == (1 if tested else 2)
    assert tested or "9 segments of made are too few for a test" in capsys.readouterr().err


def test_an_interval_that_means_nothing_is_left_out_with_the_reason(tmp_path, capsys) -> None:
    _, _, references = corpus(30)
    perfect = [r[0] for r in references]
    write_run(tmp_path, "1", "ceiling", perfect, references)
    write_run(tmp_path, "2", "b", hypotheses(references, 2, 0.6), references)
    found = of_set(capsys, tmp_path, "--metric", "bleu")
    ceiling, other = (next(r for r in found["rows"] if r["system"] == s) for s in ("ceiling", "b"))
    assert (ceiling["score"], ceiling["low"]) == (pytest.approx(100), None)
    assert other["low"] < other["score"] < other["high"]
    assert "BLEU: no interval for ceiling: every resample has the same score" in found["notes"]
    every = [note for note in of_set(capsys, tmp_path)["notes"] if "no interval for ceiling" in note]
    assert len(every) == 1 and every[0].startswith("BLEU, chrF2, "), "once, not once a metric"
    write_run(tmp_path / "one", "1", "single", perfect[:1], references[:1])
    notes = of_set(capsys, tmp_path / "one", "--metric", "bleu")["notes"]
    assert "BLEU: no interval for single: a single segment cannot be resampled" in notes


def test_scores_that_no_resample_changes_are_separated(tmp_path, capsys) -> None:
    _, _, references = corpus(40)
    perfect = [reference[0] for reference in references]
    for name, output in (("same", perfect), ("middle", hypotheses(references, 3, 0.3)), ("empty", [""] * 40)):
        write_run(tmp_path, name, name, output, references)
    found = table(capsys, tmp_path, "--metric", "bleu")
    assert [found["bleu", name]["cluster"] for name in ("same", "middle", "empty")] == ["1", "2", "3"]
    assert float(found["bleu", "empty"]["p_corrected"]) < 0.003
