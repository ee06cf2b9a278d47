"""Progress on stderr: a bar in a terminal, nothing in a log file or pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.common.secrets import redacted
from harness.common.terminal import visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def console(stderr: bool = True) -> Console:
    """A rich console on stderr (the default) or stdout."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def note(message: str) -> None:
    """One line for the user on stderr."""
    print(visible_line(redacted(message)), file=sys.stderr, flush=True)


_shown: list[str] = []  # the bars that are open, the outermost first


class Ticker:
    """Counts finished units of one task."""

    def __init__(self, progress: Progress, task: int) -> None:
        self._progress = progress
        self._task = task

    def advance(self, n: int = 1) -> None:
        from rich.progress import TaskID

        self._progress.advance(TaskID(self._task), n)


@contextmanager
def bar(description: str, total: int | None, unit: str = "segments") -> Iterator[Ticker]:
    """A bar with count, rate (`unit`/s) and time left; shown only when stderr is a terminal.

    Within another bar nothing is shown: the outer bar covers the whole.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.1f} {unit}/s" if speed else f"– {unit}/s")

    out = console()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=out,
        transient=True,
        disable=not out.is_terminal or bool(_shown),
    ) as progress:
        _shown.append(description)
        try:
            yield Ticker(progress, progress.add_task(description, total=total))
        finally:
            _shown.pop()
