"""`agree` over made runs: figures, files it reads, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.support.made_ratings import MISTAKES, REFERENCE, SOURCE, output, write_mqm
from tests.support.made_stores import METRICS, write_run

SYSTEMS = [name for name in MISTAKES if name != "ref"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Runs of the annotated systems with bad words as in the annotations; ids as the loader gives them."""
    for name in SYSTEMS:
        write_run(
            tmp_path,
            name,
            name,
            [output(k, count) for k, count in enumerate(MISTAKES[name])],
            [[text] for text in REFERENCE],
            sources=SOURCE,
            metrics={key: METRICS[key] for key in ("chrf", "ter", "length_ratio")},
            pair=("en", "de"),
            ids=["1", "2", "3"],
        )
    return tmp_path


def agree(capsys: pytest.CaptureFixture[str], store: Path, path: Path, *words: str) -> tuple[int, str, str]:
    code = main(["agree", str(path), "--results", str(store), "--samples", "100", *words])
    out, err = capsys.readouterr()
    return code, out, err


def measured(capsys: pytest.CaptureFixture[str], store: Path, path: Path, *words: str) -> dict[str, Any]:
    code, out, err = agree(capsys, store, path, "--format", "json", *words)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_annotations_and_metrics_that_agree(store, capsys) -> None:
    path = write_mqm(store / "mqm.tsv")
    found = measured(capsys, store, path)
    assert [one["system"] for one in found["human"]["systems"]] == ["good", "fair", "poor"]
    assert found["human"]["systems"][2]["mean"] == pytest.approx((6 + 7 + 6) / 3)
    assert {one["key"] for one in found["metrics"]} == {"chrf", "ter"}, "a neutral metric has no order"
    for one in found["metrics"]:
        assert one["accuracy"]["value"] == 1.0, "lower TER is better, and so is lower MQM"
        assert one["pearson"]["value"] > 0.9
        assert one["soft_cluster"] == 1
    assert found["notes"] == ["judged, but without a run: ref"]
    shown = " ".join(agree(capsys, store, path, "--format", "md")[1].split())
    assert "Thompson et al. 2024" in shown
    assert re.search(r"\| poor \| 6\.33 \|", shown)


def test_weights_change_the_human_scores(store, capsys) -> None:
    found = measured(capsys, store, write_mqm(store / "mqm.tsv"), "--weights", "major=1", "minor=1")
    assert found["human"]["systems"][2]["mean"] == pytest.approx(7 / 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_scores_by_several_raters(store, capsys, delimiter) -> None:
    rows = [("system", "seg_id", "rater", "score")]
    for name, mean in (("good", 90), ("fair", 60), ("poor", 30)):
        rows += [
            (name, str(k), rater, str(mean + off)) for k in (1, 2) for rater, off in (("x", 5), ("y", -5))
        ]
    path = store / "scores.csv"
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows))
    found = measured(capsys, store, path)
    assert found["n"] == 2
    assert found["human"]["systems"][0] == {"system": "good", "mean": 90.0}
    assert "1 of 3 segments are not judged and are left out" in found["notes"]


def test_segment_scores_of_mt_metrics_eval(store, capsys) -> None:
    path = store / "en-de.mqm.seg.score"
    scores = {"good": ("-1", "None", "0"), "fair": ("-2", "-1", "-1"), "poor": ("-9", "-5", "-4")}
    lines = [f"{name}\t{score}" for name, found in scores.items() for score in found]
    path.write_text("\n".join(lines) + "\n")
    found = measured(capsys, store, path)
    assert [one["mean"] for one in found["human"]["systems"]] == pytest.approx([-0.5, -4 / 3, -6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("system,segment,score\ngood,1,130\n", r"scores.csv:2: score 130 is not within 0 to 100; --scale"),
        ("system,segment,score\ngood,1,high\n", r"scores.csv:2: score 'high' is not a number"),
        ("system,segment,score\ngood,1\n", r"scores.csv:2: not as many fields"),
        ("system,score\ngood,1\n", r"scores.csv:1: no column 'segment'"),
        (
            "system,segment,score\ngoood,1,5\nfairr,1,5\n",
            r"judges 0 of the runs' systems.*Did you mean 'good'",
        ),
        ("system,segment,score\ngood,1,5\nfair,1,5\n", r"judges 2 of the runs' systems, and 3 at least"),
        (
            "system,segment,score\ngood,x,5\nfair,x,5\npoor,x,5\n",
            r"judges other segments \('x', …\) than made en-de.*has \('1', …\)",
        ),
    ],
)
def test_scores_that_cannot_be_used_are_one_line(store, capsys, text, message) -> None:
    (store / "scores.csv").write_text(text)
    code, out, err = agree(capsys, store, store / "scores.csv")
    assert (code, out) == (2, "")
    assert re.search(message, err)
    assert len(err.splitlines()) == 1


def test_runs_and_judgements_that_have_no_counterpart_are_named(store, capsys) -> None:
    names = [*SYSTEMS[:2], "poor", "stranger"]
    rows = [f"{name},{k},{10 * place}" for place, name in enumerate(names) for k in (1, 2, 3, 4)]
    (store / "scores.csv").write_text("\n".join(["system,segment,score", *rows]) + "\n")
    notes = measured(capsys, store, store / "scores.csv")["notes"]
    assert "judged, but without a run: stranger" in notes
    assert any(note.startswith("1 judged segments are not in made en-de") for note in notes)
