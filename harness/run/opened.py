"""A run before its first stage of work: its classes, what they read, and the hash by which it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.common.files import digest
from harness.config.schema import RunConfig, identifying
from harness.data.load import load
from harness.errors import ConfigError
from harness.results.record import Record
from harness.results.store import Store
from harness.run.corrected import Corrected, read_corrected
from harness.run.documents import Alignment, bitext_of, inputs_of
from harness.run.parts import Parts, assemble, check_shown, check_sources
from harness.types import Bitext, DocumentSet, Input


@dataclass(frozen=True, slots=True)
class Opened:
    """What a configuration names, built and read. Nothing is aligned, translated or written yet."""

    config: RunConfig
    parts: Parts
    loaded: DocumentSet | Bitext
    corrected: Corrected | None
    inputs: tuple[Input, ...]
    config_hash: str

    def standing(self, store: Store) -> Record | None:
        """The finished run that stands for this one, unless `force` asks for a new one."""
        return None if self.config.force else store.standing(self.config_hash)

    def aligned(self) -> Alignment:
        """The bitext: the parallel set that was read, or the aligned sentences of its documents.

        ConfigError where the engine was shown a segment of it as an example.
        """
        config, parts = self.config, self.parts
        made = bitext_of(
            self.loaded, parts.text, config.data, config.limit, parts.backend.align, self.corrected
        )
        check_shown(parts.engine, made.bitext)
        return made


def opened(config: RunConfig) -> Opened:
    """Build and read what `config` names. Raises a HarnessError for what cannot work."""
    parts = assemble(config)
    loaded = load(config.data, parts.src, parts.tgt, config.limit)
    check_sources(parts, loaded)
    corrected = _corrected(config, loaded)
    inputs = tuple(
        dict.fromkeys((*inputs_of(loaded, parts.text.aligner), *(corrected.inputs if corrected else ())))
    )
    return Opened(config, parts, loaded, corrected, inputs, _hash(config, inputs, parts, loaded))


def _hash(config: RunConfig, inputs: Sequence[Input], parts: Parts, loaded: DocumentSet | Bitext) -> str:
    """Two runs with this hash must give the same numbers: equal configuration, inputs and revision."""
    read = [[item.name, item.sha256] for item in inputs]
    identities = parts.engine.identity, parts.text.encoder.identity
    aligns = isinstance(loaded, DocumentSet) or parts.engine.unit != "segment"  # whose outputs are cut by it
    aligner = parts.text.aligner.identity if aligns else {}
    return digest([identifying(config), read, *identities, *([aligner] if aligner else [])], length=16)


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
