"""A configuration checked against the classes that it names, before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness import registry
from harness.common import options, values
from harness.config import model
from harness.config.elsewhere import elsewhere
from harness.config.schema import BootstrapConfig, RunConfig
from harness.data.subset import SHARED
from harness.encode.choice import chosen, chosen_aligner
from harness.errors import ConfigError, did_you_mean

TABLES = {
    "data": "data", "clean": "cleaner", "splitter": "splitter", "aligner": "aligner", "encoder": "encoder",
    "engine": "engine", "realign": "realigner", "backend": "backend",
}  # fmt: skip
"""Config groups whose YAMLs name a class, and the registry table of each."""


def typed(config: RunConfig) -> RunConfig:
    """The configuration with texts that mean a truth value or a number converted to it.

    The encoder `auto`, and with it the aligner, is decided by the languages of the pair.

    All else stays as it was written, so that a run keeps its identity. Raises ConfigError, one line with
    the full key, for an unknown option and for a value of the wrong type or out of range.
    """
    languages = (config.pair.src, config.pair.tgt)
    aligner = chosen_aligner(config.aligner, config.encoder, languages)
    config = replace(config, encoder=chosen(config.encoder, languages), aligner=aligner)
    found: dict[str, Any] = {group: _typed(table, getattr(config, group), group)
                             for group, table in TABLES.items()}  # fmt: skip
    found["model"] = _model(config)
    found["metrics"] = {key: _metric(key, value) for key, value in config.metrics.items()}
    for name, parameter in options.parameters(BootstrapConfig).items():
        values.convert(f"bootstrap.{name}", getattr(config.bootstrap, name), parameter.annotation)
    values.convert("limit", config.limit, options.parameters(RunConfig)["limit"].annotation)
    return replace(config, **found)


def _typed(table: str, written: Mapping[str, Any], at: str) -> dict[str, Any]:
    shared = {key: value for key, value in written.items() if table == "data" and key in SHARED}
    own = {key: value for key, value in written.items() if key not in shared}
    nested = {
        key: _typed(key, value, f"{at}.{key}")
        for key, value in own.items()
        if key in registry.TABLES and isinstance(value, Mapping)
    }
    converted = registry.check(table, own, at, elsewhere=lambda name: _hint(table, own, f"{at}.{name}"))
    converted |= options.checked("a data set", shared, SHARED, at)
    return {**_settled(written, converted), **nested}


def _hint(table: str, written: Mapping[str, Any], key: str) -> str:
    """The near option of the class, else the place where the name is an option."""
    own = options.parameters(registry.resolve(table, str(written["kind"])), registry.GIVEN.get(table, ()))
    return did_you_mean(key.rpartition(".")[2], own) or elsewhere(key)


def _metric(key: str, written: Any) -> dict[str, Any]:
    if not isinstance(written, Mapping):
        raise ConfigError(f"metrics.{key}={written}: needs a mapping; a metric is written NAME: {{kind: …}}")
    return _typed("metric", written, f"metrics.{key}")


def _model(config: RunConfig) -> dict[str, Any]:
    kind = str(config.engine["kind"])
    engine = registry.resolve("engine", kind)
    own = options.parameters(engine, registry.GIVEN["engine"])

    def places(name: str) -> str:
        return f" Did you mean 'engine.{name}'?" if name in own else ""

    return _settled(config.model, model.checked(config.model, kind, engine, places))


def _settled(written: Mapping[str, Any], converted: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, with a text that means something else replaced by what it means."""
    return {key: converted[key] if isinstance(value, str) and key in converted else value
            for key, value in written.items()}  # fmt: skip
