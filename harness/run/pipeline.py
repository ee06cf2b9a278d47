"""One run: load → clean → segment → pair → align → translate → score → record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.common.files import digest, write_json
from harness.common.notices import collecting
from harness.common.secrets import redacted
from harness.config.schema import RunConfig, identifying
from harness.errors import HarnessError, UserError
from harness.metrics.stats.bootstrap import block_size
from harness.results.live import discard, discard_empty, journal
from harness.results.record import Record
from harness.results.store import Store
from harness.run.gather import clear, gather
from harness.run.opened import Opened, opened
from harness.run.recording import now, record_of
from harness.run.score import corpus_scores
from harness.run.timings import Stages
from harness.run.whole import REALIGNING, document_ends
from harness.run.worker import Job, Worker
from harness.types import Bitext
from harness.version import __version__

_BEFORE_WORK = ("configure", "load", "prepare")


@dataclass(frozen=True)
class Outcome:
    """What `run_one` did: a new record, or (`skipped`) that of a finished run of the same configuration."""

    record: Record
    skipped: bool


def run_one(config: RunConfig, store: Store, run_id: str, cache_dir: Path | None = None) -> Outcome:
    """Run one configuration and record it under `run_id`.

    The configuration is one that `config.typed` has checked. Translations are kept in `cache_dir`, by default
    the store's. A finished run of the same configuration, inputs and revision is returned instead, unless
    `config.force`. Raises a HarnessError, after error.json says at which stage and why.
    """
    stages = Stages()
    folder = store.run_dir(run_id)
    asked = digest(identifying(config))
    with recorded_errors(store, run_id, stages, asked), journal(folder) as known_as, collecting() as notices:
        created = now()
        with stages("load"):
            run = opened(config, store)
        known_as(run.config_hash)
        standing = run.standing()
        if standing is not None:
            store.supersede(run.config_hash)
            store.repaired(asked, standing.run_id)
            return Outcome(standing, skipped=True)
        record = _work(run, run_id, cache_dir or store.cache_dir, stages, notices, created)
        store.supersede(run.config_hash)
        if not record.failed:
            store.repaired(asked, run_id)
        store.write_table()
        return Outcome(record, skipped=False)


@contextmanager
def recorded_errors(
    store: Store, run_id: str, stages: Stages, configuration: str | None = None
) -> Iterator[None]:
    """Write error.json for what is raised within: `list` then shows the run as failed, and why.

    What the user has to put right, found before anything was translated, leaves nothing behind.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, UserError) and stages.current in _BEFORE_WORK:
            discard(store.run_dir(run_id))
            raise
        _write_error(store, run_id, stages.current, error, configuration)
        raise


def _work(
    run: Opened,
    run_id: str,
    cache_dir: Path,
    stages: Stages,
    notices: Mapping[str, None],
    created: str,
) -> Record:
    """`notices` fills up as readers and metrics add theirs (see `harness.common.notices`)."""
    parts, store = run.parts, run.store
    with closing(parts.backend) as backend:
        with stages("prepare"):
            for metric in parts.metrics.values():
                metric.prepare()
        with stages("align"):
            made = run.aligned()
            if made.viewer:
                store.write_alignment(run_id, made.viewer)
        items = made.bitext.items
        job = _job(run, made.bitext, run_id, cache_dir)
        worker = Worker(job, parts.engine, parts.metrics, parts.text.splitter)
        gathered = gather(backend, worker, items, store.run_dir(run_id), stages)
    with stages("score"):
        docs = [item.doc if job.block == 1 else None for item in items]
        scores = corpus_scores(parts.metrics, gathered, docs, job.block, run.config.bootstrap)
    record = store.write_record(
        record_of(run, made, gathered, scores, run_id, created, stages.seconds, notices)
    )
    if not gathered.failed:  # else the shards without failures are left for the next attempt
        clear(Path(job.folder))
    return record


def _job(run: Opened, bitext: Bitext, run_id: str, cache_dir: Path) -> Job:
    """What the shards of the run share."""
    config, parts, n = run.config, run.parts, len(bitext.items)
    ends = document_ends(bitext, parts.engine, parts.metrics.values(), config.realign)
    own = f"-{run_id}" if config.force else ""  # no shard of an earlier attempt is taken over
    size = parts.backend.shard_size if parts.engine.divisible else n
    return Job(
        engine=config.engine,
        model=config.model,
        metrics=config.metrics,
        realign={name: getattr(config, name) for name in REALIGNING if parts.engine.unit != "segment"},
        splitter=config.splitter,
        src=parts.src,
        tgt=parts.tgt,
        n=n,
        ends=ends,
        size=size,
        block=block_size(n),
        retries=parts.backend.retries,
        folder=str((cache_dir / "shards" / f"{run.config_hash}-{size}-{__version__}{own}").resolve()),
        cache_dir=str(cache_dir.resolve()),
        fresh=config.force,
        whole=bitext.whole,
        sourceless=not bitext.has_source,
        rivals={key: str(run.store.run_dir(rival.run_id).resolve()) for key, rival in run.rivals.items()},
    )


def _write_error(store: Store, run_id: str, stage: str, error: Exception, configuration: str | None) -> None:
    """error.json, for `list`. When even that cannot be written the original error matters more, and a
    folder with nothing of the run in it says nothing."""
    value = {
        "stage": stage,
        "type": type(error).__name__,
        "message": redacted(str(error)),
        "when": now(),
        **({"configuration": configuration} if configuration else {}),
    }
    try:
        write_json(store.run_dir(run_id) / "error.json", value)
    except HarnessError as second:
        error.add_note(f"and {second}")
        discard_empty(store.run_dir(run_id))
