"""The composite action's last step as GitHub runs it, and what the Dockerfile copies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.support.program import ROOT

ACTION = yaml.safe_load((ROOT / "action/action.yml").read_text(encoding="utf-8"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    lines = [f"Der Satz {k} hat einige Wörter mehr als der andere." for k in range(40)]
    outputs = {
        "ref.de": lines,
        "outs/base.hyp": [*lines[:30], *(line[:30] for line in lines[30:])],
        "outs/near.hyp": [*lines[:29], *(line[:30] for line in lines[29:])],
        "outs/poor.hyp": [line[:20] for line in lines],
    }
    (tmp_path / "outs").mkdir()
    for name, found in outputs.items():
        (tmp_path / name).write_text("\n".join(found) + "\n", encoding="utf-8")
    harness = tmp_path / "harness.sh"
    harness.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m harness "$@"\n')
    harness.chmod(0o755)
    return tmp_path


def step(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Exit code, summary, outputs and log of the step with these inputs, the others at their defaults."""
    given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(folder)}
    env["GITHUB_ACTION_PATH"] = str(ROOT / "action")
    for key, value in ACTION["runs"]["steps"][-1]["env"].items():
        name = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
        env[key] = given[name[1]] if name else str(folder / "harness.sh")
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        env[name] = str(folder / name)
        (folder / name).write_text("")
    script = ACTION["runs"]["steps"][-1]["run"]
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )
    written = (folder / "GITHUB_OUTPUT").read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in written)
    return done.returncode, (folder / "GITHUB_STEP_SUMMARY").read_text(), outputs, done.stderr


def test_a_worse_system_fails_the_job_and_a_tolerance_passes_it(checkout) -> None:
    words = {"score": "ref.de outs/*.hyp --pair en-de", "baseline": "base", "metric": "chrf"}
    code, summary, outputs, _ = step(checkout, **words)
    assert code == 1 and outputs["verdict"] == "failed"
    assert "poor is significantly worse than base in chrF2" in summary
    assert Path(outputs["summary"]).read_text() == summary
    code, summary, outputs, _ = step(checkout, baseline="base", metric="chrf", tolerance="100")
    assert code == 0 and outputs["verdict"] == "passed"
    code, _, outputs, _ = step(checkout, baseline="base", metric="chrf ter", gate="false", runs="base near")
    assert code == 0 and outputs["verdict"] == "compared"


def test_a_command_that_cannot_be_used_is_no_verdict(checkout) -> None:
    code, _, outputs, log = step(checkout, baseline="nothing")
    assert code == 2 and not outputs
    assert "harness compare: " in log


def test_inputs_are_never_run(checkout) -> None:
    step(checkout, score="ref.de outs/*.hyp --pair en-de", gate="false")
    evil = "$(touch pwned) `touch pwned`; touch pwned"
    for name in ("score", "baseline", "runs", "metric", "tolerance", "results"):
        step(checkout, **{"baseline": "base", name: evil})
    assert not (checkout / "pwned").exists()


def test_no_input_is_part_of_a_script() -> None:
    for part in ACTION["runs"]["steps"]:
        assert "${{" not in part.get("run", "")
    used = set(re.findall(r"inputs\.([\w-]+)", str(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_the_image_gets_all_that_the_wheel_is_made_of() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]}
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "pyproject.toml", project["project"]["readme"]}
    assert needed | set(project["project"]["license-files"]) <= copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored), "the context leaves out what is copied"
    pinned = [
        line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch==")
    ]
    assert len(pinned) == 1, "the first layer installs the one version"
