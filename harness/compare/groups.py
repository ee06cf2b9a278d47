"""Runs grouped into test sets: only systems scored on the same segments share a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.common.langs import language
from harness.common.progress import bar
from harness.compare.load import System, load
from harness.compare.select import Selection
from harness.errors import ConfigError, DataError, HarnessError, UserError
from harness.results.record import Record
from harness.results.store import Store


@dataclass(frozen=True, slots=True)
class TestSet:
    """Systems with the same languages, sources and references in the same order."""

    __test__ = False  # not a test case for pytest

    name: str
    hash: str
    src: str
    tgt: str
    systems: tuple[System, ...]
    unit: str = "segments"
    """What one text that is scored is called."""

    @property
    def n(self) -> int:
        return len(self.systems[0].ids)

    @property
    def ceilings(self) -> frozenset[str]:
        """The systems that repeat the reference: the scale ends there, and no system is compared with it."""
        return frozenset(s.name for s in self.systems if s.record.model.engine == "reference")

    @property
    def title(self) -> str:
        """`"ntrex fr-pl, 1997 segments (data 1a2b3c4d)"`."""
        return f"{self.name} {self.src}-{self.tgt}, {self.n} {self.unit} (data {self.hash[:8]})"


_Key = tuple[str, str]
"""The hash of the data, and the direction, which the hash does not hold."""


def group(
    store: Store, selection: Selection, common: bool = False, keep: str | None = None
) -> tuple[list[TestSet], list[str]]:
    """Load the selected runs, one TestSet per test data and direction, and a line for each run left out.

    Runs scored without sources join those with the same ids and references that have them; of the runs of a
    system with the same outputs one stays (see `_once_each`), and `keep`. With `common`,
    all runs are cut to the segments they share. Raises UserError when runs that were named one by one rest
    on different test data, or nothing can be read.
    """
    problems = list(selection.problems)
    labels = _labels(selection.records, problems)
    by_data: dict[_Key, list[System]] = defaultdict(list)
    with bar("reading", len(selection.records), "runs") as ticker:
        for record in selection.records:
            ticker.advance()
            try:
                system = load(store, record, labels[record.run_id])
            except HarnessError as error:
                problems.append(f"{record.run_id} is left out: {error}")
                continue
            problems += system.problems
            by_data[_key(record)].append(system)
    if not by_data:
        raise UserError(f"no run can be read; {problems[-1]}")
    by_data = _joined(by_data)
    if not (selection.named or selection.every):
        by_data = {key: _once_each(systems, keep, problems) for key, systems in by_data.items()}
    if common and len(by_data) > 1:
        return [_common([system for systems in by_data.values() for system in systems])], problems
    if selection.named and len(by_data) > 1:
        test_sets = "; ".join(
            f"{systems[0].run_id}: {systems[0].record.data.name} {systems[0].record.pair} (data {found[:8]},"
            f" {len(systems[0].ids)} segments)"
            for (found, _), systems in by_data.items()
        )
        if len({found for found, _ in by_data}) == 1:
            raise UserError(f"these runs are of different directions and cannot be compared: {test_sets}")
        raise UserError(
            f"these runs were scored on different test data and cannot be compared as they are: {test_sets}."
            " Add --common to compare them on the segments they share"
        )
    return [
        _test_set(found, _named_apart(systems, selection, problems))
        for (found, _), systems in by_data.items()
    ], problems


def _key(record: Record) -> _Key:
    return record.data.hash, "-".join(map(_known, (record.pair.src, record.pair.tgt)))


def _known(code: str) -> str:
    """One code for a language and its script, so that `pl` and `pol` are one; any other code as it is."""
    try:
        return language(code).flores
    except ConfigError:
        return code


def _joined(by_data: Mapping[_Key, list[System]]) -> dict[_Key, list[System]]:
    """The runs by data, those without sources among those with the same pair, ids and references.

    Whether the sources were given does not change what a hypothesis is compared with. They get the sources.
    """
    joined = {key: systems for key, systems in by_data.items() if not _sourceless(systems[0])}
    sourced = {
        (key[1], systems[0].ids, systems[0].references): key for key, systems in reversed(joined.items())
    }
    for key, systems in by_data.items():
        if _sourceless(systems[0]):
            home = sourced.get((key[1], systems[0].ids, systems[0].references))
            if home is None:
                joined[key] = systems
            else:
                sources = joined[home][0].sources
                joined[home] = [*joined[home], *(replace(system, sources=sources) for system in systems)]
    return {key: joined[key] for key in by_data if key in joined}


def _once_each(systems: list[System], keep: str | None, problems: list[str]) -> list[System]:
    """The systems without those that stand here too: the same name, outputs and settings, no other metric.

    Runs with more metrics stay before those with fewer, then those with a tag, then the newest. A run with
    a tag of its own always stays.
    """
    kept: list[System] = []
    for system in sorted(systems, key=lambda s: (len(s.metrics), bool(s.record.tag), s.run_id), reverse=True):
        same = next((other for other in kept if _stands_for(other, system)), None)
        if same is None or system.run_id == keep:
            kept.append(system)
        else:
            problems.append(
                f"{system.run_id} is left out: its outputs are those of {same.name}"
                " (compare --all takes every run)"
            )
    stay = {system.run_id for system in kept}
    return [system for system in systems if system.run_id in stay]


def _stands_for(one: System, other: System) -> bool:
    return (
        (other.record.tag or one.record.tag) == one.record.tag
        and one.record.model.label == other.record.model.label
        and one.record.model.engine == other.record.model.engine
        and one.hypotheses == other.hypotheses
        and all(key in one.metrics and one.settings(key) == other.settings(key) for key in other.metrics)
    )


def _sourceless(system: System) -> bool:
    return bool(system.record.data.meta.get("sourceless"))


def _named_apart(systems: list[System], selection: Selection, problems: list[str]) -> list[System]:
    """Systems that joined a set where another run has their name: the newer stays, or all, if they were asked
    for, with the ends of their run ids."""
    counts = Counter(system.name for system in systems)
    if len(counts) == len(systems):
        return systems
    newest = {system.name: system.run_id for system in sorted(systems, key=lambda s: s.run_id)}
    if selection.named or selection.every:
        again = [s.name if counts[s.name] == 1 else _apart(s) for s in systems]
        return [replace(system, name=name) for system, name in zip(systems, again, strict=True)]
    kept = [system for system in systems if newest[system.name] == system.run_id]
    names = ", ".join(name for name, count in counts.items() if count > 1)
    problems.append(
        f"of runs with and without sources the newest is taken: {names} (compare --all takes every run)"
    )
    return kept


def _apart(system: System) -> str:
    return f"{system.name} {system.run_id[-6:]}"


def _test_set(found: str, systems: Sequence[System]) -> TestSet:
    first = systems[0]
    for other in systems[1:]:
        if other.ids != first.ids or other.references != first.references or other.sources != first.sources:
            raise DataError(
                f"{other.run_id} and {first.run_id} have the data hash {found[:8]} but different segments;"
                " one was edited by hand, run it again with force=true"
            )
    data, pair = first.record.data, first.record.pair
    return TestSet(data.name, found, pair.src, pair.tgt, tuple(systems))


def _common(systems: Sequence[System]) -> TestSet:
    """All systems cut to the segments with the same source and references, in the first one's order."""
    pairs = {system.record.pair for system in systems}
    if len(pairs) > 1:
        names = ", ".join(sorted(map(str, pairs)))
        raise UserError(f"--common: the runs are of different language pairs ({names}); add pair=SRC-TGT")
    with_sources = not any(map(_sourceless, systems))
    positions = [_positions(system, with_sources) for system in systems]
    shared = [key for key in positions[0] if all(key in other for other in positions[1:])]
    if not shared:
        raise UserError("--common: the runs share no segment (same source and same references)")
    cut = tuple(
        system.take([where[key] for key in shared]) for system, where in zip(systems, positions, strict=True)
    )
    data = " and ".join(sorted({system.record.data.name for system in systems}))
    pair = pairs.pop()
    counts = Counter(system.name for system in cut)  # on their own test sets each had a name of its own
    cut = tuple(replace(s, name=_apart(s)) if counts[s.name] > 1 else s for s in cut)
    return TestSet(f"common segments of {data}", "common", pair.src, pair.tgt, cut)


