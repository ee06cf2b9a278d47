"""Campaigns and answers of other tools: read, written, and back again without loss; bad files in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from harness.agree.ratings import read_ratings
from harness.cli.main import main
from harness.common.mqm import MqmWeights
from harness.judge.campaign import Campaign, read_campaign
from harness.judge.foreign.kinds import exported
from harness.judge.responses import record, responses
from harness.judge.results import answered
from tests.support.made_ratings import write_mqm
from tests.support.made_stores import write_run

N = 6
METRICS = {"bleu": {"kind": "bleu", "workers": 1}, "chrf": {"kind": "chrf", "workers": 1}}
TEXTS = [
    "kot 😀 pije mleko",
    "pies\tje <v>obiad</v>",
    "ala ma kota",
    "<b>dom</b> stoi",
    "x",
    "deszcz pada dziś",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for k, model in enumerate(("good", "fair", "7")):
        outputs = [f"{text} {model}" for text in TEXTS]
        write_run(tmp_path / "results", f"2026-{k}", model, outputs, [["to jest zdanie"]] * N,
                  metrics=METRICS, docs=["d0"] * 3 + ["d1"] * 3)  # fmt: skip
    return tmp_path / "results"


def run(root: Path, *words: str) -> int:
    return main(["campaign", *words, "--results", str(root)])


def judged(root: Path, protocol: str) -> Campaign:
    """A campaign in which two people have answered everything, with marks of every kind."""
    words = ["--protocol", protocol, "--annotators", "ann", "ben", "--segments", str(N), "--control", "0.2"]
    assert run(root, "ours", *words) == 0
    campaign = read_campaign(root, "ours")
    for person, annotator in campaign.annotators.items():
        for number, task in enumerate(annotator.tasks):
            outputs = []
            for place, system in enumerate(task.systems):
                length = len(task.text or campaign.items[task.item].outputs[system])
                spans: list[dict[str, Any]] = [
                    {"start": 0, "end": min(5, length), "severity": "minor"},
                    {"start": length, "end": length, "severity": "major"},
                ][: (number + place) % 3]
                if protocol == "MQM":
                    spans = [{**span, "category": "Accuracy/Omission"} for span in spans]
                outputs.append({"spans": spans, "score": (37 * number + 11 * place) % 101})
            value = {"outputs": outputs} if protocol == "cESA" else outputs[0]
            comment = f"of {number}" if number % 4 == 0 else None
            record(root, campaign, person, {"task": number, "seconds": 1.5, "comment": comment, **value})
    return campaign


def facts(root: Path, campaign: Campaign) -> list[tuple[Any, ...]]:
    """Every judgement that counts, without what is told by the order of tasks."""
    found: list[tuple[Any, ...]] = []
    for person, task, response in answered(root, campaign):
        item = campaign.items[task.item]
        who = campaign.annotators[person].label or person
        for system, one in zip(task.systems, response.outputs, strict=True):
            text = item.outputs[system]
            found.append((who, item.id, item.doc, item.source, system, text, one, response.seconds))
    return sorted(found, key=repr)


@pytest.mark.parametrize(
    ("protocol", "kind", "ending"),
    [
        ("ESA", "pearmut", "json"), ("cESA", "pearmut", "json"), ("MQM", "pearmut", "json"),
        ("ESA", "wmt-esa", "jsonl"), ("cESA", "wmt-esa", "jsonl"),
        ("ESA", "appraise", "csv"), ("cESA", "appraise", "csv"), ("MQM", "wmt-mqm", "tsv"),
    ],
)  # fmt: skip
def test_what_is_exported_comes_back_whole(root, tmp_path, protocol: str, kind: str, ending: str) -> None:
    campaign = judged(root, protocol)
    path = tmp_path / f"out.{ending}"
    assert run(root, "ours", "--export", kind, "-o", str(path)) == 0
    path = path.rename(tmp_path / "out.txt")  # the format is known by the contents
    assert run(root, "back", "pair=fr-pl", "--import", str(path)) == 0
    back = read_campaign(root, "back")
    contrastive = protocol == "cESA" and kind == "pearmut"
    assert back.protocol == ("cESA" if contrastive else protocol.removeprefix("c"))
    assert (back.choice, back.src, back.tgt) == ("imported", "fr", "pl")
    before, after = facts(root, campaign), facts(root, back)
    if kind == "wmt-mqm":  # cells have no tabs, and a text that looks like a mark gets a zero-width space

        def cell(text: Any) -> Any:
            return text.replace("\t", " ").replace("\u200b", "")

        before = [(*one[:5], cell(one[5]), one[6].spans and len(one[6].spans), None) for one in before]
        after = [(*one[:5], cell(one[5]), one[6].spans and len(one[6].spans), None) for one in after]
    assert len(after) == len(before) > 0
    assert after == before


def test_marks_and_comments_of_mqm_come_back(root, tmp_path) -> None:
    """On the release's own layout the table is the same after it was read and written again."""
    path = write_mqm(tmp_path / "mqm.tsv")
    text = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([text[0], *(f"{line}{k}" for k, line in enumerate(text[1:]))]) + "\n")
    assert run(root, "theirs", "pair=en-de", "--import", str(path)) == 0
    campaign = read_campaign(root, "theirs")
    assert run(root, "theirs", "--export", "wmt-mqm", "-o", str(tmp_path / "again.tsv")) == 0
    old, new = (
        [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
        for file in (path, tmp_path / "again.tsv")
    )
    assert new[0] == old[0]
    assert sorted(row[:2] + row[3:] for row in new) == sorted(row[:2] + row[3:] for row in old)
    assert campaign.categories == ["Style/Awkward", "Accuracy/Mistranslation"][::-1]
    weights = MqmWeights()
    first, again = (read_ratings(str(f), weights, (0, 100)).scores for f in (path, tmp_path / "again.tsv"))
    assert first == again


def test_marks_in_the_source_are_kept(root, tmp_path, capsys) -> None:
    head = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment"
    rows = [
        "a\td\t1\t1\tr 1\tWe <v>all</v> go.\tWir gehen.\tAccuracy/Omission\tMajor\twhy",
        "a\td\t1\t1\tr 1\tWe all go.\tWir <v></v>gehen.\tOther\tMinor\t",
        "b\td\t1\t1\tr 1\tWe all go.\tWir gehen alle.\tNo-error\tNo-error\t",
    ]
    path = tmp_path / "mqm.tsv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert run(root, "t", "pair=en-de", "--import", str(path)) == 0
    campaign = read_campaign(root, "t")
    assert "1 empty mark <v></v> (first in line 3): kept as something missing" in capsys.readouterr().err
    assert campaign.annotators["r_1"].label == "r 1"
    spans = responses(root, campaign, "r_1")[0].spans
    assert [(s.start, s.end, s.source, s.severity) for s in spans] == [
        (3, 6, True, "major"), (10, 10, False, "minor"),
    ]  # fmt: skip
    text = exported(root, campaign, "wmt-mqm")
    assert "We <v>all</v> go.\tWir gehen.\tAccuracy/Omission\tMajor\twhy" in text
    assert "b\td\t1\t1\tr 1\tWe all go.\tWir gehen alle.\tNo-error\tNo-error\t" in text


LINE = {
    "scores": {"A": [{"score": 90, "annotator": "cs-de_#_annotator6", "times": [1755438807.1, 1755438809.3],
                      "errors": [{"start_i": 0, "end_i": 3, "severity": "minor"},
                                 {"start_i": "missing", "end_i": "missing", "severity": "major"}]},
                     {"score": 80.5, "annotator": "cs-de_#_annotator6", "times": [1, 2], "errors": []}],
               "B": []},
    "src_text": "Ahoj 😀 lidi", "tgt_text": {"A": "Hallo Leute", "B": "Hi"},
    "doc_id": "cs-de_DE_#_news_#_d1_#_3",
}  # fmt: skip


def test_a_line_of_wmt_2025(root, tmp_path) -> None:
    path = tmp_path / "h.jsonl"
    path.write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    assert run(root, "w", "--import", str(path)) == 0
    campaign = read_campaign(root, "w")
    assert (campaign.src, campaign.tgt, list(campaign.annotators)) == ("cs", "de-DE", ["cs-de_annotator6"])
    first, second = responses(root, campaign, "cs-de_annotator6").values()
    assert [(s.start, s.end) for s in first.spans] == [(0, 4), (11, 11)]
    assert (first.score, first.seconds, second.score) == (90, 2.2, 80.5)
    assert campaign.items[0].doc == "cs-de_DE_#_news_#_d1"
    again = json.loads(exported(root, campaign, "wmt-esa"))
    assert again["doc_id"] == LINE["doc_id"] and again["scores"]["A"] == LINE["scores"]["A"]


def test_a_line_of_wmt_2024(root, tmp_path) -> None:
    line = {
        "langs": "en-cs", "line_id": 5, "src": "Hi", "tgt": "Ahoj", "doc_id": "d", "domain": "news",
        "esa_spans": [{"start_i": 0, "end_i": 9, "severity": "minor", "error_type": None}],
        "esa_score": "77", "times": ["1724108687.8", "1724108688.6"], "system": "A", "annotator": "engces1",
        "speech_info": None,
    }  # fmt: skip
    path = tmp_path / "h.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert run(root, "w", "--import", str(path)) == 0
    campaign = read_campaign(root, "w")
    (answer,) = responses(root, campaign, "engces1").values()
    assert (answer.score, [(s.start, s.end) for s in answer.spans]) == (77, [(0, 4)]), "cut to the text"
    assert (campaign.items[0].id, campaign.items[0].place) == ("d_#_5", 5)


def appraise(system: str = "good", item: str = "1", doc: str = "d0", **other: str) -> list[str]:
    row = {"who": "engjpn7904", "system": system, "item": item, "type": "TGT", "src": "fra", "tgt": "pol",
           "score": "98", "doc": doc, "whole": "False", "marks": "[]", "first": "1724108687.807",
           "last": "1724108690.807", **other}  # fmt: skip
    return list(row.values())


def write_csv(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_rows_of_appraise_are_judgements_of_runs(root, tmp_path, capsys) -> None:
    mark = '[{"start_i":4,"end_i":5,"severity":"minor","error_type":null}]'  # the emoji: two UTF-16 units
    path = write_csv(
        tmp_path / "wave.csv",
        appraise("ende-tutorial1", "1000001", "ende-tutorial1"), appraise(item="0", marks=mark),
        appraise(item="2", type="BAD", doc="d0#bad"), appraise(item="3", doc="d1#dup"),
        appraise(item="1", src="eng"), appraise("nobody"), appraise("fair", "4", "d1", score="12"),
    )  # fmt: skip
    assert run(root, "w", "--import", str(path)) == 0
    err = capsys.readouterr().err
    for said in ("1 judgements of tutorials", "2 judgements of quality control", "other language pairs",
                 "judged without a run, left out: nobody (1 rows)"):  # fmt: skip
        assert said in err
    campaign = read_campaign(root, "w")
    assert campaign.runs == {"good": "2026-0", "fair": "2026-1", "7": "2026-2"} and campaign.of == N
    first, second = responses(root, campaign, "engjpn7904").values()
    assert (first.score, first.seconds, second.score) == (98, 3.0, 12)
    assert [(s.start, s.end) for s in first.spans] == [(4, 5)]
    assert [item.id for item in campaign.items] == ["made-0000", "made-0004"]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (11, ["u", "good", "2", "TGT", "fra", "pol", "55", "d0", "False", "1.5", "3"]),
        (13, ["u", "made-0002", "good", "9", "TGT", "fra", "pol", "55", "d0", "True", "[]", "1.5", "3"]),
        (14, [*appraise(item="2", who="u", score="55", first="1.5", last="3"), "7", "1234"]),
        (
            15,
            [
                "u",
                "made-0002",
                "good",
                "9",
                "TGT",
                "fra",
                "pol",
                "55",
                "d0",
                "True",
                "[]",
                "1.5",
                "3",
                "7",
                "1",
            ],
        ),
    ],
)
def test_the_other_layouts_of_appraise(root, tmp_path, columns: int, row: list[str]) -> None:
    """Without marks (before 2023), with the id of the source (WMT 2025), with the batch."""
    assert len(row) == columns
    path = write_csv(tmp_path / "a.csv", row)
    assert run(root, "w", "--import", str(path)) == 0
    campaign = read_campaign(root, "w")
    (answer,) = responses(root, campaign, "u").values()
    assert (answer.score, answer.seconds, campaign.items[0].id) == (55, 1.5, "made-0002")


