"""Judges from the command line: runs, what they cost, kills and resumes, agreement with people."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness.results.store import Store
from tests.support.judge_server import judging
from tests.support.made_ratings import write_mqm
from tests.support.program import ROOT, run_harness

JUDGES = ("gemba_mqm", "gemba_esa", "pairwise")


def texts_in(asked: str) -> list[str]:
    """The texts between backticks in a question."""
    return re.findall(r"```(.*?)```", asked, re.DOTALL)


def by_mistakes(asked: str) -> tuple[int, str, str]:
    """A judge that sees the words "falsch" and nothing else."""
    found = texts_in(asked)
    if "translation B" in asked:
        a, b = (text.count("falsch") for text in found[1:3])
        return 200, "tie" if a == b else "A" if a < b else "B", "stop"
    wrong = found[1].count("falsch")
    if asked.startswith("Given the translation"):
        return 200, str(100 - 10 * wrong), "stop"
    errors = 'accuracy/mistranslation - "falsch"\n' * wrong or "no-error\n"
    heads = "Critical:\nno-error\n" if "critical" in asked else ""
    return 200, f"{heads}Major:\n{errors}Minor:\nno-error", "stop"


def words(url: str, *keys: str) -> list[str]:
    found = [f"metrics=[chrf,{','.join(keys)}]"]
    for key in keys:
        found += [
            f"metrics.{key}.model.id=judge-1",
            f"metrics.{key}.engine.base_url={url}",
            f"metrics.{key}.engine.api_key_env=null",
            f"metrics.{key}.engine.retries=0",
        ]
    return found


def mqm(path: Path) -> list[str]:
    return ["data=mqm", f"data.path={path}", "model=mqm", "pair.src=en", "pair.tgt=de"]


def test_agreement_of_judges_with_people_is_one_command_away(tmp_path: Path) -> None:
    """Runs of each system of an MQM file, judged; then `agree`."""
    path = write_mqm(tmp_path / "mqm.tsv")
    with judging(by_mistakes) as server:
        done = run_harness("run", *mqm(path), *words(server.url, "gemba_mqm", "gemba_esa"), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    store = Store(tmp_path / "results")
    whole = {r.model.name: r for r in store.records() if r.judges and "gemba_esa" in r.judges}
    assert sorted(map(str, whole)) == ["fair", "good", "poor"]
    judged = whole["poor"].judges
    assert judged is not None and judged["gemba_esa"].outcomes == {"scored": 3}
    line = next(store.segments(whole["poor"].run_id))
    marks = line["judged"]["gemba_mqm"]["marks"]
    assert [(m["start"], m["end"], m["severity"]) for m in marks] == [(0, 6, "major"), (7, 13, "major")]
    assert line["human"] and line["human"][0]["marks"], "what people marked stands beside it"
    found = run_harness(
        "agree", str(path), *[r.run_id for r in whole.values()], "--format", "json", cwd=tmp_path
    )
    assert found.returncode == 0, found.stderr
    value = json.loads(found.stdout)
    rows = {row["key"]: row for row in value["metrics"]}
    assert {"chrf", "gemba_mqm", "gemba_esa"} <= set(rows), value
    for key in ("gemba_esa", "gemba_mqm"):
        assert rows[key]["accuracy"]["value"] == 1.0 and rows[key]["pearson"]["value"] > 0.9, rows


def test_agreement_stands_on_the_segments_that_the_judge_could_be_read_on(tmp_path: Path) -> None:
    path = write_mqm(tmp_path / "mqm.tsv")

    def some(asked: str) -> tuple[int, str, str]:
        status, text, reason = by_mistakes(asked)
        unread = "critical" in asked or text == "100"
        return status, "I cannot say" if unread else text, reason

    with judging(some) as server:
        done = run_harness("run", *mqm(path), *words(server.url, "gemba_mqm", "gemba_esa"), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert done.stderr.count("metric failed: gemba_mqm") == 1, "of three runs, told once"
    records = {r.model.name: r for r in Store(tmp_path / "results").records()}
    esa = {name: (r.judges or {})["gemba_esa"].outcomes for name, r in records.items()}
    assert esa["poor"] == {"scored": 3} and esa["good"]["unreadable"] == 2, esa
    found = run_harness("agree", str(path), "--format", "json", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    rows = {row["key"]: row for row in json.loads(found.stdout)["metrics"]}
    assert "gemba_mqm" not in rows, "there is nothing to agree with"
    assert rows["gemba_esa"]["accuracy"]["value"] == 1.0 and rows["gemba_esa"]["calibrated"]["value"] > 0.5
    shown = run_harness("agree", str(path), cwd=tmp_path)
    assert shown.returncode == 0 and "gemba_mqm" in shown.stdout, "it is named among what is left out"
    compared = run_harness("compare", cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "GEMBA-ESA has no score for 2 of 3 outputs of good" in " ".join(compared.stdout.split())


def test_a_sweep_of_pairs_is_compared_with_one_run_and_says_what_lies_behind_the_rate(tmp_path: Path) -> None:
    path = write_mqm(tmp_path / "mqm.tsv")
    with judging(by_mistakes) as server:
        first = run_harness("run", *mqm(path), "metrics=[chrf]", "tag=first", cwd=tmp_path)
        assert first.returncode == 0, first.stderr
        store = Store(tmp_path / "results")
        fair = next(r for r in store.records() if r.model.name == "fair")
        against = "metrics.pairwise.against=fair"  # of which this sweep makes another run
        done = run_harness("run", *mqm(path), *words(server.url, "pairwise"), against, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    judged = {r.model.name: r for r in store.records() if r.judges}
    rates = {name: r.corpus_scores["pairwise"].value for name, r in judged.items()}
    assert rates == {"good": 83.333333, "fair": 50.0, "poor": 16.666667}
    good = judged["good"]
    assert good.judges is not None and good.judges["pairwise"].against == fair.run_id
    assert good.judges["pairwise"].details["wins"] == 2
    assert good.judges["pairwise"].details["sign test p"] == 0.5
    assert good.corpus_scores["pairwise"].ci == (50.0, 100.0)
    assert f"against:{fair.run_id}" in good.corpus_scores["pairwise"].signature
    shown = run_harness("show", good.run_id, cwd=tmp_path).stdout
    assert "2 win" in shown and f"against {fair.run_id}" in shown and "sign test p 0.5" in shown
    compared = run_harness("compare", *[r.run_id for r in judged.values()], cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "pairwise of good: wins 2, losses 0, ties 1, ties by order 0, sign test p 0.5" in " ".join(
        compared.stdout.split()
    )
    told = run_harness("compare", good.run_id, judged["poor"].run_id, "--format", "json", cwd=tmp_path)
    assert "pairwise of good: wins 2, losses 0" in told.stdout
    ratings = run_harness("agree", str(path), *[r.run_id for r in judged.values()], cwd=tmp_path)
    assert ratings.returncode == 0 and "pairwise" in ratings.stdout, ratings.stderr


DATA = ["data=bitext", "data.src=src.txt", "data.tgt=ref.txt", "pair.src=en", "pair.tgt=de", "model=file"]


def write_texts(folder: Path, n: int) -> None:
    (folder / "src.txt").write_text("".join(f"word {k}\n" for k in range(n)))
    (folder / "ref.txt").write_text("".join(f"Wort {k}\n" for k in range(n)))
    (folder / "out.txt").write_text("".join(f"Wort {k}{' falsch' * (k % 3)}\n" for k in range(n)))


def test_what_judges_would_cost_is_told_without_a_request(tmp_path: Path) -> None:
    write_texts(tmp_path, 30)
    with judging(by_mistakes) as server:
        other = run_harness("run", *DATA, "engine.path=ref.txt", "metrics=[chrf]", "tag=other", cwd=tmp_path)
        assert other.returncode == 0, other.stderr
        told = run_harness(
            "run", *DATA, "engine.path=out.txt", *words(server.url, *JUDGES),
            "metrics.pairwise.against=other", "metrics.gemba_esa.engine.max_cost=0.01",
            "metrics.gemba_esa.engine.prices={input: 2, output: 8}",
            "--dry-run", cwd=tmp_path,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        assert server.seen == []
    lines = dict(re.split(r"  +|(?<=judge gemba_...) |(?<=judge pairwise) ", line, maxsplit=1)
                 for line in told.stdout.splitlines() if line.startswith("judge"))  # fmt: skip
    assert lines["judge gemba_mqm"].startswith("30 requests,"), told.stdout
    assert lines["judge gemba_esa"].startswith("60 requests,") and "USD" in lines["judge gemba_esa"]
    assert lines["judge pairwise"].startswith("60 requests,")
    assert "its cost is not known without prices" in lines["judge gemba_mqm"]
    assert "metrics.gemba_esa.engine.max_cost=0.01 would end the run before that" in told.stdout
    assert "not made yet" not in told.stdout, "the outputs are in a file"


def test_a_run_tells_what_was_told_before_it(tmp_path: Path) -> None:
    """The same requests, tokens and money in the same words, for outputs that are not like their sources."""
    write_texts(tmp_path, 30)
    with judging(by_mistakes) as server:
        command = ["run", *DATA, "engine.path=out.txt", *words(server.url, "gemba_mqm"),
                   "metrics.gemba_mqm.engine.prices={input: 2, output: 8}"]  # fmt: skip
        before = run_harness(*command, "--dry-run", cwd=tmp_path)
        done = run_harness(*command, cwd=tmp_path)
    (line,) = [line for line in before.stdout.splitlines() if line.startswith("judge gemba_mqm")]
    said = line.removeprefix("judge gemba_mqm ")
    assert said.startswith("30 requests") and "USD" in said
    assert f"gemba_mqm: {said}" in done.stderr, done.stderr


def test_a_killed_run_asks_only_for_the_rest_and_force_for_everything(tmp_path: Path) -> None:
    write_texts(tmp_path, 40)

    def slow(asked: str) -> tuple[int, str, str]:
        time.sleep(0.03)
        return by_mistakes(asked)

    with judging(slow) as server:
        command = ["run", *DATA, "engine.path=out.txt", *words(server.url, "gemba_esa")]
        process = subprocess.Popen(
            [sys.executable, "-m", "harness", *command], cwd=tmp_path, stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while len(server.seen) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = sum(
            len(path.read_bytes().split(b"\n")) - 1
            for path in (tmp_path / "results" / "cache" / "judges").glob("*.jsonl")
        )
        before = len(server.seen)
        assert 10 <= kept <= before < 80
        done = run_harness(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert len(server.seen) - before == 80 - kept
        record = Store(tmp_path / "results").records()[-1]
        assert record.judges is not None and record.judges["gemba_esa"].outcomes == {"scored": 40}
        again = run_harness(*command, cwd=tmp_path)
        assert "skipped" in again.stderr
        before = len(server.seen)
        assert run_harness(*command, "force=true", cwd=tmp_path).returncode == 0
        assert len(server.seen) - before == 80


@pytest.mark.parametrize("answer", [(400, "content policy", ""), (200, '{"choices": "x"}', "body")])
def test_a_judge_that_answers_nothing_leaves_the_other_metrics(
    answer: tuple[int, str, str], tmp_path: Path
) -> None:
    write_texts(tmp_path, 5)
    with judging(lambda asked: answer) as server:
        command = ["run", *DATA, "engine.path=out.txt", *words(server.url, "gemba_mqm")]
        done = run_harness(*command, cwd=tmp_path)
    assert "metric failed: gemba_mqm: none of 5 segments has a score (5 refused)" in done.stderr
    record = Store(tmp_path / "results").records()[-1]
    assert record.corpus_scores["chrf"].value is not None
    for verb in ("compare", "power"):
        done = run_harness(verb, cwd=tmp_path)
        assert done.returncode == 0 and "Warning" not in done.stderr, done.stderr


def test_a_judge_that_cannot_be_read_leaves_the_other_metrics_and_says_that_it_failed(tmp_path: Path) -> None:
    write_texts(tmp_path, 5)
    with judging(lambda asked: (200, "<b>I cannot</b> judge this.", "stop")) as server:
        command = ["run", *DATA, "engine.path=out.txt", *words(server.url, "gemba_mqm", "gemba_esa")]
        done = run_harness(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "metric failed: gemba_esa: none of 5 segments has a score (5 unreadable)" in done.stderr
    assert "metric failed: gemba_mqm" in done.stderr
    record = Store(tmp_path / "results").records()[-1]
    assert record.corpus_scores["gemba_esa"].value is None and record.corpus_scores["gemba_esa"].ci is None
    assert record.corpus_scores["chrf"].value is not None
    assert record.judges is not None and record.judges["gemba_esa"].outcomes == {"unreadable": 5}
    shown = run_harness("show", record.run_id, cwd=tmp_path)
    assert shown.returncode == 0 and "5 unreadable" in shown.stdout
    compared = run_harness("compare", cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr


@pytest.mark.parametrize(
    ("against", "message"),
    [
        ("nobody", "metrics.pairwise.against: no run 'nobody' in results"),
        ("small", "that run has no segment"),
        ("polish", "is of en-pl, this run is of en-de"),
    ],
)
def test_another_run_that_will_not_do_is_one_line(tmp_path: Path, against: str, message: str) -> None:
    write_texts(tmp_path, 6)
    made = {"small": ["limit=3"], "polish": ["pair.tgt=pl"]}.get(against)
    if made:
        other = run_harness(
            "run", *DATA, "engine.path=ref.txt", "metrics=[chrf]", f"tag={against}", *made, cwd=tmp_path
        )
        assert other.returncode == 0, other.stderr
    else:
        run_harness("run", *DATA, "engine.path=ref.txt", "metrics=[chrf]", cwd=tmp_path)
    with judging(by_mistakes) as server:
        done = run_harness(
            "run", *DATA, "engine.path=out.txt", *words(server.url, "pairwise"),
            f"metrics.pairwise.against={against}", cwd=tmp_path,
        )  # fmt: skip
        assert server.seen == []
    assert done.returncode == 2, done.stderr
    assert message in done.stderr and "Traceback" not in done.stderr


def test_a_set_in_shards_is_judged_like_one_in_one_piece(tmp_path: Path) -> None:
    write_texts(tmp_path, 10)
    found: list[Any] = []
    with judging(by_mistakes) as server:
        run_harness("run", *DATA, "engine.path=ref.txt", "metrics=[chrf]", "tag=other", cwd=tmp_path)
        for size in (4, 100):
            done = run_harness(
                "run", *DATA, "engine.path=out.txt", *words(server.url, *JUDGES), "force=true",
                "metrics.pairwise.against=other", f"backend.shard_size={size}", cwd=tmp_path,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            record = Store(tmp_path / "results").records()[-1]
            judges = {key: judging.outcomes for key, judging in (record.judges or {}).items()}
            found.append((judges, {key: score.value for key, score in record.corpus_scores.items()}))
    assert found[0] == found[1]
    assert found[0][0]["pairwise"] == {"loss": 6, "same": 4}
