"""Which segments are judged: known inclusion probabilities, an unbiased estimate, and honest words where
none."""

from __future__ import annotations

import json
import random
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.cli.main import main
from harness.judge.campaign import Campaign, read_campaign
from harness.judge.choosing import inclusion_probabilities, systematic
from harness.judge.estimating import drawn, estimates, hajek, interval, said
from harness.judge.responses import record
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses

N = 24
METRICS = {"bleu": {"kind": "bleu", "workers": 1}, "chrf": {"kind": "chrf", "workers": 1}}
DOCS = ["a"] * 2 + ["b"] * 10 + ["c"] * 4 + ["d"] * 8


@pytest.fixture
def root(tmp_path: Path) -> Path:
    _, _, references = corpus(N)
    for k, (model, loss) in enumerate({"good": 0.1, "fair": 0.4, "poor": 0.7}.items()):
        outputs = [f"Jest tu zdanie: {text}" for text in hypotheses(references, k, loss)]
        write_run(tmp_path, f"2026-{k}", model, outputs, references, metrics=METRICS, docs=DOCS)
    return tmp_path


def run(root: Path, *words: str) -> int:
    return main(["campaign", *words, "--results", str(root)])


def made(root: Path, *words: str, name: str = "c") -> Campaign:
    assert run(root, name, "--annotators", "ann", "--control", "0", *words) == 0
    return read_campaign(root, name)


