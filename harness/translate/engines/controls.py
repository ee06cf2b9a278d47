"""The two controls of a results table: the source as it is (a floor) and the reference itself (a ceiling)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from harness.common.files import digest
from harness.common.options import Reads
from harness.errors import StageError
from harness.types import Translation


class Copy:
    """Every hypothesis is its source, unchanged: what a metric gives for no work at all."""

    cached = False  # cheaper to make than to look up

    def __init__(self, model: Annotated[Mapping[str, Any], Reads(())], src: str, tgt: str) -> None:
        self._pair = f"{src}-{tgt}"

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "copy", "pair": self._pair}

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        """In batches, for the sake of memory; nothing can fail."""
        for start in range(0, len(sources), 1000):
            chunk = sources[start : start + 1000]
            yield [(start + i, Translation(source, source)) for i, source in enumerate(chunk)]


class Reference:
    """Every hypothesis is the first reference of its source: what a metric gives for a perfect match.

    The pipeline hands the references over with `bind` before it asks for a translation.
    """

    def __init__(self, model: Annotated[Mapping[str, Any], Reads(())], src: str, tgt: str) -> None:
        self._pair = f"{src}-{tgt}"
        self._references: tuple[str, ...] | None = None

    def bind(self, references: Sequence[Sequence[str]]) -> None:
        """`references[i]` holds the references of source i, in the order `translate` will be asked."""
        empty = next((index for index, own in enumerate(references) if not own), None)
        if empty is not None:
            raise StageError(f"engine 'reference': segment {empty} has no reference to return")
        self._references = tuple(own[0] for own in references)

    @property
    def identity(self) -> dict[str, Any]:
        """With a digest of the references once they are bound: other references are other translations."""
        bound = {} if self._references is None else {"references": digest(list(self._references))}
        return {"engine": "reference", "pair": self._pair, **bound}

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        """All in one batch; StageError unless `sources` are as many as the references bound."""
        references = self._bound()
        if len(references) != len(sources):
            raise StageError(
                f"engine 'reference': {len(references)} references were bound, {len(sources)} sources asked"
            )
        yield [(i, Translation(s, r)) for i, (s, r) in enumerate(zip(sources, references, strict=True))]

    def _bound(self) -> tuple[str, ...]:
        if self._references is None:
            raise StageError("engine 'reference': no references were bound (call bind before translate)")
        return self._references
