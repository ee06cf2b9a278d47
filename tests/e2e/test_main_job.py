"""The main job as a user runs it: real reports, real processes, no network."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.forked_program import Zygote
from tests.support.program import ROOT, SHARED, record_files, run_harness

GOLD = ROOT / "tests" / "data" / "call-gold"


def read_gold() -> list[tuple[list[int], list[int]]]:
    beads = [line.split(":") for line in (GOLD / "gold.txt").read_text().split()]
    return [(json.loads(src), json.loads(tgt)) for src, tgt in beads]


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in record_files(folder)]


def segments(folder: Path) -> list[dict[str, Any]]:
    path = next(folder.glob("results/runs/*/segments.jsonl"))
    return [json.loads(line) for line in path.read_text().splitlines()]


def alignment(folder: Path) -> dict[str, Any]:
    (pair,) = json.loads(next(folder.glob("results/runs/*/alignment.json")).read_text())["documents"]
    return dict(pair)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One default run, shared by the tests that only read it."""
    folder = tmp_path_factory.mktemp("main")
    done = run_harness("run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_the_default_run_prints_one_row_with_intervals(finished: Any) -> None:
    _, done = finished
    row = next(line for line in done.stdout.splitlines() if "gloss" in line)
    assert "fr-pl" in row and " 15 " in row and row.count("±") == 4
    assert "Traceback" not in done.stderr


def test_the_reports_are_aligned_exactly_as_the_gold(finished: Any) -> None:
    pair = alignment(finished[0])
    assert (pair["src"]["id"][:3], pair["tgt"]["id"][:3]) == ("000", "004")
    assert sorted((b["src"], b["tgt"]) for b in pair["beads"]) == sorted(read_gold())


def test_the_segments_are_the_golds_and_their_offsets_point_into_the_raw_text(finished: Any) -> None:
    pair = alignment(finished[0])
    for side, gold in (("src", "src.fr.txt"), ("tgt", "tgt.pl.txt")):
        raw = (ROOT / "seeds" / pair[side]["id"] / f"{pair[side]['lang']}.txt").read_bytes().decode()
        found = [raw[s["start"] : s["end"]] for s in pair[side]["segments"]]
        assert found == (GOLD / gold).read_text(encoding="utf-8").splitlines()


def test_the_record_holds_what_reproduces_the_number(finished: Any) -> None:
    (record,) = records(finished[0])
    assert {s["metric"] for s in record["scores"]} == {"bleu", "chrf", "chrfpp", "ter"}
    for score in record["scores"]:
        assert score["n"] == 15 and "version:" in score["signature"]
        assert score["ci"][0] <= score["value"] <= score["ci"][1]
    assert len(record["data"]["inputs"]) == 5
    assert all(len(item["sha256"]) == 64 for item in record["data"]["inputs"])
    assert {"harness", "python", "packages"} <= record["environment"].keys()
    assert record["counts"]["alignment"]["shapes"]["1-1"] == 15
    assert [c["accepted"] for c in record["pairing"]] == [True, False, False, False]
    lines = segments(finished[0])
    assert len(lines) == 15 and all(line["hypothesis"] and line["stats"]["chrf"] for line in lines)


def test_the_scores_are_sacrebleus(finished: Any) -> None:
    from sacrebleu.metrics import BLEU, CHRF, TER

    (record,) = records(finished[0])
    lines = segments(finished[0])
    hypotheses = [line["hypothesis"] for line in lines]
    references = [[line["references"][0] for line in lines]]
    values = {s["metric"]: s["value"] for s in record["scores"]}
    for key, metric in (("bleu", BLEU()), ("chrf", CHRF()), ("chrfpp", CHRF(word_order=2)), ("ter", TER())):
        assert values[key] == pytest.approx(metric.corpus_score(hypotheses, references).score, abs=1e-6)


def test_show_names_all_four_candidates_and_the_signatures(finished: Any, program: Zygote) -> None:
    done = program.done(finished[0], "show", "latest")
    assert done.returncode == 0, done.stderr
    for expected in ("000_", "001_", "002_", "003_", "nrefs:1", "sha256"):
        assert expected in done.stdout


def test_the_same_configuration_is_skipped_and_force_repeats_it(harness: Any, tmp_path: Path) -> None:
    harness("run", "model=copy")
    (first,) = records(tmp_path)
    again = harness("run", "model=copy")
    assert again.returncode == 0 and f"already run as {first['run_id']}" in again.stderr
    assert len(list((tmp_path / "results/runs").iterdir())) == 1
    assert harness("run", "model=copy", "force=true").returncode == 0
    first, second = records(tmp_path)
    assert first["scores"] == second["scores"] and first["data"]["hash"] == second["data"]["hash"]
    rows = list(csv.DictReader((tmp_path / "results/table.csv").read_text().splitlines()))
    assert [row["run_id"] for row in rows] == [first["run_id"], second["run_id"]]


def test_rerun_says_whether_scores_and_translations_are_identical(harness: Any, tmp_path: Path) -> None:
    harness("run", "model=gloss", "limit=3")
    same = harness("rerun", "latest")
    assert same.returncode == 0 and "is identical to" in same.stdout, same.stderr
    first = next(tmp_path.glob("results/runs/*/segments.jsonl"))
    first.write_text(first.read_text().replace('"hypothesis": "', '"hypothesis": "X', 1))
    other = harness("rerun", first.parent.name)
    assert other.returncode == 1 and "1 of 3 differ" in other.stdout, other.stderr


def test_a_pair_of_the_users_own_files(harness: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Der Präsident besuchte am Montag die Stadt Berlin.\n"
        "Er sprach mit der Kanzlerin über die Wirtschaft.\nDie Sitzung dauerte zwei Stunden.\n"
    )
    (tmp_path / "b.txt").write_text(
        "Le président a visité lundi la ville de Berlin.\n"
        "Il a parlé d'économie avec la chancelière.\nLa réunion a duré deux heures.\n"
    )
    words = "run data=documents data.src=a.txt data.tgt=b.txt pair.src=de pair.tgt=fr model=copy"
    done = harness(*words.split())
    assert done.returncode == 0, done.stderr
    (record,) = records(tmp_path)
    assert record["pair"] == {"src": "de", "tgt": "fr"} and record["data"]["n"] == 3
    assert record["health"]["copied"] == 3


def test_clean_none_turns_cleaning_off(harness: Any, tmp_path: Path) -> None:
    done = harness("run", "clean=none", "model=copy")
    assert done.returncode == 0, done.stderr
    assert any("Toka?ev" in line["source"] for line in segments(tmp_path))


def test_a_sweep_goes_on_past_a_failure_and_counts(harness: Any) -> None:
    done = harness("run", "-m", "model=copy,opus-mt,reference")
    assert done.returncode == 1
    assert "2 finished, 0 skipped, 1 failed" in done.stderr
    assert len([line for line in done.stdout.splitlines() if "fr-pl" in line]) == 2
    again = harness("run", "-m", "model=copy,reference")
    assert again.returncode == 0 and "0 finished, 2 skipped, 0 failed" in again.stderr
    listed = harness("list")
    assert "copy" in listed.stdout and "failed" not in listed.stderr, "a model out of reach is no run"


def test_a_hub_model_without_network_ends_in_one_line(harness: Any) -> None:
    done = harness("run", "model=opus-mt")
    assert done.returncode == 2 and done.stdout == ""
    line = done.stderr.strip().splitlines()[-1]
    assert "Helsinki-NLP/opus-mt-fr-pl" in line and "copy" in line and "gloss" in line
    assert "Traceback" not in done.stderr


BAD = {
    "unknown verb": (["rnu"], "Did you mean 'run'"),
    "unknown flag": (["run", "--mutlirun"], "Did you mean '--multirun'"),
    "unknown model": (["run", "model=glos"], "Did you mean 'gloss'"),
    "unknown group": (["run", "modle=copy"], "Did you mean 'model'"),
    "unknown key": (["run", "data.scr=x"], "no key 'data.scr'"),
    "unknown metric": (["run", "metrics=[chrff]"], "Did you mean 'chrf'"),
    "unknown pair": (["run", "pair=de-cs"], "pair.src=de pair.tgt=cs"),
    "unknown language": (["run", "pair.tgt=polish"], "Did you mean 'pl'"),
    "wrong type": (["run", "limit=many"], "limit"),
    "no segments": (["run", "limit=0"], "at least 1"),
    "missing file": (["run", "data=documents", "data.src=no.txt", "data.tgt=b.txt"], "no.txt: no such file"),
    "file not given": (["run", "data=documents"], "src"),
    "empty file": (["run", "data=documents", "data.src=empty.txt", "data.tgt=b.txt"], "empty.txt"),
    "not UTF-8": (["run", "data=documents", "data.src=latin.txt", "data.tgt=b.txt"], "offset 3"),
    "no counterpart": (
        ["run", "data=documents", "data.src=b.txt", "data.tgt=[other.txt,third.txt]"],
        "data.pairs=LIST.tsv",
    ),
    "unwritable store": (["run", "results=b.txt"], "b.txt"),
    "unknown run": (["show", "nothing"], "no runs in"),
    "unknown list": (["list", "modles"], "Did you mean 'models'"),
    "unknown option": (["list", "--reslts", "x"], "Did you mean '--results'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line_and_exit_code_2(name: str, harness: Any, tmp_path: Path) -> None:
    words, expected = BAD[name]
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 noir\n")
    (tmp_path / "b.txt").write_text("Bonjour tout le monde.\nIl fait beau.\n")
    (tmp_path / "other.txt").write_text("Kwartalne zyski spadły o połowę.\nBank podniósł stopy.\n")
    (tmp_path / "third.txt").write_text("Mecz odwołano z powodu deszczu.\nKibice wrócili do domów.\n")
    done = harness(*words)
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1 and expected in lines[0], done.stderr
    assert done.stdout == ""


def test_help_pages_end_with_runnable_examples(harness: Any) -> None:
    for words in (["--help"], ["run", "--help"], ["list", "--help"], ["show", "--help"], ["clean", "--help"]):
        done = harness(*words)
        assert done.returncode == 0, done.stderr
        tail = [line for line in done.stdout.strip().splitlines() if line.strip()][-3:]
        assert all("python -m harness" in line for line in tail), (words, tail)
    assert "model: " in harness("run", "--help").stdout
    assert harness("--version").stdout.startswith("harness ")


@pytest.mark.skipif(not (SHARED / "models/tiny-fr-pl").exists(), reason="../shared/models is not here")
def test_a_real_checkpoint_from_a_folder(harness: Any, tmp_path: Path) -> None:
    done = harness("run", "model=opus-mt", f"model.path={SHARED / 'models/tiny-fr-pl'}", "limit=4")
    assert done.returncode == 0, done.stderr
    (record,) = records(tmp_path)
    assert record["model"]["name"] == "opus-mt" and record["data"]["n"] == 4
    assert record["model"]["revision"]


def test_make_run_prints_no_warning(tmp_path: Path) -> None:
    """The commands of `make run`, each in a process of its own, with the warnings of every package shown."""
    for words in (["run"], ["run", "-m", "model=copy,tiny,gloss,reference"]):
        done = run_harness(*words, cwd=tmp_path, env={"PYTHONWARNINGS": "default"})
        assert done.returncode == 0, done.stderr
        ours = ("record: ", "skipped: ", "warning: ", "converting ", "3 of 5 documents have no counterpart")
        foreign = [line for line in done.stderr.splitlines() if line and not line.startswith(ours)]
        foreign = [line for line in foreign if not line.endswith(" skipped, 0 failed")]
        assert not foreign, "\n".join(foreign)
