"""Engines that raise: retried, narrowed down to one text, which is recorded as failed; the rest goes on.

Which errors concern the whole system, and end the run at once with their own line:
every HarnessError but SegmentError (a bad option, a model out of reach, a server that refuses the key), a
full or read-only disk, a missing package. Anything else may be due to one text. Where nothing but failures
follows (`PROBES`, `IN_A_ROW`), it was not the text, and the run ends too.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence

from harness.common.own_code import blame
from harness.errors import HarnessError, SegmentError, StageError, message_of, one_line
from harness.protocols import Batch, Engine, Translated
from harness.types import Translation

PROBES = 3
"""Texts that may fail while none has succeeded yet: with one more the engine itself is broken."""

IN_A_ROW = 20
"""Texts that may fail without a success between them."""

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE)
_PAUSE = 0.2  # seconds before the first repetition; doubles


class Tolerant:
    """An engine whose exceptions become translations with `finish_reason="error"`.

    One object serves all calls of a process, because it remembers whether the engine ever worked.
    `retries` is how often a failing batch is tried again before it is halved, and the single text again.
    """

    def __init__(self, engine: Engine, retries: int = 2) -> None:
        self.engine = engine
        self._retries = retries
        self._works = False
        self._in_a_row = 0
        self._last = ""

    @property
    def works(self) -> bool:
        """Whether it has translated anything, now or for an earlier attempt at the run."""
        return self._works

    def translate(self, batch: Batch, works: bool = False) -> Translated:
        """Like `Engine.translate`; finished batches are never requested again.

        `works` says that the engine is known to have translated others (a resumed run). Raises StageError
        when the engine fails on everything or breaks its contract (an index twice, never, or out of range).
        """
        self._works |= works
        units = batch.sources
        stack = [(list(range(len(units))), self._retries)]
        while stack:
            part, tries = stack.pop()
            done: set[int] = set()
            try:
                whole = len(part) == len(units)
                for finished in self.engine.translate(batch if whole else Batch([units[i] for i in part])):
                    yield self._placed(finished, part, done)
            except Exception as error:
                _raise_if_systemic(error)
                rest = [i for k, i in enumerate(part) if k not in done]
                if not rest or self.engine.positional:
                    raise
                if tries:
                    time.sleep(min(_PAUSE * 2 ** (self._retries - tries), 5.0))
                    stack.append((rest, tries - 1))
                elif len(rest) > 1:
                    half = len(rest) // 2
                    for side in (rest[half:], rest[:half]):
                        stack.append((side, self._retries if len(side) == 1 else 0))
                else:
                    yield [(rest[0], self._failed(units[rest[0]], error))]
                continue
            if len(done) < len(part):
                missing = next(i for k, i in enumerate(part) if k not in done)
                raise StageError(
                    f"the engine returned {len(done)} of {len(part)} segments; the first missing is {missing}"
                )
        if self._in_a_row and not self._works:
            raise StageError(f"the engine failed on every segment; the last error: {self._last}")

    def _placed(
        self, batch: list[tuple[int, Translation]], part: Sequence[int], done: set[int]
    ) -> list[tuple[int, Translation]]:
        for index, translation in batch:
            if not 0 <= index < len(part) or index in done:
                raise StageError(f"the engine returned segment {index} twice or out of range")
            done.add(index)
            if translation.finish_reason != "error":
                self._works, self._in_a_row = True, 0
        return [(part[index], translation) for index, translation in batch]

    def _failed(self, unit: str, error: Exception) -> Translation:
        if isinstance(error, HarnessError):
            message = message_of(error)
        else:
            message = one_line(error) + (f" ({whose})" if (whose := blame(error)) else "")
        self._last = message
        self._in_a_row += 1
        if self._in_a_row >= (IN_A_ROW if self._works else PROBES):
            raise StageError(
                f"the engine failed on {self._in_a_row} segments in a row; the last error: {message}"
            ) from error
        return Translation(unit, "", "error", None, message)


def _raise_if_systemic(error: Exception) -> None:
    if isinstance(error, HarnessError) and not isinstance(error, SegmentError):
        raise error
    if isinstance(error, ImportError):
        raise error
    if isinstance(error, OSError) and error.errno in _DISK:
        raise StageError(f"the engine cannot go on: {error.strerror} ({error.filename})") from error
