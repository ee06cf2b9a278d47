"""The classes that a configuration names, each built once, before anything is read or loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness import registry
from harness.common.langs import language
from harness.common.notices import tell
from harness.config.schema import RunConfig
from harness.encode.choice import doubted
from harness.errors import ConfigError, DataError
from harness.metrics.stats.bootstrap import block_size
from harness.protocols import Engine, Metric
from harness.run.backends.base import Backend
from harness.run.documents import TextParts, text_parts
from harness.translate.checkpoints.families import check_listed
from harness.types import Bitext, DocumentSet


@dataclass(frozen=True)
class Parts:
    """What a run is made of. `src` and `tgt` are normalised language codes."""

    src: str
    tgt: str
    engine: Engine
    metrics: dict[str, Metric]
    """By their key in the configuration."""
    text: TextParts
    backend: Backend


def assemble(config: RunConfig, vectors: Path | None = None) -> Parts:
    """Build everything; the encoder keeps its vectors under `vectors`.

    Raises ConfigError, DataError or UnavailableError for what cannot work.
    """
    text = text_parts(config.clean, config.splitter, config.aligner, config.encoder, vectors)
    source, target = language(config.pair.src), language(config.pair.tgt)
    src, tgt = source.code, target.code
    engine = registry.build("engine", config.engine, model=config.model, src=src, tgt=tgt)
    metrics = {
        key: registry.build("metric", options, at=f"metrics.{key}") for key, options in config.metrics.items()
    }
    backend = registry.build("backend", config.backend)
    if config.bootstrap.unit not in ("auto", "segments", "documents"):
        raise ConfigError(f"bootstrap.unit={config.bootstrap.unit}: auto, segments or documents")
    check_listed(config.model, source, target)  # after the engine, which may say more
    return Parts(src, tgt, engine, metrics, text, backend)


def check_sources(parts: Parts, loaded: DocumentSet | Bitext) -> None:
    """Tell what is off where there are references alone. ConfigError for what cannot work without sources."""
    from harness.metrics.health import NEED_SOURCE

    if not isinstance(loaded, Bitext) or loaded.has_source:
        return
    if not parts.engine.positional:
        raise ConfigError(
            f"{loaded.name}: there are references only, nothing to translate; model=file scores outputs that"
            " exist already"
        )
    for key, metric in parts.metrics.items():
        if metric.needs_source:
            raise ConfigError(
                f"metric '{key}' reads the source, and there is none: add it (score … --src FILE, or"
                " data=bitext data.src=FILE), or leave the metric out"
            )
    tell(f"without a source the flags {', '.join(NEED_SOURCE[:-1])} and {NEED_SOURCE[-1]} are off")


def check_encoders(parts: Parts) -> None:
    """Tell of metrics whose encoder does not know what it reads."""
    for key, metric in parts.metrics.items():
        read = (parts.src, parts.tgt) if metric.needs_source else (parts.tgt,)
        if metric.encoder and (line := doubted(metric.encoder, read, key)) is not None:
            tell(line)


def check_documents(parts: Parts, bitext: Bitext, drawn: str) -> None:
    """DataError for a metric that reads documents, and for drawing them, where a segment is in none."""
    wanted = [f"metric '{key}' reads" for key, metric in parts.metrics.items() if metric.needs_documents]
    wanted += ["bootstrap.unit=documents draws"] if drawn == "documents" else []
    if not wanted:
        return
    for item in bitext.items:
        if item.doc is None:
            raise DataError(
                f"{wanted[0]} documents, and segment {item.id} is in none: data.docs=FILE (bitext) or"
                " data.doc_id=COLUMN (tables) says which segment is in which"
            )
    if drawn == "documents" and block_size(len(bitext.items)) > 1:
        raise DataError("bootstrap.unit=documents: the set is too large; bootstrap.unit=auto draws blocks")


def check_shown(engine: Engine, bitext: Bitext) -> None:
    """ConfigError where an example that the engine is shown is a segment of the test set, on either side."""
    from harness.translate.guidance import bare, overlap

    if not engine.shown:
        return
    sources, targets = overlap(engine.shown)
    for item in bitext.items:
        texts = [(sources, item.source), *((targets, reference) for reference in item.references)]
        for known, text in texts:
            if (number := known.get(bare(text))) is not None:
                raise ConfigError(
                    f"model.examples: example {number} is segment {item.id} of the test set ({text[:60]}):"
                    " the scores would be of what was shown; take examples from another set"
                )
