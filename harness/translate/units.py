"""Segments and the units that an engine is given: a segment, or each of its sentences, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.protocols import Splitter
from harness.translate.cache import short_key
from harness.types import NO_DETAILS, Details, FinishReason, Translation


@dataclass(frozen=True, slots=True)
class Plan:
    """How one source is translated: the units sent to the engine, and what stood between them."""

    units: tuple[str, ...]
    gaps: tuple[str, ...]  # one fewer than units


def plan(source: str, splitter: Splitter | None, src: str) -> Plan:
    """The units of one source: none of a blank one, its sentences where there is a splitter."""
    if not source.strip():
        return Plan((), ())
    if splitter is None:
        return Plan((source,), ())
    units: list[str] = []
    gaps: list[str] = []
    for line in source.split("\n"):
        for number, (start, end) in enumerate(splitter.boundaries(line, src)):
            if units:
                gaps.append(" " if number else "\n")
            units.append(line[start:end])
    return Plan(tuple(units), tuple(gaps))


def units_of(sources: Sequence[str], sentences: Splitter | None, src: str) -> list[str]:
    """What an engine is given for some sources, each unit once."""
    seen: set[int] = set()
    found = []
    for source in sources:
        for unit in plan(source, sentences, src).units:
            number = short_key(unit)
            if number not in seen:
                seen.add(number)
                found.append(unit)
    return found


def join(source: str, parts: Sequence[Translation], gaps: Sequence[str], joint: str) -> Translation:
    """One translation of those of its units: tokens are summed, and it is `length` if any of them was."""
    if len(parts) == 1 and parts[0].source == source:
        return parts[0]
    if not parts:
        return Translation(source, "", "stop", 0)
    between = [joint if gap == " " else gap for gap in gaps]
    text = _joined([part.hypothesis for part in parts], between)
    reasons = {part.finish_reason for part in parts}
    reason: FinishReason = "error" if "error" in reasons else "length" if "length" in reasons else "stop"
    counts = [part.n_tokens for part in parts if part.n_tokens is not None]
    errors = [part.error for part in parts if part.error]
    return Translation(
        source,
        text,
        reason,
        sum(counts) if len(counts) == len(parts) else None,
        "; ".join(errors) or None,
        _details(parts, between),
    )


def _joined(texts: Sequence[str], between: Sequence[str]) -> str:
    return texts[0] + "".join(gap + text for gap, text in zip(between, texts[1:], strict=True))


def _details(parts: Sequence[Translation], between: Sequence[str]) -> Details:
    """The details of a segment from those of its sentences."""
    every = [part.details for part in parts]
    if all(details == NO_DETAILS for details in every):
        return NO_DETAILS
    raw = [part.hypothesis if part.details.raw is None else part.details.raw for part in parts]
    tokens = [details.prompt_tokens for details in every if details.prompt_tokens is not None]
    costs = [details.cost for details in every if details.cost is not None]
    return Details(
        raw=_joined(raw, between) if any(details.raw is not None for details in every) else None,
        reasoning="\n".join(details.reasoning for details in every if details.reasoning) or None,
        prompt_tokens=sum(tokens) if len(tokens) == len(parts) else None,
        served_by=", ".join(dict.fromkeys(d.served_by for d in every if d.served_by)) or None,
        cost=sum(costs) if costs else None,
        shown=_total([details.shown for details in every]),
    )


def _total(counts: Sequence[Mapping[str, int] | None]) -> dict[str, int] | None:
    """The sum by name; None where one is not known."""
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        return None
    return {name: sum(count[name] for count in known) for name in known[0]}
