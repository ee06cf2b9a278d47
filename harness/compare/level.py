"""A comparison at the level of documents: each document is one segment, scored anew from the stored texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.common.langs import language
from harness.common.unspaced import is_unspaced
from harness.compare.groups import TestSet
from harness.compare.load import System
from harness.errors import ConfigError
from harness.metrics.stats.units import numbered, summed
from harness.types import Score

SCORED = ("bleu", "chrf", "ter")
"""Kinds of metrics that are defined on a text of any length."""


@dataclass(frozen=True, slots=True)
class _Documents:
    """Where the segments of each document stand, in the order in which documents begin."""

    names: tuple[str, ...]
    segments: tuple[tuple[int, ...], ...]


def of_documents(test_set: TestSet) -> tuple[TestSet, list[str]]:
    """The test set with its documents as segments, and a line for each metric that was left out.

    A document is its segments joined with a space, or with nothing in scripts without spaces. Of several
    references it has as many as each of its segments has. The signatures end in `unit:document`.
    Raises ConfigError unless every segment names its document.
    """
    docs = test_set.systems[0].docs
    places: dict[str, list[int]] = {}
    for at, doc in enumerate(docs):
        if doc is None:
            raise ConfigError(
                f"{test_set.title}: --level document needs documents, and {docs.count(None)} of its"
                f" {len(docs)} segments have none; a set names them with data.docs or data.doc_id"
            )
        places.setdefault(doc, []).append(at)
    documents = _Documents(tuple(places), tuple(map(tuple, places.values())))
    joint = "" if is_unspaced(language(test_set.tgt).short) else " "
    problems: dict[str, None] = {}
    systems = [_joined(system, documents, joint, problems) for system in test_set.systems]
    name = f"documents of {test_set.name}"
    return replace(test_set, name=name, systems=tuple(systems), unit="documents"), list(problems)


def _joined(system: System, documents: _Documents, joint: str, problems: dict[str, None]) -> System:
    def texts(column: Sequence[str]) -> tuple[str, ...]:
        return tuple(joint.join(column[at] for at in segments) for segments in documents.segments)

    references = []
    for segments in documents.segments:
        own = [system.references[at] for at in segments]
        references.append(tuple(joint.join(row[r] for row in own) for r in range(min(map(len, own)))))
    sources, hypotheses = texts(system.sources), texts(system.hypotheses)
    kinds = {key: system.record.metric_config(key).get("kind") for key in system.metrics}
    metrics = {
        key: metric
        for key, metric in system.metrics.items()
        if kinds[key] in SCORED or metric.needs_documents
    }
    for key in kinds.keys() - metrics.keys():
        problems[f"{key}: has no score of documents (those that do: {', '.join(SCORED)})"] = None
    places = numbered(system.docs)
    statistics = {
        key: summed(system.statistics[key], places)
        if m.needs_documents
        else m.statistics(sources, hypotheses, references)
        for key, m in metrics.items()
    }
    return replace(
        system,
        ids=documents.names,
        docs=documents.names,
        domains=tuple(system.domains[segments[0]] for segments in documents.segments),
        sources=sources,
        hypotheses=hypotheses,
        references=tuple(references),
        beads=(None,) * len(documents.names),
        marks=((),) * len(documents.names),
        health=tuple(
            tuple(dict.fromkeys(flag for at in segments for flag in system.health[at]))
            for segments in documents.segments
        ),
        record=replace(system.record, scores=tuple(map(_of_document, system.record.scores))),
        metrics=metrics,
        statistics=statistics,
        scores={
            key: np.asarray(m.segment_scores(statistics[key]), dtype=np.float64) for key, m in metrics.items()
        },
    )


def _of_document(score: Score) -> Score:
    return replace(score, signature=f"{score.signature}|unit:document")
