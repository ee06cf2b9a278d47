"""What a service of the `rest` engine answers, read by the paths of its YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import StageError
from harness.translate.engines.replies import Reply, body, count, finish_reason
from harness.translate.servers.failures import REFUSED, Empty, Refused
from harness.translate.servers.jsonpath import Step, select, steps
from harness.types import Details


@dataclass(frozen=True, slots=True)
class Paths:
    """Where in an answer things are; the option of the same name."""

    output: tuple[Step, ...]
    finish_reason: tuple[Step, ...] | None
    refused: tuple[Step, ...] | None
    prompt_tokens: tuple[Step, ...] | None
    completion_tokens: tuple[Step, ...] | None
    served_by: tuple[Step, ...] | None
    reasoning: tuple[Step, ...] | None

    @classmethod
    def of(cls, output: str, *others: str | None) -> Paths:
        """From the options; ConfigError for what is no path."""
        names = cls.__slots__[1:]
        return cls(
            steps(output, "engine.output"),
            *(
                None if path is None else steps(path, f"engine.{name}")
                for name, path in zip(names, others, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """Reads the answer to a request of `n` texts."""

    paths: Paths
    n: int
    url: str

    def read(self, payload: bytes) -> list[Reply]:
        """One reply a text. Raises Broken, Empty, Refused, or StageError for what is no answer to the
        request."""
        value = body(payload)
        refused = self._first(value, self.paths.refused)
        if refused is not None:
            raise Refused(f"{REFUSED}{refused}")
        outputs = [_as_text(item) for item in select(value, self.paths.output)]
        reason = self._first(value, self.paths.finish_reason)
        if self.n == 1 and (outputs or reason is not None):
            outputs = ["".join(outputs)]  # parts of one output; none where it is empty
        if not outputs:
            raise Empty(f"an answer in which engine.output finds nothing: {_start(payload)}")
        if len(outputs) != self.n:
            raise StageError(
                f"{self.url}: {self.n} texts in, {len(outputs)} outputs back (engine.output); ask for one at"
                " a time: engine.batch=1"
            )
        served = self._first(value, self.paths.served_by)
        thoughts = "".join(map(_as_text, select(value, self.paths.reasoning))) if self.paths.reasoning else ""
        details = Details(
            reasoning=thoughts or None,
            prompt_tokens=self._count(value, self.paths.prompt_tokens),
            served_by=None if served is None else str(served),
        )
        tokens = self._count(value, self.paths.completion_tokens)
        return [Reply(output, finish_reason(reason), tokens, details) for output in outputs]

    def _first(self, value: Any, path: tuple[Step, ...] | None) -> Any:
        return next((item for item in select(value, path) if item is not None), None) if path else None

    def _count(self, value: Any, path: tuple[Step, ...] | None) -> int | None:
        """A count of tokens, of the one text that the request had; the sum where a path finds several."""
        found: Sequence[Any] = select(value, path) if path else ()
        counts = [number for item in found if (number := count(item)) is not None]
        return sum(counts) if counts and self.n == 1 and len(counts) == len(found) else None


def _as_text(item: Any) -> str:
    return item if isinstance(item, str) else "" if item is None else json.dumps(item, ensure_ascii=False)


def _start(payload: bytes) -> str:
    return " ".join(payload[:120].decode("utf-8", "replace").split())
