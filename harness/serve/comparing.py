"""Comparisons for the pages: computed once for each question and state of the store, then kept."""

from __future__ import annotations

import argparse
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar, cast

from harness.common.progress import hidden
from harness.compare.alignment import AlignmentView
from harness.compare.ask import evaluated, grid_of, sets_asked
from harness.compare.evaluate import Result
from harness.compare.groups import TestSet
from harness.errors import ConfigError
from harness.judge.marks import People
from harness.serve.asking import arguments
from harness.serve.catalogue import Catalogue

Query = Sequence[tuple[str, str]]
Found = TypeVar("Found")
_KEPT = 8  # of each kind: loaded sets (16 × 3,000 short segments take some 30 MB), comparisons, indexes
_SELECTING = ("runs", "baseline", "common", "all", "since", "strict", "level", "fail_if_worse")
"""The options that decide which segments are read; the others share what was."""


class Comparisons:
    """Answers `compare` by an address. Who asks for what is being computed waits for it; others do not."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.people = People(catalogue.root)
        self._kept: OrderedDict[Any, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def results(self, query: Query) -> tuple[list[tuple[Result, AlignmentView | None]], list[str]]:
        """What `compare` finds, and a line for each run that was left out. Raises UserError."""
        args, version = self._arguments(query), self._version()
        sets, problems = self._loaded(query, version)

        def compute() -> list[tuple[Result, AlignmentView | None]]:
            return evaluated(args, self.catalogue, sets, grid_of(args.grid))

        return self.once("results", tuple(query), compute, version), problems

    def _loaded(self, query: Query, version: int) -> tuple[list[TestSet], list[str]]:
        asked = [pair for pair in query if pair[0] in _SELECTING]
        args = self._arguments(asked)
        return self.once("sets", tuple(asked), lambda: sets_asked(args, self.catalogue), version)

    def _version(self) -> int:
        self.catalogue.runs()
        return self.catalogue.version

    def test_set(self, query: Query, place: str) -> TestSet:
        """One of the test sets compared, by its number in an address; no test is computed for it."""
        sets, _ = self._loaded(query, self._version())
        if not place.isdecimal() or int(place) >= len(sets):
            raise ConfigError(f"set={place}: there are {len(sets)} test sets, numbered from 0")
        return sets[int(place)]

    def once(self, kind: str, key: Any, compute: Callable[[], Found], version: int = -1) -> Found:
        """What `compute` returned for this key in this version of the store; an error is not kept."""
        full = kind, key, version
        with self._lock:
            known = self._kept.get(full)
            if known is not None:
                self._kept.move_to_end(full)
            else:
                mine: Future[Found] = Future()
                self._kept[full] = mine
                for old in [one for one in self._kept if one[0] == kind][:-_KEPT]:
                    del self._kept[old]
        if known is not None:
            return cast(Found, known.result())
        try:
            with hidden():
                mine.set_result(compute())
        except BaseException as error:
            with self._lock:
                self._kept.pop(full, None)
            mine.set_exception(error)
        return mine.result()

    def _arguments(self, query: Query) -> argparse.Namespace:
        return arguments("compare", query, str(self.catalogue.root))
