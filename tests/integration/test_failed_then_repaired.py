"""A run that failed is told in one line by `list` and `compare`, and by nobody once it was repaired."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import main
from tests.support.program import ROOT

Printed = pytest.CaptureFixture[str]
LINES = [f"Das ist der Satz Nummer {k}." for k in range(12)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("ref.de", LINES)
    write("good.hyp", LINES)
    write("short.hyp", LINES[:3])
    return tmp_path


def write(name: str, lines: list[str]) -> None:
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def told(capsys: Printed, *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().err


def score(name: str, *more: str) -> int:
    return main(["score", "ref.de", name, "--pair", "en-de", "--metrics", "bleu", *more])


def translate(*more: str) -> int:
    """A run by a program of the user's, `tool.sh`."""
    pair = ["data=bitext", "data.src=ref.de", "data.tgt=ref.de", "pair.src=en", "pair.tgt=de"]
    return main(
        ["run", *pair, "model=copy", "engine=command", "engine.command=sh tool.sh", "metrics=bleu", *more]
    )


def failed() -> list[dict[str, str]]:
    return [json.loads(path.read_text()) for path in Path("results/runs").glob("*/error.json")]


def test_one_line_where_it_matters_until_it_is_repaired(capsys: Printed, tmp_path: Path) -> None:
    write("tool.sh", ["echo no room >&2", "exit 3"])
    assert score("good.hyp") == 0 and translate() == 1 and translate() == 1
    capsys.readouterr()
    assert told(capsys, "list").count("2 failed") == 1
    assert told(capsys, "compare").count("2 failed") == 1
    for verb in (
        ["report", "-o", "r.html"],
        ["export", "csv"],
        ["history"],
        ["compare", "good"],
        ["show", "good"],
    ):
        assert "failed" not in told(capsys, *verb), verb
    assert all(len(one["configuration"]) == 64 and "repaired" not in one for one in failed())

    write("tool.sh", ["cat"])
    assert translate("tag=again") == 0
    capsys.readouterr()
    for verb in (["list"], ["compare"]):
        assert "failed" not in told(capsys, *verb), verb
    assert main(["list", "--failed"]) == 0
    out = capsys.readouterr().out
    assert out.count("(repaired by ") == 2 and "no room" in out
    assert "2 runs would be deleted" in told(capsys, "prune", "--failed", "--dry-run")


def test_another_configuration_repairs_nothing(capsys: Printed) -> None:
    write("tool.sh", ["exit 3"])
    assert translate() == 1 and score("good.hyp") == 0
    assert "failed" in told(capsys, "list").splitlines()[-1]
    assert "repaired" not in failed()[0]


def test_a_failed_run_that_is_named_is_explained(capsys: Printed) -> None:
    write("tool.sh", ["echo no room >&2", "exit 3"])
    assert score("good.hyp") == 0 and translate() == 1
    name = next(Path("results/runs").glob("*/error.json")).parent.name
    capsys.readouterr()
    assert "no room" in told(capsys, "compare", "good", name)


def test_a_failed_run_is_deleted_by_its_id(capsys: Printed) -> None:
    write("tool.sh", ["echo no room >&2", "exit 3"])
    assert score("good.hyp") == 0 and translate() == 1
    name = next(Path("results/runs").glob("*/error.json")).parent.name
    capsys.readouterr()
    assert "1 run would be deleted" in told(capsys, "rm", name, "--dry-run")
    assert "deleted 1 run" in told(capsys, "rm", name)
    assert not failed() and len(list(Path("results/runs").glob("*/record.json"))) == 1
    assert "deleted 1 run" in told(capsys, "rm", "good")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_output_is_named(unbuffered: str) -> None:
    assert score("good.hyp") == 0
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "harness", "list"],
            env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1 and "stdout: No space left on device" in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "ref.de", "short.hyp", "--pair", "en-de"],
        ["run", "data=bitext", "data.src=ref.de", "model=copy"],
        ["run", "data=bitext", "data.src=ref.de", "data.tgt=short.hyp", "model=copy"],
        ["run", "data=bitext", "data.src=ref.de", "data.tgt=nowhere", "model=copy"],
        ["run", "data=bitext", "data.src=ref.de", "data.tgt=ref.de", "model=opus-mt", "model.path=nowhere"],
        [
            "run", "data=bitext", "data.src=ref.de", "data.tgt=ref.de", "model=copy", "engine=command",
            "engine.command=no-such-program-anywhere",
        ],
        ["run", "-m", "data=bitext", "data.src=ref.de", "data.tgt=nowhere,short.hyp", "model=copy"],
    ],
)  # fmt: skip
def test_what_the_user_has_to_put_right_leaves_no_run(arguments: list[str], capsys: Printed) -> None:
    assert main(arguments) in (1, 2) and capsys.readouterr().err
    assert not [path for path in Path().glob("results/runs/*") if path.is_dir()]
    assert score("good.hyp") == 0
    capsys.readouterr()
    for verb in (["list"], ["compare"], ["history"]):
        err = told(capsys, *verb)
        assert "failed" not in err and "crashed" not in err, err
