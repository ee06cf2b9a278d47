"""MQM annotations are read as released: unmarked texts, weights, raters averaged, bad input in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.common.mqm import MqmWeights, is_mqm, outputs, parse_weights, read_mqm, scores
from harness.common.notices import collecting
from harness.errors import ConfigError, DataError
from tests.support.made_ratings import HEADER, write_mqm


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def row(rater: str, category: str, severity: str, target: str = "ein <v>Satz</v>", system: str = "a") -> str:
    return f"{system}\tdoc\t1\t1\t{rater}\ta sentence\t{target}\t{category}\t{severity}\t"


def test_outputs_are_without_marks_and_scores_are_sums_of_weights(tmp_path) -> None:
    annotations = read_mqm(write_mqm(tmp_path / "mqm.tsv"))
    assert outputs(annotations)["poor"]["1"] == "falsch falsch ist sehr alt ."
    found = scores(annotations, MqmWeights())
    assert found["poor"] == {"1": 6.0, "2": 7.0, "3": 6.0}
    assert found["ref"] == {"1": 0.0, "2": 0.0, "3": 0.0}


def test_weights_follow_category_and_severity_and_raters_are_averaged(tmp_path) -> None:
    path = write(
        tmp_path / "mqm.tsv",
        row("r1", "Fluency/Punctuation", "Minor"),
        row("r1", "Fluency/Punctuation", "Major", "<v>ein</v> Satz"),
        row("r2", "Non-translation!", "Major"),
        row("r3", "Style/Awkward", "Neutral"),
    )
    assert scores(read_mqm(path), MqmWeights()) == {"a": {"1": pytest.approx((5.1 + 25 + 0) / 3)}}
    cheap = parse_weights(["non-translation=10", "punctuation=0", "major=1"])
    assert scores(read_mqm(path), cheap) == {"a": {"1": pytest.approx((1 + 10) / 3)}}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row("r1", "Style", "Huge")], r"mqm.tsv:2: severity 'Huge' is not one of Major"),
        (["a\tdoc\t1"], r"mqm.tsv:2: 3 fields, the header has 10"),
        (
            [row("r1", "Style", "Minor"), row("r1", "Style", "Minor").replace("a sentence", "two")],
            r"mqm.tsv:3: segment 1 has a different source on an earlier line",
        ),
    ],
)
def test_damaged_annotations_are_refused_with_their_line(tmp_path, rows, message) -> None:
    with pytest.raises(DataError, match=message):
        read_mqm(write(tmp_path / "mqm.tsv", *rows))


def test_of_differing_outputs_the_most_frequent_is_taken_and_told(tmp_path) -> None:
    lines = [row("r1", "Style", "Minor", "ein  Satz"), *[row("r2", "Style", "Minor")] * 2]
    with collecting() as told:
        annotations = read_mqm(write(tmp_path / "mqm.tsv", *lines))
    assert outputs(annotations) == {"a": {"1": "ein Satz"}}
    assert "the text of 1 outputs (first that of segment 1 by a)" in next(iter(told))


def test_other_tables_are_not_annotations(tmp_path) -> None:
    (tmp_path / "x.tsv").write_text("system\tscore\na\t1\n")
    assert not is_mqm(tmp_path / "x.tsv")
    assert is_mqm(write_mqm(tmp_path / "mqm.tsv"))
    with pytest.raises(DataError, match=r"x.tsv:1: no column 'seg_id'"):
        read_mqm(tmp_path / "x.tsv")


def test_an_unknown_weight_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'punctuation'"):
        parse_weights(["punctuaton=1"])
    with pytest.raises(ConfigError, match="'x' is not a number"):
        parse_weights(["major=x"])


@pytest.mark.parametrize(
    ("source", "target", "place", "said"),
    [
        ("s", "ein <v>Satz", ("output", 4, 8), "a <v> is not closed"),
        ("s", "ein</v> <v>Satz", ("output", 4, 8), "a <v> is not closed"),
        ("ein <v>s", "Satz", ("source", 4, 5), "a <v> is not closed"),
        ("s", "ein Satz</v>", None, "a </v> without its <v> marks"),
        ("s", "<v>ein</v> <v>Satz</v>", ("output", 0, 3), "several places are marked"),
        ("<v>s</v>", "<v>ein</v> Satz", ("output", 0, 3), "several places are marked"),
        ("s", "<v>e<v>in</v> Satz", ("output", 0, 3), "several places are marked"),
        ("s", "ein <v></v>Satz", ("output", 4, 4), None),
        ("s", "ein <v>Satz</v>", ("output", 4, 8), None),
        ("s", "ein Satz", None, None),
    ],
)
def test_odd_marks_are_counted_and_told(tmp_path, source, target, place, said) -> None:
    line = f"a\td\t1\t1\tr\t{source}\t{target}\tStyle\tMinor\t"
    with collecting() as notices:
        (found, _) = read_mqm(write(tmp_path / "mqm.tsv", line, line.replace("\t1\t1\t", "\t2\t2\t")))
    assert found.place == place
    texts = list(map(str, notices))
    assert len(texts) == (said is not None)
    assert said is None or f"2 lines (first 2): {said}" in texts[0]


def test_marks_that_lose_their_place_with_their_text_are_counted(tmp_path) -> None:
    other = row("r2", "Style", "Minor", "ein anderer <v>Satz</v>")
    with collecting() as notices:
        found = read_mqm(write(tmp_path / "mqm.tsv", row("r1", "Style", "Minor"), other))
    assert [one.place for one in found] == [("output", 4, 8), None]
    assert "the first; 1 mark in the others became errors of the whole" in str(list(notices))
