"""Notices about a text as it is read: collected for the record, or else shown at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from harness.common.progress import note

_collected: ContextVar[dict[str, None] | None] = ContextVar("notices", default=None)


def tell(message: str) -> None:
    """Add a notice to those being collected (each once), or print it as a warning if nobody collects them."""
    notices = _collected.get()
    if notices is None:
        note(f"warning: {message}")
    else:
        notices.setdefault(message)


@contextmanager
def collecting() -> Iterator[dict[str, None]]:
    """Collect the notices given within, in order, as keys of the dict; outer collectors do not see them."""
    notices: dict[str, None] = {}
    token = _collected.set(notices)
    try:
        yield notices
    finally:
        _collected.reset(token)


def once_each(warnings: Iterable[Iterable[str]], unit: str) -> list[str]:
    """Lines for the warnings of several runs: each warning once, with how many of the `unit` it is about."""
    runs = [list(dict.fromkeys(found)) for found in warnings]
    counts = Counter(warning for found in runs for warning in found)

    def about(n: int) -> str:
        if len(runs) == 1 or n == 1:
            return ""
        return f" (all {n} {unit})" if n == len(runs) else f" ({n} of {len(runs)} {unit})"

    return [f"warning{about(n)}: {warning}" for warning, n in counts.items()]
