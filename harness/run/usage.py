"""What asking a service took: tokens, money, and which models say that they answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from harness.protocols import Engine
from harness.results.record import Usage
from harness.types import Translation


def usage_of(translations: Sequence[Translation], engine: Engine) -> dict[str, Any] | None:
    """The usage of a shard, each text once as it is asked for.

    None for an engine that asks no service and shows its model nothing beside the text.
    """
    if engine.forecast([]) is None and not any(t.details.shown for t in translations):
        return None
    return usage_of_texts(translations)


def usage_of_texts(translations: Sequence[Translation]) -> dict[str, Any]:
    """The usage of these answers, each text once."""
    once = _once(translations)
    told = [t for t in once if t.details.prompt_tokens is not None or t.details.served_by]
    return asdict(
        Usage(
            characters=sum(len(t.source) for t in once),
            prompt_tokens=_sum(t.details.prompt_tokens for t in told),
            completion_tokens=_sum(t.n_tokens for t in told),
            cost=_sum(t.details.cost for t in once),
            served_by=dict(Counter(t.details.served_by for t in told if t.details.served_by)),
            shown=_shown(once),
        )
    )


def _once(translations: Sequence[Translation]) -> list[Translation]:
    """Each text once; the same text after other texts is another."""
    found = {(t.source, t.hypothesis, str(t.details.shown)): t for t in translations if t.details.shown}
    other = {t.source: t for t in translations if not t.details.shown}
    return [*found.values(), *other.values()]


def _shown(translations: Sequence[Translation]) -> dict[str, int] | None:
    """The tokens of what was shown, if all that was asked was counted."""
    asked = [t for t in translations if t.finish_reason != "error" and t.source.strip()]
    if not all(t.details.shown for t in asked):
        return None
    total: Counter[str] = Counter()
    for translation in asked:
        total.update(translation.details.shown or {})
    return dict(sorted(total.items()))


def total(parts: Iterable[dict[str, Any] | None], currency: str | None) -> Usage | None:
    """The usage of a run from that of its shards."""
    found = [part for part in parts if part]
    if not found:
        return None
    served: Counter[str] = Counter()
    for part in found:
        served.update(part["served_by"])
    cost = _sum(part["cost"] for part in found)
    shown: Counter[str] = Counter()
    for part in found:
        shown.update(part["shown"] or {})
    return Usage(
        characters=sum(part["characters"] for part in found),
        prompt_tokens=_sum(part["prompt_tokens"] for part in found),
        completion_tokens=_sum(part["completion_tokens"] for part in found),
        cost=cost,
        currency=currency if cost is not None else None,
        served_by=dict(sorted(served.items())),
        shown=dict(sorted(shown.items())) if all(part["shown"] for part in found) else None,
    )


def several_models(usage: Usage | None) -> list[str]:
    """A warning where the answers of one run came from several models or versions of one."""
    served = usage.served_by if usage else {}
    if len(served) < 2:
        return []
    told = ", ".join(f"{name} ({n})" for name, n in served.items())
    return [f"the answers came from {len(served)} models: {told}; force=true asks for all of them again"]


def another_model(usage: Usage | None, asked: str | None) -> list[str]:
    """A warning where the model that says it answered is not that which was asked, by its name.

    A longer name of the same model (with a date), and one without its maker, are the same.
    """
    if usage is None or not asked:
        return []
    names = [name.split()[0] for name in usage.served_by if name.split()]
    others = [name for name in names if not _same(name, asked)]
    told = ", ".join(dict.fromkeys(others))
    return [f"the server was asked for '{asked}' and says that '{told}' answered"] if others else []


_VERSION = re.compile(r"([-@:](\d{3,}[\d-]*|latest))?(\.gguf)?")
"""What a name may have more than another of the same model: a date, not the word that makes it smaller."""


def _same(name: str, asked: str) -> bool:
    short, long = sorted((text.lower().rstrip("/").rpartition("/")[2] for text in (name, asked)), key=len)
    return long.startswith(short) and _VERSION.fullmatch(long[len(short) :]) is not None


def _sum(values: Iterable[Any]) -> Any:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
