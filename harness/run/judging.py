"""What came of asking judges: as it stands in segments.jsonl, counted for a record, and what to warn of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.protocols import Metric, Statistics
from harness.results.record import Judging
from harness.run.usage import another_model, several_models, total, usage_of_texts
from harness.types import Judgement

UNUSED = ("refused", "cut", "unreadable")
"""Outcomes without a score."""


def judged_json(judgement: Judgement) -> dict[str, Any]:
    """A judgement as it stands in segments.jsonl."""
    found: dict[str, Any] = {"outcome": judgement.outcome}
    if judgement.marks:
        found["marks"] = [mark.to_json() for mark in judgement.marks]
    if judgement.answer:
        found["answer"] = judgement.answer
    return found


def counted(judged: Mapping[str, Sequence[Judgement]]) -> dict[str, dict[str, Any]]:
    """Of each metric how often each outcome was, and what asking took: plain values for a shard's summary."""
    return {
        key: {
            "outcomes": dict(Counter(one.outcome for one in found)),
            "usage": usage_of_texts([answer for one in found for answer in one.answers]),
            "example": next((one.answer for one in found if one.answer), None),
        }
        for key, found in judged.items()
    }


def added(parts: Iterable[Mapping[str, Any]], metrics: Mapping[str, Metric], config: Mapping[str, Any],
          rows: Mapping[str, Statistics], rivals: Mapping[str, str]) -> dict[str, Judging]:  # fmt: skip
    """The counts of all shards by metric, with what the metric says of the sums."""
    shards = list(parts)
    found = {}
    for key in dict.fromkeys(key for shard in shards for key in shard):
        outcomes: Counter[str] = Counter()
        for shard in shards:
            outcomes.update(shard.get(key, {}).get("outcomes", {}))
        engine = (config.get(key) or {}).get("engine") or {}
        prices = engine.get("prices") or {}
        usage = total((s[key]["usage"] for s in shards if key in s), prices.get("currency", "USD"))
        found[key] = Judging(
            outcomes=dict(sorted(outcomes.items())),
            usage=usage,
            details=metrics[key].details(rows[key].sum(axis=0)),
            against=rivals.get(key),
            example=next((s[key]["example"] for s in shards if key in s and s[key]["example"]), None),
        )
    return found


def warnings(judges: Mapping[str, Judging], config: Mapping[str, Any]) -> Iterator[str]:
    """What has no score and why, and which models answered where that is not the one that was asked."""
    for key, judging in judges.items():
        unused = {name: judging.outcomes[name] for name in UNUSED if judging.outcomes.get(name)}
        n, missing = sum(judging.outcomes.values()), sum(unused.values())
        why = ", ".join(f"{count} {name}" for name, count in unused.items())
        if missing and missing == n:
            yield f"metric failed: {key}: none of {n} segments has a score ({why}){_said(judging)}"
        elif missing:
            yield (
                f"{key}: {missing} of {n} segments have no score ({why}); they count neither as good nor as"
                f" bad{_said(judging)}"
            )
        asked = ((config.get(key) or {}).get("model") or {}).get("id")
        served = [*several_models(judging.usage), *another_model(judging.usage, asked)]
        yield from (f"{key}: {line}" for line in served)


def _said(judging: Judging) -> str:
    text = " ".join((judging.example or "").split())
    return f"; the first of these: {text[:100]}" if text else ""
