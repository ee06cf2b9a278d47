"""What every loader shares, a user's own too: the subset that was asked for, empty lines, and checks."""

from __future__ import annotations

import dataclasses
import hashlib
import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from harness import registry
from harness.data.checks import check_documents, check_items
from harness.data.parallel import ParallelSet
from harness.errors import ConfigError, DataError, did_you_mean
from harness.types import Bitext, DocumentSet, Item

SHARED = ("sample", "seed", "empty")
_EMPTY = ("keep", "drop")


def load(options: Mapping[str, Any], src: str, tgt: str, limit: int | None = None) -> DocumentSet | Bitext:
    """Build the loader that the data YAML `options` names, read the pair, keep the subset asked for.

    `sample`, `seed`, `empty` in `options` and `limit` are for every loader and take lines of a bitext.
    Documents come back whole: the pipeline calls `take` on the bitext that alignment makes of them.
    `meta` of the result has `warnings` (one line each) and, for a bitext, `counts` and perhaps `subset`.
    Raises DataError for bad data and where nothing is left to score.
    """
    subset = Subset.of(options, limit)
    loader = registry.build("data", {k: v for k, v in options.items() if k not in SHARED})
    if isinstance(loader, ParallelSet):
        reading = loader.read(src, tgt)
        items, notes = subset.of_items(reading.items, reading.name)
        loaded = Bitext(reading.name, items, reading.inputs(), {**reading.meta, **notes})
    else:
        whole: DocumentSet | Bitext = loader.load(src, tgt)
        if isinstance(whole, DocumentSet):
            warnings = [*whole.meta.get("warnings", ()), *check_documents([*whole.src, *whole.tgt])]
            return dataclasses.replace(whole, meta={**whole.meta, "warnings": warnings})
        items, notes = subset.of_items(whole.items, whole.name)
        loaded = dataclasses.replace(whole, items=items, meta={**whole.meta, **notes})
    return _checked(loaded, src, tgt)


def take(bitext: Bitext, options: Mapping[str, Any], limit: int | None = None) -> Bitext:
    """The subset that `sample`, `seed`, `empty` of the data YAML and `limit` declare, recorded in `meta`."""
    items, notes = Subset.of(options, limit).of_items(bitext.items, bitext.name)
    return dataclasses.replace(bitext, items=items, meta={**bitext.meta, **notes})


def _checked(bitext: Bitext, src: str, tgt: str) -> Bitext:
    seen: set[str] = set()
    for item in bitext.items:
        if item.id in seen:
            raise DataError(f"{bitext.name}: the id '{item.id}' is there twice; ids must tell lines apart")
        seen.add(item.id)
    counts, warnings = check_items(bitext.items, src, tgt)
    meta = {
        **bitext.meta,
        "counts": {**bitext.meta.get("counts", {}), **counts},
        "warnings": [*bitext.meta.get("warnings", ()), *warnings],
    }
    return dataclasses.replace(bitext, meta=meta)


@dataclasses.dataclass(frozen=True, slots=True)
class Subset:
    """Which lines of a set are scored: a drawn sample, the first `limit`, with or without empty ones."""

    sample: int | None
    seed: int
    limit: int | None
    empty: str

    @classmethod
    def of(cls, options: Mapping[str, Any], limit: int | None) -> Subset:
        sample, seed, empty = options.get("sample"), options.get("seed", 0), options.get("empty", "keep")
        for name, value, least in (("data.sample", sample, 1), ("limit", limit, 1), ("data.seed", seed, 0)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise ConfigError(f"{name}={value}: needs a whole number from {least} up, or null")
        if empty not in _EMPTY:
            raise ConfigError(f"data.empty={empty}: keep or drop.{did_you_mean(str(empty), _EMPTY)}")
        return cls(sample, seed or 0, limit, empty)

    def of_items(self, items: Iterable[Item], name: str) -> tuple[tuple[Item, ...], dict[str, Any]]:
        """The items kept, in their order, and the notes for `meta`: `subset` where some were left out.

        Of several references the blank ones are left out (a set may have a second one for some lines only),
        counted as `blank_references`.

        One pass to the end (so that errors at the end of a file are found) that holds no more than it keeps.
        `sample` draws without replacement by a hash of seed, position and id: the same lines for both
        directions of a pair, on any machine. `limit` then keeps the first ones.
        """
        kept: list[Item] = []
        drawn: list[tuple[int, int, Item]] = []  # a heap: the largest key, negated, comes first
        of = dropped = blank = 0
        for position, whole in enumerate(items):
            of += 1
            item = _without_blank(whole)
            blank += len(whole.references) - len(item.references)
            if self.empty == "drop" and _is_empty(item):
                dropped += 1
            elif self.sample is not None:
                entry = (-_key(self.seed, position, item.id), position, item)
                if len(drawn) < self.sample:
                    heapq.heappush(drawn, entry)
                elif entry[0] > drawn[0][0]:
                    heapq.heapreplace(drawn, entry)
            elif self.limit is None or len(kept) < self.limit:
                kept.append(item)
        if self.sample is not None:
            kept = [item for _, _, item in sorted(drawn, key=lambda entry: entry[1])][: self.limit]
        if not kept:
            left_out = f": all {of} lines are empty" if of else ""
            raise DataError(f"{name}: no line to score{left_out}")
        found: dict[str, Any] = {"blank_references": blank} if blank else {}
        if len(kept) == of:
            return tuple(kept), found
        notes: dict[str, Any] = {"of": of, "kept": len(kept), "limit": self.limit}
        if self.sample is not None:
            notes |= {"sample": self.sample, "seed": self.seed}
        if self.empty == "drop":
            notes["dropped_empty"] = dropped
        return tuple(kept), {**found, "subset": notes}


def _is_empty(item: Item) -> bool:
    return not item.source.strip() or not any(reference.strip() for reference in item.references)


def _without_blank(item: Item) -> Item:
    if len(item.references) < 2 or all(reference.strip() for reference in item.references):
        return item
    references = tuple(reference for reference in item.references if reference.strip())
    return dataclasses.replace(item, references=references or item.references[:1])


def _key(seed: int, position: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\t{position}\t{name}".encode()).digest()[:8])
