"""The stored statistics of a test set by metric and system, and the order of systems they give."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from harness.compare.groups import TestSet
from harness.errors import ConfigError, did_you_mean
from harness.metrics.stats.significance import Column
from harness.metrics.stats.units import numbered, summed

Columns = dict[str, dict[str, Column]]  # metric key → system name → statistics


def columns_of(test_set: TestSet, wanted: Sequence[str], notes: list[str]) -> Columns:
    """The statistics of the wanted metrics (all when none is named); only systems with the same settings.

    What is left out is added to `notes`. Raises ConfigError for a metric that no run has.
    """
    known = list(dict.fromkeys(key for system in test_set.systems for key in system.metrics))
    for key in wanted:
        if key not in known:
            raise ConfigError(
                f"no run of {test_set.name} has the metric '{key}'.{did_you_mean(key, known)}"
                f" They have: {', '.join(known) or 'none'}"
            )

    def named(key: str) -> str:
        return next(system.metrics[key].name for system in test_set.systems if key in system.metrics)

    columns: Columns = {}
    for key in wanted or known:
        having = [system for system in test_set.systems if key in system.metrics]
        signature = having[0].settings(key)
        for system in having:
            if system.settings(key) == signature:
                columns.setdefault(key, {})[system.name] = Column(system.metrics[key], system.statistics[key])
            else:
                notes.append(
                    f"{named(key)}: {system.name} is left out, its settings ({system.settings(key)}) differ"
                    f" from those of {having[0].name} ({signature})"
                )
    for system in test_set.systems:
        if lacking := [named(key) for key in columns if key not in system.metrics]:
            notes.append(f"{system.name} has no {', '.join(lacking)}")
    return columns


def by_document(test_set: TestSet, columns: Columns) -> Columns:
    """The same columns with one row per document: segments of a document are not independent of each other.

    Raises ConfigError unless every segment names its document and there are several.
    """
    docs = test_set.systems[0].docs
    without = docs.count(None)
    if without or len(set(docs)) < 2:
        found = f"{without} of its {len(docs)} segments have none" if without else "it has only one"
        raise ConfigError(
            f"{test_set.title}: --resample documents needs several documents, and {found}; a set names them"
            " with data.docs or data.doc_id"
        )
    places = numbered(docs)
    return {
        key: {name: Column(part.metric, summed(part.rows, places)) for name, part in column.items()}
        for key, column in columns.items()
    }


def is_neutral(column: Mapping[str, Column]) -> bool:
    """Whether neither direction of this metric is better, as of a length ratio."""
    return any(part.metric.neutral for part in column.values())


def best_first(column: Mapping[str, Column]) -> list[str]:
    """System names, best first; an undefined score is last."""

    def goodness(name: str) -> float:
        score = column[name].score
        higher = column[name].metric.higher_is_better
        return -math.inf if math.isnan(score) else (score if higher else -score)

    return sorted(column, key=goodness, reverse=True)
