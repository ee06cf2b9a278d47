"""What a way of computing changed in the outputs: the first texts of a run are translated without it, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.translate.batching import Output


class Comparison:
    """Counts outputs that differ from those in the library's own settings, of the first `wanted` texts.

    Texts that are in the cache are not among them: they are not translated.
    """

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._seen = self._changed = 0

    @property
    def done(self) -> bool:
        """Whether no more are to be compared."""
        return self._seen >= self._wanted

    def look(
        self, texts: Sequence[str], outputs: Sequence[Output], plain: Callable[[Sequence[str]], list[Output]]
    ) -> None:
        """Translate texts with `plain`, in the batch that they were in, until enough are compared."""
        if self.done:
            return
        pairs = list(zip(outputs, plain(texts), strict=True))[: self._wanted - self._seen]
        self._seen += len(pairs)
        self._changed += sum(one[0] != other[0] for one, other in pairs)

    @property
    def settings(self) -> dict[str, Any]:
        """For `show` and the record; nothing where nothing was compared."""
        if not self._seen:
            return {}
        return {"changed": f"{self._changed} of {self._seen} outputs, against the library's own computing"}
