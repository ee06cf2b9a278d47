"""From a file of MQM annotations to runs and to the agreement of metrics, by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.mqm import MqmWeights, outputs, read_mqm, scores
from harness.results.store import Store
from tests.support.made_ratings import REFERENCE, write_mqm
from tests.support.made_stores import METRICS, write_run
from tests.support.program import SHARED, run_harness

RELEASED = SHARED / "data" / "mqm-ted-ende" / "mqm_ted_ende.tsv"


def test_one_command_makes_a_run_of_each_system(tmp_path: Path) -> None:
    path = write_mqm(tmp_path / "mqm.tsv")
    words = ["data=mqm", f"data.path={path}", "model=mqm", "pair.src=en", "pair.tgt=de", "metrics=[chrf]"]
    done = run_harness("run", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "3 finished, 0 skipped, 0 failed" in done.stderr
    store = Store(tmp_path / "results")
    records = store.records()
    assert sorted(str(record.model.name) for record in records) == ["fair", "good", "poor"]
    poor = next(record for record in records if record.model.name == "poor")
    lines = list(store.segments(poor.run_id))
    assert [line["references"] for line in lines] == [[text] for text in REFERENCE]
    assert lines[0]["hypothesis"] == "falsch falsch ist sehr alt .", "without the marks of errors"
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["doc"] == "talk.1"
    again = run_harness("agree", str(path), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "acc*" in again.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data.path=none.tsv", "engine.system=good"], "none.tsv: no such file"),
        (
            ["data.path=mqm.tsv", "engine.system=god"],
            "engine.system=god: not in mqm.tsv. Did you mean 'good'?",
        ),
        (
            ["data.path=mqm.tsv", "data.reference=reff"],
            "no system 'reff' to be the reference. Did you mean 'ref'?",
        ),
        (
            ["data.path=mqm.tsv", "engine.system=good", "data.sample=1", "data.seed=3"],
            "its segments are not those of the test set",
        ),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, words: list[str], message: str) -> None:
    write_mqm(tmp_path / "mqm.tsv")
    done = run_harness(
        "run", "data=mqm", "model=mqm", "pair.src=en", "pair.tgt=de", "metrics=[chrf]", *words, cwd=tmp_path
    )
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not RELEASED.is_file(), reason="the released annotations are not here")
def test_the_released_annotations_give_the_published_figures(tmp_path: Path, capsys) -> None:
    annotations = read_mqm(RELEASED)
    human = {name: sum(s.values()) / len(s) for name, s in scores(annotations, MqmWeights()).items()}
    published = {"ref": 0.91, "Facebook-AI": 1.06, "Online-W": 1.12, "VolcTrans-AT": 1.24, "Nemo": 2.14}
    assert {name: round(human[name], 2) for name in published} == published
    systems = outputs(annotations)
    sources = {one.segment: one.source for one in annotations}
    ids = list(systems["ref"])
    for name in systems:
        if name != "ref":
            write_run(
                tmp_path,
                name,
                name,
                [systems[name][k] for k in ids],
                [[systems["ref"][k]] for k in ids],
                sources=[sources[k] for k in ids],
                metrics={key: METRICS[key] for key in ("bleu", "chrf")},
                pair=("en", "de"),
                ids=ids,
            )
    assert main(["agree", str(RELEASED), "--results", str(tmp_path), "--format", "json"]) == 0
    found = {one["key"]: one for one in json.loads(capsys.readouterr().out)["metrics"]}
    figures = {
        key: [round(one[m]["value"], 3) for m in ("accuracy", "pearson")] for key, one in found.items()
    }
    assert figures == {"bleu": [0.692, 0.62], "chrf": [0.679, 0.562]}
    best = Store(tmp_path).find("Facebook-AI").record
    assert best is not None
    assert {key: round(float(s.value or 0), 2) for key, s in best.corpus_scores.items()} == {
        "bleu": 30.15,
        "chrf": 60.42,
    }
