"""Translate a list of sources: split where the engine wants sentences, reuse what is on disk, keep order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import StageError
from harness.interfaces import Engine, Splitter
from harness.progress import Ticker, bar, note
from harness.translate.cache import Cache
from harness.types import FinishReason, Translation

# Scripts written without spaces between sentences.
_UNSPACED = {"zh", "ja", "yue", "th", "lo", "km", "my", "bo"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How one source is translated: the units sent to the engine, and what stood between them."""

    units: tuple[str, ...]
    gaps: tuple[str, ...]  # one fewer than units


def translate(
    engine: Engine,
    sources: Sequence[str],
    cache_dir: str | Path,
    splitter: Splitter | None = None,
    src: str = "en",
    tgt: str | None = None,
) -> list[Translation]:
    """Translations in the order of `sources`.

    An engine with `sentence_level = True` never gets more than one sentence at once when a `splitter`
    is given: a source is split, its sentences translated, their translations joined; the join counts
    tokens over all sentences and is `length` if any sentence was. An engine with `positional = True`
    (its output depends on the place, not the text) or `cached = False` (cheaper than the disk) goes
    without the cache. White-space sources become empty translations without asking the engine.

    Every finished batch is on disk under `cache_dir` before the next begins. Raises StageError when
    the engine breaks its promise (an index twice, or never, or out of range).
    """
    if getattr(engine, "positional", hasattr(engine, "bind")):
        return _ask(engine, sources, None)
    sentences = splitter if getattr(engine, "sentence_level", False) else None
    plans = [_plan(source, sentences, src) for source in sources]
    units = list(dict.fromkeys(unit for plan in plans for unit in plan.units))
    if not getattr(engine, "cached", True):
        done = dict(zip(units, _ask(engine, units, None), strict=True))
    else:
        done = _through_cache(engine, units, cache_dir)
    joint = "" if (tgt or "").split("-")[0] in _UNSPACED else " "
    return [
        _join(source, [done[unit] for unit in plan.units], plan.gaps, joint)
        for source, plan in zip(sources, plans, strict=True)
    ]


def _plan(source: str, splitter: Splitter | None, src: str) -> Plan:
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


def _through_cache(engine: Engine, units: Sequence[str], cache_dir: str | Path) -> dict[str, Translation]:
    done: dict[str, Translation] = {}
    with Cache(cache_dir, engine.identity) as cache:
        if len(cache):
            for unit in units:
                row = cache.get(unit)
                if row is not None:
                    done[unit] = Translation(unit, row.hypothesis, row.finish_reason, row.n_tokens, row.error)
        pending = [unit for unit in units if unit not in done]
        if done and pending:
            note(
                f"{len(done)} of {len(units)} segments are in the cache; translating the other {len(pending)}"
            )
        if pending:
            try:
                done.update(zip(pending, _ask(engine, pending, cache), strict=True))
            except KeyboardInterrupt:
                note("interrupted: finished segments are kept; the same command goes on from there")
                raise
    return done


def _ask(engine: Engine, units: Sequence[str], cache: Cache | None) -> list[Translation]:
    results: list[Translation | None] = [None] * len(units)
    with bar("translating", len(units)) as ticker:
        for batch in engine.translate(units):
            if cache is not None:
                cache.append(translation for _, translation in batch)
            _place(results, batch, ticker)
    finished = [result for result in results if result is not None]
    if len(finished) != len(units):
        first = results.index(None)
        raise StageError(
            f"the engine returned {len(finished)} of {len(units)} segments; the first missing is {first}"
        )
    return finished


def _place(
    results: list[Translation | None], batch: Sequence[tuple[int, Translation]], ticker: Ticker
) -> None:
    for index, translation in batch:
        if not 0 <= index < len(results) or results[index] is not None:
            raise StageError(f"the engine returned segment {index} twice or out of range")
        results[index] = translation
    ticker.advance(len(batch))


def _join(source: str, parts: Sequence[Translation], gaps: Sequence[str], joint: str) -> Translation:
    if len(parts) == 1 and parts[0].source == source:
        return parts[0]
    if not parts:
        return Translation(source, "", "stop", 0)
    text = parts[0].hypothesis
    for gap, part in zip(gaps, parts[1:], strict=True):
        text += (joint if gap == " " else gap) + part.hypothesis
    reasons = {part.finish_reason for part in parts}
    reason: FinishReason = "error" if "error" in reasons else "length" if "length" in reasons else "stop"
    counts = [part.n_tokens for part in parts if part.n_tokens is not None]
    errors = [part.error for part in parts if part.error]
    return Translation(
        source, text, reason, sum(counts) if len(counts) == len(parts) else None, "; ".join(errors) or None
    )
