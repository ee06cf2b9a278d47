"""Which lines of a test set are scored."""

from __future__ import annotations

import dataclasses
import hashlib
import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, islice
from typing import Any, Literal

import numpy as np

from harness.common.limits import Count, Natural
from harness.common.options import checked, parameters
from harness.common.values import convert
from harness.data import spool
from harness.errors import DataError
from harness.types import Bitext, Item


@dataclasses.dataclass(frozen=True, slots=True)
class Subset:
    """Which lines of a set are scored: a drawn sample, the first `limit`, with or without empty ones."""

    sample: Count | None = None
    seed: Natural = 0
    limit: Count | None = None
    empty: Literal["keep", "drop"] = "keep"

    @classmethod
    def of(cls, options: Mapping[str, Any], limit: int | None) -> Subset:
        """The subset that the data YAML declares. Raises ConfigError for a value out of range."""
        written = {name: options[name] for name in SHARED if name in options}
        return cls(
            limit=convert("limit", limit, Count | None), **checked("a data set", written, SHARED, "data")
        )

    def of_bitext(self, bitext: Bitext) -> Bitext:
        """The lines kept of a bitext, with the notes of `of_items` in its `meta`."""
        items, notes = self.of_items(bitext.items, bitext.name, bitext.has_source)
        return dataclasses.replace(bitext, items=items, meta={**bitext.meta, **notes})

    def of_items(
        self, items: Iterable[Item], name: str, sources: bool = True
    ) -> tuple[Sequence[Item], dict[str, Any]]:
        """The items kept, in their order, and the notes for `meta`: `subset` where some were left out.

        Of several references the blank ones are left out (a set may have a second one for some lines only),
        counted as `blank_references`.

        One pass to the end (so that errors at the end of a file are found), in bounded memory: what is kept
        of a large set is a `Spool`. `sample` draws without replacement by a hash of seed, position and id:
        the same lines for both directions of a pair, on any machine. `limit` then keeps the first ones.
        """
        read = {"of": 0, "dropped": 0, "blank": 0}
        kept = spool.collect(self._kept(self._counted(items, read, sources)))
        of = read["of"]
        if not kept:
            left_out = f": all {of} lines are empty" if of else ""
            raise DataError(f"{name}: no line to score{left_out}")
        found: dict[str, Any] = {"blank_references": read["blank"]} if read["blank"] else {}
        if len(kept) == of:
            return kept, found
        notes: dict[str, Any] = {"of": of, "kept": len(kept), "limit": self.limit}
        if self.sample is not None:
            notes |= {"sample": self.sample, "seed": self.seed}
        if self.empty == "drop":
            notes["dropped_empty"] = read["dropped"]
        return kept, {**found, "subset": notes}

    def _counted(
        self, items: Iterable[Item], read: dict[str, int], sources: bool
    ) -> Iterator[tuple[int, Item]]:
        """The items that may be kept, with their position; what is seen on the way is counted in `read`.

        Without `sources` an item is empty where its references are.
        """
        for position, whole in enumerate(items):
            read["of"] += 1
            item = _without_blank(whole)
            read["blank"] += len(whole.references) - len(item.references)
            if self.empty == "drop" and _is_empty(item, sources):
                read["dropped"] += 1
            else:
                yield position, item

    def _kept(self, candidates: Iterator[tuple[int, Item]]) -> Iterator[Item]:
        if self.sample is not None:
            draw = _drawn_of_many if self.sample > spool.SPILL else _drawn
            yield from islice(draw(candidates, self.sample, self.seed), self.limit)
            return
        for taken, (_, item) in enumerate(candidates):
            if self.limit is None or taken < self.limit:
                yield item  # and read on to the end


SHARED = parameters(Subset, given=("limit",))
"""The options that every data set has, beside those of its loader."""


def _drawn(candidates: Iterator[tuple[int, Item]], sample: int, seed: int) -> Iterator[Item]:
    """Those with the `sample` smallest keys, in order; memory holds no more."""
    drawn: list[tuple[int, int, Item]] = []  # a heap: the largest key, negated, comes first
    for position, item in candidates:
        entry = (-_key(seed, position, item.id), position, item)
        if len(drawn) < sample:
            heapq.heappush(drawn, entry)
        elif entry[0] > drawn[0][0]:
            heapq.heapreplace(drawn, entry)
    return (item for _, _, item in sorted(drawn, key=lambda entry: entry[1]))


def _drawn_of_many(candidates: Iterator[tuple[int, Item]], sample: int, seed: int) -> Iterator[Item]:
    """As `_drawn`, by way of the disk: memory holds the keys."""
    keys = array("Q")

    def keyed() -> Iterator[Item]:
        for position, item in candidates:
            keys.append(_key(seed, position, item.id))
            yield item

    every = spool.collect(keyed())
    chosen = np.zeros(len(keys), dtype=bool)
    chosen[np.argsort(np.frombuffer(keys, dtype=np.uint64), kind="stable")[:sample]] = True
    return compress(every, chosen)


def _is_empty(item: Item, sources: bool) -> bool:
    return (sources and not item.source.strip()) or not any(
        reference.strip() for reference in item.references
    )


def _without_blank(item: Item) -> Item:
    if len(item.references) < 2 or all(reference.strip() for reference in item.references):
        return item
    references = tuple(reference for reference in item.references if reference.strip())
    return dataclasses.replace(item, references=references or item.references[:1])


def _key(seed: int, position: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\t{position}\t{name}".encode()).digest()[:8])
