"""Fixtures shared by all tests."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.running import Done
from tests.zygote import Zygote, zygote

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


@pytest.fixture(scope="session")
def program() -> Iterator[Zygote]:
    """The program, loaded once; each of its runs is a process of its own."""
    with zygote() as made:
        yield made


@pytest.fixture
def harness(program: Zygote, tmp_path: Path) -> Callable[..., Done]:
    """What `run_harness` does, in an empty folder of the test's own, without the time to load the program."""
    return functools.partial(program.done, tmp_path)
