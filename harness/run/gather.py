"""From shards to a run: hand them to the backend, collect what is finished, add it up."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.common.files import read_bytes, write_atomic
from harness.common.progress import bar, note
from harness.errors import DataError, StageError
from harness.results.segment_files import FOLDER, SINGLE, Part, write_manifest
from harness.run.backends.base import Backend
from harness.run.shards import Done, Gathered, Shard, ShardStatistics, divide, merged_rows, merged_signature
from harness.run.timings import Stages
from harness.run.worker import Worker
from harness.types import Item


class Gathering:
    """The finished shards of one run: their lines come into its folder at once, by hard link where possible.

    So another run of the same configuration may remove the folder of finished shards when it ends first.
    """

    def __init__(self, worker: Worker, shards: Sequence[Shard], run_dir: Path) -> None:
        self._worker, self._shards, self._run_dir = worker, shards, run_dir
        self._done: dict[int, Done] = {}
        self._rows: dict[int, ShardStatistics] = {}

    def missing(self) -> list[Shard]:
        """The shards still to be processed."""
        return [shard for shard in self._shards if shard.index not in self._done]

    def adopt(self, done: Done) -> bool:
        """Take a finished shard over; False when its files have gone meanwhile."""
        folder = self._worker.finished
        try:
            rows = folder.rows(done.shard)
            _link(folder.part(done.shard), self._target(done.shard))
        except (DataError, FileNotFoundError):
            return False
        self._done[done.shard.index], self._rows[done.shard.index] = done, rows
        return True

    def result(self) -> Gathered:
        """Sums over all shards, in their order whatever the order in which they were finished."""
        done = [self._done[shard.index] for shard in self._shards]
        if len(done) > 1:
            parts = [Part(item.shard.name, len(item.shard), item.sha256) for item in done]
            write_manifest(self._run_dir, parts)
        job = self._worker.job
        health: Counter[str] = Counter()
        realign: Counter[str] = Counter()
        for item in done:
            health.update(item.health)
            realign.update(item.realign)
        return Gathered(
            rows=merged_rows([self._rows[shard.index] for shard in self._shards], -(-job.n // job.block)),
            signatures={
                key: merged_signature([item.signatures[key] for item in done]) for key in job.metrics
            },
            health=dict(sorted(health.items())),
            failed=sum(item.failed for item in done),
            failures=[failure for item in done for failure in item.failures][:3],
            tokenized=sum(item.tokenized for item in done),
            misread=sum(item.misread for item in done),
            misread_first=next((item.misread_first for item in done if item.misread), ""),
            shifted=next((item.shifted for item in done if item.shifted), {}),
            warnings=tuple(dict.fromkeys(line for item in done for line in item.warnings)),
            cleaned=sum(item.cleaned for item in done),
            usage=[item.usage for item in done],
            judged=[item.judged for item in done],
            realign=dict(sorted(realign.items())),
        )

    def _target(self, shard: Shard) -> Path:
        alone = len(self._shards) == 1
        return self._run_dir / SINGLE if alone else self._run_dir / FOLDER / shard.name


def gather(
    backend: Backend, worker: Worker, items: Sequence[Item], run_dir: Path, stages: Stages
) -> Gathered:
    """Have `backend` process every shard, except those an earlier attempt has finished.

    Raises what ends a run: a HarnessError of the engine or a metric, StageError when the disk is full.
    """
    gathering = Gathering(worker, divide(worker.job.n, worker.job.size, worker.job.ends), run_dir)
    shards = gathering.missing()
    for shard in shards:
        found = worker.finished.find(shard)
        if found is not None:
            gathering.adopt(found)
    missing = gathering.missing()
    if missing and len(missing) < len(shards):
        note(
            f"{len(shards) - len(missing)} of {len(shards)} shards are finished already; processing the rest"
        )
    with worker, _watched(shards, missing) as advance:
        while missing:
            before = len(missing)
            vanished = 0
            for done in backend.run(worker, missing, items, stages, advance):
                vanished += not gathering.adopt(done)
            missing = gathering.missing()
            if len(missing) == before and not vanished:
                raise StageError(f"the backend did not process shard {missing[0].index}")
    return gathering.result()


@contextmanager
def _watched(shards: Sequence[Shard], missing: Sequence[Shard]) -> Iterator[Callable[[int], None] | None]:
    """One progress bar over all shards; None for a single one, whose translation has a bar of its own."""
    if len(shards) == 1:
        yield None
        return
    with bar("translating and scoring", sum(map(len, missing))) as ticker:
        yield ticker.advance


def _link(source: Path, target: Path) -> None:
    """Let `target` be the file `source`; a copy where the file system has no hard links across them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        write_atomic(target, read_bytes(source))


def clear(folder: Path) -> None:
    """Remove the finished shards of a recorded run."""
    shutil.rmtree(folder, ignore_errors=True)