def population(seed: int, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """How informative segments are, and human scores that are lower where they are informative."""
    draw = np.random.default_rng(seed)
    sizes = draw.gamma(0.7, 1.0, n)
    scores = np.clip(85 - 14 * sizes + draw.normal(0, 10, n), 0, 100)
    return sizes, scores


def test_each_segment_is_drawn_with_the_probability_that_is_recorded() -> None:
    sizes, _ = population(1, 30)
    wanted = inclusion_probabilities(sizes, 9)
    assert wanted.sum() == pytest.approx(9) and wanted.min() > 0.149 and wanted.max() <= 1
    draw = random.Random(3)
    trials = 20_000
    counts = np.zeros(30)
    for _ in range(trials):
        sample = systematic(wanted, draw)
        assert len(set(sample)) == len(sample) == 9
        counts[sample] += 1
    error = np.sqrt(wanted * (1 - wanted) / trials)
    assert (np.abs(counts / trials - wanted) <= 4.5 * error + 1e-12).all()


@pytest.mark.parametrize("sizes", [[0.0] * 5, [1.0, 0, 0, 0, 0], [1e9, 1, 1, 1, 1], [3.0, 3, 3, 0, 0]])
def test_probabilities_of_extreme_sizes(sizes: list[float]) -> None:
    for count in (1, 2, 4):
        found = inclusion_probabilities(sizes, count)
        assert found.sum() == pytest.approx(count)
        assert (found > 0).all() and (found <= 1 + 1e-12).all()
        assert len(systematic(found, random.Random(1))) == count


def test_the_corrected_mean_is_unbiased_and_the_plain_one_is_not() -> None:
    """4,000 samples of one population: the plain mean is off by many points, the corrected one by less than
    its simulation error; so is the mean of Horvitz and Thompson, of which it is a ratio. Its intervals
    hold."""
    sizes, scores = population(7)
    probabilities = inclusion_probabilities(sizes, 40)
    truth, draw, trials = scores.mean(), random.Random(11), 4000
    plain, corrected, total, covered = [], [], [], 0
    for trial in range(trials):
        sample = systematic(probabilities, draw)
        y, p = scores[sample], probabilities[sample]
        plain.append(y.mean())
        corrected.append(hajek(y, p))
        total.append((y / p).sum() / len(scores))
        if trial < 400:
            low, high = interval(y, p, range(len(y)), 200, seed=trial)
            covered += low <= truth <= high

    def bias(found: list[float]) -> tuple[float, float]:
        return float(np.mean(found) - truth), float(np.std(found) / np.sqrt(trials))

    (naive, _), (weighted, error), (exact, exact_error) = map(bias, (plain, corrected, total))
    assert naive < -4, "informative segments are worse"
    assert abs(exact) < 4 * exact_error
    assert abs(weighted) < max(4 * error, 0.01 * abs(naive))
    assert abs(weighted) < np.std(corrected) / 20, "the bias of the ratio is far below its standard error"
    assert np.std(corrected) < np.std(total), "it does not change with the origin of the scale"
    assert covered / 400 > 0.92


def test_documents_are_drawn_whole_and_resampled_whole(root: Path) -> None:
    campaign = made(root, "--choose", "documents", "--segments", "12")
    chosen = {item.doc for item in campaign.items}
    assert len(chosen) == 2 and campaign.choice == "documents" and campaign.how == "2 of 4 documents"
    assert [item.place for item in campaign.items] == [k for k, doc in enumerate(DOCS) if doc in chosen]
    assert {item.inclusion for item in campaign.items} == {0.5}
    y = np.array([0.0] * 10 + [100.0] * 10 + [50.0] * 10)
    by_segment = interval(y, np.ones(30), range(30), 500, 1)
    by_document = interval(y, np.ones(30), ["a"] * 10 + ["b"] * 10 + ["c"] * 10, 500, 1)
    assert by_document[1] - by_document[0] > 2 * (by_segment[1] - by_segment[0])


@pytest.mark.parametrize("choice", ["disagreement", "variance"])
def test_informative_segments_are_likelier_and_this_is_recorded(root: Path, choice: str) -> None:
    campaign = made(root, "--choose", choice, "--segments", "8")
    shares = [item.inclusion for item in campaign.items]
    assert campaign.choice == choice and len(shares) == 8 and len(set(shares)) > 1
    assert f"drawn by {choice} of bleu, chrf" == campaign.how
    assert all(0 < share <= 1 for share in shares if share is not None) and drawn(campaign)
    assert [i.id for i in made(root, "--choose", choice, "--segments", "8", name="again").items] == [
        i.id for i in campaign.items
    ], "the seed decides"
    other = made(root, "--choose", choice, "--segments", "8", "--seed", "9", name="other")
    assert [i.id for i in other.items] != [i.id for i in campaign.items]
    top = made(root, "--choose", choice, "--segments", "8", "--top", name="top")
    assert not drawn(top) and {item.inclusion for item in top.items} == {None}
    assert "no unbiased estimate for the test set exists" in " ".join(said(top))
    assert len(made(root, "--choose", choice, "--segments", "99", name="all").items) == N


def answer_all(root: Path, campaign: Campaign, worth: Any) -> None:
    for person, annotator in campaign.annotators.items():
        for number, task in enumerate(annotator.tasks):
            record(root, campaign, person, {"task": number, "score": worth(campaign.items[task.item], task)})


def test_estimates_weigh_by_inclusion_and_picked_segments_are_only_themselves(
    root: Path, capsys: Any
) -> None:
    def worth(item: Any, task: Any) -> float:
        return (90 if task.systems == ["good"] else 40) + float(item.place) / 3

    campaign = made(root, "--choose", "variance", "--segments", "8")
    answer_all(root, campaign, worth)
    first, *_ = found = estimates(root, campaign)
    values = [90 + item.place / 3 for item in campaign.items if item.place is not None]
    weights = [1 / item.inclusion for item in campaign.items if item.inclusion]
    assert first.system == "good" and first.segments == 8
    assert first.value == pytest.approx(np.average(values, weights=weights))
    assert first.plain == pytest.approx(np.mean(values)) != first.value
    assert first.ci[0] < first.value < first.ci[1] and len(found) == 3
    assert "Not every segment" not in " ".join(said(campaign, found))
    path = root / "campaigns" / "c" / "ann.jsonl"
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:9]))
    assert "Not every segment" in " ".join(said(campaign, estimates(root, campaign)))
    path.write_bytes(whole)
    capsys.readouterr()
    assert run(root, "c", "--show") == 0
    out = capsys.readouterr().out
    assert "Hájek" in out and f"{first.value:.2f}" in out and "8 of 24 segments" in out
    picked = made(root, "--choose", "contested", "--segments", "8", name="k")
    answer_all(root, picked, worth)
    assert all(one.value == one.plain for one in estimates(root, picked))
    assert run(root, "k", "--show") == 0
    assert "no unbiased estimate for the test set exists" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--choose", "best"], "--choose best: one of random, documents"),
        (["--choose", "random", "--top"], "--top: 'random' has no most informative"),
        (["--together", "1"], "--together at least 2"),
        (["--choose", "variance:bleu"], "--choose variance:bleu: only subset2evaluate has methods"),
        (
            ["model=good", "--choose", "variance", "--segments", "2"],
            "needs 1 metrics that all systems have, and two",
        ),
        (["model=good", "--protocol", "cESA"], "--protocol cESA: two systems"),
        (["--choose", "subset2evaluate", "--segments", "2"], "pip install 'mt-harness[subset2evaluate]'"),
    ],
)
def test_what_cannot_be_chosen(
    root: Path, words: list[str], said: str, capsys: Any, monkeypatch: Any
) -> None:
    monkeypatch.setitem(sys.modules, "subset2evaluate", None)
    assert run(root, "x", *words, "--annotators", "ann") == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_documents_need_documents(tmp_path: Path, capsys: Any) -> None:
    for k, model in enumerate(("a", "b")):
        write_run(tmp_path, f"2026-{k}", model, ["x y"] * 4, [["x z"]] * 4, metrics=METRICS)
    assert run(tmp_path, "x", "--annotators", "ann", "--choose", "documents") == 2
    assert "does not name several documents" in capsys.readouterr().err


