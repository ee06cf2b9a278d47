"""Fixtures shared by all tests."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.running import Done, run_harness

# The same examples on every machine however slow, so that a failure is never one of chance. Other examples
# every time, to look for new ones: pytest --hypothesis-profile=explore tests/unit
settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None)
settings.load_profile("suite")


@pytest.fixture
def harness(tmp_path: Path) -> Callable[..., Done]:
    """`run_harness` in an empty folder of the test's own."""
    return functools.partial(run_harness, cwd=tmp_path)
