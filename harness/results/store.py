"""The results store: one folder per run, a table derived from all of them. No shared file, no lock.

Never imports torch, transformers or hydra, so that `list` and `compare` start quickly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from harness.common.files import parse_json, parse_jsonl, read_bytes, read_lines, write_atomic, write_json
from harness.common.progress import note
from harness.common.shapes import mismatch, read_json
from harness.common.typed_json import rounded
from harness.errors import DataError, HarnessError, UserError, did_you_mean
from harness.results.files import ALIGNMENT, ERROR, SEGMENT
from harness.results.integrity import edited, file_digests, record_digest
from harness.results.labels import read_labels, write_labels
from harness.results.live import Progress, discard, progress
from harness.results.record import Record
from harness.results.segment_files import segment_bytes
from harness.results.tables import table_csv

State = Literal["finished", "running", "failed", "crashed", "damaged"]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run folder. `record` is present when finished, `problem` (one line) otherwise.

    `edited` names the files of a finished run that were changed after it was recorded, `progress` how far one
    is (or came) that has not ended, `repaired` the later run that did what one that failed should have done.
    """

    run_id: str
    path: Path
    state: State
    record: Record | None = None
    problem: str | None = None
    edited: tuple[str, ...] = ()
    progress: Progress | None = None
    repaired: str | None = None

    @property
    def warning(self) -> str | None:
        """One line for a run whose files were edited, else None."""
        if not self.edited:
            return None
        return (
            f"{self.run_id} was edited after it was recorded ({', '.join(self.edited)}); its numbers are not"
            " those of the run: restore the files, or run it again with force=true"
        )


