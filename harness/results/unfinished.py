"""Runs that left no record, in a line: how many there are, which, and where to read why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.results.store import RunInfo

_LONGEST = 160  # characters of why a run failed, in a line about something else
_NAMED = 3
MANY = 4
"""From so many damaged runs on, they share a line."""
SEE = "python -m harness list --failed"


def summary(runs: Sequence[RunInfo]) -> str:
    """`"3 failed, 1 damaged: ID, ID, ID and 1 more (python -m harness list --failed says why)"`."""
    counts = ", ".join(f"{n} {state}" for state, n in Counter(run.state for run in runs).items())
    newest = [run.run_id for run in reversed(runs)]
    more = f" and {len(newest) - _NAMED} more" if len(newest) > _NAMED else ""
    return f"{counts}: {', '.join(newest[:_NAMED])}{more} ({SEE} says why)"


def shortened(problem: str) -> str:
    """The beginning of a long reason."""
    return problem if len(problem) <= _LONGEST else f"{problem[: _LONGEST - 1].rstrip()}…"
