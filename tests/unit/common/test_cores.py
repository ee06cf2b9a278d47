"""Threads never exceed what the process may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.common import threads


def test_threads_stay_within_affinity_and_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(threads, "_quota", lambda _: None)
    assert [threads.threads_here(own) for own in (1, 3, 64)] == [1, 3, 4]
    monkeypatch.setattr(threads, "_quota", lambda _: 2)
    assert [threads.threads_here(own) for own in (1, 64)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "cores"), [("200000 100000", 2), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_quota_of_a_container(text: str, cores: int | None, tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert threads._quota(tmp_path / "cpu.max") == cores
    assert threads._quota(tmp_path / "absent") is None
