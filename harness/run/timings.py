"""Which stage is running, and how long each took: for error.json and a record's timings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness.common.progress import working


class Stages:
    """Names the stage that is running and sums the seconds of each."""

    def __init__(self) -> None:
        self.current = "configure"
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self.current = name
        working(name)
        begin = time.perf_counter()
        yield
        self.add({name: time.perf_counter() - begin})

    def add(self, seconds: dict[str, float]) -> None:
        """Count what was spent elsewhere: the workers' seconds are summed, however many there are."""
        for name, spent in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