def pearmut_campaign(**info: Any) -> dict[str, Any]:
    items = [
        {"item_id": f"s{k}", "src": f"source {k}", "tgt": {"A": f"a {k}", "B": f"b {k}"}} for k in range(2)
    ]
    tutorial = {"src": "x", "tgt": {"A": "y"}, "skippable": True, "validation": {"A": {"score": [0, 1]}}}
    info = {"assignment": "task-based", "protocol": "cESA", **info}
    return {"info": info, "campaign_id": "p", "data": [[[tutorial], items], [[items[0]]]]}


def test_a_campaign_of_pearmut_is_annotated_here(root, tmp_path, capsys) -> None:
    path = tmp_path / "p.download"
    users = ["eva", "jan novák"]
    path.write_text("\ufeff" + json.dumps(pearmut_campaign(users=users), indent=1), encoding="utf-8")
    assert run(root, "p", "pair=en-de", "--import", str(path)) == 0
    assert "1 items of tutorials" in capsys.readouterr().err
    campaign = read_campaign(root, "p")
    assert {who: len(one.tasks) for who, one in campaign.annotators.items()} == {"eva": 2, "jan_novák": 1}
    assert campaign.protocol == "cESA" and campaign.annotators["eva"].tasks[0].systems == ["A", "B"]
    outputs = [{"score": 5, "spans": []}, {"score": 95, "spans": []}]
    record(root, campaign, "jan_novák", {"task": 0, "outputs": outputs})
    (entry,) = json.loads(exported(root, campaign, "pearmut"))["p"]
    assert entry["user_id"] == "jan novák"
    assert {k: v["score"] for k, v in entry["annotation"][0].items()} == {"A": 5, "B": 95}


