"""What every loader shares, a user's own too: the subset that was asked for, empty lines, and checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from harness import registry
from harness.common.notices import collecting
from harness.data.checks import check_documents, check_items, left_out
from harness.data.parallel import ParallelSet
from harness.data.subset import SHARED, Subset
from harness.types import Bitext, DocumentSet


def load(options: Mapping[str, Any], src: str, tgt: str, limit: int | None = None) -> DocumentSet | Bitext:
    """Build the loader that the data YAML `options` names, read the pair, keep the subset asked for.

    `sample`, `seed`, `empty` in `options` and `limit` are for every loader and take lines of a bitext.
    Documents come back whole: `run.documents.bitext_of` takes the subset once they are aligned.
    `meta` of the result has `warnings` (one line each) and, for a bitext, `counts` and perhaps `subset`.
    Raises DataError for bad data and where nothing is left to score.
    """
    with collecting() as notices:
        loaded = _read(options, src, tgt, limit)
    meta = {**loaded.meta}
    if isinstance(loaded, Bitext):
        counts, warnings = check_items(loaded.items, src, tgt, loaded.name, loaded.has_source)
        warnings = [*left_out(meta), *warnings]
        meta["counts"] = {**meta.get("counts", {}), **counts}
    else:
        warnings = check_documents(loaded.src, loaded.tgt)
    meta["warnings"] = [*meta.get("warnings", ()), *notices, *warnings]
    return dataclasses.replace(loaded, meta=meta)


def _read(options: Mapping[str, Any], src: str, tgt: str, limit: int | None) -> DocumentSet | Bitext:
    subset = Subset.of(options, limit)
    loader = registry.build("data", {k: v for k, v in options.items() if k not in SHARED})
    if isinstance(loader, ParallelSet):
        reading = loader.read(src, tgt)
        items, notes = subset.of_items(reading.items, reading.name, not reading.meta.get("sourceless"))
        return Bitext(reading.name, items, reading.inputs(), {**reading.meta, **notes})
    whole: DocumentSet | Bitext = loader.load(src, tgt)
    if isinstance(whole, DocumentSet):
        return whole
    return subset.of_bitext(whole)


def take(bitext: Bitext, options: Mapping[str, Any], limit: int | None = None) -> Bitext:
    """The subset that `sample`, `seed`, `empty` of the data YAML and `limit` declare, recorded in `meta`."""
    return Subset.of(options, limit).of_bitext(bitext)
