"""Comparisons for the pages: computed once for each question and state of the store, then kept."""

from __future__ import annotations

import argparse
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar, cast

from harness.common.progress import hidden
from harness.compare.alignment import AlignmentView
from harness.compare.ask import evaluated, grid_of, sets_asked
from harness.compare.evaluate import Result
from harness.compare.groups import TestSet
from harness.errors import ConfigError
from harness.serve.asking import arguments
from harness.serve.catalogue import Catalogue

Query = Sequence[tuple[str, str]]
Found = TypeVar("Found")
_KEPT = 12  # loaded sets, comparisons and indexes; one of 16 systems and 3,000 segments takes about 150 MB


class Comparisons:
    """Answers `compare` by an address. One computation at a time, so that requests share its result."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = Lock()

    def results(self, query: Query) -> tuple[list[tuple[Result, AlignmentView | None]], list[str]]:
        """What `compare` finds, and a line for each run that was left out. Raises UserError."""
        args = self._arguments(query)
        sets, problems = self._loaded(query)

        def compute() -> list[tuple[Result, AlignmentView | None]]:
            return evaluated(args, self.catalogue, sets, grid_of(args.grid))

        return self.once("results", tuple(query), compute), problems

    def _loaded(self, query: Query) -> tuple[list[TestSet], list[str]]:
        args = self._arguments(query)
        return self.once("sets", tuple(query), lambda: sets_asked(args, self.catalogue))

    def test_set(self, query: Query, place: str) -> TestSet:
        """One of the test sets compared, by its number in an address; no test is computed for it."""
        sets, _ = self._loaded(query)
        if not place.isdecimal() or int(place) >= len(sets):
            raise ConfigError(f"set={place}: there are {len(sets)} test sets, numbered from 0")
        return sets[int(place)]

    def once(self, kind: str, key: Any, compute: Callable[[], Found]) -> Found:
        """What `compute` returned for this key in this state of the store."""
        with self._lock:
            self.catalogue.runs()
            full = kind, key, self.catalogue.version
            if full in self._kept:
                self._kept.move_to_end(full)
                return cast(Found, self._kept[full])
            with hidden():
                found = self._kept[full] = compute()
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found

    def _arguments(self, query: Query) -> argparse.Namespace:
        return arguments("compare", query, str(self.catalogue.root))
