"""What a record says of the checkout, and what it leaves there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.common import environment


def test_asking_git_leaves_the_checkout_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain `git status` renews the index under a lock; killed at that moment it would leave the lock."""
    package = tmp_path / "harness"
    package.mkdir()
    (package / "environment.py").write_text("")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    os.utime(package / "environment.py", (1, 1))  # unchanged, but the index does not know
    index = tmp_path / ".git" / "index"
    before = index.read_bytes()
    monkeypatch.setattr(environment, "__file__", str(package / "common" / "environment.py"))
    assert environment._git("status", "--porcelain") == ""
    assert index.read_bytes() == before
    subprocess.run([*git, "status"], check=True, capture_output=True)
    assert index.read_bytes() != before, "without the precaution git would have written"
