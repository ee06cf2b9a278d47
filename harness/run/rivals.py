"""The runs that metrics compare with (`metrics.pairwise.against`): found once, their outputs read for each
shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from harness.common.notices import tell
from harness.errors import ConfigError, DataError, UserError
from harness.protocols import Metric
from harness.results.record import Record
from harness.results.store import Store
from harness.types import Item

_Known = dict[str, tuple[str, tuple[str, ...], str]]


def rivals(metrics: Mapping[str, Metric], store: Store, pair: str) -> dict[str, Record]:
    """The record of the run that each metric asks for, by metric. Raises ConfigError where there is none."""
    found = {}
    for key, metric in metrics.items():
        if metric.rival is None:
            continue
        try:
            record = _run(store, metric.rival, pair)
        except UserError as error:
            raise ConfigError(f"metrics.{key}.against: {error}") from error
        if str(record.pair) != pair:
            raise ConfigError(
                f"metrics.{key}.against={metric.rival}: {record.run_id} is of {record.pair}, this run is of"
                f" {pair}"
            )
        found[key] = record
    return found


def _run(store: Store, text: str, pair: str) -> Record:
    """The run that `show` would find; of a system's runs of this pair the newest that is not itself
    such a comparison.

    So the systems of a sweep are all compared with one run, though each makes a new one.
    """
    found = store.find_finished(text)
    assert found.record is not None
    if not (found.run_id.startswith(text) or text in ("latest", found.record.tag)):
        plain = [
            run
            for run in store.runs()
            if run.record
            and run.record.model.name == text
            and str(run.record.pair) == pair
            and not any(judging.against for judging in (run.record.judges or {}).values())
        ]
        found = plain[-1] if plain else found
    if found.warning:
        tell(found.warning)
    assert found.record is not None
    return found.record


class Rivals:
    """The outputs of these runs, by metric: `folders` are those of the runs."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._folders = folders

    @cached_property
    def _outputs(self) -> dict[str, _Known]:
        """By folder, segment by segment: source, references and output."""
        found = {}
        for folder in dict.fromkeys(self._folders.values()):
            path = Path(folder)
            lines = Store(path.parent.parent).segments(path.name)
            found[folder] = {
                str(line["id"]): (line["source"], tuple(line["references"]), line["hypothesis"])
                for line in lines
            }
        return found

    def meet(self, metrics: Mapping[str, Metric], items: Sequence[Item]) -> None:
        """Give each metric what its run has for these segments.

        Raises DataError for a segment that the run has not, or with another source or other references.
        """
        for key, folder in self._folders.items():
            known = self._outputs[folder]
            for item in items:
                if item.id not in known or known[item.id][:2] != (item.source, tuple(item.references)):
                    raise DataError(
                        f"metrics.{key}.against={Path(folder).name}: that run has no segment '{item.id}' with"
                        " this source and these references; compare with a run on the same test set"
                    )
            metrics[key].meet([known[item.id][2] for item in items], Path(folder).name)