def test_subset2evaluate_is_asked_for_utilities(root: Path, monkeypatch: Any, capsys: Any) -> None:
    """By a stand-in with the package's interface: `select_subset.basic(data, method=…, metric=…)` gives the
    items back, best first, each with its `subset2evaluate_utility`."""
    asked: list[dict[str, Any]] = []

    def basic(data: list[dict[str, Any]], method: str, metric: str) -> list[dict[str, Any]]:
        asked.append({"method": method, "metric": metric, "first": json.loads(json.dumps(data[0]))})
        for item in data:
            item["subset2evaluate_utility"] = -float(item["i"])
        return sorted(data, key=lambda item: -item["subset2evaluate_utility"])

    package = types.ModuleType("subset2evaluate")
    select, methods = (types.ModuleType(f"subset2evaluate.{n}") for n in ("select_subset", "methods"))
    select.basic = basic  # type: ignore[attr-defined]
    methods.METHODS = {"metric_var": 0, "diversity": 0}  # type: ignore[attr-defined]
    for module in (package, select, methods):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("harness.judge.informative.metadata.version", lambda name: "1.2.3")
    campaign = made(root, "--choose", "subset2evaluate:diversity", "--top", "--segments", "5")
    assert [item.place for item in campaign.items] == [0, 1, 2, 3, 4]
    assert campaign.how == "the first by subset2evaluate 1.2.3, method=diversity, metric=BLEU"
    first = asked[0]["first"]
    assert set(first["tgt"]) == set(first["scores"]) == {"good", "fair", "poor"}
    assert set(first["scores"]["good"]) == {"bleu", "chrf"}
    sampled = made(root, "--choose", "subset2evaluate", "--segments", "5", name="s")
    assert asked[-1]["method"] == "metric_var" and asked[-1]["metric"] == "bleu" and drawn(sampled)
    capsys.readouterr()
    words = ["x", "--annotators", "ann", "--choose", "subset2evaluate:metric_vr", "--segments", "5"]
    assert run(root, *words) == 2
    assert "Did you mean 'metric_var'?" in capsys.readouterr().err


def test_agree_takes_the_corrected_means(root: Path, tmp_path: Path, capsys: Any) -> None:
    campaign = made(root, "--choose", "variance", "--segments", "8")
    base = {"good": 80.0, "fair": 60.0, "poor": 40.0}
    answer_all(root, campaign, lambda item, task: base[task.systems[0]] + item.place / 2)
    path = tmp_path / "human.csv"
    assert run(root, "c", "--export", "scores", "-o", str(path)) == 0
    capsys.readouterr()
    assert main(["agree", str(path), "--results", str(root), "--samples", "50", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["system"]: pytest.approx(one["mean"], abs=1e-4) for one in found["human"]["systems"]} == {
        one.system: one.value for one in estimates(root, campaign)
    }
    assert any("unequal probabilities" in note for note in found["notes"])


def test_a_random_campaign_from_before_probabilities_were_recorded(root: Path, capsys: Any) -> None:
    campaign = made(root, "--segments", "8")
    path = root / "campaigns" / "c" / "campaign.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    for item in value["items"]:
        del item["inclusion"], item["place"]
    path.write_text(json.dumps(value), encoding="utf-8")
    old = read_campaign(root, "c")
    answer_all(root, campaign, lambda item, task: 50)
    assert drawn(old) and "means are estimates for the test set" in said(old)[0]
    capsys.readouterr()
    assert run(root, "c", "--export", "scores") == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(",50,ann,0.333333333")
