"""What a run would take, told before anything is translated: `run --dry-run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from harness.config.schema import RunConfig
from harness.data.load import load
from harness.protocols import Engine, Forecast, Splitter
from harness.results.store import Store
from harness.run.documents import bitext_of, inputs_of
from harness.run.parts import assemble, check_sources
from harness.run.pipeline import corrected_beads, hash_of
from harness.run.shards import divide
from harness.run.worker import cache_part


def forecast(config: RunConfig, store: Store) -> Iterator[tuple[str, str]]:
    """Lines of a table: what is there, what would be sent and what that would cost, by estimate.

    Documents are aligned, as that decides what is translated; no service is asked. Raises what `run_one`
    would before it translates.
    """
    parts = assemble(config)
    loaded = load(config.data, parts.src, parts.tgt, config.limit)
    check_sources(parts, loaded)
    corrected = corrected_beads(config, loaded)
    inputs = (*inputs_of(loaded, parts.text.aligner), *([corrected.input] if corrected else []))
    config_hash = hash_of(config, inputs, parts)
    standing = None if config.force else store.standing(config_hash)
    if standing is not None:
        yield "finished", f"already, as {standing.run_id}: nothing would be translated"
        return
    with closing(parts.backend) as backend:
        items = bitext_of(
            loaded, parts.text, config.data, config.limit, backend.align, corrected
        ).bitext.items
        size = backend.shard_size if parts.engine.divisible else len(items)
    sources = [item.source for item in items]
    cache = str(store.cache_dir.resolve())
    units, n = _pending(parts.engine, sources, cache, parts.text.splitter, parts.src, size, config.force)
    yield "segments", f"{len(items):,}, {sum(map(len, sources)):,} characters"
    yield "texts", f"{n:,} different ones, {n - len(units):,} in the cache"
    yield "to translate", f"{len(units):,}, {sum(map(len, units)):,} characters"
    expected = parts.engine.forecast(units)
    if expected is None:
        yield "service", "none: this engine asks no service"
    else:
        yield from _of_service(expected)


def _of_service(expected: Forecast) -> Iterator[tuple[str, str]]:
    yield "requests", f"{expected.requests:,}"
    if expected.prompt_tokens is not None and expected.completion_tokens is not None:
        yield (
            "tokens",
            f"about {expected.prompt_tokens:,} of prompts and {expected.completion_tokens:,} of outputs",
        )
    if expected.cost is None:
        yield "cost", "not known without prices (engine.prices)"
    else:
        yield "cost", f"about {expected.cost:.2f} {expected.currency}"
    if expected.over:
        yield "limit", f"{expected.over} would end the run before that; what is finished is kept"


def _pending(
    engine: Engine, sources: Sequence[str], cache: str, splitter: Splitter, src: str, size: int, fresh: bool
) -> tuple[list[str], int]:
    """The units that are not in the cache, and how many there are, shard by shard as the run would."""
    from harness.translate.runner import pending

    found: list[str] = []
    n = 0
    for shard in divide(len(sources), max(size, 1)):
        part = sources[shard.start : shard.stop]
        name = cache_part(part) if len(sources) > size else None
        units, different = pending(engine, part, cache, splitter, src, name, fresh)
        found += units
        n += different
    return found, n
