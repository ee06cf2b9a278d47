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
    assert re.search(r"\| poor \| 6\.33 \| \[6\.00, 7\.00\] \|", shown)


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
    assert found["human"]["systems"][0] == {"system": "good", "mean": 90.0, "ci": [None, None]}
    assert "1 of 3 segments are not judged and are left out" in found["notes"]


def test_segment_scores_of_mt_metrics_eval(store, capsys) -> None:
    path = store / "eval" / "human-scores" / "en-de.mqm.seg.score"
    path.parent.mkdir(parents=True)
    scores = {"good": ("-1", "None", "0"), "fair": ("-2", "-1", "-1"), "poor": ("-9", "-5", "-4")}
    lines = [f"{name}\t{score}" for name, found in scores.items() for score in found]
    path.write_text("\n".join(lines) + "\n")
    for given in (path, store / "eval"):
        found = measured(capsys, store, given)
        assert [one["mean"] for one in found["human"]["systems"]] == pytest.approx([-0.5, -4 / 3, -6])
    (path.parent / "en-de.da.seg.score").write_text("good 1\n")
    err = agree(capsys, store, store / "eval")[2]
    assert (
        "found 2; name one of them: human-scores/en-de.da.seg.score, human-scores/en-de.mqm.seg.score" in err
    )


def test_segments_numbered_by_place_need_no_such_ids(tmp_path, capsys) -> None:
    for name in SYSTEMS:
        outputs = [output(k, count) for k, count in enumerate(MISTAKES[name])]
        write_run(
            tmp_path, name, name, outputs, [[text] for text in REFERENCE], metrics={"chrf": METRICS["chrf"]}
        )
    path = tmp_path / "fr-pl.seg.score"
    path.write_text("".join(f"{name} {-k}\n" for k, name in enumerate(SYSTEMS) for _ in range(3)))
    assert measured(capsys, tmp_path, path)["n"] == 3


def annotation(user: str, segment: str, **answers: dict[str, Any]) -> dict[str, Any]:
    """An entry of pearmut's log: one document of one segment, an answer a system."""
    return {"user_id": user, "item_i": int(segment), "item": [{"item_id": segment}], "annotation": [answers]}


def test_annotations_of_a_pearmut_campaign(store, capsys) -> None:
    entries = [
        annotation(
            "u", k, **{name: {"score": score} for name, score in zip(SYSTEMS, (90, 50, 20), strict=True)}
        )
        for k in ("1", "2")
    ]
    again = annotation("u", "1", good={"score": 70}, fair={"score": 60}, poor={"score": 20})
    other = annotation("v", "1", good={"score": 80}, fair={"score": 40}, poor={"score": 20})
    tutorial = {**annotation("v", "2", good={"score": 0}), "item_i": "welcome_0"}
    wrong = annotation("w", "2", good={"score": 0})
    reset = {"user_id": "w", "item_i": 2, "annotation": "RESET"}
    path = store / "annotations.json"
    path.write_text(json.dumps({"campaign": [*entries, again, other, tutorial, wrong, reset]}))
    found = measured(capsys, store, path)
    means = {one["system"]: one["mean"] for one in found["human"]["systems"]}
    assert means == {"good": (75 + 90) / 2, "fair": (50 + 50) / 2, "poor": 20.0}, (
        "the last answer of each user"
    )
    path.write_text(json.dumps({"campaign": []}))
    assert "no annotations" in agree(capsys, store, path)[2]


