"""The classes that a configuration names, each built once, before anything is read or loaded."""

from __future__ import annotations

from dataclasses import dataclass

from harness import registry
from harness.common.langs import language
from harness.config.schema import RunConfig
from harness.protocols import Engine, Metric
from harness.run.backends.base import Backend
from harness.run.documents import TextParts, text_parts
from harness.translate.checkpoints.families import check_listed


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


def assemble(config: RunConfig) -> Parts:
    """Build everything. Raises ConfigError, DataError or UnavailableError for what cannot work."""
    text = text_parts(config.clean, config.splitter, config.aligner, config.encoder)
    source, target = language(config.pair.src), language(config.pair.tgt)
    src, tgt = source.code, target.code
    engine = registry.build("engine", config.engine, model=config.model, src=src, tgt=tgt)
    metrics = {
        key: registry.build("metric", options, at=f"metrics.{key}") for key, options in config.metrics.items()
    }
    backend = registry.build("backend", config.backend)
    check_listed(config.model, source, target)  # after the engine, which may say more
    return Parts(src, tgt, engine, metrics, text, backend)
