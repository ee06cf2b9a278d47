"""The `local` backend: shards one after another in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from harness.common.limits import Count, Natural
from harness.run.backends.base import Backend
from harness.run.documents import Sides, TextParts, align_pairs
from harness.run.shards import Done, Shard
from harness.run.timings import Stages
from harness.run.worker import Worker
from harness.types import Bead, Item


class Local(Backend):
    """Process the shards here, one at a time.

    shard_size   segments translated, scored and kept at once: memory and what a crash repeats grow with it
    retries      how often a batch that the engine raises for is tried again before it is narrowed down
    """

    def __init__(self, shard_size: Count = 10_000, retries: Natural = 2) -> None:
        self.shard_size, self.retries = shard_size, retries

    def run(
        self,
        worker: Worker,
        shards: Sequence[Shard],
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None,
    ) -> Iterator[Done]:
        for shard in shards:
            yield worker.work(shard, items[shard.start : shard.stop], stages, advance)

    def align(self, parts: TextParts, pairs: Sequence[Sides]) -> Iterable[list[Bead]]:
        return align_pairs(parts, pairs)
