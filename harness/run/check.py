"""A configuration checked without running it: composed, every class built, the data looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.langs import language
from harness.config.hydra_errors import explain
from harness.config.schema import RunConfig, compose
from harness.config.typed import typed
from harness.config.user_folder import make_importable
from harness.data.parallel import ParallelSet
from harness.data.subset import SHARED
from harness.protocols import Context
from harness.run.parts import assemble
from harness.types import DocumentSet


def check_config(overrides: list[str], config_dir: Path | None) -> Iterator[tuple[str, str]]:
    """What each part of the configuration is. Raises the ConfigError, DataError … that `run` would."""
    config = composed(overrides, config_dir)
    src, tgt = language(config.pair.src), language(config.pair.tgt)
    yield "pair", f"{src.name} ({src.code}) → {tgt.name} ({tgt.code})"
    yield "data", _data(config, src.code, tgt.code)
    parts = assemble(config)
    for name in ("clean", "splitter", "aligner", "encoder", "realign"):
        yield name, str(getattr(config, name).get("kind"))
    yield "model", f"{config.model.get('name')}  {config.model.get('id') or ''}".strip()
    yield "engine", f"{config.engine.get('kind')}  {_short(parts.engine.identity)}"
    parts.engine.check()
    for key, metric in parts.metrics.items():
        yield f"metric {key}", metric.signature


def composed(overrides: list[str], config_dir: Path | None) -> RunConfig:
    """The checked configuration that `run` would use. Raises ConfigError of one line."""
    if config_dir is not None:
        make_importable(config_dir)
    try:
        config = compose(overrides, config_dir)
    except Exception as error:
        arguments = [f"--config-dir={config_dir}", *overrides] if config_dir else overrides
        raise explain(error, arguments) from error
    return typed(config)


def _data(config: RunConfig, src: str, tgt: str) -> str:
    kind = str(config.data.get("kind"))
    options = {key: value for key, value in config.data.items() if key not in SHARED}
    loader = registry.build("data", options)
    if registry.demands("data", options, Context(config.model, src, tgt)):
        return f"{kind}: comes over the network, not looked at"
    if isinstance(loader, ParallelSet):
        first = next(iter(loader.read(src, tgt).items))
        return f"{kind}: begins with '{first.source[:40]}' | '{first.references[0][:40]}'"
    loaded = loader.load(src, tgt)
    if isinstance(loaded, DocumentSet):
        return f"{kind}: {len(loaded.src)} documents in {src}, {len(loaded.tgt)} in {tgt}"
    return f"{kind}: {len(loaded.items)} lines"


def _short(identity: dict[str, Any]) -> str:
    text = ", ".join(f"{key}={value}" for key, value in identity.items() if isinstance(value, str | int))
    return text if len(text) < 120 else f"{text[:117]}…"