def test_marked_errors_of_a_pearmut_campaign_without_scores(store, capsys) -> None:
    spans = {"good": ["minor"], "fair": ["major"], "poor": ["major", "minor"]}
    answers = {
        name: {"score": None, "error_spans": [{"severity": s} for s in found]}
        for name, found in spans.items()
    }
    path = store / "campaign.jsonl"
    path.write_text("".join(json.dumps(annotation("u", k, **answers)) + "\n" for k in ("1", "2")))
    found = measured(capsys, store, path)
    assert [one["mean"] for one in found["human"]["systems"]] == [1.0, 5.0, 6.0]
    assert found["human"]["higher_is_better"] is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "system,segment,score\ngood,1,130\n",
            r"scores.csv:2: score 130 is outside 0 to 100; set the range with --scale",
        ),
        ("system,segment,score\ngood,1,high\n", r"scores.csv:2: score 'high' is not a number"),
        ("system,segment,score\ngood,1\n", r"scores.csv:2: the number of fields differs"),
        ("system,score\ngood,1\n", r"scores.csv:1: no column 'segment'"),
        (
            "system,segment,score\ngoood,1,5\nfairr,1,5\n",
            r"judges 0 of the runs' systems.*Did you mean 'good'",
        ),
        ("system,segment,score\ngood,1,5\nfair,1,5\n", r"judges 2 of the runs' systems; at least 3"),
        (
            "system,segment,score\ngood,x,5\nfair,x,5\npoor,x,5\n",
            r"judges other segments \('x', …\) than made en-de.*has \('1', …\)",
        ),
        (
            "system,segment,score\ngood,1,5\nfair,x,5\npoor,x,5\n",
            r"judges segments of made en-de.* for 1 systems only \(good\)",
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


def test_a_segment_drawn_with_half_the_probability_counts_twice(store, tmp_path, capsys) -> None:
    """All figures are those of a test set that has the segment twice."""
    scores = {"good": (95, 80, 60), "fair": (70, 85, 40), "poor": (30, 20, 50)}
    twice = tmp_path / "twice"
    for name in SYSTEMS:
        outputs = [output(k, count) for k, count in enumerate(MISTAKES[name])]
        write_run(
            twice, name, name, [*outputs, outputs[2]], [[text] for text in [*REFERENCE, REFERENCE[2]]],
            sources=[*SOURCE, SOURCE[2]], metrics={key: METRICS[key] for key in ("chrf", "ter")},
            pair=("en", "de"), ids=["1", "2", "3", "3b"],
        )  # fmt: skip
    drawn, plain = store / "drawn.csv", twice / "plain.csv"
    head = "system,segment,score"
    rows = [(name, str(k + 1), score) for name, found in scores.items() for k, score in enumerate(found)]
    drawn.write_text(
        f"{head},inclusion\n" + "".join(f"{a},{b},{c},{0.25 if b == '3' else 0.5}\n" for a, b, c in rows)
    )
    rows += [(name, "3b", found[2]) for name, found in scores.items()]
    plain.write_text(f"{head}\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    weighted, doubled = measured(capsys, store, drawn), measured(capsys, twice, plain)
    means = [
        [(one["system"], one["mean"]) for one in found["human"]["systems"]] for found in (weighted, doubled)
    ]
    assert means[0] == means[1]
    for one in weighted["human"]["systems"]:
        assert one["ci"][0] < one["mean"] < one["ci"][1]
    assert weighted["human"]["systems"][0]["mean"] == (95 + 80 + 2 * 60) / 4
    figures = ("pearson", "kendall", "accuracy", "segment_kendall", "calibrated")
    for one, other in zip(weighted["metrics"], doubled["metrics"], strict=True):
        for name in figures:
            assert one[name]["value"] == pytest.approx(other[name]["value"]), name
        assert one["epsilon"] == other["epsilon"]
    assert any("unequal probabilities" in note for note in weighted["notes"])


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (("", ""), None), (("0.5", "0.5"), None), (("0.5", ""), "some segments have an inclusion"),
        (("0", "1"), "scores.csv:2: inclusion 0: expected"), (("0.5", "2"), "scores.csv:3: inclusion 2"),
        (("x", "1"), "scores.csv:2: inclusion 'x' is not a number"),
    ],
)  # fmt: skip
def test_inclusion_is_checked(store, capsys, shares: tuple[str, str], said: str | None) -> None:
    path = store / "scores.csv"
    rows = [f"{name},{k + 1},{50 + k},{shares[k]}\n" for name in SYSTEMS for k in range(2)]
    path.write_text("system,segment,score,inclusion\n" + "".join(rows))
    code, out, err = agree(capsys, store, path)
    assert code == (2 if said else 0) and (said or "") in err
    assert ("picked, not drawn" in " ".join(out.split())) == (shares == ("", ""))


def test_documents_that_were_drawn_whole_are_resampled_whole(store, capsys) -> None:
    scores = {"good": (95, 80, 60), "fair": (70, 85, 40), "poor": (30, 20, 50)}
    head = "system,segment,score,inclusion"
    rows = [(name, str(k + 1), score) for name, found in scores.items() for k, score in enumerate(found)]
    path = store / "scores.csv"
    path.write_text(
        f"{head},document\n" + "".join(f"{a},{b},{c},0.5,{'d' if b < '3' else 'e'}\n" for a, b, c in rows)
    )
    whole = measured(capsys, store, path)
    assert "bootstrap over documents" in " ".join(agree(capsys, store, path)[1].split())
    path.write_text(f"{head}\n" + "".join(f"{a},{b},{c},0.5\n" for a, b, c in rows))
    single = measured(capsys, store, path)
    for one, other in zip(whole["metrics"], single["metrics"], strict=True):
        assert one["pearson"]["value"] == other["pearson"]["value"]
    ends = [[one["segment_kendall"]["ci"] for one in found["metrics"]] for found in (whole, single)]
    assert ends[0] != ends[1]
