"""One run: load → clean → segment → pair → align → translate → score → record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.common.environment import environment
from harness.common.files import digest, digest_each, write_json
from harness.common.notices import collecting
from harness.common.secrets import redacted
from harness.config.schema import RunConfig, identifying
from harness.data.load import load
from harness.errors import ConfigError, HarnessError
from harness.metrics.stats.bootstrap import block_size
from harness.results.live import journal
from harness.results.record import Data, Model, Pair, Record
from harness.results.store import Store
from harness.run.corrected import CorrectedAlignment, read_corrected
from harness.run.documents import bitext_of, inputs_of
from harness.run.gather import clear, gather
from harness.run.parts import Parts, assemble, check_shown, check_sources
from harness.run.score import corpus_scores
from harness.run.shards import Gathered
from harness.run.timings import Stages
from harness.run.usage import another_model, several_models, total
from harness.run.whole import REALIGNING, document_ends
from harness.run.worker import Job, Worker
from harness.types import Bitext, DocumentSet, Input
from harness.version import __version__

TOKENIZED = 100
"""Outputs that end in a tokenized period before sacreBLEU warns (`sacrebleu.metrics.base`)."""


def hash_of(config: RunConfig, inputs: Sequence[Input], parts: Parts, loaded: DocumentSet | Bitext) -> str:
    """Two runs with this hash must give the same numbers: equal configuration, inputs and revision."""
    read = [[item.name, item.sha256] for item in inputs]
    identities = parts.engine.identity, parts.text.encoder.identity
    aligns = isinstance(loaded, DocumentSet) or parts.engine.unit != "segment"  # whose outputs are cut by it
    aligner = parts.text.aligner.identity if aligns else {}
    return digest([identifying(config), read, *identities, *([aligner] if aligner else [])], length=16)


@dataclass(frozen=True)
class Start:
    """What a run begins with: its parts, its data, and the hash by which it is known."""

    parts: Parts
    loaded: DocumentSet | Bitext
    corrected: CorrectedAlignment | None
    inputs: tuple[Input, ...]
    config_hash: str

    @classmethod
    def of(cls, config: RunConfig) -> Start:
        """Raises a HarnessError for what cannot work."""
        parts = assemble(config)
        loaded = load(config.data, parts.src, parts.tgt, config.limit)
        check_sources(parts, loaded)
        corrected = corrected_beads(config, loaded)
        inputs = (*inputs_of(loaded, parts.text.aligner), *([corrected.input] if corrected else []))
        return cls(parts, loaded, corrected, inputs, hash_of(config, inputs, parts, loaded))

    def standing(self, config: RunConfig, store: Store) -> Record | None:
        """The finished run that this one would repeat."""
        return None if config.force else store.standing(self.config_hash)


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
    with recorded_errors(store, run_id, stages), journal(store.run_dir(run_id)), collecting() as notices:
        return _run(config, store, run_id, cache_dir or store.cache_dir, stages, notices)


@contextmanager
def recorded_errors(store: Store, run_id: str, stages: Stages) -> Iterator[None]:
    """Write error.json for what is raised within: `list` then shows the run as failed, and why."""
    try:
        yield
    except Exception as error:
        _write_error(store, run_id, stages.current, error)
        raise


def _run(
    config: RunConfig, store: Store, run_id: str, cache_dir: Path, stages: Stages, notices: Mapping[str, None]
) -> Outcome:
    """`notices` fills up as readers and metrics add theirs (see `harness.common.notices`)."""
    created = _now()
    with stages("load"):
        start = Start.of(config)
    if (standing := start.standing(config, store)) is not None:
        return Outcome(standing, skipped=True)
    parts, loaded, corrected = start.parts, start.loaded, start.corrected
    with closing(parts.backend) as backend:
        with stages("prepare"):
            for metric in parts.metrics.values():
                metric.prepare()
        with stages("align"):
            made = bitext_of(loaded, parts.text, config.data, config.limit, backend.align, corrected)
            if made.viewer:
                store.write_alignment(run_id, made.viewer)
        bitext, n = made.bitext, len(made.bitext.items)
        ends = document_ends(bitext, parts.engine, config.realign)
        check_shown(parts.engine, bitext)
        own = f"-{run_id}" if config.force else ""  # no shard of an earlier attempt is taken over
        size = backend.shard_size if parts.engine.divisible else n
        job = Job(
            engine=config.engine,
            model=config.model,
            metrics=config.metrics,
            realign={name: getattr(config, name) for name in REALIGNING if ends},
            splitter=config.splitter,
            src=parts.src,
            tgt=parts.tgt,
            n=n,
            ends=ends,
            size=size,
            block=block_size(n),
            retries=backend.retries,
            folder=str((cache_dir / "shards" / f"{start.config_hash}-{size}-{__version__}{own}").resolve()),
            cache_dir=str(cache_dir.resolve()),
            fresh=config.force,
            whole=bitext.whole,
            sourceless=not bitext.has_source,
        )
        worker = Worker(job, parts.engine, parts.metrics, parts.text.splitter)
        gathered = gather(backend, worker, bitext.items, store.run_dir(run_id), stages)
    with stages("score"):
        scores = corpus_scores(parts.metrics, gathered, n, job.block, config.bootstrap)
    identity = parts.engine.identity
    usage = total(gathered.usage, (config.engine.get("prices") or {}).get("currency"))
    record = store.write_record(
        Record(
            run_id=run_id,
            tag=config.tag,
            created=created,
            finished=_now(),
            config_hash=start.config_hash,
            config=asdict(config),
            pair=Pair(parts.src, parts.tgt),
            data=Data(
                name=bitext.name,
                n=n,
                hash=digest_each([item.id, item.source, item.references] for item in bitext.items),
                inputs=start.inputs,
                meta=bitext.meta,
            ),
            model=Model(
                name=parts.engine.name or config.model.get("name"),
                id=identity.get("model"),
                revision=identity.get("revision") or identity.get("sha256"),
                engine=config.engine.get("kind"),
                identity=identity,
                settings=dict(parts.engine.settings) or None,
            ),
            encoder=parts.text.encoder.identity,
            environment=environment(),
            counts=replace(made.counts, realign=gathered.realign or None),
            pairing=made.pairing,
            timings=stages.seconds,
            scores=tuple(scores),
            health=gathered.health,
            failed=gathered.failed,
            cleaned=gathered.cleaned if parts.engine.filters else None,
            usage=usage,
            warnings=(
                *_warnings(bitext, notices, gathered),
                *several_models(usage),
                *another_model(usage, identity.get("model")),
            ),
        )
    )
    if not gathered.failed:  # else the shards without failures are left for the next attempt
        clear(Path(job.folder))
    store.write_table()
    return Outcome(record, skipped=False)


def corrected_beads(config: RunConfig, loaded: DocumentSet | Bitext) -> CorrectedAlignment | None:
    """The beads that `alignment` names, if it does. Raises ConfigError for a set that is not of documents."""
    if config.alignment is None:
        return None
    if isinstance(loaded, Bitext):
        raise ConfigError(
            f"alignment={config.alignment}: {loaded.name} is parallel already; it is for documents"
        )
    return read_corrected(config.alignment)


def _warnings(bitext: Bitext, notices: Iterable[str], gathered: Gathered) -> tuple[str, ...]:
    """Every warning of a run once: of the data, of readers and metrics in any shard, of the outputs."""
    data = map(str, bitext.meta.get("warnings", []))
    return tuple(
        dict.fromkeys((*data, *notices, *gathered.warnings, *_tokenized(gathered), *_failures(gathered)))
    )


def _tokenized(gathered: Gathered) -> list[str]:
    """sacreBLEU's warning of outputs that were not detokenized, counted over all shards as it does."""
    if gathered.tokenized < TOKENIZED:
        return []
    return [
        f"{gathered.tokenized} outputs end in a tokenized period (' .'); sacreBLEU warns from {TOKENIZED} on:"
        " BLEU is for detokenized text, so detokenize them"
    ]


def _failures(gathered: Gathered) -> list[str]:
    if not gathered.failed:
        return []
    first = "; ".join(f"{failure['id']}: {failure['error']}" for failure in gathered.failures)
    return [f"{gathered.failed} segments failed (the same command tries them again): {first}"]


def _write_error(store: Store, run_id: str, stage: str, error: Exception) -> None:
    """error.json, for `list`. When even that cannot be written the original error matters more."""
    value = {"stage": stage, "type": type(error).__name__, "message": redacted(str(error)), "when": _now()}
    try:
        write_json(store.run_dir(run_id) / "error.json", value)
    except HarnessError as second:
        error.add_note(f"and {second}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
