"""The runs of a system over time: scores, what changed in between, and a gate on the newest."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.common.tables import counted
from harness.compare.draws import FEWEST
from harness.compare.evaluate import evaluate
from harness.compare.groups import group
from harness.compare.options import Options
from harness.compare.select import Selection
from harness.errors import UserError
from harness.results.record import Record
from harness.results.store import Store
from harness.results.tables import LABELS

By = Literal["name", "tag"]
# Where a run was made and kept, not what it was.
_ASIDE = ("backend", "force", "results", "tag")
_SOURCES = ("data.kind", "data.src")  # what differs where the sources were not given
_SHOWN = 40  # characters of a value


@dataclass(frozen=True, slots=True)
class Step:
    """A run, and what is recorded as different from the run before."""

    record: Record
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The runs of one system on one test set, oldest first."""

    system: str
    pair: str
    data: str
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        return f"{self.system}, {self.pair}, {self.data}: {counted(len(self.steps), 'run')}"


def histories(records: Sequence[Record], by: By = "name") -> list[History]:
    """The runs sorted into histories: by model name or by tag (runs without one by name), pair and data."""
    sorted_out: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.created or "", record.run_id)):
        name = record.tag if by == "tag" and record.tag else record.model.label
        sorted_out[name, str(record.pair), record.data.name].append(record)
    return [History(*key, steps=tuple(_steps(found))) for key, found in sorted(sorted_out.items())]


def _steps(records: Sequence[Record]) -> Iterator[Step]:
    before = None
    for record in records:
        yield Step(record, tuple(changes(before, record)) if before else ())
        before = record


def changes(before: Record, after: Record) -> list[str]:
    """The differences between two records, one phrase each: data, model, options, versions."""
    found = []
    options = dict(_flat({key: value for key, value in before.config.items() if key not in _ASIDE}))
    others = dict(_flat({key: value for key, value in after.config.items() if key not in _ASIDE}))
    if before.data.hash == after.data.hash:
        pass
    elif same_references(before, after):
        found.append("without sources" if _sourceless(after) else "with sources")
        for values in (options, others):
            for key in _SOURCES:
                values.pop(key, None)
    else:
        found.append(
            f"data {before.data.short_hash} → {after.data.short_hash}"
            f" ({before.data.n} → {after.data.n} segments)"
        )
    fields = (
        ("model", before.model.id, after.model.id),
        ("revision", before.model.revision, after.model.revision),
        ("engine", before.model.engine, after.model.engine),
    )
    found += [f"{name} {_short(a)} → {_short(b)}" for name, a, b in fields if a != b]
    found += _metrics(before, after, options, others)
    found += _differences(options, others)
    found += _differences(dict(_versions(before)), dict(_versions(after)))
    return found


def same_references(one: Record, other: Record) -> bool:
    """Whether two runs were scored against the same references: the same data, or it but for the sources."""
    if one.data.hash == other.data.hash:
        return True
    if _sourceless(one) == _sourceless(other) or one.data.n != other.data.n or _cut(one) != _cut(other):
        return False
    bare, full = (one, other) if _sourceless(one) else (other, one)
    references = _digests(bare)
    return bool(references) and references <= _digests(full)


def _sourceless(record: Record) -> bool:
    return bool(record.data.meta.get("sourceless"))


def _cut(record: Record) -> dict[str, Any]:
    """Which segments of the files were taken."""
    flat = dict(_flat({key: record.config.get(key) for key in ("data", "limit")}))
    return {key: value for key, value in flat.items() if value is not None and key not in _SOURCES}


def _digests(record: Record) -> set[str]:
    return {item.sha256 for item in record.data.inputs if item.sha256}


def _metrics(before: Record, after: Record, options: dict[str, Any], others: dict[str, Any]) -> Iterator[str]:
    """Metrics that came or went, one phrase each, not one an option of theirs; these are taken out."""
    had, has = ((record.config.get("metrics") or {}) for record in (before, after))
    for word, names, values in (("gone", set(had) - set(has), options), ("new", set(has) - set(had), others)):
        if names:
            yield f"metrics: {', '.join(LABELS.get(name, name) for name in sorted(names))} {word}"
        for key in [key for key in values if key.split(".")[:2][-1] in names and key.startswith("metrics.")]:
            del values[key]


def _versions(record: Record) -> Iterator[tuple[str, Any]]:
    environment = record.environment
    yield "harness", environment.harness
    yield "commit", environment.git_commit and environment.git_commit[:12]
    yield "python", environment.python
    yield from environment.packages.items()


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys([*before, *after])
    return [
        f"{key} {_short(before.get(key))} → {_short(after.get(key))}"
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _flat(item, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", item


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Gate:
    """The newest run beside a baseline under one metric; `worse` is by the test of `compare`."""

    metric: str
    run_id: str
    baseline: str
    difference: float
    p: float
    worse: bool


def gate(store: Store, history: History, baseline: Record | int, options: Options) -> list[Gate]:
    """The newest run of a history beside a named run, or the median of so many runs before it.

    The median is, by metric, the run with the middle score among the last `baseline` ones on the same data
    (of two in the middle, the one with the lower value), so that segments can be compared. Empty when there
    is none. Raises UserError for a named run on other data, and for too few segments.
    """
    newest = history.steps[-1].record
    if newest.data.n < FEWEST:
        raise UserError(
            f"{newest.run_id}: {newest.data.n} segments are too few for a test; use a test set of at least"
            f" {FEWEST}"
        )
    earlier = [s.record for s in history.steps[:-1] if s.record.data.hash == newest.data.hash]
    found = []
    for key in options.metrics or newest.corpus_scores:
        if isinstance(baseline, Record):
            chosen: Record | None = baseline
        else:
            chosen = _median(earlier[-baseline:], key)
        if chosen is None or chosen.run_id == newest.run_id:
            continue
        if chosen.data.hash != newest.data.hash:
            raise UserError(
                f"{chosen.run_id} was scored on other data than {newest.run_id}; choose another baseline"
            )
        found += _gate(store, newest, chosen, key, options)
    return found


def _median(records: Sequence[Record], key: str) -> Record | None:
    scores = {r.run_id: s.value for r in records if (s := r.corpus_scores.get(key)) and s.value is not None}
    if not scores:
        return None
    middle = statistics.median_low(scores.values())
    return next(record for record in reversed(records) if scores.get(record.run_id) == middle)


def _gate(store: Store, newest: Record, baseline: Record, key: str, options: Options) -> list[Gate]:
    sets, _ = group(store, Selection((baseline, newest), (), named=True))
    asked = Options(
        samples=options.samples,
        seed=options.seed,
        alpha=options.alpha,
        metrics=(key,),
        baseline=baseline.run_id,
    )
    (metric,) = evaluate(sets[0], asked).metrics
    gaps = [row.difference for row in metric.rows if row.difference is not None]
    return [
        Gate(key, newest.run_id, baseline.run_id, gap.value, gap.corrected, gap.verdict == "worse")
        for gap in gaps
        if not metric.neutral
    ]
