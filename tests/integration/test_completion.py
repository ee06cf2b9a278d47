"""Completion in the shells that are here: what the user gets at the cursor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.completing import candidates
from harness.cli.main import VERBS, main
from harness.cli.verbs.completion import SCRIPTS
from harness.results.store import Store
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus
from tests.support.program import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of one tagged run, and `harness` on the path."""
    root = tmp_path_factory.mktemp("shell")
    _, outputs, references = corpus(12)
    write_run(root / "results", "20260101-000000-abcd1234", "gloss", outputs, references, tag="release",
              metrics={"chrf": METRICS["chrf"]})  # fmt: skip
    program = root / "bin/harness"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m harness "$@"\n')
    program.chmod(0o755)
    return root


@pytest.mark.parametrize(
    ("line", "wanted", "unwanted"),
    [
        ("co", ["compare", "completion"], ["run"]),
        ("run mo", ["model="], ["pair="]),
        ("run model=gl", ["model=gloss"], ["model=copy"]),
        ("run -m model=copy,gl", ["model=copy,gloss"], []),
        ("run metrics=ch", ["metrics=chrf", "metrics=chrfpp"], []),
        ("compare --met", ["--metric"], ["--format"]),
        ("compare --format g", ["github"], ["table"]),
        ("compare --baseline r", ["release"], ["gloss"]),
        ("show 2026", ["20260101-000000-abcd1234"], ["release"]),
        ("tag rel", ["release"], []),
        ("list mod", ["model"], ["metrics"]),
        ("completion ", ["bash", "fish", "zsh"], []),
        ("nonsense ", [], ["run"]),
    ],
)
def test_candidates(folder, monkeypatch, line, wanted, unwanted) -> None:
    monkeypatch.chdir(folder)
    found = candidates(line.split(" "))
    assert set(wanted) <= set(found)
    assert not set(unwanted) & set(found)
    assert all(word.startswith(line.split(" ")[-1]) for word in found)


def test_groups_of_the_users_own_folder(folder, monkeypatch, tmp_path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/our_own.yaml").write_text("kind: x\n")
    assert candidates(["run", "--config-dir", str(tmp_path), "model=our"]) == ["model=our_own"]


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "run"])
def test_options_of_every_verb(verb, folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    assert "--help" in candidates([verb, "--"])


def in_shell(folder: Path, shell: str, script: str) -> list[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [shell, "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "reply"),
    [("harness comp", ["compare", "completion"]), ("harness run model=glo", ["gloss"]),
     ("harness run mod", ["model="]), ("harness tag rele", ["release"]), ("harness show ref", [])],
)  # fmt: skip
def test_bash(folder, line, reply) -> None:
    """As readline calls it; words are cut at =, so only what stands behind it is the reply."""
    script = f"""eval "$(harness completion bash)"; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}
    _harness; printf '%s\\n' "${{COMPREPLY[@]}}" """
    assert in_shell(folder, "bash", script) == reply


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish: apt-get install fish")
def test_fish(folder) -> None:
    script = (
        "harness completion fish | source; complete -C 'harness run model=glo'; complete -C 'harness tag rel'"
    )
    assert in_shell(folder, "fish", script) == ["model=gloss", "release"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh: apt-get install zsh")
def test_zsh_accepts_the_script(folder) -> None:
    script = 'autoload -Uz compinit; compinit -u; eval "$(harness completion zsh)"; print $_comps[harness]'
    assert in_shell(folder, "zsh", script) == ["_harness"]


def test_a_shell_that_is_not_known(capsys) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
    assert main(["completion"]) == 2
    assert all(shell in capsys.readouterr().err for shell in [*SCRIPTS][:1])


def test_a_store_with_a_damaged_run_still_completes(folder, tmp_path, monkeypatch) -> None:
    shutil.copytree(folder / "results", tmp_path / "results")
    bad = Store(tmp_path / "results").run_dir("bad")
    bad.mkdir()
    (bad / "record.json").write_text("{")
    monkeypatch.chdir(tmp_path)
    assert candidates(["show", "rel"]) == ["release"]
