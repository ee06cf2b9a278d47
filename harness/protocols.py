"""What a class must offer to be an extension of the harness. One protocol per registry table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.types import Bead, Bitext, DocumentSet, Item, Translation

if TYPE_CHECKING:
    from harness.run.documents import Parts, Sides
    from harness.run.shards import Done, Shard
    from harness.run.timings import Stages
    from harness.run.worker import Worker

Matrix = NDArray[np.float32]
Statistics = NDArray[np.float64]


class Loader(Protocol):
    """A dataset format (`conf/data`). Options are constructor keywords; `src`/`tgt` are ISO codes."""

    def load(self, src: str, tgt: str) -> DocumentSet | Bitext:
        """Read everything; raises DataError for bad input, UnavailableError when out of reach."""
        ...


class Splitter(Protocol):
    """A sentence splitter (`conf/splitter`)."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Half-open spans of the sentences of one line of text, white space outside them."""
        ...


class Encoder(Protocol):
    """A sentence encoder (`conf/encoder`)."""

    @property
    def identity(self) -> dict[str, Any]:
        """Name, revision and options: whatever changes its vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), d)` float32, each row of unit length."""
        ...


class Aligner(Protocol):
    """A sentence aligner (`conf/aligner`). Built with the keyword `encoder` where `needs_encoder`."""

    needs_encoder: bool

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; every index of either side is in exactly one bead."""
        ...


class Engine(Protocol):
    """A translation engine (`conf/engine`).

    Built as `Engine(model=<the model YAML as dict>, src=…, tgt=…, **options of the engine YAML)`;
    building is cheap and refuses what cannot work (unsupported language, model out of reach)
    before any weight is loaded.
    """

    @property
    def identity(self) -> dict[str, Any]:
        """Engine, model id, resolved revision, decoding, prompt: the key of its translations."""
        ...

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        """Yield finished batches of (index into `sources`, translation), in any order, each index once."""
        ...


class Metric(Protocol):
    """A metric (`conf/metrics`). Corpus scores come from summed sufficient statistics, so
    resampling never scores twice."""

    name: str
    higher_is_better: bool

    @property
    def signature(self) -> str: ...

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, k)` sufficient statistics; `references[i]` holds every reference of segment i."""
        ...

    def aggregate(self, sums: Statistics) -> Statistics:
        """Corpus scores `(m,)` from summed statistics `(m, k)`; NaN where undefined."""
        ...

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """Segment-level scores `(n,)` from `(n, k)`; NaN where undefined."""
        ...


class Backend(Protocol):
    """Where shards are worked (`conf/backend`). The results must not depend on it."""

    shard_size: int
    retries: int

    def run(
        self,
        worker: Worker,
        shards: Sequence[Shard],
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None,
    ) -> Iterator[Done]:
        """Have each shard of `items` worked as `worker.work` does, and yield the summaries in any order."""
        ...

    def align(self, parts: Parts, pairs: Sequence[Sides]) -> Iterable[list[Bead]]:
        """The beads of each pair of documents, in order."""
        ...

    def close(self) -> None:
        """Let go of what it has started; called once, also after an error."""
        ...
