"""Which runs a comparison is about: by id, prefix, tag, model name or query."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harness.common.files import digest
from harness.common.tables import counted
from harness.errors import ConfigError, UserError, did_you_mean
from harness.results.record import Record
from harness.results.store import RunInfo, Store
from harness.results.unfinished import MANY, shortened, summary

MOST = 50
"""Systems of a test set that are compared unless more are asked for: the work grows with their square."""
_DATE = re.compile(r"\d{4}-?\d\d?(-|$)")
FIELDS = ("model", "pair", "data", "engine", "tag", "run", "hash")


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen finished runs, oldest first, and one line for each that could not be taken.

    `named` tells that the user listed runs one by one, so that a mixture of test sets is a mistake;
    `every` that not only the newest run of each system was asked for.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    named: bool
    every: bool = False


def select(
    store: Store, words: Sequence[str], every: bool = False, strict: bool = False, stopped: bool = False
) -> Selection:
    """Runs for `words`: ids, unique prefixes, tags, model names, and `field=value` queries.

    A query narrows what the names chose (all runs when there are none); values may be lists
    (`model=a,b`) and patterns (`model=nllb*`). Unless `every`, only the newest run of each system on
    each test set stays, of `MOST` systems; what that leaves out is among the problems. Of runs that did not
    finish there is a line if they were named or, with `stopped`, nothing was. Raises
    UserError when nothing is left and, if `strict`, for a run that was edited or is damaged.
    """
    everything = store.runs()
    if not everything:
        raise UserError(f"no runs in {store.runs_dir}; make one with: python -m harness run")
    names = [word for word in words if "=" not in word]
    queries = [_query(word) for word in words if "=" in word]
    chosen = [run for run in everything if not names or any(_named(run, name, everything) for name in names)]
    for name in names:
        if not any(_named(run, name, everything) for run in everything):
            damaged = sum(run.state == "damaged" for run in everything)
            hint = f" {counted(damaged, 'damaged run')}: python -m harness verify." if damaged else ""
            known = {run.run_id for run in everything} | {s for run in everything for s in _names(run)}
            raise UserError(
                f"no run '{name}' in {store.runs_dir}.{did_you_mean(name, known)}{hint}"
                " See: python -m harness list"
            )
    _check_values([run.record for run in chosen if run.record], queries, names)
    problems = _left_out(_concerning(chosen, bool(names), stopped and not words))
    changed = tuple(run.warning for run in chosen if run.warning)
    if strict and changed:
        raise UserError(changed[0])
    damaged_too = [run for run in chosen if run.state == "damaged"]
    if strict and damaged_too:
        raise UserError(f"{damaged_too[0].run_id} is damaged ({damaged_too[0].problem})")
    finished = [run.record for run in chosen if run.record and all(_meets(run.record, q) for q in queries)]
    if not finished:
        asked = f" matches {' '.join(words)}" if words else " is finished"
        unread = _left_out([run for run in chosen if run.record is None])
        hint = f"; {unread[-1]}" if unread and not any(run.record for run in chosen) else ""
        near = _near([run.record for run in chosen if run.record], queries)
        raise UserError(f"no run in {store.runs_dir}{asked}{hint}.{near} See: python -m harness list")
    by_id = {record.run_id for record in finished if record.run_id.startswith(tuple(names))}
    if every:
        return Selection(tuple(finished), problems + changed, named=bool(by_id), every=True)
    newest = _newest(finished, by_id)
    kept, capped = _capped(newest, by_id)
    older = len(finished) - len(newest)
    left_out = [f"older runs of the same systems that are left out: {older} (compare --all takes every run)"]
    return Selection(
        tuple(kept), (*problems, *changed, *(left_out if older else ()), *capped), named=bool(by_id)
    )


def find_among(store: Store, name: str, words: Sequence[str]) -> RunInfo:
    """As `Store.find`; of several runs of one name the newest that the queries among `words` choose."""
    found = store.find(name)
    queries = [_query(word) for word in words if "=" in word]
    fitting = [
        run
        for run in store.runs()
        if run.record and name in _names(run) and all(_meets(run.record, query) for query in queries)
    ]
    is_id = name == "latest" or found.run_id.startswith(name)
    return found if is_id or not fitting else fitting[-1]


def since(store: Store, selection: Selection, when: str, keep: str | None = None) -> Selection:
    """The selected runs made from a date (ISO 8601, UTC) or from a run (id, tag, name) on.

    The run `keep` stays whatever its date. Raises UserError when no other is left.
    """
    try:
        datetime.fromisoformat(when)
        start = when
    except ValueError:
        if _DATE.match(when) and not any(run.run_id.startswith(when) for run in store.runs()):
            raise ConfigError(f"--since {when}: is no date such as 2026-01-31, and no run") from None
        record = store.find(when).record
        start = (record.created if record else None) or ""
    recent = {record.run_id for record in selection.records if (record.created or "") >= start}
    kept = tuple(record for record in selection.records if record.run_id in {*recent, keep})
    if not recent:
        raise UserError(f"--since {when}: none of the {len(selection.records)} runs is that recent")
    return replace(selection, records=kept)


def _check_values(
    records: Sequence[Record], queries: Sequence[tuple[str, list[str]]], names: Sequence[str]
) -> None:
    """Raises UserError for a value in a list of values that no run has: the rest would be taken for all."""
    for key, patterns in queries:
        for pattern in patterns if len(patterns) > 1 else ():
            if not any(_meets(record, (key, [pattern])) for record in records):
                among = f" among {' '.join(names)}" if names else ""
                known = {value for record in records for value in _values(record)[key] if value}
                raise UserError(f"{key}={pattern}: no run{among} matches.{did_you_mean(pattern, known)}")


def _concerning(runs: Sequence[RunInfo], named: bool, stopped: bool) -> list[RunInfo]:
    """The runs without a record of which a comparison must speak; a later run may have repaired one."""
    return [
        run
        for run in runs
        if run.record is None and (named or run.state == "damaged" or (stopped and not run.repaired))
    ]


def _left_out(runs: Sequence[RunInfo]) -> tuple[str, ...]:
    """One line for all that failed or crashed, and one for those that are damaged, where they are many."""
    damaged = [run for run in runs if run.state == "damaged"]
    stopped = [run for run in runs if run.state != "damaged"]
    lines: list[str] = []
    for some, many in ((stopped, 2), (damaged, MANY)):
        if len(some) >= many:
            lines.append(f"left out: {summary(some)}")
        else:
            lines += [f"{r.run_id} is left out: {r.state} ({shortened(r.problem or '')})" for r in some]
    return tuple(lines)


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
    values = _values(record)[key]
    return any(fnmatch.fnmatchcase(value, p) for value in values if value for p in patterns) or (
        key == "hash" and record.data.hash.startswith(tuple(patterns))
    )


def _values(record: Record) -> dict[str, list[str | None]]:
    """What a query can ask for, by its field."""
    model, data = record.model, record.data
    return {
        "model": [model.name, model.id],
        "pair": [str(record.pair)],
        "data": [data.name],
        "engine": [model.engine],
        "tag": [record.tag],
        "run": [record.run_id],
        "hash": [data.hash],
    }


def _newest(records: Sequence[Record], keep: set[str]) -> list[Record]:
    """The last run of each system, test set and tag; runs asked for by id always stay."""
    last = {_identity(record): record.run_id for record in records}
    return [r for r in records if r.run_id in keep or last[_identity(r)] == r.run_id]


def _capped(records: Sequence[Record], keep: set[str]) -> tuple[list[Record], list[str]]:
    """At most `MOST` systems of a test set, the newest, and a line for each set that has more."""
    by_set: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.run_id not in keep:
            by_set.setdefault((record.data.hash, str(record.pair)), []).append(record)
    dropped: set[str] = set()
    lines = []
    for (data, pair), found in by_set.items():
        if len(found) > MOST:
            dropped.update(record.run_id for record in found[:-MOST])
            lines.append(
                f"of {len(found)} systems on {found[0].data.name} {pair} (data {data[:8]}) the newest {MOST}"
                " are taken; choose with model=… tag=…, or --all"
            )
    return [record for record in records if record.run_id not in dropped], lines


def _near(records: Sequence[Record], queries: Sequence[tuple[str, list[str]]]) -> str:
    """The value that may be meant by the first query that no run meets."""
    for key, patterns in queries:
        if not any(_meets(record, (key, patterns)) for record in records):
            known = {value for record in records for value in _values(record)[key] if value}
            return did_you_mean(patterns[0], known)
    return ""


def _identity(record: Record) -> str:
    model = record.model
    system = model.identity or [model.name, model.id, model.engine]
    return digest([record.data.hash, str(record.pair), record.tag, model.name, system])
