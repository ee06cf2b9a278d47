"""The classes that a configuration names, each built once, before anything is read or loaded."""

from __future__ import annotations

from dataclasses import dataclass

from harness import registry
from harness.common.langs import language
from harness.config.schema import RunConfig
from harness.protocols import Engine, Metric
from harness.run.backends.base import Backend
from harness.run.documents import TextParts, text_parts


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
    src, tgt = language(config.pair.src).code, language(config.pair.tgt).code
    return Parts(
        src=src,
        tgt=tgt,
        engine=registry.build("engine", config.engine, model=config.model, src=src, tgt=tgt),
        metrics={key: registry.build("metric", options) for key, options in config.metrics.items()},
        backend=registry.build("backend", config.backend),
        text=text,
    )
