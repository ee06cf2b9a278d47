"""Progress on stderr: a bar in a terminal, nothing in a log file or pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
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


Watcher = Callable[[str, int, int | None], None]
"""Told the task, how much of it is done, and of how much (None: unknown)."""

_shown: list[str] = []  # the bars that are open, the outermost first
_watchers: list[Watcher] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Tell `watcher` too what the outermost bar shows, and what `working` names."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def working(task: str, done: int = 0, total: int | None = None) -> None:
    """Tell those who watch what is being done."""
    for watcher in _watchers:
        watcher(task, done, total)


@contextmanager
def hidden() -> Iterator[None]:
    """Show no bar within."""
    _shown.append("")
    try:
        yield
    finally:
        _shown.remove("")


class Ticker:
    """Counts finished units of one task."""

    def __init__(self, progress: Progress, task: int, outermost: bool) -> None:
        self._progress = progress
        self._task = task
        self._outermost = outermost
        self._done = 0

    def advance(self, n: int = 1) -> None:
        from rich.progress import TaskID

        self._progress.advance(TaskID(self._task), n)
        self._done += n
        if self._outermost:
            shown = self._progress.tasks[0]
            working(shown.description, self._done, None if shown.total is None else int(shown.total))


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
        outermost = not _shown
        _shown.append(description)
        try:
            if outermost:
                working(description, 0, total)
            yield Ticker(progress, progress.add_task(description, total=total), outermost)
        finally:
            _shown.remove(description)
