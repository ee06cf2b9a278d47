"""A run before its first stage of work: its classes, what they read, and the hash by which it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.common.files import digest
from harness.config.schema import RunConfig, identifying
from harness.data.load import load
from harness.encode.kept import VECTORS
from harness.errors import ConfigError
from harness.results.record import Record
from harness.results.store import Store
from harness.run.corrected import Corrected, read_corrected
from harness.run.documents import Alignment, bitext_of, inputs_of
from harness.run.parts import Parts, assemble, check_documents, check_encoders, check_shown, check_sources
from harness.run.rivals import rivals
from harness.types import Bitext, DocumentSet, Input


@dataclass(frozen=True)
class Opened:
    """What a configuration names, built and read. Nothing is aligned, translated or written yet."""

    config: RunConfig
    parts: Parts
    loaded: DocumentSet | Bitext
    corrected: Corrected | None
    inputs: tuple[Input, ...]
    rivals: Mapping[str, Record]
    """The runs that metrics compare with, by metric."""
    store: Store

    @cached_property
    def config_hash(self) -> str:
        """Two runs with this hash must give the same numbers: equal configuration, inputs and revision."""
        config, parts = self.config, self.parts
        read = [[item.name, item.sha256] for item in self.inputs]
        identities = parts.engine.identity, parts.text.encoder.identity
        # By whose weights documents, or the outputs of whole ones, are cut.
        aligns = isinstance(self.loaded, DocumentSet) or parts.engine.unit != "segment"
        aligner = parts.text.aligner.identity if aligns else {}
        judges: dict[str, object] = {key: m.identity for key, m in parts.metrics.items() if m.identity}
        judges |= {f"{key} against": record.run_id for key, record in self.rivals.items()}
        further = [found for found in (aligner, judges) if found]
        return digest([identifying(config), read, *identities, *further], length=16)

    def standing(self) -> Record | None:
        """The finished run that stands for this one, unless `force` asks for a new one."""
        return None if self.config.force else self.store.standing(self.config_hash)

    def aligned(self) -> Alignment:
        """The bitext: the parallel set that was read, or the aligned sentences of its documents.

        ConfigError where the engine was shown a segment of it as an example.
        """
        config, parts = self.config, self.parts
        made = bitext_of(
            self.loaded, parts.text, config.data, config.limit, parts.backend.align, self.corrected
        )
        check_documents(parts, made.bitext, config.bootstrap.unit)
        check_shown(parts.engine, made.bitext)
        return made


def opened(config: RunConfig, store: Store) -> Opened:
    """Build and read what `config` names, for a run in `store`.

    Raises a HarnessError for what cannot work.
    """
    parts = assemble(config, store.cache_dir / VECTORS)
    loaded = load(config.data, parts.src, parts.tgt, config.limit)
    check_sources(parts, loaded)
    check_encoders(parts)
    corrected = _corrected(config, loaded)
    read = (*inputs_of(loaded, parts.text.aligner), *(corrected.inputs if corrected else ()))
    inputs = tuple(dict.fromkeys(read))  # those of aligner=gold are both
    against = rivals(parts.metrics, store, f"{parts.src}-{parts.tgt}")
    return Opened(config, parts, loaded, corrected, inputs, against, store)


def _corrected(config: RunConfig, loaded: DocumentSet | Bitext) -> Corrected | None:
    """The beads that `alignment` names, or `aligner=gold`, its other spelling. Raises ConfigError where both
    do, and for a set that is not of documents."""
    spelled = config.aligner.get("path") if config.aligner.get("kind") == "gold" else None
    if spelled and config.alignment:
        raise ConfigError(f"alignment={config.alignment} and aligner.path={spelled} say the same; give one")
    path = spelled or config.alignment
    if path is None:
        return None
    if isinstance(loaded, Bitext):
        raise ConfigError(f"alignment={path}: {loaded.name} is parallel already; it is for documents")
    return read_corrected(path)
