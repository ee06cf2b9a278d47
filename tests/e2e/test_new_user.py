"""As a new user: the wheel in an environment of its own, an empty folder, a pair and parts of one's own."""

import json
import os
import re
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import PATIENCE, ROOT

MINE = ["--config-dir", "mine", "pair=de-cs", "data=my_news", "metrics=[chrf,word_recall]"]
Harness = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment's bin folder: the wheel is installed there, its dependencies are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=PATIENCE)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # Folders named in a .pth file are not searched for .pth files: an editable checkout is not seen.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    (found,) = folder.glob("*.whl")
    install = [
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        str(found),
    ]
    subprocess.run([sys.executable, *install], check=True, capture_output=True, timeout=PATIENCE)
    return python.parent


@pytest.fixture(scope="module")
def harness(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Harness:
    """The console script, run in a folder outside the repository."""
    folder = tmp_path_factory.mktemp("elsewhere")
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    env |= {"HF_HUB_OFFLINE": "1", "COLUMNS": "200", "XDG_CACHE_HOME": str(folder / "cache")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(wheel / "harness"), *words],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )

    run.folder = folder  # type: ignore[attr-defined]
    assert run("init", "mine").returncode == 0
    return run


def folder(harness: Harness) -> Path:
    return Path(harness.folder)  # type: ignore[attr-defined]


def test_it_is_the_wheel_that_runs(harness: Harness, wheel: Path) -> None:
    done = harness("doctor", "--offline")
    assert done.returncode == 0, done.stderr
    where = re.search(r"mt-harness +\S+ in (\S+)", done.stdout)
    assert where and Path(where[1]).is_relative_to(wheel.parent), done.stdout
    assert "not installed: pip install 'mt-harness[" in done.stdout or "installed" in done.stdout
    assert "joblib" in done.stdout, "the extras are read from the wheel's metadata"


def test_the_shipped_seeds_are_in_the_wheel(harness: Harness) -> None:
    done = harness("doctor", "pair=fr-pl", "model=gloss")
    assert "4 documents in fr, 1 in pl" in done.stdout, done.stderr


def test_the_embedded_checkpoint_translates_from_the_wheel(harness: Harness) -> None:
    done = harness("run", "model=tiny", "engine.beams=1")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\btiny\b", harness("list").stdout)


def test_own_pair_set_engine_and_metric_from_run_to_report(harness: Harness) -> None:
    done = harness("run", "-m", *MINE, "model=my_model,copy")
    assert done.returncode == 0, done.stderr
    assert "2 finished, 0 skipped, 0 failed" in done.stderr
    listed = harness("list")
    assert "my_model" in listed.stdout and "word_recall" in listed.stdout and "de-cs" in listed.stdout
    shown = harness("show", "my_model")
    assert "word_recall|tok:space" in shown.stdout, shown.stderr
    compared = harness("compare", "--baseline", "copy", "--config-dir", "mine")
    assert compared.returncode == 0, compared.stderr
    assert "my_model" in compared.stdout and "word_recall" in compared.stdout
    reported = harness("report", "-o", "report.html", "--config-dir", "mine")
    assert reported.returncode == 0, reported.stderr
    page = (folder(harness) / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")


def test_the_loader_of_the_documentation(harness: Harness) -> None:
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    (code,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
        if "class Alternating" in block
    ]
    (config,) = [
        block for block in re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL) if "Alternating" in block
    ]
    mine = folder(harness) / "mine"
    (mine / "my_loader.py").write_text(code)
    (mine / "data" / "alternating.yaml").write_text(config.replace("my_parts", "my_loader"))
    (folder(harness) / "both.txt").write_text("Der Bus.\nAutobus.\nDer Zug.\nVlak.\n")
    own = ["--config-dir", "mine", "pair=de-cs", "data=alternating", "model=my_model", "metrics=chrf"]
    missing = harness("run", *own)
    assert missing.returncode == 2 and "data.path" in missing.stderr
    done = harness("run", *own, "data.path=both.txt", "data.sample=1", "tag=alternating")
    assert done.returncode == 0, done.stderr
    record = json.loads(harness("show", "alternating", "--json").stdout)
    assert record["data"]["n"] == 1 and record["data"]["meta"]["subset"]["of"] == 2
    odd = folder(harness) / "odd.txt"
    odd.write_text("a\n")
    refused = harness("run", *own, "data.path=odd.txt")
    assert refused.returncode == 2 and "1 lines; expected an even number" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_commands_of_the_starter_folder(harness: Harness) -> None:
    readme = (folder(harness) / "mine" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    python -m harness (.*)$", readme, flags=re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        words = [word.strip("'") for word in command.split()]
        done = harness(*words)
        assert done.returncode == 0, f"{command}: {done.stderr}"
