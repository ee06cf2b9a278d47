"""What every loader shares, a user's own too: the subset that was asked for, and checks of a bitext."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

from harness import registry
from harness.errors import ConfigError, DataError
from harness.types import Bitext, DocumentSet


def load(options: Mapping[str, Any], src: str, tgt: str, limit: int | None = None) -> DocumentSet | Bitext:
    """Build the loader that the data YAML `options` names, read the pair, keep the subset asked for.

    `sample` and `seed` in `options` and `limit` are for every loader and take lines of a bitext. Documents
    come back whole: the pipeline calls `take` on the bitext that alignment makes of them.
    Raises DataError where nothing is left to score.
    """
    own = {key: value for key, value in options.items() if key not in ("sample", "seed")}
    loaded: DocumentSet | Bitext = registry.build("data", own).load(src, tgt)
    if isinstance(loaded, DocumentSet):
        return loaded
    return take(loaded, options, limit)


def take(bitext: Bitext, options: Mapping[str, Any], limit: int | None = None) -> Bitext:
    """The subset that `sample`, `seed` of the data YAML and `limit` declare, recorded in `meta["subset"]`.

    `sample=N` draws N lines without replacement by a hash of seed, position and id (the same lines for both
    directions of a pair, on any machine), kept in their order; `limit=N` then keeps the first N.
    """
    sample, seed = options.get("sample"), int(options.get("seed") or 0)
    for name, value in (("data.sample", sample), ("limit", limit)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise ConfigError(f"{name}={value}: a whole number of at least 1, or null for all lines")
    if not bitext.items:
        raise DataError(f"{bitext.name}: no line to score")
    chosen = range(len(bitext.items)) if sample is None else _draw([i.id for i in bitext.items], sample, seed)
    items = tuple(bitext.items[index] for index in chosen)[:limit]
    if len(items) == len(bitext.items):
        return bitext
    subset: dict[str, Any] = {"of": len(bitext.items), "kept": len(items), "limit": limit}
    if sample is not None:
        subset |= {"sample": sample, "seed": seed}
    return dataclasses.replace(bitext, items=items, meta={**bitext.meta, "subset": subset})


def _draw(ids: list[str], n: int, seed: int) -> list[int]:
    keys = [hashlib.sha256(f"{seed}\t{index}\t{name}".encode()).digest() for index, name in enumerate(ids)]
    return sorted(sorted(range(len(ids)), key=keys.__getitem__)[:n])
