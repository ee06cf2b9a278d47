"""Exports: the frame, files, a model card the hub's own library reads, a campaign pearmut's rules accept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas
import pytest
import yaml

import harness
from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    _, _, references = corpus(20)
    docs = [f"d{i // 5}" for i in range(20)]
    for run_id, model, loss in (("1", "good", 0.1), ("2", "poor", 0.6)):
        outputs = hypotheses(references, 3, loss)
        outputs[0] = "<img src=x onerror=y> <b>bold</b> a < b \ud800"
        write_run(root, run_id, model, outputs, references, docs=docs)
    (root / "runs" / "3").mkdir()
    return root


def test_load_results(store) -> None:
    frame = harness.load_results(store)
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == 2 * len(METRICS)
    best = frame[frame.metric == "chrf"].sort_values("value").iloc[-1]
    assert best.model == "good"
    assert best.signature.startswith("nrefs:1")
    segments = harness.load_results(store, level="segment")
    assert len(segments) == 2 * len(METRICS) * 20
    assert segments.groupby(["run_id", "metric"]).size().eq(20).all()
    assert harness.load_results(store / "none").empty


def test_csv_and_parquet_hold_the_same(store, tmp_path, capsys) -> None:
    words = ["--level", "segment", "--results", str(store)]
    assert main(["export", "csv", *words]) == 0
    out, err = capsys.readouterr()
    assert not err, "what crashed is told by list"
    (tmp_path / "t.csv").write_text(out)
    assert main(["export", "parquet", *words, "-o", str(tmp_path / "t.parquet")]) == 0
    left, right = pandas.read_csv(tmp_path / "t.csv"), pandas.read_parquet(tmp_path / "t.parquet")
    assert list(left.columns) == list(right.columns)
    assert np.allclose(left.value, right.value, equal_nan=True)
    assert main(["export", "parquet", *words]) == 2
    assert "-o FILE" in capsys.readouterr().err


def test_model_index_is_read_by_the_hubs_library(store, capsys) -> None:
    hub = pytest.importorskip("huggingface_hub.repocard_data")
    assert main(["export", "model-index", "model=good", "--results", str(store)]) == 0
    card = yaml.safe_load(capsys.readouterr().out)
    name, results = hub.model_index_to_eval_results(card["model-index"])
    assert name == "good"
    assert {result.metric_name for result in results} == set(METRICS)
    chrf = next(result for result in results if result.metric_name == "chrf")
    assert (chrf.task_type, chrf.dataset_config, chrf.verified) == ("translation", "fr-pl", False)
    assert chrf.metric_args["signature"].startswith("nrefs:1")
    assert main(["export", "model-index", "--results", str(store)]) == 2
    assert "for one model" in capsys.readouterr().err


@pytest.mark.parametrize("protocol", ["ESA", "MQM"])
def test_campaign(store, tmp_path, capsys, protocol) -> None:
    words = ["--protocol", protocol, "--segments", "8", "--annotators", "2", "--results", str(store)]
    assert main(["export", "pearmut", *words, "-o", str(tmp_path / "c.json")]) == 0
    found = json.loads((tmp_path / "c.json").read_text())
    assert found["info"]["protocol"] == protocol
    assert found["info"]["assignment"] == "task-based"
    items = [item for task in found["data"] for document in task for item in document]
    assert len(found["data"]) == 2
    assert len(items) == 8
    assert all(set(item["tgt"]) == {"good", "poor"} for item in items), "one document, the same models"
    assert all(isinstance(text, str) for item in items for text in item["tgt"].values())
    assert "from French to Polish" in items[0]["instructions"]
    documents = [{item["item_id"] for item in document} for task in found["data"] for document in task]
    assert sum(len(ids) for ids in documents) == len(set.union(*documents))


def test_campaign_leaves_no_markup(store, tmp_path) -> None:
    main(["export", "pearmut", "--segments", "20", "--results", str(store), "-o", str(tmp_path / "c.json")])
    text = (tmp_path / "c.json").read_text()
    assert "<img" not in text
    assert "<b>" not in text
    assert "a < b" in text


def test_contested_segments_come_first(tmp_path) -> None:
    """On one segment BLEU prefers a and chrF prefers b: it leads, although others differ more."""
    from harness.compare.evaluate import evaluate
    from harness.compare.groups import group
    from harness.compare.options import Options
    from harness.compare.select import select
    from harness.export.pearmut import contested
    from harness.results.store import Store

    references = [["one two three four five"]] * 6
    a = ["one two three four five"] * 5 + ["one two three four zzzzz"]
    b = ["q"] * 2 + ["one two three four five"] * 3 + ["onne twwo threee fourr fivve"]
    metrics = {key: METRICS[key] for key in ("bleu", "ter")}
    write_run(tmp_path, "1", "a", a, references, metrics=metrics)
    write_run(tmp_path, "2", "b", b, references, metrics=metrics)
    sets, _ = group(Store(tmp_path), select(Store(tmp_path), []))
    result = evaluate(sets[0], Options(samples=10))
    assert contested(result)[:3] == [0, 1, 5], "no metric contradicts another: by spread"
    systems = {system.name: system for system in result.test_set.systems}
    systems["b"].scores["ter"][5] = 0.0  # as if TER liked b better there
    assert contested(result)[0] == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pearmut", "--annotators", "99"], "from 1 to the"),
        (["csv", "model=nobody"], "no run in"),
        (["cvs"], "invalid choice"),
    ],
)
def test_mistakes(store, capsys, words, message) -> None:
    assert main(["export", *words, "--results", str(store)]) == 2
    assert message in capsys.readouterr().err


def test_segments_are_exported_with_every_reference(tmp_path) -> None:
    references = [["a", "b", "c"], ["d"], ["e", "f", "g"]]
    write_run(tmp_path, "1", "m", ["a", "d", "e"], references)
    frame = harness.load_results(tmp_path, level="segment")
    rows = frame[frame.metric == "chrf"][["reference", "reference_2", "reference_3"]]
    assert rows.fillna("").values.tolist() == [["a", "b", "c"], ["d", "", ""], ["e", "f", "g"]]
