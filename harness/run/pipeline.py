"""The order of the stages: load → clean → segment → pair → align → translate → score → record."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness import __version__, registry
from harness.common.environment import environment
from harness.common.files import digest, digest_each, write_json
from harness.common.langs import language
from harness.config.schema import VOLATILE, RunConfig
from harness.data.load import load, take
from harness.errors import HarnessError
from harness.metrics.stats.bootstrap import block_size
from harness.protocols import Backend
from harness.results.record import Counts, Data, Model, Pair, Record, rounded
from harness.results.store import Store
from harness.run.documents import Alignment, align_documents, build_parts
from harness.run.gather import Gathered, clear, gather
from harness.run.score import build_metrics, corpus_scores, prepare
from harness.run.timings import Stages
from harness.run.worker import Job, Worker, is_divisible
from harness.types import Bitext, DocumentSet


@dataclass(frozen=True)
class Outcome:
    """What `run_one` did: a new record, or the finished run that already stands for this config."""

    record: Record
    skipped: bool

    @property
    def failed(self) -> int:
        """Segments that the engine failed on."""
        return self.record.failed


def run_one(config: RunConfig, store: Store, run_id: str, cache_dir: Path | None = None) -> Outcome:
    """Run one configuration and record it under `run_id`; translations are kept in `cache_dir`, by
    default the store's.

    A finished run of the same configuration, inputs and revision is returned instead, unless
    `config.force`. Raises a HarnessError, after error.json says at which stage and why.
    """
    stages = Stages()
    try:
        return _run(config, store, run_id, stages, cache_dir or store.cache_dir)
    except HarnessError as error:
        _write_error(store, run_id, stages.current, error)
        raise
    except Exception as error:
        _write_error(store, run_id, stages.current, error)
        raise


def _run(config: RunConfig, store: Store, run_id: str, stages: Stages, cache_dir: Path) -> Outcome:
    backend = registry.build("backend", config.backend)
    with closing(backend):
        return _worked(config, store, run_id, stages, cache_dir, backend)


def _worked(
    config: RunConfig, store: Store, run_id: str, stages: Stages, cache_dir: Path, backend: Backend
) -> Outcome:
    created = _now()
    src, tgt = language(config.pair.src), language(config.pair.tgt)
    with stages("load"):
        engine = registry.build("engine", config.engine, model=config.model, src=src.code, tgt=tgt.code)
        metrics = build_metrics(config.metrics)
        parts = build_parts(config.clean, config.splitter, config.aligner, config.encoder)
        loaded = load(config.data, src.code, tgt.code, config.limit)
    config_hash = _identity(config, loaded, engine, parts)
    standing = None if config.force else store.standing(config_hash)
    if standing is not None and standing.record is not None:
        return Outcome(standing.record, skipped=True)

    with stages("prepare"):
        prepare(metrics)
    with stages("align"):
        if isinstance(loaded, DocumentSet):
            made = align_documents(loaded, parts, backend.align)
            bitext = take(made.bitext, config.data, config.limit)
        else:
            made, bitext = Alignment(loaded, Counts()), loaded
    job = _job(config, len(bitext.items), engine, backend, cache_dir, config_hash)
    identity = engine.identity
    worker = Worker(job, engine, metrics, parts.splitter)
    gathered = gather(backend, worker, bitext.items, store.run_dir(run_id), stages)
    with stages("score"):
        scores = corpus_scores(
            metrics, gathered.rows, gathered.signatures, job.n, job.block, config.bootstrap
        )
    with stages("record"):
        if made.viewer:
            write_json(store.run_dir(run_id) / "alignment.json", rounded(made.viewer))
    record = Record(
        run_id=run_id,
        tag=config.tag,
        created=created,
        finished=_now(),
        config_hash=config_hash,
        config=asdict(config),
        pair=Pair(src.code, tgt.code),
        data=Data(
            name=bitext.name,
            n=job.n,
            hash=digest_each([item.id, item.source, item.references] for item in bitext.items),
            inputs=bitext.inputs,
            meta=bitext.meta,
        ),
        model=Model(
            name=getattr(engine, "name", None) or config.model.get("name"),
            id=identity.get("model"),
            revision=identity.get("revision") or identity.get("sha256"),
            engine=config.engine.get("kind"),
            identity=identity,
        ),
        encoder=parts.encoder.identity,
        environment=environment(),
        counts=made.counts,
        pairing=made.pairing,
        timings=stages.seconds,
        scores=tuple(scores),
        health=gathered.health,
        failed=gathered.failed,
        warnings=(*map(str, bitext.meta.get("warnings", [])), *_failures(gathered)),
    )
    record = store.write_record(record)
    if not gathered.failed:  # else the shards without failures are left for the next attempt
        clear(Path(job.folder))
    store.write_table()
    return Outcome(record, skipped=False)


def _job(config: RunConfig, n: int, engine: Any, backend: Backend, cache_dir: Path, config_hash: str) -> Job:
    """What every shard is told. An engine that must see the whole test set at once gets one shard."""
    size = backend.shard_size if is_divisible(engine) else n
    return Job(
        engine=config.engine,
        model=config.model,
        metrics=config.metrics,
        splitter=config.splitter,
        src=language(config.pair.src).code,
        tgt=language(config.pair.tgt).code,
        n=n,
        size=size,
        block=block_size(n),
        retries=backend.retries,
        folder=str((cache_dir / "shards" / f"{config_hash}-{size}-{__version__}").resolve()),
        cache_dir=str(cache_dir.resolve()),
    )


def _identity(config: RunConfig, loaded: DocumentSet | Bitext, engine: Any, parts: Any) -> str:
    """The hash that says two runs must give the same numbers: configuration, inputs, revision."""
    settings = {key: value for key, value in asdict(config).items() if key not in VOLATILE}
    inputs = [[item.name, item.sha256] for item in loaded.inputs]
    return digest([settings, inputs, engine.identity, parts.encoder.identity], length=16)


def _failures(gathered: Gathered) -> list[str]:
    if not gathered.failed:
        return []
    first = "; ".join(f"{failure['id']}: {failure['error']}" for failure in gathered.failures)
    return [f"{gathered.failed} segments failed (the same command tries them again): {first}"]


def _write_error(store: Store, run_id: str, stage: str, error: Exception) -> None:
    """error.json, for `list`. When even that cannot be written the original error matters more."""
    value = {"stage": stage, "type": type(error).__name__, "message": str(error), "when": _now()}
    path: Path = store.run_dir(run_id) / "error.json"
    try:
        write_json(path, value)
    except HarnessError as second:
        error.add_note(f"and {second}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
