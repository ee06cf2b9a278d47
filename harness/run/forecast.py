"""What a run would take, told before anything is translated: `run --dry-run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from harness.config.schema import RunConfig
from harness.protocols import Engine, Forecast
from harness.results.store import Store
from harness.run.documents import bitext_of
from harness.run.parts import Parts, check_shown
from harness.run.pipeline import Start
from harness.run.shards import Shard, divide
from harness.run.whole import document_ends, documents_of, wholes
from harness.run.worker import cache_part
from harness.types import Item, Translation

_ENOUGH = 5
"""Stored outputs from which the tokens of others are judged."""


def forecast(config: RunConfig, store: Store) -> Iterator[tuple[str, str]]:
    """Lines of a table: what is there, what would be sent and what that would cost, by estimate.

    Documents are aligned, as that decides what is translated; no service is asked. Raises what `run_one`
    would before it translates.
    """
    start = Start.of(config)
    parts, loaded, corrected = start.parts, start.loaded, start.corrected
    if (standing := start.standing(config, store)) is not None:
        yield "finished", f"already, as {standing.run_id}: nothing would be translated"
        return
    with closing(parts.backend) as backend:
        made = bitext_of(loaded, parts.text, config.data, config.limit, backend.align, corrected)
        items = made.bitext.items
        size = backend.shard_size if parts.engine.divisible else len(items)
    check_shown(parts.engine, made.bitext)
    shards = divide(len(items), max(size, 1), document_ends(made.bitext, parts.engine, config.realign))
    cache = str(store.cache_dir.resolve())
    units, known = _pending(parts, items, shards, cache, config.force)
    yield "segments", f"{len(items):,}, {sum(len(item.source) for item in items):,} characters"
    yield "texts", f"{len(units) + len(known):,} different ones, {len(known):,} in the cache"
    yield "to translate", f"{len(units):,}, {sum(map(len, units)):,} characters"
    measured = _measured(parts.engine, known)
    expected = parts.engine.forecast(units, measured or (1.0, 1.0))
    if expected is None:
        yield "service", "none: this engine asks no service"
    else:
        basis = f"as of the {len(known):,} in the cache" if measured else "by a rule of thumb"
        yield from _of_service(expected, basis)


def _measured(engine: Engine, known: Sequence[Translation]) -> tuple[float, float] | None:
    """How many times the estimated tokens of prompts and outputs stored outputs took; None for too few."""
    told = [t for t in known if t.details.prompt_tokens and t.n_tokens]
    guessed = engine.forecast([t.source for t in told]) if len(told) >= _ENOUGH else None
    if guessed is None or not guessed.prompt_tokens or not guessed.completion_tokens:
        return None
    prompts = sum(t.details.prompt_tokens or 0 for t in told)
    outputs = sum(t.n_tokens or 0 for t in told)
    return prompts / guessed.prompt_tokens, outputs / guessed.completion_tokens


def _of_service(expected: Forecast, basis: str) -> Iterator[tuple[str, str]]:
    yield "requests", f"{expected.requests:,}"
    if expected.prompt_tokens is not None and expected.completion_tokens is not None:
        prompts, outputs = f"{expected.prompt_tokens:,}", f"{expected.completion_tokens:,}"
        yield "tokens", f"about {prompts} of prompts and {outputs} of outputs, {basis}"
    if expected.cost is None:
        yield "cost", "not known without prices (engine.prices)"
    else:
        yield "cost", f"about {expected.cost:.{2 if expected.cost >= 1 else 6}f} {expected.currency}"
    if expected.over:
        yield "limit", f"{expected.over} would end the run before that; what is finished is kept"


def _pending(
    parts: Parts, items: Sequence[Item], shards: Sequence[Shard], cache: str, fresh: bool
) -> tuple[list[str], list[Translation]]:
    """The units that are not in the cache, and the outputs that are, shard by shard as the run would."""
    from harness.translate.runner import pending

    found: list[str] = []
    known: list[Translation] = []
    engine = parts.engine
    for shard in shards:
        mine = items[shard.start : shard.stop]
        sources: Sequence[str] = [item.source for item in mine]
        name = cache_part(sources) if len(mine) < len(items) else None
        if engine.unit != "segment":
            sources = documents_of(mine, wholes(mine, engine)).sources
        units, stored = pending(engine, sources, cache, parts.text.splitter, parts.src, name, fresh)
        found += units
        known += stored
    return found, known
