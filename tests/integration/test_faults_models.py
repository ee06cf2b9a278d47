"""A converted model that the disk damaged, and a conversion that was killed: said, and made again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.errors import StageError
from harness.protocols import Batch
from harness.registry import build
from tests.support import tiny_checkpoints as checkpoints
from tests.support.program import ROOT

pytest.importorskip("ctranslate2")
SOURCES = ["Bonjour.", "Le président a parlé."]


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"))


def engine(marian: Path, cache: Path) -> Any:
    config = {"kind": "ctranslate2", "beams": 1, "max_new_tokens": 8, "threads": 1, "cache": str(cache)}
    model = {"name": "m", "family": "marian", "path": str(marian)}
    return build("engine", config, model=model, src="fr", tgt="pl")


def outputs(marian: Path, cache: Path) -> list[str]:
    found = [pair for batch in engine(marian, cache).translate(Batch(SOURCES)) for pair in batch]
    return [translation.hypothesis for _, translation in sorted(found, key=lambda pair: pair[0])]


# Killed at the worst moment: all is written, and the folder has not got its name yet.
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.integration.test_faults_models import outputs
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
outputs(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_killed_conversion_leaves_nothing_that_is_used(marian: Path, tmp_path: Path) -> None:
    whole = outputs(marian, tmp_path / "whole")
    # A process of its own: a fork of one that has the threads of PyTorch may wait for them forever.
    command = [sys.executable, "-c", KILLED, str(marian), str(tmp_path / "killed")]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    assert outputs(marian, tmp_path / "killed") == whole


@pytest.mark.parametrize("damage", ["a byte", "truncated", "vocabulary"])
def test_a_damaged_conversion_is_named_and_made_again(damage: str, marian: Path, tmp_path: Path) -> None:
    whole = outputs(marian, tmp_path)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    victim = next(folder.glob("*vocabulary.json")) if damage == "vocabulary" else folder / "model.bin"
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data[: len(data) // 2] if damage == "truncated" else data)
    with pytest.raises(
        StageError, match="the converted model is damaged; delete this folder to convert it again"
    ):
        outputs(marian, tmp_path)
    shutil.rmtree(folder)
    assert outputs(marian, tmp_path) == whole
