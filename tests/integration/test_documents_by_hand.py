"""Documents paired by a list, beads corrected by hand, and what is said of documents that were left over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.align.goldfile import GoldFile, GoldHeader, complete, side_of
from harness.types import Bead
from tests.support.program import Done, record_files

Harness = Callable[..., Done]
FRENCH = [
    "Le président Emmanuel Macron a visité Varsovie lundi.",
    "Il a parlé d'économie avec le ministre polonais.",
    "La réunion a duré deux heures.",
    "Bonne nuit.",
]
POLISH = [
    "Prezydent Emmanuel Macron odwiedził w poniedziałek Warszawę.",
    "Rozmawiał o gospodarce z polskim ministrem.",
    "Spotkanie trwało dwie godziny.",
    "Dobranoc.",
]
OTHER = ["Les prix du blé ont baissé.", "La bourse a fermé plus tôt."]


@pytest.fixture(autouse=True)
def texts(tmp_path: Path) -> None:
    for name, lines in (("a.txt", FRENCH), ("other.txt", OTHER), ("b.txt", POLISH)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def run(harness: Harness, tmp_path: Path) -> Callable[..., tuple[dict[str, Any], Done]]:
    """Run on documents of a line a sentence; the record written, and what was said."""

    def call(*words: str) -> tuple[dict[str, Any], Done]:
        common = ["model=copy", "metrics=chrf", "clean=none", "splitter=line"]
        done = harness("run", "data=documents", *common, *words)
        assert done.returncode == 0, done.stderr
        return json.loads(record_files(tmp_path)[-1].read_text()), done

    return call


def test_two_files_are_aligned_whatever_they_say(run: Any) -> None:
    record, done = run("data.src=other.txt", "data.tgt=b.txt", "aligner=gale-church")
    assert record["counts"]["documents"] == {"src": 1, "tgt": 1, "pairs": 1}
    assert "other and b: sentence pairs that correspond for sure: 0;" in done.stderr
    assert "no counterpart" not in done.stderr
    record, done = run("data.src=a.txt", "data.tgt=b.txt")
    assert record["data"]["n"] == 4 and "for sure" not in done.stderr


def test_what_was_left_unpaired_is_said(run: Any) -> None:
    _, done = run("data.src=[a.txt,other.txt]", "data.tgt=b.txt")
    assert "1 of 3 documents have no counterpart: other" in done.stderr


def test_a_list_says_which_documents_belong_together(run: Any, harness: Harness, tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text("other.txt\tb.txt\n")
    words = "data.src=[a.txt,other.txt]", "data.tgt=b.txt", "aligner=gale-church", "data.pairs=list.tsv"
    record, done = run(*words)
    (pair,) = record["pairing"]
    assert (pair["src"], pair["tgt"], pair["accepted"]) == ("other", "b", True)
    assert "given" in pair["reason"] and "1 of 3 documents have no counterpart" in done.stderr
    assert "list.tsv" in [item["name"] for item in record["data"]["inputs"]]
    alone, _ = run("aligner=gale-church", "data.pairs=list.tsv")
    assert [item["name"] for item in alone["data"]["inputs"]] == ["other", "b", "list.tsv"]
    (tmp_path / "list.tsv").write_text("othr\tb\n")
    wrong = harness("run", "data=documents", "model=copy", *words)
    assert wrong.returncode == 2
    assert "list.tsv:1: no source document 'othr'. Did you mean 'other'?" in wrong.stderr


def test_exported_beads_give_the_same_run_and_corrected_ones_are_kept(
    run: Any, harness: Harness, tmp_path: Path
) -> None:
    files = "data.src=a.txt", "data.tgt=b.txt"
    before, _ = run(*files)
    assert harness("export", "beads", "latest", "-o", "beads.tsv").returncode == 0
    same, _ = run(*files, "alignment=beads.tsv")
    assert same["data"]["hash"] == before["data"]["hash"] and same["scores"] == before["scores"]
    header, *rows = [line.split("\t") for line in (tmp_path / "beads.tsv").read_text().splitlines()]
    at = {name: k for k, name in enumerate(header)}
    rows[0][at["src_ids"]] = rows[0][at["tgt_ids"]] = "0,1"
    rows[0][at["confidence"]] = ""
    kept = [header, rows[0], *rows[2:]]
    (tmp_path / "mine.tsv").write_text("".join("\t".join(row) + "\n" for row in kept))
    after, _ = run(*files, "alignment=mine.tsv")
    lines = [json.loads(line) for line in
             (record_files(tmp_path)[-1].parent / "segments.jsonl").read_text().splitlines()]  # fmt: skip
    assert [line["id"] for line in lines] == ["a+b:0", "a+b:2", "a+b:3"]
    assert {line["doc"] for line in lines} == {"a+b"}
    assert lines[0]["source"] == " ".join(FRENCH[:2]) and lines[0]["bead"]["confidence"] is None
    recorded = float(rows[2][at["confidence"]])
    assert lines[1]["bead"]["confidence"] == pytest.approx(recorded, abs=1e-5)
    assert after["data"]["hash"] != before["data"]["hash"]
    assert "mine.tsv" in [item["name"] for item in after["data"]["inputs"]]
    compared = json.loads(harness("compare", "--format", "json").stdout)
    assert {(s["data"], s["n"]) for s in compared["test_sets"]} >= {("documents (mine.tsv)", 3)}
    assert len(compared["test_sets"]) == 2


HEADER = "src_ids\ttgt_ids\tsrc\ttgt\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a\tb\n0\t0\n", "no column 'src_ids'"),
        (HEADER + "9\t0\tx\ty\n", "beads.tsv:2: source sentence 9 does not exist, the document has 4"),
        (HEADER + "0\t0\tx\ty\n0\t1\tx\ty\n", "source sentence 0 is in beads.tsv:2 already"),
        (HEADER + "0\t0\tUn autre texte.\tInny tekst.\n", "have other texts than the sentences"),
        (HEADER + "zero\t0\tx\ty\n", "'zero' is no list of sentence numbers"),
        (HEADER + "\t\tx\ty\n", "a bead without any sentence"),
        ("src_ids\ttgt_ids\tconfidence\n0\t0\t7\n", "confidence '7' is no number from 0 to 1"),
        ("src_ids\ttgt_ids\tsrc_doc\ttgt_doc\n0\t0\tc\tb\n", "no document 'c' in the test set"),
    ],
)
def test_beads_that_cannot_be_meant_are_one_line(
    harness: Harness, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "beads.tsv").write_text(content)
    words = "data=documents", "data.src=a.txt", "data.tgt=b.txt", "clean=none", "splitter=line", "model=copy"
    done = harness("run", *words, "alignment=beads.tsv")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert told in done.stderr


def test_beads_are_refused_for_a_parallel_set(harness: Harness, tmp_path: Path) -> None:
    (tmp_path / "beads.tsv").write_text("src_ids\ttgt_ids\n0\t0\n")
    words = "data=bitext", "data.src=a.txt", "data.tgt=b.txt", "model=copy", "alignment=beads.tsv"
    done = harness("run", *words)
    assert done.returncode == 2 and "parallel already" in done.stderr


def gold(results: Path, folder: Path, author: str, beads: list[Bead]) -> Path:
    """A gold file over the documents of the newest run, as the workbench saves it."""
    document = json.loads((results / "alignment.json").read_text())["documents"][0]
    src, tgt = side_of(document["src"]), side_of(document["tgt"])
    header = GoldHeader(gold=1, src=src, tgt=tgt, author=author)
    found = GoldFile(header, complete([("bead", b) for b in beads], src, tgt))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{author}.jsonl"
    path.write_text(found.jsonl(), encoding="utf-8")
    path.with_suffix(".txt").write_text(found.vecalign(), encoding="utf-8")
    return path


def test_gold_of_the_workbench_is_taken_by_any_spelling(run: Any, harness: Harness, tmp_path: Path) -> None:
    files = "data.src=a.txt", "data.tgt=b.txt"
    before, _ = run(*files)
    beads = [Bead((0, 1), (0, 1), flags=("partial",)), Bead((3,), (3,))]
    gold(record_files(tmp_path)[-1].parent, tmp_path / "gold" / "a+b", "ann", beads)
    made = [
        run(*files, *words)[0]
        for words in (
            ["alignment=gold/a+b/ann.jsonl"],
            ["alignment=gold/a+b"],
            ["alignment='gold/*/ann.jsonl'"],
            ["aligner=gold", "aligner.path=gold/a+b/ann.jsonl"],
            ["aligner=gold", "gold.path=gold/a+b/ann.jsonl"],
            ["alignment=gold/a+b/ann.txt"],
        )
    ]
    assert made[0]["data"]["n"] == 2 and made[0]["data"]["hash"] != before["data"]["hash"]
    assert {record["data"]["hash"] for record in made} == {made[0]["data"]["hash"]}
    assert {record["scores"][0]["value"] for record in made} == {made[0]["scores"][0]["value"]}
    for record in made[:5]:
        (read,) = [item for item in record["data"]["inputs"] if item["path"].endswith("ann.jsonl")]
        assert read["name"] == "gold of a and b by ann"
        assert record["counts"]["alignment"]["flags"] == {"partial": 1}
    assert made[3]["config_hash"] == made[4]["config_hash"]
    for words in (["alignment=gold/a+b/ann.jsonl"], ["aligner=gold", "gold.path=gold/a+b/ann.jsonl"]):
        assert "skipped" in run(*files, *words)[1].stderr

    words = ("--src", "fr", "--tgt", "pl", "--segmented", "--aligner", "gale-church", "--gold")
    shown = [harness("align", "a.txt", "b.txt", *words, f"gold/a+b/ann.{kind}") for kind in ("jsonl", "txt")]
    assert [done.returncode for done in shown] == [0, 0] and "strict" in shown[0].stdout + shown[0].stderr
    assert shown[0].stdout == shown[1].stdout
    other = harness("align", "other.txt", "b.txt", *words, "gold/a+b/ann.jsonl")
    assert other.returncode == 2 and "ann.jsonl" in other.stderr

    def refused(*words: str) -> str:
        done = harness("run", "data=documents", "model=copy", "metrics=chrf", "clean=none", "splitter=line",
                       *words)  # fmt: skip
        assert done.returncode == 2 and "Traceback" not in done.stderr
        return done.stderr

    said = refused(*files, "alignment=gold/a+b", "aligner=gold", "aligner.path=gold/a+b")
    assert "say the same; give one" in said
    assert "segment 0 (fr) is 'Le président" in refused(
        "data.src=other.txt", "data.tgt=b.txt", "alignment=gold/a+b"
    )
    both = "data.src=[a.txt,other.txt]", "data.tgt=b.txt"
    assert run(*both, "alignment=gold/a+b")[0]["data"]["n"] == 2
    gold(record_files(tmp_path)[-1].parent, tmp_path / "gold" / "a+b", "ben", beads)
    said = refused(*files, "alignment=gold/a+b")
    assert "several files are about the same documents" in said and "ben.jsonl; name one" in said
    assert "no file fits this pattern" in refused(*files, "alignment='gold/*/cleo.jsonl'")
    assert "no such file" in refused(*files, "alignment=gold/a+b/an.jsonl")
