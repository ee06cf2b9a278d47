"""Plain classes as extensions: classes of users that have the members of a base but do not inherit from it.

This is the only place that inspects which members an object has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from harness.protocols import (
    Aligner,
    Batch,
    Cleaner,
    Encoder,
    Engine,
    Extension,
    Loader,
    Matrix,
    Metric,
    Realigner,
    Splitter,
    Statistics,
    Translated,
)
from harness.types import Bead, Bitext, Cleaned, Document, DocumentSet, Realigned


def adapted(base: type[Extension], plain: Any) -> Any:
    """`plain` itself if it inherits from `base`, else wrapped in the adapter of that kind."""
    return plain if isinstance(plain, base) else _ADAPTERS[base](plain)


def lacking(base: type[Extension], found: Any) -> list[str]:
    """Members that `base` requires and a class, or an instance, lacks. Evaluates no property."""
    if isinstance(found, type):
        return sorted(name for name in base.__abstractmethods__ if not hasattr(found, name))
    return [name for name in lacking(base, type(found)) if name not in vars(found)]


class _Plain:
    def __init__(self, plain: Any) -> None:
        self._plain = plain


class PlainLoader(_Plain, Loader):
    def load(self, src: str, tgt: str) -> DocumentSet | Bitext:
        found: DocumentSet | Bitext = self._plain.load(src, tgt)
        return found


class PlainCleaner(_Plain, Cleaner):
    def clean(self, documents: Sequence[Document]) -> list[Cleaned]:
        return list(self._plain.clean(documents))


class PlainSplitter(_Plain, Splitter):
    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        return list(self._plain.boundaries(text, lang))


class PlainEncoder(_Plain, Encoder):
    @property
    def identity(self) -> dict[str, Any]:
        return dict(self._plain.identity)

    def encode(self, texts: Sequence[str]) -> Matrix:
        vectors: Matrix = self._plain.encode(texts)
        return vectors


class PlainAligner(_Plain, Aligner):
    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        return list(self._plain.align(src, tgt))


class PlainEngine(_Plain, Engine):
    """`translate(sources)`; before it `bind(references)` and `at(start, total)` where the class has them."""

    def __init__(self, plain: Any) -> None:
        super().__init__(plain)
        self._bind = getattr(plain, "bind", None)
        self._at = getattr(plain, "at", None)
        self.name = getattr(plain, "name", None)
        self.sentence_level = bool(getattr(plain, "sentence_level", False))
        self.cached = bool(getattr(plain, "cached", True))
        self.filters = tuple(getattr(plain, "filters", ()))
        self.unit = getattr(plain, "unit", "segment")
        self.window, self.context = getattr(plain, "window", 10), getattr(plain, "context", 0)
        self.positional = bool(getattr(plain, "positional", self._bind is not None))
        self.divisible = not self.positional or self._bind is not None or self._at is not None

    @property
    def identity(self) -> dict[str, Any]:
        return dict(self._plain.identity)

    def translate(self, batch: Batch) -> Translated:
        if self._bind is not None:
            self._bind(batch.references)
        if self._at is not None:
            self._at(batch.start, len(batch.sources) if batch.total is None else batch.total)
        yield from self._plain.translate(batch.sources)


class PlainRealigner(_Plain, Realigner):
    def realign(self, output: str, sources: Sequence[str], references: Sequence[Sequence[str]]) -> Realigned:
        found: Realigned = self._plain.realign(output, sources, references)
        return found


class PlainMetric(_Plain, Metric):
    def __init__(self, plain: Any) -> None:
        super().__init__(plain)
        self.name = str(getattr(plain, "name", ""))
        self.higher_is_better = bool(getattr(plain, "higher_is_better", True))
        self.neutral = bool(getattr(plain, "neutral", False))
        self.needs_source = bool(getattr(plain, "needs_source", False))
        self.needs_documents = bool(getattr(plain, "needs_documents", False))
        self._enter: Callable[[], Any] | None = getattr(plain, "__enter__", None)

    @property
    def signature(self) -> str:
        return str(self._plain.signature)

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        rows: Statistics = self._plain.statistics(sources, hypotheses, references)
        return rows

    def in_documents(
        self,
        docs: Sequence[str | None],
        sources: Sequence[str],
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],
    ) -> Statistics:
        if not self.needs_documents:
            return self.statistics(sources, hypotheses, references)
        rows: Statistics = self._plain.in_documents(docs, sources, hypotheses, references)
        return rows

    def aggregate(self, sums: Statistics) -> Statistics:
        scores: Statistics = self._plain.aggregate(sums)
        return scores

    def segment_scores(self, statistics: Statistics) -> Statistics:
        scores: Statistics = self._plain.segment_scores(statistics)
        return scores

    def prepare(self) -> None:
        if hasattr(self._plain, "prepare"):
            self._plain.prepare()

    def __enter__(self) -> PlainMetric:
        if self._enter is not None:
            self._enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._enter is not None:
            self._plain.__exit__(kind, value, trace)


_ADAPTERS: dict[type[Extension], Callable[[Any], Extension]] = {
    Loader: PlainLoader,
    Cleaner: PlainCleaner,
    Splitter: PlainSplitter,
    Encoder: PlainEncoder,
    Aligner: PlainAligner,
    Engine: PlainEngine,
    Realigner: PlainRealigner,
    Metric: PlainMetric,
}
