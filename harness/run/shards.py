"""A run in shards: the unit of work, and what is kept of each on disk until the run is recorded.

    results/cache/shards/<config hash>-<shard size>-<version>/
        part-00000.jsonl   the shard's lines, as they stand in the run's folder in the end
        part-00000.npz     its sums of statistics (`stats.block_sums`), one table per metric
        part-00000.json    its summary, written last: its existence means that the shard is finished

Every file is replaced whole, and a shard worked twice gives the same bytes, so that it does not matter who
processes it, how often, or whether two runs of the same configuration do at the same time.
"""

from __future__ import annotations

import hashlib
import io
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.files import read_bytes, write_atomic
from harness.common.json_text import json_value
from harness.errors import ConfigError, DataError
from harness.protocols import Statistics

ShardStatistics = dict[str, tuple[int, Statistics]]
"""Of each metric the number of the first block that the shard touches, and the sums of its blocks."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The segments `start:stop` of a test set."""

    index: int
    start: int
    stop: int

    @property
    def name(self) -> str:
        return f"part-{self.index:05d}.jsonl"

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Done:
    """The summary of a finished shard. `failures` shows the first few of `failed` segments."""

    shard: Shard
    sha256: str
    health: dict[str, int]
    failed: int
    failures: list[dict[str, str]]
    signatures: dict[str, str]
    realign: dict[str, int] = field(default_factory=dict)
    tokenized: int = 0  # hypotheses that end in a period after a space, counted where BLEU is a metric
    misread: int = 0  # hypotheses that are UTF-8 read in another encoding
    misread_first: str = ""  # the id of the first of them
    shifted: dict[str, Any] = field(default_factory=dict)  # `worker._shifted` of the shard
    warnings: list[str] = field(default_factory=list)
    cleaned: int = 0  # outputs that `engine.answer` changed
    usage: dict[str, Any] | None = None  # `results.record.Usage` of the shard
    judged: dict[str, Any] = field(default_factory=dict)  # `run.judging.counted` of the shard


@dataclass(frozen=True, slots=True)
class Gathered:
    """All shards of a run combined. `rows` are sums of statistics by block, one table per metric."""

    rows: Mapping[str, Statistics]
    signatures: dict[str, str]
    health: dict[str, int]
    failed: int
    failures: list[dict[str, str]]
    tokenized: int
    warnings: tuple[str, ...]
    cleaned: int = 0
    misread: int = 0
    misread_first: str = ""
    shifted: Mapping[str, Any] = field(default_factory=dict)
    """Of the first shard with outputs that belong to a neighbouring segment; empty: none."""
    usage: Sequence[dict[str, Any] | None] = ()
    judged: Sequence[dict[str, Any]] = ()
    realign: dict[str, int] = field(default_factory=dict)


def divide(n: int, size: int, ends: Sequence[int] = ()) -> list[Shard]:
    """Shards of `size` consecutive segments, the last may be shorter; none for no segments.

    With `ends`, rising up to `n`, shards end only there: they are shorter, or longer where one part is.
    """
    if size < 1:
        raise ConfigError(f"backend.shard_size={size}: must be at least 1")
    starts = range(0, n, size)
    if ends and n:
        found: list[Shard] = []
        start = at = 0
        while start < n:
            at = max(bisect_right(ends, start + size), at + 1)
            found.append(Shard(len(found), start, ends[at - 1]))
            start = ends[at - 1]
        return found
    return [Shard(index, start, min(start + size, n)) for index, start in enumerate(starts)]


class Finished:
    """The folder of a run's finished shards."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def part(self, shard: Shard) -> Path:
        """Where the lines of a shard are, or will be."""
        return self.folder / shard.name

    def write(self, done: Done, lines: bytes, rows: ShardStatistics) -> None:
        """Keep a shard; StageError when the disk is full."""
        table: dict[str, Any] = {f"{key}:{first}": values for key, (first, values) in rows.items()}
        buffer = io.BytesIO()
        np.savez(buffer, **table)  # arrays of numbers only: nothing is pickled
        write_atomic(self.part(done.shard), lines)
        write_atomic(self.part(done.shard).with_suffix(".npz"), buffer.getvalue())
        write_atomic(self.part(done.shard).with_suffix(".json"), json.dumps(asdict(done), sort_keys=True))

    def find(self, shard: Shard) -> Done | None:
        """The summary of a shard that needs no more work: it is whole, and none of its segments failed."""
        path = self.part(shard)
        try:
            value = json_value(read_bytes(path.with_suffix(".json")))
            done = Done(**{**value, "shard": Shard(**value["shard"])})
            if done.shard != shard or done.failed or sha256(read_bytes(path)) != done.sha256:
                return None
            self.rows(shard)
        except (DataError, ValueError, TypeError, KeyError):
            return None  # not there, or damaged: it is worked again
        return done

    def rows(self, shard: Shard) -> ShardStatistics:
        """The sums of a finished shard. Raises DataError when they are gone, ValueError when damaged."""
        data = read_bytes(self.part(shard).with_suffix(".npz"))
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as table:
                named = [(name.rpartition(":"), np.asarray(table[name])) for name in table.files]
        except Exception as error:  # zipfile, zlib and numpy each have their own
            raise ValueError(f"damaged ({error})") from error
        return {key: (int(first), values) for (key, _, first), values in named}


def sha256(data: bytes) -> str:
    """Hex digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def merged_signature(signatures: list[str]) -> str:
    """The signature of a metric over all shards: fields in which they differ become `var`.

    So sacreBLEU's `nrefs:1` and `nrefs:2` become `nrefs:var`, its own word for it.
    """
    distinct = sorted(set(signatures))
    columns = [signature.split("|") for signature in distinct]
    if len(distinct) == 1 or len({len(column) for column in columns}) > 1:
        return distinct[0] if len(distinct) == 1 else " / ".join(distinct)
    fields = []
    for cells in zip(*columns, strict=True):
        same = len(set(cells)) == 1
        fields.append(cells[0] if same else f"{cells[0].partition(':')[0]}:var")
    return "|".join(fields)


def merged_rows(parts: list[ShardStatistics], blocks: int) -> Mapping[str, Statistics]:
    """`(blocks, k)` of each metric from the shards' sums, added in the order given."""
    total: dict[str, Statistics] = {}
    for part in parts:
        for key, (first, values) in part.items():
            into = total.setdefault(key, np.zeros((blocks, values.shape[1])))
            into[first : first + len(values)] += values
    return total
