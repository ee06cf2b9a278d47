"""The two controls of a results table: the source as it is (a floor) and the reference itself (a ceiling)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from harness.common.limits import Reads
from harness.errors import StageError
from harness.protocols import Batch, Engine, Translated
from harness.types import Translation


class Copy(Engine):
    """Every hypothesis is its source, unchanged: the score for doing nothing."""

    cached = False  # cheaper to make than to look up

    def __init__(self, model: Annotated[Mapping[str, Any], Reads(())], src: str, tgt: str) -> None:
        self._pair = f"{src}-{tgt}"

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "copy", "pair": self._pair}

    def translate(self, batch: Batch) -> Translated:
        """In batches, for the sake of memory; nothing can fail."""
        for start in range(0, len(batch.sources), 1000):
            chunk = batch.sources[start : start + 1000]
            yield [(start + i, Translation(source, source)) for i, source in enumerate(chunk)]


class Reference(Engine):
    """Every hypothesis is the first reference of its source: the score of a perfect match."""

    positional = True

    def __init__(self, model: Annotated[Mapping[str, Any], Reads(())], src: str, tgt: str) -> None:
        self._pair = f"{src}-{tgt}"

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "reference", "pair": self._pair}

    def translate(self, batch: Batch) -> Translated:
        """All in one batch. Raises StageError for a segment without reference."""
        found = []
        for index, (source, references) in enumerate(zip(batch.sources, batch.references, strict=True)):
            if not references:
                raise StageError(
                    f"engine 'reference': segment {batch.start + index + 1} has no reference to return"
                )
            found.append((index, Translation(source, references[0])))
        yield found
