"""Fixtures shared by all tests."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.forked_program import Zygote, zygote
from tests.support.program import Done

# What someone has set, or has in a cache, does not decide what the tests find.
_CACHES = tempfile.mkdtemp(prefix="mt-harness-tests-")
_SET = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "SACREBLEU", "SACREBLEU_SEED", "OPENAI_API_KEY",
        "HARNESS_CORES", "MT_HARNESS_VENVS")  # fmt: skip
for _name in [name for name in os.environ if name in _SET or name.startswith(("HF_", "TTY_"))]:
    del os.environ[_name]
os.environ |= {"HF_HOME": f"{_CACHES}/hf", "XDG_CACHE_HOME": _CACHES}

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped and why, in the last lines: a line a reason, the most frequent first."""
    reasons = Counter(
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    )
    for reason, count in reasons.most_common():
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.write_line(f"skipped {tests}: {reason.removeprefix('Skipped: ')}")


def pytest_unconfigure() -> None:
    shutil.rmtree(_CACHES, ignore_errors=True)


@pytest.fixture(scope="session")
def program() -> Iterator[Zygote]:
    """The program, loaded once; each of its runs is a process of its own."""
    with zygote() as made:
        yield made


@pytest.fixture
def harness(program: Zygote, tmp_path: Path) -> Callable[..., Done]:
    """What `run_harness` does, in an empty folder of the test's own, without the time to load the program."""
    return functools.partial(program.done, tmp_path)
