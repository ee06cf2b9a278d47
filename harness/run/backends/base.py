"""Where the shards of a run are processed (`conf/backend`). The results must not depend on it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence

from harness.protocols import Extension
from harness.run.documents import Sides, TextParts
from harness.run.shards import Done, Shard
from harness.run.timings import Stages
from harness.run.worker import Worker
from harness.types import Bead, Item


class Backend(Extension):
    """Processes the shards of a run and aligns its documents."""

    shard_size: int
    """Segments translated, scored and kept at once."""
    retries: int
    """How often a batch for which the engine raises is tried again before it is narrowed down."""

    @abstractmethod
    def run(
        self,
        worker: Worker,
        shards: Sequence[Shard],
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None,
    ) -> Iterator[Done]:
        """Process each shard of `items` as `worker.work` does, and yield the summaries in any order."""

    @abstractmethod
    def align(self, parts: TextParts, pairs: Sequence[Sides]) -> Iterable[list[Bead]]:
        """The beads of each pair of documents, in order."""

    def close(self) -> None:
        """Release what it has started; called once, also after an error."""
