"""Campaigns: blind tasks in an order of their own, answers that survive, exports that `agree` reads."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.agree.ratings import read_ratings
from harness.cli.main import main
from harness.common.mqm import MqmWeights
from harness.errors import DataError, UserError
from harness.judge.campaign import Campaign, Task, read_campaign, shown
from harness.judge.foreign.kinds import exported
from harness.judge.responses import record, responses
from harness.judge.results import progress
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.workbench import client

N = 24
METRICS = {"bleu": {"kind": "bleu", "workers": 1}, "chrf": {"kind": "chrf", "workers": 1}}
SYSTEMS = {"good": 0.1, "fair": 0.4, "poor": 0.7}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    _, _, references = corpus(N)
    for k, (model, loss) in enumerate(SYSTEMS.items()):
        outputs = [f"Jest tu zdanie: {text}" for text in hypotheses(references, k, loss)]
        write_run(tmp_path, f"2026-{k}", model, outputs, references, metrics=METRICS,
                  docs=[f"d{i // 6}" for i in range(N)])  # fmt: skip
    return tmp_path


def made(root: Path, *words: str, name: str = "c") -> Campaign:
    assert main(["campaign", name, "--annotators", "ann", "ben", "--results", str(root), *words]) == 0
    return read_campaign(root, name)


def scores_of(campaign: Campaign, person: str) -> dict[int, float]:
    """The score each task would get from somebody who knows the systems and sees what was degraded."""
    worth = {"good": 90.0, "fair": 60.0, "poor": 30.0}
    tasks = campaign.annotators[person].tasks
    return {k: worth[t.systems[0]] - 20 * (t.kind == "degraded") for k, t in enumerate(tasks)}


def test_every_output_is_judged_once_by_each_in_an_order_of_their_own(root: Path) -> None:
    campaign = made(root, "--segments", "24", "--control", "0.25", "--seed", "7")
    orders = []
    for annotator in campaign.annotators.values():
        plain = [t for t in annotator.tasks if t.kind == "plain"]
        every = Counter((i, s) for i in range(N) for s in SYSTEMS)
        assert Counter((t.item, *t.systems) for t in plain) == every
        for system in SYSTEMS:  # a document stays in order
            items = [t.item for t in plain if t.systems == [system]]
            assert all(b == a + 1 for a, b in pairwise(items) if b % 6)
        extra = [t for t in annotator.tasks if t.kind != "plain"]
        assert len(extra) == 18 and {t.kind for t in extra} == {"repeat", "degraded"}
        assert annotator.tasks[len(plain) :] != extra, "they are not all at the end"
        for place, task in enumerate(annotator.tasks):
            if task.kind != "plain":
                original = annotator.tasks.index(Task(item=task.item, systems=task.systems))
                assert place - original > 6, "another document is between an output and its repetition"
        for task in extra:
            (text,) = shown(campaign, task)
            whole = campaign.items[task.item].outputs[task.systems[0]]
            assert (text == whole) if task.kind == "repeat" else len(text.split()) < len(whole.split())
        orders.append([(t.item, *t.systems) for t in plain])
    assert orders[0] != orders[1]
    keys = {one.key for one in campaign.annotators.values()}
    assert len(keys) == 2 and min(map(len, keys)) >= 20
    again = made(root, "--segments", "24", "--control", "0.25", "--seed", "7", name="again")
    for person, annotator in campaign.annotators.items():
        assert again.annotators[person].tasks == annotator.tasks, "the seed decides"
        assert again.annotators[person].key != annotator.key


def test_pairs_show_every_two_systems_on_both_sides(root: Path) -> None:
    campaign = made(root, "--protocol", "pairwise", "--segments", "24", "--control", "0")
    tasks = campaign.annotators["ann"].tasks
    assert Counter(frozenset(t.systems) for t in tasks) == Counter(
        {frozenset(p): N for p in (("good", "fair"), ("good", "poor"), ("fair", "poor"))}
    )
    assert len({tuple(t.systems) for t in tasks}) > 3, "sides are shuffled"


def test_a_random_choice_and_one_of_contested_segments_are_recorded(root: Path) -> None:
    random = made(root, "--segments", "8", name="r")
    contested = made(root, "--segments", "8", "--choose", "contested", name="k")
    assert (random.choice, contested.choice, random.of) == ("random", "contested", N)
    assert [i.id for i in random.items] != [i.id for i in contested.items]
    assert [i.id for i in random.items] == sorted(i.id for i in random.items)
    assert made(root, "--segments", "999", name="a").choice == "all"


def test_answers_survive_a_line_that_a_crash_tore(root: Path) -> None:
    campaign = made(root, "--segments", "6")
    record(root, campaign, "ann", {"task": 0, "score": 50})
    path = root / "campaigns" / "c" / "ann.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:25])
    assert responses(root, campaign, "ann").keys() == {0}
    record(root, campaign, "ann", {"task": 1, "score": 60})
    record(root, campaign, "ann", {"task": 0, "score": 70})
    found = responses(root, campaign, "ann")
    assert {k: r.score for k, r in found.items()} == {0: 70, 1: 60}, "the last answer to a task counts"


@pytest.mark.parametrize(
    "value",
    [
        {}, {"task": 0}, {"task": 999, "score": 1}, {"task": -1, "score": 1}, {"task": 0, "score": 101},
        {"task": 0, "score": "50"}, {"task": True, "score": 5}, {"task": 0, "score": 5, "seconds": -1},
        {"task": 0, "score": 5, "spans": [{"start": 0, "end": 0, "severity": "minor"}]},
        {"task": 0, "score": 5, "spans": [{"start": 0, "end": 9999, "severity": "minor"}]},
        {"task": 0, "score": 5, "spans": [{"start": 0, "end": 1, "severity": "fatal"}]},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_and_not_written(root: Path, value: dict[str, Any]) -> None:
    campaign = made(root, "--segments", "6")
    with pytest.raises(DataError):
        record(root, campaign, "ann", value)
    assert not (root / "campaigns" / "c" / "ann.jsonl").exists()


def test_the_exports_of_esa_say_the_same_to_agree(root: Path, tmp_path: Path, capsys) -> None:
    campaign = made(root, "--segments", "12", "--control", "0.3")
    for person in campaign.annotators:
        for task, score in scores_of(campaign, person).items():
            spans = [{"start": 0, "end": 2, "severity": "major"}] if score < 50 else []
            record(root, campaign, person, {"task": task, "score": score, "spans": spans, "seconds": 3})
    ann = progress(root, campaign, "ann")
    assert (ann.done, ann.seconds, ann.repeated, ann.degraded) == (ann.total, 3.0, 0.0, 1.0)
    found = {}
    for kind, ending in (("scores", "csv"), ("pearmut", "json")):
        path = tmp_path / f"x.{ending}"
        words = ["campaign", "c", "--export", kind, "-o", str(path), "--results", str(root)]
        assert main(words) == 0
        found[kind] = read_ratings(str(path), MqmWeights(), (0, 100)).scores
    assert found["scores"] == found["pearmut"]
    assert {name: set(by.values()) for name, by in found["scores"].items()} == {
        "good": {90.0}, "fair": {60.0}, "poor": {30.0}
    }, "quality control does not count"  # fmt: skip
    path = tmp_path / "x.tsv"
    path.write_text(exported(root, campaign, "wmt-mqm"), encoding="utf-8")
    costs = read_ratings(str(path), MqmWeights(), (0, 100)).scores
    assert set(costs["poor"].values()) == {5.0} and set(costs["good"].values()) == {0.0}
    capsys.readouterr()
    assert main(["agree", str(tmp_path / "x.csv"), "--results", str(root), "--samples", "50"]) == 0
    assert "12 segments" in capsys.readouterr().out


def test_mqm_needs_a_category_of_its_scheme(root: Path, tmp_path: Path, capsys) -> None:
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text("severities: [minor, major, critical]\ncategories: [Meaning, Form/Punctuation]\n")
    campaign = made(root, "--protocol", "MQM", "--segments", "6", "--categories", str(scheme))
    span = {"start": 0, "end": 1, "severity": "minor", "category": "Form/Punctuation"}
    record(root, campaign, "ann", {"task": 0, "spans": [span]})
    with pytest.raises(DataError, match="category 'Style'"):
        record(root, campaign, "ann", {"task": 1, "spans": [{**span, "category": "Style"}]})
    task = campaign.annotators["ann"].tasks[0]
    (line,) = exported(root, campaign, "scores").splitlines()[1:]
    assert line.startswith(f"{task.systems[0]},{campaign.items[task.item].id},99.9,")
    scheme.write_text("severities: [fatal]\n")
    words = ["campaign", "d", "--annotators", "ann", "--categories", str(scheme), "--results", str(root)]
    assert main(words) == 2
    assert "severity 'fatal' has no weight" in capsys.readouterr().err


def test_pairs_become_scores(root: Path) -> None:
    campaign = made(root, "--protocol", "pairwise", "--segments", "6")
    worth = list(SYSTEMS)  # good before fair before poor
    for k, task in enumerate(campaign.annotators["ann"].tasks):
        choice = min((0, 1), key=lambda side, task=task: worth.index(task.systems[side]))
        record(root, campaign, "ann", {"task": k, "choice": choice})
    rows = [line.split(",") for line in exported(root, campaign, "scores").splitlines()[1:]]
    means = {name: [float(row[2]) for row in rows if row[0] == name] for name in worth}
    assert {name: sum(found) / len(found) for name, found in means.items()} == {
        "good": 100, "fair": 50, "poor": 0
    }  # fmt: skip
    assert progress(root, campaign, "ann").repeated == 1.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["../x", "--annotators", "ann"], "a campaign's name"),
        (["c", "--annotators", "ann", "ann"], "named twice"),
        (["c", "--annotators", "a/b"], "an annotator's name"),
        (["c", "--annotators", "ann", "--segments", "0"], "--segments must be at least 1"),
        (["c", "--show"], "no campaign 'c'"),
        (["c"], "no campaign 'c'"),
    ],
)
def test_mistakes_are_one_line(root: Path, words: list[str], said: str, capsys) -> None:
    assert main(["campaign", *words, "--results", str(root)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and said in err


def test_a_campaign_is_not_made_twice_and_is_shown(root: Path, capsys) -> None:
    campaign = made(root, "--segments", "6")
    record(root, campaign, "ann", {"task": 0, "score": 5})
    assert main(["campaign", "c", "--annotators", "ann", "--results", str(root)]) == 2
    assert "there is a campaign of this name" in capsys.readouterr().err
    assert main(["campaign", "c", "--show", "--results", str(root)]) == 0
    assert "1 of 20" in capsys.readouterr().out
    with pytest.raises(UserError, match="Did you mean 'c'|Campaigns: c"):
        read_campaign(root, "cc")


def test_an_annotator_needs_their_link_and_learns_no_name(root: Path) -> None:
    campaign = made(root, "--segments", "6")
    key = campaign.annotators["ann"].key
    stranger = client(root, token=None)
    assert stranger.get(f"/judge/c/{key}").status_code == 200
    for number in range(3):
        text = stranger.get(f"/api/judge/c/{key}?task={number}").text
        assert not any(name in text for name in (*SYSTEMS, "2026-", "repeat", "degraded"))
    assert stranger.post(f"/api/judge/c/{key}", json={"task": 0, "score": 10}).json() == {"done": 1}
    assert stranger.get(f"/api/judge/c/{key}").json()["task"] == 1
    for wrong in ("c/x", f"d/{key}", f"..%2fc/{key}", "c/"):
        assert stranger.get(f"/judge/{wrong}").status_code == 404
        assert stranger.post(f"/api/judge/{wrong}", json={"task": 0, "score": 1}).status_code in (403, 404)
    for path in ("/campaigns", "/api/campaigns", "/campaign/c/scores", "/api/runs"):
        assert stranger.get(path).status_code == 403, "the organiser's pages need the organiser's key"
    people = client(root).get("/api/campaigns").json()["campaigns"][0]["annotators"]
    assert [(one["name"], one["done"]) for one in people] == [("ann", 1), ("ben", 0)]
    assert client(root).get("/campaign/c/scores").text.count("\n") == 2
    assert (
        client(root, read_only=True).post(f"/api/judge/c/{key}", json={"task": 1, "score": 1}).status_code
        == 403
    )
    data = json.loads((root / "campaigns/c/ann.jsonl").read_text())
    assert data["score"] == 10 and data["at"]
