"""What annotators marked, brought to the outputs that it is about."""

from __future__ import annotations

from pathlib import Path

from harness.judge.campaign import Annotator, Campaign, Judged, Task, write_campaign
from harness.judge.marks import People, people
from harness.judge.responses import record


def made(root: Path, name: str, protocol: str, systems: list[str], **more: object) -> Campaign:
    campaign = Campaign(
        name=name, protocol=protocol, seed=1, src="en", tgt="de", data="d", data_hash="h",
        runs={"a": "run-a", "b": "run-b"}, choice="all", of=1,
        items=[Judged("s1", "The cat .", {"a": "Die 🐈 hier .", "b": "Das <b>"})],
        annotators={"ann": Annotator("key", [Task(item=0, systems=systems)])},
        severities=["minor", "major"],
    )  # fmt: skip
    write_campaign(root, campaign)
    return campaign


def test_marks_of_every_output_shown_at_once_go_to_its_run(tmp_path: Path) -> None:
    campaign = made(tmp_path, "both", "cESA", ["b", "a"])
    reader = People(tmp_path)
    assert reader.of(["run-a", "run-b"]) == ({}, [])
    outputs = [
        {"score": 40, "spans": [{"start": 7, "end": 7, "severity": "major"}]},
        {"score": 80, "spans": [{"start": 4, "end": 5, "severity": "minor"}]},
    ]
    record(tmp_path, campaign, "ann", {"task": 0, "outputs": outputs})
    found, problems = people(tmp_path, ["run-a", "run-b"])
    assert reader.of(["run-a", "run-b"], {"s1"}) == (found, problems), "an answer is seen"
    assert reader.of(["run-a", "run-b"], {"s2"}) == ({}, [])
    assert problems == []
    assert found["run-a", "s1"] == [
        {"who": "ann (both)", "by": "human", "score": 80,
         "marks": [{"severity": "minor", "text": "🐈", "start": 4, "end": 5}]}
    ]  # fmt: skip
    assert found["run-b", "s1"][0]["marks"] == [{"severity": "major", "category": "omission"}], "missing"


def test_pairs_and_campaigns_about_other_runs_mark_nothing(tmp_path: Path) -> None:
    campaign = made(tmp_path, "pairs", "pairwise", ["a", "b"])
    record(tmp_path, campaign, "ann", {"task": 0, "choice": 1})
    assert people(tmp_path, ["run-a"]) == ({}, [])
    other = made(tmp_path, "esa", "ESA", ["a"])
    record(tmp_path, other, "ann", {"task": 0, "score": 5, "spans": []})
    assert people(tmp_path, ["run-c"]) == ({}, [])
    assert people(tmp_path, ["run-a"])[0]["run-a", "s1"][0]["score"] == 5
