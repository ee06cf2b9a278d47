"""Human-evaluation campaigns for pearmut (Zouhar 2026, arXiv 2601.02933): ESA or MQM over chosen segments."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from harness.common.langs import language
from harness.compare.contested import contested
from harness.compare.evaluate import Result
from harness.errors import UserError
from harness.export.frame import encodable


def campaign(result: Result, count: int, protocol: str, annotators: int = 1) -> dict[str, Any]:
    """A task-based campaign over the `count` segments on which judgements are most informative.

    Segments on which two metrics prefer different systems come first, by how much; then those on which
    the systems differ most. Documents stay together and are dealt out to `annotators` tasks. Raises
    UserError for fewer documents than annotators.
    """
    test_set = result.test_set
    chosen = sorted(contested(result)[:count])
    if not chosen:
        raise UserError(f"{test_set.title}: no segment to judge")
    documents: dict[str, list[int]] = {}
    for index in chosen:
        documents.setdefault(test_set.systems[0].docs[index] or f"segment {index}", []).append(index)
    if annotators < 1 or annotators > len(documents):
        raise UserError(f"--annotators {annotators}: from 1 to the {len(documents)} documents chosen")
    tasks: list[list[list[dict[str, Any]]]] = [[] for _ in range(annotators)]
    for position, indices in enumerate(documents.values()):
        tasks[position % annotators].append([_item(result, index) for index in indices])
    name = f"{test_set.name}-{test_set.src}-{test_set.tgt}-{test_set.hash[:8]}-{protocol}".replace(" ", "_")
    return {
        "info": {
            "assignment": "task-based",
            "protocol": protocol,
            "shuffle": True,
            "seed": result.options.seed,
        },
        "campaign_id": name,
        "data": tasks,
    }


def _item(result: Result, index: int) -> dict[str, Any]:
    test_set = result.test_set
    first = test_set.systems[0]
    src, tgt = language(test_set.src).name, language(test_set.tgt).name
    return {
        "instructions": f"Evaluate the translation from {src} to {tgt}.",
        "src": plain(first.sources[index]),
        "tgt": {model(system.name): plain(system.hypotheses[index]) for system in test_set.systems},
        "item_id": first.ids[index],
        "metrics": {
            system.name: {
                metric.key: _value(system.scores[metric.key][index])
                for metric in result.metrics
                if metric.key in system.scores
            }
            for system in test_set.systems
        },
    }


def _value(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def model(name: str) -> str:
    """A system's name as pearmut takes it."""
    return f"system {name}" if name.isdigit() else name  # pearmut refuses names of digits


_TAG = re.compile(r"<(?=/?(?:br|strong|b|i|p|em|h1|h2|h3)>)")
_MEDIA = re.compile(r"<(?=(?:audio|video|img|iframe) )")


def plain(text: str) -> str:
    """pearmut shows some tags as markup; a zero-width space keeps an untrusted text a text."""
    return _MEDIA.sub("<\u200b", _TAG.sub("<\u200b", encodable(text) or ""))
