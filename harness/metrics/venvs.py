"""Environments for metrics whose packages conflict with ours: created on request, kept, never shared."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.common.files import digest, write_atomic
from harness.common.progress import note
from harness.errors import StageError, UnavailableError

_DONE = "harness-complete.txt"


def folder(name: str, requirements: Sequence[str]) -> Path:
    """Where this environment is kept: in MT_HARNESS_VENVS, by default `~/.cache/mt-harness/venvs`."""
    root = os.environ.get("MT_HARNESS_VENVS") or Path.home() / ".cache" / "mt-harness" / "venvs"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return Path(root) / f"{name}-{digest([version, *sorted(requirements)], 10)}"


def python(name: str, requirements: Sequence[str], install: bool, existing: str | None = None) -> Path:
    """The interpreter of the environment, which is created first if missing and `install`.

    `existing` is the folder of the user's own environment, used as it is. Raises
    UnavailableError when there is none and it may not be created, StageError when creation fails.
    """
    if existing is not None:
        found = _interpreter(Path(existing).expanduser())
        if not found.exists():
            raise UnavailableError(f"{name}: {existing} is not a virtual environment (no {found})")
        return found
    place = folder(name, requirements)
    if not (place / _DONE).exists():
        if not install:
            raise UnavailableError(
                f"{name} runs in its own environment, which does not exist yet ({place})."
                " Create it with install=true in its YAML or on the command line"
                f" (metrics.NAME.install=true); it installs: {', '.join(requirements) or 'nothing'}"
            )
        _make(name, place, requirements)
    return _interpreter(place)


def _interpreter(place: Path) -> Path:
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make(name: str, place: Path, requirements: Sequence[str]) -> None:
    """Build in place and mark it complete last; what a killed attempt left is removed first.

    Runs of a sweep that need the same environment wait for the first of them.
    """
    import portalocker  # comes with sacreBLEU

    place.parent.mkdir(parents=True, exist_ok=True)
    with portalocker.Lock(str(place) + ".lock", timeout=3600):
        if (place / _DONE).exists():
            return
        shutil.rmtree(place, ignore_errors=True)
        note(f"{name}: creating an environment in {place} (once)")
        # Our own pip installs into it (pip --python): a second pip would take longer than most packages.
        ours = importlib.util.find_spec("pip") is not None
        _run(name, [sys.executable, "-m", "venv", *(["--without-pip"] if ours else []), str(place)])
        inside = str(_interpreter(place))
        pip = [sys.executable, "-m", "pip", "--python", inside] if ours else [inside, "-m", "pip"]
        pip.append("--disable-pip-version-check")
        frozen = "nothing to install\n"
        if requirements:
            _run(name, [*pip, "install", "--quiet", *requirements])
            frozen = _run(name, [*pip, "freeze"])
        write_atomic(place / _DONE, frozen)


def _run(name: str, command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines or ["no output"]
        raise StageError(f"{name}: '{' '.join(command[1:3])} …' failed: {errors[-1].strip()}")
    return done.stdout
