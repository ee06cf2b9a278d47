"""What a reader has to tell the user about a text it read: collected for the record, else shown at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from harness.common.progress import note

_collected: ContextVar[dict[str, None] | None] = ContextVar("notices", default=None)


def tell(message: str) -> None:
    """Pass one line on to whoever collects notices (each once); else print it as a warning."""
    told = _collected.get()
    if told is None:
        note(f"warning: {message}")
    else:
        told.setdefault(message)


@contextmanager
def collecting() -> Iterator[dict[str, None]]:
    """Collect what is told within, in order, as the keys of the dict; an outer collector does not see it."""
    told: dict[str, None] = {}
    token = _collected.set(told)
    try:
        yield told
    finally:
        _collected.reset(token)
