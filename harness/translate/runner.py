"""Translate a list of sources: split where the engine wants sentences, reuse what is on disk, keep order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from harness.common.notices import tell
from harness.common.progress import bar, note
from harness.common.unspaced import is_unspaced
from harness.errors import MisalignedError, StageError
from harness.protocols import Batch, Engine, Splitter
from harness.translate.answers import cleaned
from harness.translate.cache import Cache
from harness.translate.following import in_documents
from harness.translate.retry import Tolerant
from harness.translate.units import join, plan, units_of
from harness.types import Translation


def translate(
    engine: Engine,
    sources: Sequence[str],
    cache_dir: str | Path,
    splitter: Splitter | None = None,
    src: str = "en",
    tgt: str | None = None,
) -> list[Translation]:
    """All of `stream` in a list, in the order of `sources`."""
    return list(stream(Tolerant(engine), Batch(sources), cache_dir, splitter, src, tgt))


def stream(
    tolerant: Tolerant,
    batch: Batch,
    cache_dir: str | Path,
    splitter: Splitter | None = None,
    src: str = "en",
    tgt: str | None = None,
    part: str | None = None,
    advance: Callable[[int], None] | None = None,
    fresh: bool = False,
) -> Iterator[Translation]:
    """Translations in the order of `batch.sources`, in memory that hardly grows with their number.

    A `sentence_level` engine never gets more than one sentence at once when a `splitter` is given: a source
    is split, its sentences translated, their translations joined; the join counts tokens over all sentences
    and is `length` if any sentence was. Blank sources become empty translations without asking the engine,
    and equal texts are translated once.

    Every finished batch is on disk under `cache_dir` before the next begins, in a folder of the system, or
    in its subfolder `part`; the first translation comes when all are there. None of this holds for an engine
    that is `positional` or not `cached`.

    `fresh` translates again what is stored already. A text for which the engine raises ends as
    `finish_reason="error"` (see `retry`). `advance` is called with the number of segments finished and
    replaces the progress bar. Raises StageError for an engine that returns an index twice, never, or out of
    range.
    """
    engine, sources = tolerant.engine, batch.sources
    if engine.positional or not engine.cached:
        for translation in _in_order(tolerant, batch, advance):
            yield cleaned(translation, engine.filters, tgt)
        return
    if engine.before:
        yield from _in_documents(tolerant, batch, cache_dir, tgt, part, advance, fresh)
        return
    sentences = splitter if engine.sentence_level else None
    joint = "" if is_unspaced(tgt or "") else " "
    with Cache(cache_dir, _asked(engine), part, fresh) as cache:
        errors = _fill(tolerant, sources, cache, sentences, src, advance)
        before, now = cache.answered_by() if fresh else (None, None)
        if before and now and before != now:
            tell(f"another model answered: {before} before, {now} now")
        for source in sources:
            planned = plan(source, sentences, src)
            found = [errors.get(unit) or _stored(cache, unit) for unit in planned.units]
            parts = [cleaned(translation, engine.filters, tgt) for translation in found]
            yield join(source, parts, planned.gaps, joint)


def _in_documents(
    tolerant: Tolerant,
    batch: Batch,
    cache_dir: str | Path,
    tgt: str | None,
    part: str | None,
    advance: Callable[[int], None] | None,
    fresh: bool,
) -> Iterator[Translation]:
    engine, sources = tolerant.engine, batch.sources
    with Cache(cache_dir, _asked(engine), part, fresh) as cache, ExitStack() as stack:
        tick = advance or stack.enter_context(bar("translating segments", len(sources))).advance

        def ask(units: Sequence[str]) -> dict[str, Translation]:
            errors = _fill(tolerant, units, cache, None, "", tick)
            return {unit: errors.get(unit) or _stored(cache, unit) for unit in units}

        docs = batch.docs or [None] * len(sources)
        yield from in_documents(ask, sources, docs, engine.before, engine.filters, tgt)


def _fill(tolerant: Tolerant, sources: Sequence[str], cache: Cache, sentences: Splitter | None, src: str,
          advance: Callable[[int], None] | None) -> dict[str, Translation]:  # fmt: skip
    """Bring every unit of the sources into the cache; the translations that are errors are not kept there."""
    units = units_of(sources, sentences, src)
    counted = "different sentences" if sentences else "different texts"
    pending, n = [unit for unit in units if cache.get(unit) is None], len(units)
    if advance is None and pending and len(pending) < n:
        note(f"{n - len(pending)} of {n} {counted} are in the cache; translating {len(pending)}")
    errors: dict[str, Translation] = {}
    if not pending:
        if advance is not None:
            advance(len(sources))
        return errors
    if not cache.alone():
        note(
            "warning: another process is translating with the same model: it may ask for the same texts, and"
            " a paid service is paid twice; let one end first, the other then takes them from the cache"
        )
    try:
        with _ticking(counted, len(pending), len(sources), advance) as tick:
            for batch in tolerant.translate(Batch(pending), works=len(cache) > 0):
                cache.append(translation for _, translation in batch)
                errors |= {t.source: t for _, t in batch if t.finish_reason == "error"}
                tick(len(batch))
    except MisalignedError as error:
        cache.discard(error.given)
        raise
    return errors


def pending(
    engine: Engine,
    sources: Sequence[str],
    cache_dir: str | Path,
    splitter: Splitter | None = None,
    src: str = "en",
    part: str | None = None,
    fresh: bool = False,
) -> tuple[list[str], list[Translation]]:
    """The units that `stream` would ask the engine for, and the outputs that it would take from the cache."""
    if engine.positional or engine.before or not engine.cached:  # `before`: the context is not known yet
        return list(sources), []
    todo, known = [], []
    with Cache(cache_dir, _asked(engine), part, fresh) as cache:
        for unit in units_of(sources, splitter if engine.sentence_level else None, src):
            if cache.get(unit) is None:
                todo.append(unit)
            else:
                known.append(_stored(cache, unit))
    return todo, known


def _asked(engine: Engine) -> dict[str, Any]:
    """What the cache is keyed by. It has outputs as they came: other filters need no other outputs."""
    return {k: v for k, v in engine.identity.items() if k != "answer" or not engine.filters}


@contextmanager
def _ticking(
    counted: str, units: int, segments: int, advance: Callable[[int], None] | None
) -> Iterator[Callable[[int], None]]:
    """Where finished units are counted: in a progress bar that names them, or by `advance`, in segments."""
    if advance is None:
        with bar(f"translating {counted}", units, counted.split()[-1]) as ticker:
            yield ticker.advance
        return
    done = 0

    def tell(n: int) -> None:
        nonlocal done
        before, done = done, done + n
        advance(segments * done // units - segments * before // units)

    yield tell


def _in_order(
    tolerant: Tolerant, batch: Batch, advance: Callable[[int], None] | None
) -> Iterator[Translation]:
    early: dict[int, Translation] = {}
    following = 0
    with _ticking("segments", len(batch.sources), len(batch.sources), advance) as tick:
        for finished in tolerant.translate(batch):
            tick(len(finished))
            early.update(finished)
            while following in early:
                yield early.pop(following)
                following += 1


def _stored(cache: Cache, unit: str) -> Translation:
    row = cache.get(unit)
    if row is None:
        raise StageError(f"the engine returned no translation for {unit[:60]!r}")
    return Translation(unit, row.hypothesis, row.finish_reason, row.n_tokens, row.error, row.details)