class Store:
    """The folder of all runs, `results` by default. It is created when the first run is written."""

    def __init__(self, root: str | Path = "results") -> None:
        self.root = Path(root)
        self.runs_dir = self.root / "runs"
        self.cache_dir = self.root / "cache"

    def run_dir(self, run_id: str) -> Path:
        return self.runs_dir / run_id

    def info(self, path: Path, thorough: bool = False) -> RunInfo:
        """The state of one run folder; never raises for a damaged one.

        `thorough` reads every file to see whether it was edited, not only those that look newer.
        """
        record_path = path / "record.json"
        try:
            _check_plain(path)
            if record_path.exists():
                value = parse_json(read_bytes(record_path), str(record_path), nan=False)
                record, labels = Record.from_json(value, record_path), read_labels(path)
                tag = record.tag if labels.tag is None else labels.tag or None
                record = replace(record, tag=tag, note=labels.note or None)
                return RunInfo(path.name, path, "finished", record, edited=edited(value, path, thorough))
            if (path / "error.json").exists():
                error = read_json(path / "error.json", ERROR)
                problem = f"{error['stage']}: {error['message']}"
                return RunInfo(path.name, path, "failed", problem=problem, repaired=error.get("repaired"))
        except (DataError, OSError) as error:
            return RunInfo(path.name, path, "damaged", problem=str(error))
        now = progress(path)
        if now is not None and now.running:
            return RunInfo(path.name, path, "running", problem=now.sentence, progress=now)
        came = f" (at {now.sentence})" if now else ""
        return RunInfo(
            path.name,
            path,
            "crashed",
            problem=f"stopped before it finished{came}; run it again to resume",
            progress=now,
        )

    def runs(self) -> list[RunInfo]:
        """Every run, oldest first."""
        if not self.runs_dir.is_dir():
            return []
        folders = sorted(p for p in self.runs_dir.iterdir() if p.is_dir() and not p.name.startswith("."))
        return [self.info(path) for path in folders]

    def records(self) -> list[Record]:
        """The records of finished runs, oldest first."""
        return [run.record for run in self.runs() if run.record is not None]

    def find(self, text: str) -> RunInfo:
        """The newest run whose id, id prefix, tag or model name is `text`; `latest` is the newest finished.

        Raises UserError naming near misses when none or (for a prefix) several match.
        """
        runs = self.runs()
        if not runs:
            raise UserError(f"no runs in {self.runs_dir}; make one with: python -m harness run")
        if text == "latest":
            finished = [run for run in runs if run.state == "finished"]
            if finished:
                return finished[-1]
        for run in runs:
            if run.run_id == text:
                return run
        prefixed = [run for run in runs if run.run_id.startswith(text)]
        if len(prefixed) == 1:
            return prefixed[0]
        if prefixed:
            raise UserError(f"'{text}' matches {len(prefixed)} runs: {', '.join(r.run_id for r in prefixed)}")
        named = [run for run in runs if run.record and text in (run.record.tag, run.record.model.name)]
        if named:
            return named[-1]
        known = {run.run_id for run in runs} | {str(run.record.model.name) for run in runs if run.record}
        raise UserError(
            f"no run '{text}' in {self.runs_dir}.{did_you_mean(text, known)} See: python -m harness list"
        )

    def find_finished(self, text: str) -> RunInfo:
        """As `find`, and a line that tells which of several runs with that name it is.

        Raises UserError for a run that did not finish.
        """
        run = self.find(text)
        if run.record and not run.run_id.startswith(text) and text != "latest":
            alike = [r for r in self.records() if text in (r.tag, r.model.name)]
            if len(alike) > 1:
                note(f"{run.run_id} is the newest of {len(alike)} runs called '{text}'")
        if run.record is None:
            raise UserError(f"{run.run_id}: {run.state}: {run.problem}")
        return run

    def standing(self, config_hash: str) -> Record | None:
        """The record of the newest finished run with this hash of configuration, inputs and revision.

        A run in which segments failed does not count: the same command tries them again.
        """
        for record in reversed(self.records()):
            if record.config_hash == config_hash and not record.failed:
                return record
        return None

    def supersede(self, config_hash: str) -> None:
        """Delete what is left of interrupted attempts at a run that stands: it took their work over."""
        for path in self.runs_dir.glob("*/live.json"):
            left = progress(path.parent)
            if left and left.locked and not left.running and left.config_hash == config_hash:
                discard(path.parent)

    def repaired(self, configuration: str, run_id: str) -> None:
        """Note in failed attempts at a configuration that this run finished: they concern nobody any more."""
        for path in self.runs_dir.glob("*/error.json"):
            with suppress(HarnessError):
                error = read_json(path, ERROR)
                if error.get("configuration") == configuration and not error.get("repaired"):
                    write_json(path, {**error, "repaired": run_id})

    def segments(self, run_id: str) -> Iterator[dict[str, Any]]:
        """The lines of a run's segments, of one file or many. Raises DataError when any is damaged."""
        for path, data in segment_bytes(self.run_dir(run_id)):
            for number, line in enumerate(parse_jsonl(data, path), start=1):
                if wrong := mismatch(line, SEGMENT):
                    raise DataError(f"{path}:{number}: damaged ({wrong}); run it again with force=true")
                yield line

    def alignment(self, run_id: str) -> dict[str, Any] | None:
        """A run's alignment.json, None for a test set that was parallel already."""
        path = self.run_dir(run_id) / "alignment.json"
        found: dict[str, Any] | None = read_json(path, ALIGNMENT) if path.exists() else None
        return found

    def write_alignment(self, run_id: str, alignment: Mapping[str, Any]) -> None:
        """Write alignment.json: what the documents of a run align to, before they are translated."""
        write_json(self.run_dir(run_id) / "alignment.json", rounded(alignment))

    def write_record(self, record: Record) -> Record:
        """Write record.json with the digests of the other files; returns the record as stored.

        record.json is the last file of a run: its existence means "finished".
        """
        path = self.run_dir(record.run_id) / "record.json"
        value = replace(record, files=file_digests(path.parent), digest=None).to_json()
        value["digest"] = record_digest(value)
        stored = Record.from_json(value, path)
        write_json(path, value)
        return stored

    def tag(self, record: Record, name: str | None) -> Record:
        """Give a finished run the tag of one that it stands for; without one it keeps its own."""
        if not name or name == record.tag:
            return record
        write_labels(self.run_dir(record.run_id), tag=name)
        self.write_table()
        return replace(record, tag=name)

    def follow_deletions(self, runs: Sequence[RunInfo]) -> None:
        """Derive table.csv again, if it can be written, where it has runs that were deleted by hand."""
        try:
            lines = read_lines(self.root / "table.csv")
            if {line.partition(",")[0] for line in lines[1:]} - {run.run_id for run in runs if run.record}:
                self.write_table()
        except HarnessError:
            return

    def write_table(self) -> None:
        """Derive table.csv from all records; replacing it whole, a race of two runs loses nothing."""
        write_atomic(self.root / "table.csv", table_csv(self.records()))


def _check_plain(folder: Path) -> None:
    """Raises DataError for what is no file in the place of one: reading a pipe or a device would not end."""
    for name in ("record.json", "labels.json", "error.json"):
        path = folder / name
        if path.exists() and not path.is_file():
            raise DataError(f"{path}: is not a file; delete the folder or run again")
