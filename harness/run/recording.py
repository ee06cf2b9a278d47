"""The record of a run, from what was read, made and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime

from harness.common.environment import environment
from harness.common.files import digest_each
from harness.protocols import Engine
from harness.results.record import Data, Model, Pair, Record
from harness.run.documents import Alignment
from harness.run.judging import added, warnings
from harness.run.opened import Opened
from harness.run.shards import Gathered
from harness.run.usage import another_model, several_models, total
from harness.types import Bitext, Score

TOKENIZED = 100
"""Outputs that end in a tokenized period before sacreBLEU warns (`sacrebleu.metrics.base`)."""


def now() -> str:
    """The time in UTC, to the second, as records have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def record_of(
    opened: Opened,
    made: Alignment,
    gathered: Gathered,
    scores: Sequence[Score],
    run_id: str,
    created: str,
    timings: Mapping[str, float],
    notices: Iterable[str],
) -> Record:
    """The record of the run `run_id`; `notices` are what readers and metrics had to tell."""
    config, parts, engine = opened.config, opened.parts, opened.parts.engine
    against = {key: rival.run_id for key, rival in opened.rivals.items()}
    judges = added(gathered.judged, parts.metrics, config.metrics, gathered.rows, against)
    usage = total(gathered.usage, (config.engine.get("prices") or {}).get("currency"))
    return Record(
        run_id=run_id,
        tag=config.tag,
        created=created,
        finished=now(),
        config_hash=opened.config_hash,
        config=asdict(config),
        pair=Pair(parts.src, parts.tgt),
        data=_data(opened, made.bitext),
        model=_model(opened, engine),
        encoder=parts.text.encoder.identity,
        environment=environment(),
        counts=replace(made.counts, realign=gathered.realign or None),
        pairing=made.pairing,
        timings=dict(timings),
        scores=tuple(scores),
        health=gathered.health,
        failed=gathered.failed,
        cleaned=gathered.cleaned if engine.filters else None,
        usage=usage,
        judges=judges or None,
        warnings=(
            *_warnings(made.bitext, notices, gathered, _label(opened)),
            *warnings(judges, config.metrics),
            *several_models(usage),
            *another_model(usage, engine.identity.get("model")),
        ),
    )


def _data(opened: Opened, bitext: Bitext) -> Data:
    return Data(
        name=bitext.name,
        n=len(bitext.items),
        hash=digest_each([item.id, item.source, item.references] for item in bitext.items),
        inputs=opened.inputs,
        meta=bitext.meta,
    )


def _model(opened: Opened, engine: Engine) -> Model:
    identity = engine.identity
    return Model(
        name=_label(opened),
        id=identity.get("model"),
        revision=identity.get("revision") or identity.get("sha256"),
        engine=opened.config.engine.get("kind"),
        identity=identity,
        settings=dict(engine.settings) or None,
    )


def _label(opened: Opened) -> str | None:
    name: str | None = opened.parts.engine.name or opened.config.model.get("name")
    return name


def _warnings(
    bitext: Bitext, notices: Iterable[str], gathered: Gathered, label: str | None
) -> tuple[str, ...]:
    """Every warning of a run once: of the data, of readers and metrics in any shard, of the outputs."""
    data = map(str, bitext.meta.get("warnings", []))
    outputs = (*_tokenized(gathered), *_misread(gathered), *_shifted(gathered, label), *_failures(gathered))
    return tuple(dict.fromkeys((*data, *notices, *gathered.warnings, *outputs)))


def _tokenized(gathered: Gathered) -> list[str]:
    """sacreBLEU's warning of outputs that were not detokenized, counted over all shards as it does."""
    if gathered.tokenized < TOKENIZED:
        return []
    return [
        f"{gathered.tokenized} outputs end in a tokenized period (' .'); sacreBLEU warns from {TOKENIZED} on:"
        " BLEU is for detokenized text, so detokenize them"
    ]


def _misread(gathered: Gathered) -> list[str]:
    if not gathered.misread:
        return []
    return [
        f"outputs that are UTF-8 read in another encoding (`Ã©` for `é`): {gathered.misread}, the first is"
        f" segment {gathered.misread_first}: repair them; `python -m harness clean` shows the repair"
    ]


def _shifted(gathered: Gathered, label: str | None) -> list[str]:
    if not gathered.shifted:
        return []
    first, last, by, lines = (gathered.shifted[key] for key in ("first", "last", "by", "lines"))
    n = f"{abs(by)} line{'s' if abs(by) > 1 else ''}"
    cause = f"{n} too few before it" if by > 0 else f"{n} too many before it"
    return [
        f"outputs of {label or 'the system'} are shifted from segment {first} on (to {last},"
        f" {lines} segments): they fit the reference {n} {'further on' if by > 0 else 'back'}; look for"
        f" {cause} in the outputs"
    ]


def _failures(gathered: Gathered) -> list[str]:
    if not gathered.failed:
        return []
    first = "; ".join(f"{failure['id']}: {failure['error']}" for failure in gathered.failures)
    return [f"{gathered.failed} segments failed (the same command tries them again): {first}"]
