"""Fixtures shared by all tests."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import Done, run_harness


@pytest.fixture
def harness(tmp_path: Path) -> Callable[..., Done]:
    """`run_harness` in an empty folder of the test's own."""
    return functools.partial(run_harness, cwd=tmp_path)