@pytest.mark.parametrize("protocol", ["ESA", "cESA", "MQM"])
def test_our_tasks_become_a_campaign_of_pearmut(root, tmp_path, protocol: str) -> None:
    words = ["--protocol", protocol, "--annotators", "ann", "ben", "--segments", "5"]
    assert run(root, "ours", *words) == 0
    path = tmp_path / "tasks.json"
    assert run(root, "ours", "--export", "pearmut-campaign", "-o", str(path)) == 0
    value = json.loads(path.read_text(encoding="utf-8"))
    for task in value["data"]:  # what `pearmut add` checks
        assert all(isinstance(item["tgt"], dict) and item["src"] for doc in task for item in doc)
        assert all(len({tuple(item["tgt"]) for item in doc}) == 1 for doc in task)
        assert not any(name.isdigit() for doc in task for item in doc for name in item["tgt"])
    assert run(root, "back", "pair=fr-pl", "--import", str(path)) == 0
    ours, back = read_campaign(root, "ours"), read_campaign(root, "back")
    assert back.protocol == protocol and list(back.annotators) == ["ann", "ben"]
    for person, annotator in ours.annotators.items():
        plain = [
            (ours.items[t.item].id, [{"7": "system 7"}.get(s, s) for s in t.systems])
            for t in annotator.tasks
            if t.kind == "plain"
        ]
        assert [(back.items[t.item].id, t.systems) for t in back.annotators[person].tasks] == plain
    if protocol == "MQM":
        assert sorted(back.categories) == sorted(ours.categories)


