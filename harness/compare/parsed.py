"""The segments of a run in columns, and a copy of them that is read many times as fast as their JSON lines.

    <user's cache>/mt-harness/segments/<sha256 of the segment files>

A copy lies in the user's own cache, not in the store: a store from elsewhere cannot bring numbers that its
segments do not have. It is found by the digest of the very bytes it was made from, has a digest of its own,
and may be deleted at any time; where it cannot be read or written, the lines are.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.paths import user_cache
from harness.protocols import Statistics

SMALLEST = 200_000
"""Bytes of segments below which no copy is made: they are read at once anyway."""
MOST = 1_000_000_000
"""Bytes of all copies; the oldest go first."""
_VERSION = b"2"
_KINDS = ("uint8", "uint16", "uint32", "float32", "float64")


@dataclass(frozen=True, slots=True)
class Columns:
    """All have one entry a segment. `problems`: why the statistics of a metric cannot be used."""

    ids: list[str]
    docs: list[str | None]
    domains: list[str | None]
    sources: list[str]
    hypotheses: list[str]
    references: list[list[str]]
    beads: list[dict[str, Any] | None]
    health: list[list[str]]
    marks: list[list[dict[str, Any]]]
    """The errors that each judge and each person marked: {who, by: "judge" or "human", outcome, marks}."""
    statistics: dict[str, Statistics]
    problems: dict[str, str]

    def rows(self, key: str) -> Statistics:
        """The statistics `(n, k)` of a metric. Raises ValueError where they are incomplete."""
        if key in self.statistics:
            return self.statistics[key]
        raise ValueError(self.problems.get(key, "no stored statistics in line 1 of segments.jsonl"))


def columns(lines: Sequence[dict[str, Any]]) -> Columns:
    """The columns of checked lines."""
    statistics: dict[str, Statistics] = {}
    problems: dict[str, str] = {}
    stored = [line.get("stats") or {} for line in lines]
    for key in dict.fromkeys(key for stats in stored for key in stats):
        try:
            statistics[key] = _rows([stats.get(key) for stats in stored])
        except (ValueError, IndexError, TypeError) as error:
            problems[key] = str(error)
    return Columns(
        ids=[line["id"] for line in lines],
        docs=[line.get("doc") for line in lines],
        domains=[line.get("domain") for line in lines],
        sources=[line["source"] for line in lines],
        hypotheses=[line["hypothesis"] for line in lines],
        references=[line["references"] for line in lines],
        beads=[line.get("bead") for line in lines],
        health=[line.get("health") or [] for line in lines],
        marks=list(map(_marks, lines)),
        statistics=statistics,
        problems=problems,
    )


def _marks(line: dict[str, Any]) -> list[dict[str, Any]]:
    judges = ({"who": key, "by": "judge", **found} for key, found in (line.get("judged") or {}).items())
    people = ({**found, "by": "human"} for found in line.get("human") or ())
    return [*judges, *people]


def _rows(found: list[Any]) -> Statistics:
    """`(n, k)` from stored lists; ValueError where one is missing, of another length, or not finite."""
    if None in found:
        raise ValueError(f"no stored statistics in line {found.index(None) + 1} of segments.jsonl")
    if len(set(map(len, found))) > 1:
        number = next(k for k, row in enumerate(found, start=1) if len(row) != len(found[0]))
        raise ValueError(f"{len(found[number - 1])} statistics in line {number}, {len(found[0])} in line 1")
    rows = np.array(found, dtype=np.float64)
    if not np.isfinite(rows).all():
        raise ValueError(
            f"a statistic in line {int(np.argwhere(~np.isfinite(rows))[0][0]) + 1} is not a number"
        )
    return rows


def remembered(files: Sequence[bytes], parse: Callable[[], Columns]) -> Columns:
    """The columns of these segment files: from their copy, else from `parse`, which is then copied."""
    if sum(map(len, files)) < SMALLEST:
        return parse()
    path = folder() / _digest(_VERSION, *files)
    found = _read(path)
    if found is None:
        found = parse()
        with suppress(ValueError, RecursionError):  # what else a bead may hold, deeper than JSON is written
            _write(path, _packed(found))
    return found


def folder() -> Path:
    """Where the copies are."""
    return user_cache() / "segments"


def _digest(*parts: bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _packed(found: Columns) -> bytes:
    """A digest of the rest; a line of JSON (the texts; key, shape and kind of each array); the arrays."""
    head: dict[str, Any] = {f.name: getattr(found, f.name) for f in fields(found) if f.name != "statistics"}
    arrays = {key: np.ascontiguousarray(_smallest(rows)) for key, rows in found.statistics.items()}
    head["arrays"] = [[key, rows.shape, rows.dtype.name] for key, rows in arrays.items()]
    text = json.dumps(head, separators=(",", ":")).encode()
    rest = b"\n".join([text, b"".join(rows.tobytes() for rows in arrays.values())])
    return _digest(rest).encode() + b"\n" + rest


def _smallest(rows: Statistics) -> np.ndarray[Any, np.dtype[Any]]:
    """The same numbers, bit by bit, in the fewest bytes: most statistics are counts."""
    for kind in _KINDS[:-1]:
        with np.errstate(all="ignore"):
            small = rows.astype(kind)
            if small.astype(np.float64).tobytes() == rows.tobytes():
                return small
    return rows


def _read(path: Path) -> Columns | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    sealed, _, rest = data.partition(b"\n")
    if sealed != _digest(rest).encode():
        return None
    head = json.loads(rest[: (end := rest.index(b"\n"))])
    statistics: dict[str, Statistics] = {}
    at = end + 1
    for key, shape, kind in head.pop("arrays"):
        count = int(np.prod(shape, dtype=np.int64))
        rows = np.frombuffer(rest, kind, count, at).astype(np.float64).reshape(shape)
        statistics[key] = rows
        at += count * np.dtype(kind).itemsize
    with suppress(OSError):
        os.utime(path)  # the oldest in use is not the oldest made
    return Columns(statistics=statistics, **head)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; without fsync, since a torn copy does not have its digest."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(path.parent, len(data))
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _make_room(place: Path, size: int) -> None:
    with os.scandir(place) as entries:
        there = [(entry.stat(), entry.path) for entry in entries]
    total = size + sum(state.st_size for state, _ in there)
    for state, name in sorted(there, key=lambda one: one[0].st_mtime):
        if total <= MOST:
            break
        Path(name).unlink(missing_ok=True)
        total -= state.st_size
