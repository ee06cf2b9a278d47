"""What shares a table: one direction only, and a system with a tag once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.results.labels import write_labels
from tests.support.made_stores import METRICS, write_run

TEXTS = [f"Satz {k} von vielen." for k in range(12)]
REFERENCES = [[text] for text in TEXTS]
WORSE = [f"Satz {k}." for k in range(12)]
Printed = pytest.CaptureFixture[str]


def compared(store: Path, capsys: Printed, *words: str) -> tuple[list[dict[str, Any]], str]:
    arguments = ["compare", *words, "--results", str(store), "--format", "json", "--samples", "20"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    return json.loads(out)["test_sets"], err


def names(test_set: dict[str, Any]) -> set[str]:
    return {row["system"] for row in test_set["rows"]}


def test_two_directions_of_the_same_texts_never_share_a_table(tmp_path: Path, capsys: Printed) -> None:
    write_run(tmp_path, "1", "a", TEXTS, REFERENCES, pair=("de", "en"))
    write_run(tmp_path, "2", "b", WORSE, REFERENCES, pair=("en", "de"))
    write_run(tmp_path, "3", "c", WORSE, REFERENCES, pair=("eng", "deu"))
    sets, _ = compared(tmp_path, capsys)
    assert len({one["data_hash"] for one in sets}) == 1, "the texts are the same"
    assert [names(one) for one in sets] == [{"a"}, {"b", "c"}], "eng-deu is en-de"
    assert main(["compare", "--results", str(tmp_path), "--format", "latex", "--samples", "20"]) == 0
    labels = re.findall(r"\\label\{(.*?)\}", capsys.readouterr().out)
    assert len(set(labels)) == len(labels) == 2
    _, err = compared(tmp_path, capsys, "--baseline", "1")
    assert "the baseline 1 is of another direction" in err and "--common" not in err
    for options in ([], ["--common"]):
        assert main(["compare", "1", "2", "--results", str(tmp_path), *options]) == 2
        assert "different directions" in (err := capsys.readouterr().err) or "different language pairs" in err


def test_a_system_with_a_tag_is_shown_once(tmp_path: Path, capsys: Printed) -> None:
    write_run(tmp_path, "1", "gloss", TEXTS, REFERENCES)
    store = write_run(tmp_path, "2", "gloss", TEXTS, REFERENCES)
    write_run(tmp_path, "3", "copy", WORSE, REFERENCES)
    write_labels(store.run_dir("1"), tag="baseline")
    (found,), err = compared(tmp_path, capsys)
    assert names(found) == {"gloss (baseline)", "copy"}
    assert "2 is left out: its outputs are those of gloss (baseline)" in err
    (found,), _ = compared(tmp_path, capsys, "--baseline", "baseline")
    assert len(names(found)) == 2
    (found,), _ = compared(tmp_path, capsys, "--all")
    assert len(names(found)) == 3
    (found,), _ = compared(tmp_path, capsys, "--baseline", "2")
    assert len(names(found)) == 3, "the baseline that was named stays"


@pytest.mark.parametrize("change", ["outputs", "metrics"])
def test_a_system_that_changed_since_its_tag_is_two(tmp_path: Path, capsys: Printed, change: str) -> None:
    few = {"chrf": METRICS["chrf"]} if change == "metrics" else METRICS
    store = write_run(tmp_path, "1", "gloss", TEXTS, REFERENCES, metrics=few)
    write_labels(store.run_dir("1"), tag="baseline")
    write_run(tmp_path, "2", "gloss", WORSE if change == "outputs" else TEXTS, REFERENCES)
    (found,), _ = compared(tmp_path, capsys)
    assert names(found) == {"gloss (baseline)", "gloss"}


def test_identical_outputs_of_two_names_are_said(tmp_path: Path, capsys: Printed) -> None:
    write_run(tmp_path, "1", "a", TEXTS, REFERENCES)
    write_run(tmp_path, "2", "b", TEXTS, REFERENCES)
    write_run(tmp_path, "3", "c", WORSE, REFERENCES)
    assert main(["compare", "--results", str(tmp_path), "--samples", "20"]) == 0
    assert "Identical outputs: a, b." in capsys.readouterr().out


def test_which_of_several_runs_gets_a_tag_is_said(tmp_path: Path, capsys: Printed) -> None:
    write_run(tmp_path, "1", "gloss", TEXTS, REFERENCES)
    write_run(tmp_path, "2", "gloss", WORSE, REFERENCES)
    assert main(["tag", "gloss", "new", "--results", str(tmp_path)]) == 0
    assert "2 is the newest of 2 runs called 'gloss'" in capsys.readouterr().err
    assert main(["tag", "1", "old", "--results", str(tmp_path)]) == 0
    assert "newest of" not in capsys.readouterr().err


def test_a_system_that_does_not_translate_is_marked_in_every_table(tmp_path: Path, capsys: Printed) -> None:
    write_run(tmp_path, "1", "good", TEXTS, REFERENCES)
    write_run(tmp_path, "2", "lazy", WORSE, REFERENCES, health=[["copied"]] * 12)
    write_run(tmp_path, "3", "rounder", WORSE, REFERENCES, health=[["numbers"]] * 12)
    assert main(["compare", "--results", str(tmp_path), "--samples", "20", "--metric", "chrf"]) == 0
    out = capsys.readouterr().out
    assert len(re.findall(r"‼ lazy +\d", out)) == 2, "in the table, and first in the line on flags"
    assert "‼ good" not in out and "‼ rounder" not in out
    assert out.index("‼ lazy 12 copied") < out.index("rounder 12 numbers")