PEARMUT = {"user_id": "u", "item_i": 0, "item": [{"item_id": "s", "src": "x", "tgt": {"A": "abc"}}]}


def test_the_last_annotation_counts_and_none_before_a_reset(root, tmp_path) -> None:
    def entry(score: int, **other: Any) -> dict[str, Any]:
        return {**PEARMUT, "annotation": [{"A": {"score": score, "error_spans": []}}], **other}

    path = tmp_path / "a.jsonl"
    entries = [
        entry(1), entry(2), entry(3, user_id="v"), {"user_id": "v", "annotation": "__RESET__"},
        entry(4, user_id="w"), {"user_id": "w", "item_i": 0, "annotation": "__RESET__"},
        entry(5, item_i="welcome_0"),
    ]  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in entries), encoding="utf-8")
    assert run(root, "p", "pair=en-de", "--import", str(path)) == 0
    campaign = read_campaign(root, "p")
    assert {
        who: [r.score for r in responses(root, campaign, who).values()] for who in campaign.annotators
    } == {"u": [2.0]}
    assert read_ratings(str(path), MqmWeights(), (0, 100)).scores == {"A": {"s": 2.0}}


def lines(*values: Any) -> str:
    return "".join(json.dumps(one) + "\n" for one in values)


def other_line(**changes: Any) -> dict[str, Any]:
    return {**LINE, **changes}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", '{"scores"', "a.jsonl:1: not valid JSON"),
        ("a.jsonl", lines(LINE, {"scores": 1}), ":2: not a line of WMT's human evaluation ('scores' is not"),
        ("a.jsonl", lines(LINE, other_line(src_text="x")), "a.jsonl:2: segment 'cs-de_DE_#_news_#_d1_#_3' has"
         " another source"),
        ("a.jsonl", lines(LINE, other_line(tgt_text={"A": "x", "B": "Hi"})), "a.jsonl:2: the output of 'A'"),
        ("a.jsonl", lines(LINE, other_line(doc_id="en-de_#_x")), "a.jsonl:2: another language pair"),
        ("a.jsonl", lines(other_line(scores={"C": [{"score": 1, "annotator": "a"}]})), ":1: 'C' has a score"),
        ("a.jsonl", lines(other_line(scores={"A": [{"score": 101, "annotator": "a"}]})), ":1: score '101'"),
        ("a.jsonl", lines(other_line(scores={"A": [{"score": 1, "annotator": "a", "times": ["x", 2]}]})),
         "a.jsonl:1: 'x', 2 are not times"),
        ("a.jsonl", lines(other_line(scores={"A": [{"score": 1, "annotator": "a", "errors": [
            {"start_i": 5, "end_i": 2, "severity": "minor"}]}]})), "a.jsonl:1: start_i 5, end_i 2"),
        ("a.jsonl", lines(other_line(scores={"A": [{"score": 1, "annotator": "a", "errors": [
            {"start_i": 5, "end_i": 7, "severity": "fatal"}]}]})), "a.jsonl:1: severity 'fatal'"),
        ("a.jsonl", lines(other_line(scores={})), "no judgement in it"),
        ("a.csv", "a,b,c\n", "a.csv:1: not a campaign in a known format"),
        ("a.json", "", "a.json:1: not a campaign in a known format"),
        ("a.jsonl", lines({"id": 1}), "a.jsonl:1: not a campaign in a known format"),
        ("a.json", '{"info": {},\n"data": [}', "a.json:2: not valid JSON"),
        ("a.csv", ",".join(appraise()) + "\na,b\n", "a.csv:2: 2 columns"),
        ("a.csv", ",".join(appraise(item="77")) + "\n", "a.csv:1: item '77' is not in made fr-pl"),
        ("a.csv", ",".join(appraise(doc="d9")) + "\n", "a.csv:1: item 1 is in document 'd9'"),
        ("a.csv", ",".join(appraise(score="x")) + "\n", "a.csv:1: score 'x' is not a number"),
        ("a.csv", ",".join(appraise(marks="{")) + "\n", "a.csv:1: not valid JSON"),
        ("a.csv", ",".join(appraise(src="klingon")) + "\n", "a.csv:1: no language"),
        ("a.csv", ",".join(appraise("goood")) + "\n", "judges no output of made fr-pl, 6 segments"),
        ("a.json", "[]", "no annotations; download annotations.json"),
        ("a.json", json.dumps({"c": [{"user_id": 1}]}), "entry 1 is not a pearmut annotation"),
        ("a.json", json.dumps([{**PEARMUT, "annotation": [{"B": {"score": 1}}]}]), "entry 1: 'B' is judged"),
        ("a.json", json.dumps([{**PEARMUT, "annotation": [{"A": {"score": "1"}}]}]), "1: not an annotated"),
        ("a.json", json.dumps([{**PEARMUT, "annotation": []}]), "entry 1: 1 items, 0 annotations"),
        ("a.json", json.dumps(pearmut_campaign(protocol="DA")), "protocol 'DA'; the workbench has ESA"),
        ("a.json", json.dumps(pearmut_campaign(assignment="dynamic")), "Set info.assignment to 'task-based'"),
        ("a.json", json.dumps({**pearmut_campaign(), "data": [[["x"]]]}), "task of annotator1, document 1"),
        ("a.tsv", "system\tseg_id\tsource\ttarget\tcategory\tseverity\na\t1\ts\tt\tc\n", "a.tsv:2"),
        ("a.tsv", "system\tseg_id\tsource\ttarget\tcategory\tseverity\na\t1\ts\tt\tc\tMassive\n",
         "a.tsv:2: severity 'Massive'"),
    ],
)  # fmt: skip
def test_bad_files_are_one_line(root, tmp_path, capsys, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    words = ["pair=fr-pl"] if name.endswith(".csv") else []
    assert run(root, "x", *words, "--import", str(path)) == 2
    err = capsys.readouterr().err
    assert said in err and len([line for line in err.splitlines() if line.startswith("harness")]) == 1
    assert not (root / "campaigns" / "x").exists()


def test_what_is_missing_or_contradicts_is_said(root, tmp_path, capsys) -> None:
    path = write_mqm(tmp_path / "mqm.tsv")
    hum = tmp_path / "h.jsonl"
    hum.write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    for words, said in (
        (["x", "--import", str(path)], "does not name its languages; add pair=SRC-TGT"),
        (["x", "pair=en-de", "--import", str(hum)], "is of cs-de_DE"),
        (["x", "--import", str(tmp_path / "none.tsv")], "none.tsv"),
        (["../x", "--import", str(path)], "a campaign's name"),
        (["x", "--import", str(path), "--annotators", "ann"], "--import brings its annotators along"),
    ):
        assert run(root, *words) == 2
        assert said in capsys.readouterr().err
    assert run(root, "y", "--import", str(hum)) == 0
    before = (root / "campaigns" / "y" / "cs-de_annotator6.jsonl").read_bytes()
    assert run(root, "y", "pair=en-de", "--import", str(path)) == 2
    assert "there is a campaign of this name" in capsys.readouterr().err
    assert (root / "campaigns" / "y" / "cs-de_annotator6.jsonl").read_bytes() == before
    assert run(root, "y", "--export", "wmt-mqm") == 0
    assert run(root, "p", "--protocol", "pairwise", "--annotators", "ann", "--segments", "3") == 0
    capsys.readouterr()
    assert run(root, "p", "--export", "pearmut") == 2
    assert "cannot hold the answers of pairwise; possible: scores" in capsys.readouterr().err


def test_annotators_have_files_of_their_own_whatever_they_are_called(root, tmp_path, capsys) -> None:
    people = ["Eva", "eva", "e/va", "../x", "", "e va", "żółć"]
    scores = {"A": [{"score": k, "annotator": who} for k, who in enumerate(people)], "B": []}
    path = tmp_path / "h\x1b[31m.jsonl"
    path.write_text(lines(other_line(scores=scores)), encoding="utf-8")
    assert run(root, "w", "--import", str(path)) == 0
    campaign = read_campaign(root, "w")
    assert len({who.casefold() for who in campaign.annotators}) == len(people)
    assert {one.label or who for who, one in campaign.annotators.items()} == {*people} - {""} | {"annotator"}
    for who, one in campaign.annotators.items():
        (answer,) = responses(root, campaign, who).values()
        assert answer.score == (people.index(one.label or who) if who != "annotator" else 4)
    again = json.loads(exported(root, campaign, "wmt-esa"))["scores"]["A"]
    assert {one["annotator"]: one["score"] for one in again} == {
        who or "annotator": k for k, who in enumerate(people)
    }
    assert run(root, "w", "--show") == 0
    assert "\x1b" not in "".join(capsys.readouterr())
