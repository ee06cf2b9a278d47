"""`score`: outputs and references, with and without a source, recorded like any run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.documented_world import ENGLISH, GERMAN, write
from tests.support.program import Done, record_files

Harness = Callable[..., Done]


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    write(tmp_path, "ref.de", GERMAN)
    write(tmp_path, "src.en", ENGLISH)
    write(tmp_path, "outs/good.hyp", [*GERMAN[:2], "Es dauerte drei Stunden."])
    write(tmp_path, "outs/bad.hyp", ["President.", "", "It took two hours, and then it took two more."])


def test_outputs_are_scored_without_a_source(harness: Harness, tmp_path: Path) -> None:
    done = harness("score", "ref.de", "outs/bad.hyp", "outs/good.hyp", "--pair", "en-de")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("flags copied, length-ratio and numbers are off") == 1
    assert "all 2 outputs" in done.stderr
    records = [json.loads(path.read_text()) for path in record_files(tmp_path)]
    assert [record["model"]["name"] for record in records] == ["bad", "good"]
    assert records[0]["health"] == {"empty": 1, "wrong-language": 1} and not records[1]["health"]
    assert records[0]["data"]["hash"] == records[1]["data"]["hash"]
    compared = harness("compare", "--format", "json")
    assert compared.returncode == 0, compared.stderr
    (test_set,) = json.loads(compared.stdout)["test_sets"]
    assert {row["system"] for row in test_set["rows"]} == {"good", "bad"}
    shown = harness("compare", "--by", "length", "--segments", "1").stdout
    assert "41-80 characters" in shown, "the length of the reference"
    assert "  source  " not in shown + harness("show", "latest").stdout


def test_the_source_brings_back_what_needs_it(harness: Harness, tmp_path: Path) -> None:
    done = harness("score", "ref.de", "outs/bad.hyp", "--src", "src.en", "--pair", "en-de")
    assert done.returncode == 0 and "are off" not in done.stderr
    (path,) = record_files(tmp_path)
    assert json.loads(path.read_text())["health"]["length-ratio"] == 1


def test_limit_takes_the_first_outputs_of_the_whole_set(harness: Harness, tmp_path: Path) -> None:
    done = harness("score", "ref.de", "outs/good.hyp", "--pair", "en-de", "--limit", "2")
    assert done.returncode == 0, done.stderr
    (path,) = record_files(tmp_path)
    assert {s["metric"]: s["value"] for s in json.loads(path.read_text())["scores"]}["chrf"] == 100
    again = harness("run", "data=bitext", "data.src=src.en", "data.tgt=ref.de", "pair.src=en", "pair.tgt=de",
                    "model=file", "engine.path=outs/good.hyp", "limit=2")  # fmt: skip
    assert again.returncode == 0, again.stderr
    write(tmp_path, "outs/long.hyp", [*GERMAN, "Und noch eine Zeile."])
    wrong = harness("score", "ref.de", "outs/long.hyp", "--pair", "en-de", "--limit", "2")
    assert wrong.returncode == 2 and "4 lines for 3 segments" in wrong.stderr


def test_one_bad_file_does_not_stop_the_others(harness: Harness, tmp_path: Path) -> None:
    write(tmp_path, "outs/short.hyp", GERMAN[:1])
    done = harness("score", "ref.de", "outs/*.hyp", "--pair", "en-de")
    assert done.returncode == 1 and "1 lines for 3 segments" in done.stderr
    assert len(record_files(tmp_path)) == 2
    repeated = harness("score", "ref.de", "outs/good.hyp", "--pair", "en-de", "--tag", "release")
    assert repeated.returncode == 0 and len(record_files(tmp_path)) == 2
    assert re.search(r" good +release +", harness("list").stdout), "the tag has a column of its own"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--pair", "en"], "--pair en: needs two languages"),
        (["--pair", "en-de", "--metrics", "cometkiwi"], "'cometkiwi' reads the source"),
        (["--pair", "en-de", "--metrics", "blue"], "Did you mean 'bleu'?"),
    ],
)
def test_what_cannot_be_scored_is_one_line(harness: Harness, words: list[str], told: str) -> None:
    done = harness("score", "ref.de", "outs/good.hyp", *words)
    assert done.returncode == 2 and told in done.stderr and len(done.stderr.splitlines()) == 1


def test_references_alone_are_not_translated(harness: Harness) -> None:
    done = harness("run", "data=references", "data.tgt=ref.de", "pair.src=en", "pair.tgt=de", "model=copy")
    assert done.returncode == 2 and "nothing to translate" in done.stderr


def test_names_are_told_apart_by_their_folders(harness: Harness, tmp_path: Path) -> None:
    write(tmp_path, "other/good.hyp", GERMAN)
    done = harness("score", "ref.de", "outs/good.hyp", "other/good.hyp", "--pair", "en-de")
    assert done.returncode == 0, done.stderr
    assert "outs/good" in done.stdout and "other/good" in done.stdout


def test_pairs_with_scripts_divide_where_both_sides_are_languages() -> None:
    from harness.cli.scoring import pair_of

    assert pair_of("zh-Hant-en") == ("zh-Hant", "en")
    assert pair_of("en-pt-BR") == ("en", "pt-BR")


def test_a_table_is_not_scored_as_text(harness: Harness, tmp_path: Path) -> None:
    rows = ["source\toutput", *(f"{a}\t{b}" for a, b in zip(ENGLISH, GERMAN, strict=True))]
    write(tmp_path, "outs/table.tsv", rows)
    write(tmp_path, "outs/bare.csv", [f'"{line}";1' for line in GERMAN])
    for name, said in (("table.tsv", "The first line has: source, output"), ("bare.csv", "is a table")):
        done = harness("score", "ref.de", f"outs/{name}", "--pair", "en-de")
        assert done.returncode == 2 and said in done.stderr, done.stderr
        assert "--set engine.column=NAME" in done.stderr
    done = harness("score", "ref.de", "outs/table.tsv", "--pair", "en-de", "--set", "engine.column=output")
    assert done.returncode == 0 and "100.0" in done.stdout, done.stderr


def test_outputs_read_in_another_encoding_are_named(harness: Harness, tmp_path: Path) -> None:
    write(tmp_path, "misread.hyp", [GERMAN[0], "Die StraÃŸe ist fÃ¼r FuÃŸgÃ¤nger.", GERMAN[2]])
    done = harness("score", "ref.de", "misread.hyp", "--pair", "en-de", "--metrics", "bleu")
    assert done.returncode == 0, done.stderr
    assert "read in another encoding (`Ã©` for `é`): 1, the first is segment 2" in done.stderr
