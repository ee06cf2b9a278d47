"""The segments of a comparison, a page at a time: search, filters and order as in the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.compare.groups import TestSet
from harness.protocols import Statistics
from harness.report.payload import segment
from harness.serve.comparing import Comparisons

PAGE = 50
OWN = ("set", "q", "flag", "doc", "sort", "by_metric", "b", "page", "open")
"""What an address says to the explorer, beside the options of the comparison."""


@dataclass(frozen=True, slots=True)
class Index:
    """What is looked through. All have one entry a segment."""

    of: TestSet
    """Kept, so that its id is no other's."""
    texts: list[str]
    flags: list[frozenset[str]]
    metrics: list[str]
    spread: dict[str, Statistics]


def page(found: TestSet, asked: Mapping[str, str], comparisons: Comparisons) -> dict[str, Any]:
    """`rows` (as in the report, each with `k`, its place), `count`, `page`; and what the filters offer."""
    index: Index = comparisons.once("index", id(found), lambda: _index(found))
    chosen = _chosen(found, index, asked)
    pages = max(1, -(-len(chosen) // PAGE))
    number = min(int(asked["page"]) if asked.get("page", "").isdecimal() else 0, pages - 1)
    if asked.get("open") in found.systems[0].ids:  # a permanent link to one segment
        place = found.systems[0].ids.index(asked["open"])
        number = chosen.index(place) // PAGE if place in chosen else number
    rows = chosen[number * PAGE : (number + 1) * PAGE]
    ids = {found.systems[0].ids[k] for k in rows}
    marked, _ = comparisons.people.of((system.run_id for system in found.systems), ids)
    return {
        "rows": [segment(found, index.metrics, k, marked) | {"k": k} for k in rows],
        "count": len(chosen),
        "total": found.n,
        "page": number,
        "flags": sorted(frozenset().union(*index.flags)),
        "docs": [name for name in dict.fromkeys(found.systems[0].docs) if name],
        "systems": [system.name for system in found.systems],
        "metrics": [{"key": key, "name": _name(found, key)} for key in index.metrics],
    }


def _index(found: TestSet) -> Index:
    systems = found.systems
    first = systems[0]
    columns = [first.ids, first.sources, *(system.hypotheses for system in systems)]
    texts = [
        "\n".join((*(column[k] for column in columns), *first.references[k])).casefold()
        for k in range(found.n)
    ]
    flags = [
        frozenset().union(
            *(system.health[k] for system in systems), (first.beads[k] or {}).get("flags") or ()
        )
        for k in range(found.n)
    ]
    metrics = list(dict.fromkeys(key for system in systems for key in system.scores))
    spread = {}
    for key in metrics:
        scores = np.stack([system.scores[key] for system in systems if key in system.scores])
        spread[key] = np.fmax.reduce(scores) - np.fmin.reduce(scores)
    return Index(found, texts, flags, metrics, spread)


def _chosen(found: TestSet, index: Index, asked: Mapping[str, str]) -> list[int]:
    first = found.systems[0]
    words = asked.get("q", "").casefold().split()
    flag, doc = asked.get("flag"), asked.get("doc")
    kept = [
        k
        for k in range(found.n)
        if (not flag or flag in index.flags[k])
        and (not doc or first.docs[k] == doc)
        and all(word in index.texts[k] for word in words)
    ]
    key = asked.get("by_metric") or (index.metrics[0] if index.metrics else "")
    order = asked.get("sort", "order")
    system = next((one for one in found.systems if one.name == asked.get("b")), first)
    if order == "length":
        kept.sort(key=lambda k: -len(first.sources[k]))
    elif order == "sure":
        kept.sort(key=lambda k: _confidence(first.beads[k]))
    elif order == "spread" and key in index.spread:
        kept.sort(key=lambda k: -_or(float(index.spread[key][k]), -1.0))
    elif order in ("low", "high") and key in system.scores:
        sign = 1 if order == "low" else -1
        kept.sort(key=lambda k: _or(sign * float(system.scores[key][k]), np.inf))
    return kept


def _or(value: float, instead: float) -> float:
    return value if np.isfinite(value) else instead


def _confidence(bead: Mapping[str, Any] | None) -> float:
    found = (bead or {}).get("confidence")
    return 2.0 if found is None else float(found)


def _name(found: TestSet, key: str) -> str:
    return next(system.metrics[key].name for system in found.systems if key in system.metrics)
