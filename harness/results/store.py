"""The results store: one folder a run, a table derived from all of them. No shared file, no lock.

Never imports torch, transformers or hydra, so that `list` and `compare` start at once.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.common.files import parse_json, parse_jsonl, read_text, write_atomic, write_json
from harness.common.shapes import ALIGNMENT, ERROR, RECORD, SEGMENT, mismatch, read_json
from harness.errors import DataError, UserError, did_you_mean
from harness.results.segment_files import segment_bytes

SCHEMA = 1
State = Literal["finished", "failed", "crashed", "damaged"]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run folder. `record` is present when finished, `problem` (one line) otherwise."""

    run_id: str
    path: Path
    state: State
    record: Record | None = None
    problem: str | None = None


def rounded(value: Any) -> Any:
    """Floats to 6 places, NaN and infinity to None, in nested lists and dicts."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def migrate(record: Any, path: Path) -> Record:
    """A record in today's schema. Raises DataError for a newer or unrecognisable one."""
    if not isinstance(record, dict) or not isinstance(record.get("schema"), int):
        raise DataError(f"{path}: not a record (no schema number); delete the folder or run again")
    if record["schema"] > SCHEMA:
        raise DataError(
            f"{path}: written by a newer harness (schema {record['schema']}, this one reads {SCHEMA});"
            " upgrade: pip install -U mt-harness"
        )
    wrong = mismatch(record, RECORD)
    if wrong is None and record["run_id"] != path.parent.name:
        wrong = f"its run_id is '{record['run_id']}', the folder's name is '{path.parent.name}'"
    if wrong:
        raise DataError(f"{path}: damaged record ({wrong}); restore it, or delete the folder and run again")
    return record


class Store:
    """The folder of all runs, `results` by default. It is created when the first run is written."""

    def __init__(self, root: str | Path = "results") -> None:
        self.root = Path(root)
        self.runs_dir = self.root / "runs"
        self.cache_dir = self.root / "cache"

    def run_dir(self, run_id: str) -> Path:
        return self.runs_dir / run_id

    def info(self, path: Path) -> RunInfo:
        """The state of one run folder; never raises for a damaged one."""
        record_path = path / "record.json"
        try:
            if record_path.exists():
                value = parse_json(read_text(record_path), str(record_path), nan=False)
                return RunInfo(path.name, path, "finished", record=migrate(value, record_path))
            if (path / "error.json").exists():
                error = read_json(path / "error.json", ERROR)
                return RunInfo(path.name, path, "failed", problem=f"{error['stage']}: {error['message']}")
        except DataError as error:
            return RunInfo(path.name, path, "damaged", problem=str(error))
        return RunInfo(
            path.name, path, "crashed", problem="stopped before it finished; run it again to go on"
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
            raise UserError(
                f"'{text}' is the beginning of {len(prefixed)} runs: {', '.join(r.run_id for r in prefixed)}"
            )
        named = [r for r in runs if r.record and text in (r.record.get("tag"), r.record["model"].get("name"))]
        if named:
            return named[-1]
        known = {r.run_id for r in runs} | {str(r.record["model"].get("name")) for r in runs if r.record}
        raise UserError(
            f"no run '{text}' in {self.runs_dir}.{did_you_mean(text, known)} See: python -m harness list"
        )

    def standing(self, config_hash: str) -> RunInfo | None:
        """The newest finished run with this hash of configuration, inputs and revision.

        A run of which segments failed stands for nothing: the same command tries them again.
        """
        for run in reversed(self.runs()):
            if run.record and run.record.get("config_hash") == config_hash and not run.record.get("failed"):
                return run
        return None

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

    def write_record(self, record: Record) -> None:
        """Write record.json; last of all files of a run: its existence means "finished"."""
        write_json(self.run_dir(record["run_id"]) / "record.json", rounded(record))

    def write_table(self) -> None:
        """Derive table.csv from all records; replacing it whole, a race of two runs loses nothing."""
        write_atomic(self.root / "table.csv", table_csv(self.records()))


def table_csv(records: list[Record]) -> str:
    """A long-lived CSV: a line a run, a column a metric with its interval and signature."""
    metrics = sorted({s["metric"] for r in records for s in r["scores"] if s["level"] == "corpus"})
    fields = ["run_id", "created", "tag", "model", "model_id", "revision", "engine", "src", "tgt", "data"]
    fields += ["data_hash", "n", "config_hash"]
    for metric in metrics:
        fields += [metric, f"{metric}_low", f"{metric}_high", f"{metric}_signature"]
    out = io.StringIO()
    writer = csv.DictWriter(out, fields, lineterminator="\n", restval="")
    writer.writeheader()
    for record in sorted(records, key=lambda r: str(r["run_id"])):
        row = {
            **{key: record.get(key) for key in ("run_id", "created", "tag", "config_hash")},
            "model": record["model"].get("name"),
            "model_id": record["model"].get("id"),
            "revision": record["model"].get("revision"),
            "engine": record["model"].get("engine"),
            **record["pair"],
            "data": record["data"].get("name"),
            "data_hash": record["data"].get("hash"),
            "n": record["data"].get("n"),
        }
        for score in record["scores"]:
            if score["level"] == "corpus":
                name = score["metric"]
                low, high = score["ci"] or ("", "")
                row |= {name: score["value"], f"{name}_low": low, f"{name}_high": high}
                row[f"{name}_signature"] = score["signature"]
        writer.writerow({key: row[key] for key in fields if row.get(key) is not None})
    return out.getvalue()