def _positions(system: System, with_sources: bool) -> dict[tuple[str, tuple[str, ...], int], int]:
    """Where each (source, references, how many of them came before) stands."""
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    where: dict[tuple[str, tuple[str, ...], int], int] = {}
    sources = system.sources if with_sources else [""] * len(system.sources)
    for index, key in enumerate(zip(sources, system.references, strict=True)):
        where[(*key, seen[key])] = index
        seen[key] += 1
    return where


def _labels(records: Sequence[Record], problems: list[str]) -> dict[str, str]:
    """A short name for each run: the model's, with the tag, with the end of the run id, as far as needed."""

    def tagged(record: Record) -> str:
        return f"{record.model.label} ({record.tag})" if record.tag else record.model.label

    labels = {record.run_id: record.model.label for record in records}
    for again in (tagged, lambda record: f"{tagged(record)} {record.run_id[-6:]}"):
        counts = Counter((labels[record.run_id], _key(record)) for record in records)
        for record in records:
            if counts[labels[record.run_id], _key(record)] > 1:
                labels[record.run_id] = again(record)
    for name, count in Counter((tagged(record), _key(record)) for record in records).items():
        if count > 1:
            ids = [record.run_id for record in records if (tagged(record), _key(record)) == name]
            problems.append(f"{count} runs share a name and are distinguished by run id: {', '.join(ids)}")
    return labels
