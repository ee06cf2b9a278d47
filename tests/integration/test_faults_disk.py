"""A full disk, a read-only store, damaged files: one line each, nothing lost, the same scores once mended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.forked_program import Ended, Zygote, can_mount
from tests.support.program import PATIENCE, ROOT, record_files, run_harness

N = 60
RUN = [
    "run",
    "data=bitext",
    "data.src=a.fr",
    "data.tgt=a.pl",
    "model=copy",
    "metrics=chrf",
    "bootstrap.samples=20",
]
UPPER = ["engine=command", "engine.command=tr a-z A-Z", "engine.chunk=10"]
needs_mount = pytest.mark.skipif(not can_mount(), reason="no mount namespaces for this user here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.fr").write_text("".join(f"phrase numéro {i} {'mot ' * 20}\n" for i in range(N)))
    (tmp_path / "a.pl").write_text("".join(f"zdanie numer {i} {'słowo ' * 20}\n" for i in range(N)))
    return tmp_path


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in record_files(folder)]


def one_line(ended: Ended, code: int, *words: str) -> None:
    assert ended.code == code, ended.err
    assert all(word in ended.err for word in words), ended.err
    assert len(ended.err.strip().splitlines()) <= 2, "the line, and that error.json cannot be written either"
    assert "Traceback" not in ended.err and "internal error" not in ended.err


@needs_mount
@pytest.mark.parametrize(
    ("size", "engine", "full"),
    [
        ("8k", [], "results store cannot be written"),  # Hydra's own files do not fit
        ("28k", UPPER, "translation cache cannot be written"),
        # While scores are set aside, segments are written, and the record: which of them depends on the size.
        ("40k", [], "cannot be written"),
        ("64k", [], "cannot be written"),
        ("76k", [], "cannot be written"),
    ],
)
def test_a_full_disk_is_one_line_and_the_same_command_goes_on(
    size: str, engine: list[str], full: str, folder: Path, program: Zygote
) -> None:
    shell = "mkdir results; mount -t tmpfs -o size={} none results"
    steps: list[dict[str, Any]] = [{"sh": shell.format(size)}, {"run": [*RUN, *engine]}, {"run": ["list"]}]
    steps += [{"sh": "mount -o remount,size=20m results"}, {"run": [*RUN, *engine]}, {"run": ["list"]}]
    steps += [{"sh": "cp -r results kept"}]
    _, failed, listed, _, again, then, _ = program.steps(folder, *steps, namespace=True)
    one_line(failed, 1, full, "No space left on device")
    assert "failed: 2" in listed.err or "crashed: 2" in listed.err or size == "8k"
    assert listed.code == 0
    if size == "8k":
        assert "crashed" not in listed.err, "there is nothing of a run in the folder"
        assert "results: the results store" in failed.err and "results=DIR" in failed.err
    assert again.code == 0 and then.code == 0, again.err
    if engine:
        assert "different texts are in the cache" in again.err, "what was translated is not asked for again"
    (folder / "kept").rename(folder / "results")
    (finished,) = records(folder)
    unbroken = program.run(folder, *RUN, *engine, "force=true")
    assert unbroken.code == 0
    assert records(folder)[-1]["scores"] == finished["scores"]
    assert not list(folder.glob("results/runs/*/.*.json.*")), "no half-written file is left behind"


def test_a_file_size_limit_says_so(folder: Path, program: Zygote) -> None:
    """Without mounts: what a quota does to a process, on any system."""
    ended = program.steps(folder, {"run": RUN, "limit": 8192})[0]
    one_line(ended, 1, "cannot be written", "File too large")
    assert program.run(folder, *RUN).code == 0


@needs_mount
def test_a_read_only_store_can_be_read_and_says_that_it_cannot_be_written(
    folder: Path, program: Zygote
) -> None:
    assert program.run(folder, *RUN).code == 0
    readonly = {"sh": "mount --bind results results && mount -o remount,ro,bind results"}
    _, skipped, other, listed, shown, compared, exported = program.steps(
        folder,
        readonly,
        {"run": RUN},
        {"run": [*RUN, "limit=3"]},
        {"run": ["list"]},
        {"run": ["show", "latest"]},
        {"run": ["compare"]},
        {"run": ["export", "csv", "-o", "out.csv"]},
        namespace=True,
    )
    for ended in (skipped, other):
        one_line(ended, 2, "cannot be written (Read-only file system)", "results=DIR")
    for ended in (listed, shown, compared, exported):
        assert ended.code == 0, ended.err


def test_two_sweeps_over_the_same_combinations_lose_and_double_nothing(folder: Path) -> None:
    sweep = [
        "run",
        "-m",
        *RUN[1:4],
        "metrics=chrf",
        "bootstrap.samples=20",
        "model=copy,reference",
        "limit=9,20",
    ]
    command = [sys.executable, "-m", "harness", *sweep]
    both = [
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in both:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert "0 failed" in err and out.count("fr-pl") == 4, "each sweep ends with its whole table"
    found = records(folder)
    hashes = [record["config_hash"] for record in found]
    assert len(set(hashes)) == 4 and len(found) <= 8
    scores = {(record["config_hash"], json.dumps(record["scores"])) for record in found}
    assert len(scores) == 4, "the same combination has the same scores, whoever ran it"
    table = (folder / "results" / "table.csv").read_text().splitlines()
    assert len(table) - 1 <= len(found) and not list(folder.glob("results/cache/sweeps/*"))


@pytest.mark.parametrize("where", ["middle", "last"])
def test_a_damaged_cache_line_is_named_and_deleting_the_file_mends_it(
    where: str, folder: Path, program: Zygote
) -> None:
    assert program.run(folder, *RUN, *UPPER).code == 0
    (cache,) = folder.glob("results/cache/*/*.jsonl")
    lines = cache.read_bytes().splitlines(keepends=True)
    at = len(lines) // 2 if where == "middle" else len(lines) - 1
    lines[at] = lines[at].replace(b"PHRASE", b"PHRASF", 1)  # still JSON: only the checksum can tell
    cache.write_bytes(b"".join(lines))
    first = records(folder)[0]
    record_files(folder)[0].unlink()  # else the finished run is returned, and nothing is read
    damaged = program.run(folder, *RUN, *UPPER)
    one_line(damaged, 1, cache.name, f"damaged at byte {sum(map(len, lines[:at]))}", "delete the file")
    cache.unlink()
    assert program.run(folder, *RUN, *UPPER).code == 0
    (second,) = records(folder)
    assert first["scores"] == second["scores"]


DAMAGE = {
    "truncated": lambda text: text[: len(text) // 2],
    "wrong type": lambda text: text.replace('"n": 60', '"n": "sixty"'),
    "newer": lambda text: text.replace('"schema": 1', '"schema": 99'),
    "NaN": lambda text: text.replace('"value": ', '"value": NaN, "was": '),
    "huge number": lambda text: text.replace('"value": ', '"value": 1e999, "was": '),
    "another run": lambda text: text.replace('"run_id": "3', '"run_id": "../../../3'),
    "not UTF-8": lambda text: text.encode().replace(b"bitext", b"bit\xffxt", 1),
}


SAID = (
    "not valid JSON",
    "'data.n' is not a whole number",
    "written by a newer harness",
    "NaN is not valid JSON",
    "not a finite number",
    "its folder is",
    "not UTF-8",
)


def test_damaged_records_are_named_left_out_and_do_not_stand(folder: Path, program: Zygote) -> None:
    assert program.run(folder, *RUN).code == 0
    (good,) = folder.glob("results/runs/*")
    for number, (_, damage) in enumerate(DAMAGE.items()):
        copy = good.with_name(f"30000101-00000{number}-abcdef")  # newer than the good one
        shutil.copytree(good, copy)
        text = (copy / "record.json").read_text().replace(good.name, copy.name)
        made = damage(text)
        (copy / "record.json").write_bytes(made.encode() if isinstance(made, str) else made)
    listed = program.run(folder, "list")
    assert listed.code == 0 and good.name in listed.out
    assert listed.err.count("damaged: ") == len(DAMAGE), listed.err
    for word in SAID:
        assert word in listed.err, listed.err
    assert good.name in program.run(folder, "show", "latest").out
    compared = program.run(folder, "compare", "--all")
    assert compared.code == 0 and f"left out: {len(DAMAGE)} damaged" in compared.err
    skipped = program.run(folder, *RUN)
    assert f"already run as {good.name}" in skipped.err, "a damaged record is no result"


def test_a_clock_that_goes_backwards_changes_nothing_but_names(
    folder: Path, program: Zygote, tmp_path: Path
) -> None:
    """The second run believes to be in 1999: it is kept apart, and no finished run is run again."""
    assert program.run(folder, *RUN).code == 0
    past = tmp_path / "past"
    past.mkdir()
    (past / "sitecustomize.py").write_text(
        "import datetime, time\n"
        "now = time.time\n"
        "time.time = lambda: now() - 27 * 365 * 86400\n"
        "class Past(datetime.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return datetime.datetime.fromtimestamp(time.time(), tz)\n"
        "datetime.datetime = Past\n"
    )
    env = {"PYTHONPATH": f"{past}{os.pathsep}{ROOT}"}
    again = run_harness(*RUN, cwd=folder, env=env)
    assert again.returncode == 0 and "already run as" in again.stderr, again.stderr
    other = run_harness(*RUN, "limit=30", cwd=folder, env=env)
    assert other.returncode == 0, other.stderr
    first, second = sorted(records(folder), key=lambda record: str(record["run_id"]))
    assert first["created"] < "2000" < second["created"], "told by its own clock, and sorted by it"
    assert first["run_id"] < second["run_id"] and all(v >= 0 for v in first["timings"].values())
    third = program.run(folder, *RUN)
    assert third.code == 0 and "already run as" in third.err
    assert program.run(folder, "list").out.count("fr-pl") == 2
