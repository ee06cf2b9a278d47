"""What a run would take, told before anything is translated: `run --dry-run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from harness.config.schema import RunConfig
from harness.metrics.judges.asking import told
from harness.protocols import Batch, Engine
from harness.results.store import Store
from harness.run.opened import opened
from harness.run.parts import Parts
from harness.run.shards import Shard, divide
from harness.run.whole import document_ends, documents_of, wholes
from harness.run.worker import cache_part
from harness.types import Bitext, Forecast, Item, Translation

_STANDING = ("file", "mqm", "reference")
"""Engines whose outputs exist already."""
_ENOUGH = 5
"""Stored outputs from which the tokens of others are judged."""


def forecast(config: RunConfig, store: Store) -> Iterator[tuple[str, str]]:
    """Lines of a table: what is there, what would be sent and what that would cost, by estimate.

    Documents are aligned, as that decides what is translated; no service is asked. Raises what `run_one`
    would before it translates.
    """
    run = opened(config, store)
    parts = run.parts
    standing = run.standing()
    if standing is not None:
        yield "finished", f"already, as {standing.run_id}: nothing would be translated"
        return
    with closing(parts.backend) as backend:
        made = run.aligned()
        items = made.bitext.items
        size = backend.shard_size if parts.engine.divisible else len(items)
    ends = document_ends(made.bitext, parts.engine, parts.metrics.values(), config.realign)
    shards = divide(len(items), max(size, 1), ends)
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
    hypotheses = _hypotheses(parts.engine, config, made.bitext, known)
    for key, metric in parts.metrics.items():
        judging = metric.forecast([item.source for item in items], hypotheses)
        if judging is not None:
            yield from _of_judge(key, judging, sum(one is None for one in hypotheses))


def _hypotheses(
    engine: Engine, config: RunConfig, bitext: Bitext, known: Sequence[Translation]
) -> list[str | None]:
    """The outputs that judges would read: those in files, and those stored; None for one still to be made."""
    items = bitext.items
    if config.engine.get("kind") in _STANDING and engine.unit == "segment":
        sources, references = [i.source for i in items], [i.references for i in items]
        batch = Batch(sources, references, 0, len(items), [i.id for i in items], bitext.whole)
        found = {place: one.hypothesis for part in engine.translate(batch) for place, one in part}
        return [found.get(place) for place in range(len(items))]
    outputs = {} if config.force else {one.source: one.hypothesis for one in known}
    return [outputs.get(item.source) for item in items]


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


def _of_judge(key: str, expected: Forecast, unknown: int) -> Iterator[tuple[str, str]]:
    """Of a metric that asks a language model; `unknown` outputs are still to be made."""
    yield f"judge {key}", told(expected)
    if unknown:
        yield "", f"({unknown:,} outputs, not made yet, count as long as their sources)"
    if expected.over:
        yield "limit", f"{expected.over} would end the run before that; what is answered is kept"


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
