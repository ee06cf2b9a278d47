"""Which runs a comparison is about: by id, prefix, tag, model name or query."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harness.common.files import digest
from harness.errors import ConfigError, UserError, did_you_mean
from harness.results.record import Record
from harness.results.store import RunInfo, Store

FIELDS = ("model", "pair", "data", "engine", "tag", "run", "hash")


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen finished runs, oldest first, and one line for each that could not be taken.

    `named` tells that the user listed runs one by one, so that a mixture of test sets is a mistake.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    named: bool


def select(store: Store, words: Sequence[str], every: bool = False, strict: bool = False) -> Selection:
    """Runs for `words`: ids, unique prefixes, tags, model names, and `field=value` queries.

    A query narrows what the names chose (all runs when there are none); values may be lists
    (`model=a,b`) and patterns (`model=nllb*`). Unless `every`, only the newest run of each system on
    each test set stays. Raises UserError when nothing is left and, if `strict`, for a run that was edited.
    """
    everything = store.runs()
    if not everything:
        raise UserError(f"no runs in {store.runs_dir}; make one with: python -m harness run")
    names = [word for word in words if "=" not in word]
    queries = [_query(word) for word in words if "=" in word]
    chosen = [run for run in everything if not names or any(_named(run, name, everything) for name in names)]
    for name in names:
        if not any(_named(run, name, everything) for run in everything):
            known = {run.run_id for run in everything} | {s for run in everything for s in _names(run)}
            raise UserError(
                f"no run '{name}' in {store.runs_dir}.{did_you_mean(name, known)} See: python -m harness list"
            )
    problems = tuple(
        f"{run.run_id} is left out: {run.state} ({run.problem})" for run in chosen if run.record is None
    )
    changed = tuple(run.warning for run in chosen if run.warning)
    if strict and changed:
        raise UserError(changed[0])
    finished = [run.record for run in chosen if run.record and all(_meets(run.record, q) for q in queries)]
    if not finished:
        asked = f" matches {' '.join(words)}" if words else " is finished"
        hint = f"; {problems[-1]}" if problems else ""
        raise UserError(f"no run in {store.runs_dir}{asked}{hint}. See: python -m harness list")
    by_id = {record.run_id for record in finished if record.run_id.startswith(tuple(names))}
    kept = finished if every else _newest(finished, by_id)
    return Selection(tuple(kept), problems + changed, named=bool(by_id))


def since(store: Store, selection: Selection, when: str, keep: str | None = None) -> Selection:
    """The selected runs made from a date (ISO 8601, UTC) or from a run (id, tag, name) on.

    The run `keep` stays whatever its date. Raises UserError when no other is left.
    """
    try:
        datetime.fromisoformat(when)
        start = when
    except ValueError:
        record = store.find(when).record
        start = (record.created if record else None) or ""
    recent = {record.run_id for record in selection.records if (record.created or "") >= start}
    kept = tuple(record for record in selection.records if record.run_id in {*recent, keep})
    if not recent:
        raise UserError(f"--since {when}: none of the {len(selection.records)} runs is that recent")
    return replace(selection, records=kept)


def _query(word: str) -> tuple[str, list[str]]:
    key, _, value = word.partition("=")
    if key not in FIELDS:
        raise ConfigError(
            f"'{word}': runs have no field '{key}'.{did_you_mean(key, FIELDS)} Fields: {', '.join(FIELDS)}"
        )
    return key, value.split(",")


def _names(run: RunInfo) -> set[str]:
    return {name for name in (run.record.tag, run.record.model.name) if name} if run.record else set()


def _named(run: RunInfo, name: str, everything: Iterable[RunInfo]) -> bool:
    if name == "latest":
        return run.run_id == max((r.run_id for r in everything if r.record), default=None)
    return run.run_id.startswith(name) or name in _names(run)


def _meets(record: Record, query: tuple[str, list[str]]) -> bool:
    key, patterns = query
    model, data = record.model, record.data
    fields: dict[str, list[str | None]] = {
        "model": [model.name, model.id],
        "pair": [str(record.pair)],
        "data": [data.name],
        "engine": [model.engine],
        "tag": [record.tag],
        "run": [record.run_id],
        "hash": [data.hash],
    }
    return any(fnmatch.fnmatchcase(value, p) for value in fields[key] if value for p in patterns) or (
        key == "hash" and data.hash.startswith(tuple(patterns))
    )


def _newest(records: Sequence[Record], keep: set[str]) -> list[Record]:
    """The last run of each system, test set and tag; runs asked for by id always stay."""
    last = {_identity(record): record.run_id for record in records}
    return [r for r in records if r.run_id in keep or last[_identity(r)] == r.run_id]


def _identity(record: Record) -> str:
    model = record.model
    system = model.identity or [model.name, model.id, model.engine]
    return digest([record.data.hash, str(record.pair), record.tag, model.name, system])
