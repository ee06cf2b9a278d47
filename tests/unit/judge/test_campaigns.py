"""Campaigns: blind tasks in an order of their own, answers that survive, exports that `agree` reads."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.agree.ratings import read_ratings
from harness.cli.main import main
from harness.common.mqm import MqmWeights
from harness.errors import DataError, UserError
from harness.judge.campaign import Campaign, Judged, Task, read_campaign, shown
from harness.judge.foreign.kinds import exported
from harness.judge.responses import Answers, record, responses
from harness.judge.results import progress
from harness.judge.tasks import make_annotators
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
    kinds = Counter(task.kind for task in campaign.annotators["ann"].tasks)
    assert (ann.n_repeated, ann.n_degraded) == (kinds["repeat"], kinds["degraded"]), "of how many that is"
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
        (["c", "--annotators", "ann", "Ann"], "named twice"),
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


@pytest.mark.parametrize(
    "what", ["campaigns", "campaigns/c", "campaigns/c/campaign.json", "campaigns/c/ann.jsonl"]
)
def test_a_link_out_of_the_store_is_neither_read_nor_written(root: Path, tmp_path: Path, what: str) -> None:
    store, beside = tmp_path / "store", tmp_path / "beside"
    store.mkdir()
    (root / "runs").rename(store / "runs")
    key = made(store, "--segments", "6").annotators["ann"].key
    browser = client(store)
    assert browser.post(f"/api/judge/c/{key}", json={"task": 0, "score": 10}).json() == {"done": 1}
    (store / what).rename(beside)
    (store / what).symlink_to(beside)
    kept = {path: path.read_bytes() for path in [beside, *beside.rglob("*")] if path.is_file()}
    for one in (browser, client(store)):
        (row,) = one.get("/api/campaigns").json()["campaigns"]
        assert row.keys() == {"name", "problem"} and "a link leads out of the store" in row["problem"]
        organiser = one.get("/campaign/c/scores")
        assert organiser.status_code == 400 and "link leads out of the store" in organiser.json()["error"]
        for answer in (
            one.get(f"/api/judge/c/{key}"),
            one.post(f"/api/judge/c/{key}", json={"task": 1, "score": 10}),
        ):
            assert answer.status_code == (503 if what.endswith("ann.jsonl") else 404)
            assert "who gave" in answer.json()["error"] and "/" not in answer.json()["error"]
    assert {path: path.read_bytes() for path in kept} == kept
    (store / what).unlink()
    beside.rename(store / "moved")
    (store / what).symlink_to(store / "moved")
    assert client(store).get(f"/api/judge/c/{key}").json()["done"] == 1, "a link within the store is followed"


def test_what_is_wrong_with_the_store_is_said_to_annotators_without_a_path(root: Path, capsys) -> None:
    key = made(root, "--segments", "6").annotators["ann"].key
    folder = root / "campaigns" / "c"
    link = f"/api/judge/c/{key}"
    whole = (folder / "campaign.json").read_bytes()

    def told(status: int, person: Any = None) -> None:
        browser = person or client(root, token=None)
        paths = (f"/judge/c/{key}", link, f"{link}?task=0", f"{link}?task=x", f"{link}?task=99999999999")
        found = [browser.get(path) for path in paths]
        found += [browser.post(link, json=value) for value in ({"task": 1, "score": 10}, {"task": 1}, {})]
        assert status in {one.status_code for one in found}, [one.text for one in found]
        for one in found:
            assert str(root) not in one.text and "campaign.json" not in one.text, one.text
            assert "results" not in one.text and ".jsonl" not in one.text, one.text

    capsys.readouterr()
    (folder / "ann.jsonl").write_text('{"task": 77}\n')
    told(503)
    assert f"{folder / 'ann.jsonl'}:1: task 77 does not exist" in capsys.readouterr().err
    (folder / "ann.jsonl").unlink()
    (folder / "ann.jsonl").mkdir()
    told(503)
    (folder / "ann.jsonl").rmdir()
    for damaged in (b"{", b"[]", b"\xff\x00", whole.replace(b'"item": 0', b'"item": 99')):
        (folder / "campaign.json").write_bytes(damaged)
        told(404)
    (folder / "campaign.json").write_bytes(whole)
    told(200)


def test_a_copied_campaign_has_answers_of_its_own(root: Path) -> None:
    key = made(root, "--segments", "6").annotators["ann"].key
    shutil.copytree(root / "campaigns" / "c", root / "campaigns" / "copy")
    browser = client(root)
    assert browser.post(f"/api/judge/copy/{key}", json={"task": 0, "score": 10}).json() == {"done": 1}
    assert browser.get(f"/api/judge/c/{key}").json()["done"] == 0
    assert not (root / "campaigns" / "c" / "ann.jsonl").exists()
    assert [row["name"] for row in browser.get("/api/campaigns").json()["campaigns"]] == ["c", "copy"]


def test_a_link_shows_nothing_of_another_annotator_and_nothing_tells_controls_apart(root: Path) -> None:
    campaign = made(root, "--segments", "12", "--control", "0.5")
    ann, ben = (campaign.annotators[who] for who in ("ann", "ben"))
    for number in range(len(ben.tasks)):
        span = {"start": 0, "end": 3, "severity": "major"}
        secret = {"score": 37.25, "spans": [span], "comment": "ben says so", "seconds": 7.77}
        record(root, campaign, "ben", {"task": number, **secret})
    record(root, campaign, "ann", {"task": 0, "score": 88})
    stranger = client(root, token=None)
    shapes = set()
    for number, task in enumerate(ann.tasks):
        response = stranger.get(f"/api/judge/c/{ann.key}?task={number}")
        value = response.json()
        shapes.add((tuple(value), len(value["texts"]), value["total"], value["done"]))
        assert value["answer"] is None or (number == 0 and value["answer"]["outputs"][0]["score"] == 88)
        hidden = (
            ben.key,
            "ben",
            "37.25",
            "7.77",
            "ben says so",
            "repeat",
            "degraded",
            "kind",
            *SYSTEMS,
            '"2026-0"',
        )
        rest = {key: item for key, item in value.items() if key not in ("source", "texts", "before", "total")}
        assert [word for word in hidden if word in json.dumps(rest)] == []
        assert value["texts"] == shown(campaign, task)
    assert len(shapes) == 1, "a repeated or degraded output looks like any other"
    page = stranger.get(f"/judge/c/{ann.key}")
    assert ben.key not in page.text and page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer", "a link does not leak through a click"
    for path in (f"/campaign/c/scores?key={ann.key}", "/api/campaigns", f"/campaign/{ann.key}/scores"):
        assert stranger.get(path).status_code == 403
    assert stranger.get(f"/api/judge/c/{ann.key}%00").status_code == 404
    assert stranger.post(f"/api/judge/c/{ann.key}", json={"task": 0, "score": 1, "person": "ben"}).json() == {
        "done": 1
    }
    assert responses(root, campaign, "ben")[0].score == 37.25


@pytest.mark.parametrize(
    ("count", "together", "sizes"),
    [
        (2, 4, [2]),
        (3, 2, [3]),
        (4, 4, [4]),
        (5, 4, [3, 2]),
        (5, 2, [3, 2]),
        (7, 3, [3, 2, 2]),
        (16, 4, [4] * 4),
    ],
)
def test_outputs_side_by_side_are_in_groups_of_like_size(count: int, together: int, sizes: list[int]) -> None:
    outputs = {f"s{k}": f"text {k}" for k in range(count)}
    items = [Judged(f"i{k}", "source", outputs, "d") for k in range(3)]
    groups = Counter()
    for who, annotator in make_annotators(["a", "b", "c", "d"], items, "cESA", 5, 0, together).items():
        for k in range(3):
            shown_here = [task.systems for task in annotator.tasks if task.item == k]
            assert sorted(map(len, shown_here), reverse=True) == sizes
            assert sorted(name for one in shown_here for name in one) == sorted(outputs), who
        groups.update(tuple(task.systems) for task in annotator.tasks)
    assert len(groups) > len(sizes), "annotators see other groups and other sides"


def test_quality_control_of_contrastive_esa(root: Path) -> None:
    campaign = made(root, "--protocol", "cESA", "--segments", "24", "--control", "0.5")
    worth = {"good": 90, "fair": 60, "poor": 30}
    tasks = campaign.annotators["ann"].tasks
    extra = [task for task in tasks if task.kind != "plain"]
    assert Counter(task.kind for task in extra) == {"repeat": 6, "degraded": 6}
    assert len({task.degraded for task in extra if task.kind == "degraded"}) > 1, "in any place"
    for number, task in enumerate(tasks):
        outputs = [
            {"score": worth[name] - 15 * (task.kind == "degraded" and place == task.degraded)}
            for place, name in enumerate(task.systems)
        ]
        record(root, campaign, "ann", {"task": number, "outputs": outputs})
    ann = progress(root, campaign, "ann")
    assert (ann.done, ann.repeated, ann.degraded) == (len(tasks), 0.0, 1.0)
    for value in (
        {"outputs": []},
        {"score": 5},
        {"outputs": [{"score": 5}] * 4},
        {"outputs": [{"score": 5}, {}]},
    ):
        with pytest.raises(DataError):
            record(root, campaign, "ben", {"task": 0, **value})


def test_a_script_without_spaces_is_degraded_too() -> None:
    items = [Judged("i", "source", {"a": "这是一个没有空格的很长的中文句子。", "b": "短"}) for _ in range(8)]
    found = make_annotators(["ann"], items, "ESA", 1, 1.0)["ann"].tasks
    lost = [task.text for task in found if task.kind == "degraded"]
    assert lost and all(text is not None and len(text) == 12 for text in lost)


def test_answers_of_earlier_versions_are_read(root: Path) -> None:
    campaign = made(root, "--segments", "6")
    line = {"task": 0, "score": 40.0, "choice": None, "seconds": 2.5, "comment": None,
            "spans": [{"start": 0, "end": 2, "severity": "minor", "category": None}]}  # fmt: skip
    (root / "campaigns" / "c" / "ann.jsonl").write_text(json.dumps(line) + "\n")
    (found,) = responses(root, campaign, "ann").values()
    assert (found.score, found.spans[0].end, found.seconds) == (40.0, 2, 2.5)


def test_an_omission_is_a_mark_at_the_end(root: Path) -> None:
    campaign = made(root, "--segments", "6")
    length = len(shown(campaign, campaign.annotators["ann"].tasks[0])[0])
    span = {"start": length, "end": length, "severity": "major"}
    (found,) = record(root, campaign, "ann", {"task": 0, "score": 50, "spans": [span]}).spans
    assert found.start == found.end == length
    with pytest.raises(DataError, match="not within the output"):
        record(root, campaign, "ann", {"task": 0, "score": 50, "spans": [{**span, "start": 3, "end": 3}]})


def test_answers_are_read_on_from_where_the_last_reading_ended(root: Path) -> None:
    campaign = made(root, "--segments", "6")
    kept = Answers(root)
    assert kept.of(campaign, "ann") == {}
    path = root / "campaigns" / "c" / "ann.jsonl"
    for number in range(3):
        record(root, campaign, "ann", {"task": number, "score": number})
        assert kept.of(campaign, "ann") == responses(root, campaign, "ann")
    path.write_bytes(path.read_bytes() + b'{"task": 3, "sco')
    assert set(kept.of(campaign, "ann")) == {0, 1, 2}, "torn"
    record(root, campaign, "ann", {"task": 4, "score": 4})
    before = kept.of(campaign, "ann")
    record(root, campaign, "ann", {"task": 0, "score": 99})
    assert before[0].score == 0, "what was given out does not change"
    assert kept.of(campaign, "ann") == responses(root, campaign, "ann") and set(before) == {0, 1, 2, 4}
    path.write_bytes(path.read_bytes() + b'{"task": 77, "score": 1}\n')
    with pytest.raises(DataError, match=r"ann\.jsonl:7: task 77 does not exist"):
        kept.of(campaign, "ann")
    path.unlink()
    assert kept.of(campaign, "ann") == {}


def test_a_line_that_is_no_answer_is_counted_and_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = made(root, "--segments", "6")
    path = root / "campaigns" / "c" / "ann.jsonl"
    kept = Answers(root)
    for number in range(2):
        record(root, campaign, "ann", {"task": number, "score": 10})
    assert progress(root, campaign, "ann", kept).unread is None
    damaged = [b'{"task": 2, "score": \xff}', b"[" * 200_000, b'{"task": ' + b"9" * 5000 + b"}"]
    path.write_bytes(path.read_bytes() + b"\n".join(damaged) + b"\n")
    record(root, campaign, "ann", {"task": 3, "score": 10})
    said = "ann.jsonl: 3 lines are torn or no JSON in UTF-8 and not counted (line 3, 4, 5)"
    for answers in (kept, kept, None):
        found = progress(root, campaign, "ann", answers)
        assert (found.done, found.unread) == (3, said)
    assert main(["campaign", "c", "--show", "--results", str(root)]) == 0
    assert said in capsys.readouterr().out
    path.unlink()
    assert progress(root, campaign, "ann", kept).unread is None
