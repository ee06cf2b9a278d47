"""One table per extensible kind: name → lazy "module:Class". Nothing is imported until it is built."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from harness.errors import ConfigError, did_you_mean, missing_package

TABLES: dict[str, dict[str, str]] = {
    "data": {
        "seeds": "harness.data.loaders.documents:Seeds",
        "documents": "harness.data.loaders.documents:Documents",
        "bitext": "harness.data.loaders.bitext:LineParallel",
        "tsv": "harness.data.loaders.table:Tsv",
        "jsonl": "harness.data.loaders.table:Jsonl",
        "parquet": "harness.data.loaders.table:Parquet",
        "tmx": "harness.data.loaders.tmx:Tmx",
        "hf": "harness.data.loaders.hf:Hf",
        "flores": "harness.data.loaders.hf:Flores",
        "mqm": "harness.data.loaders.mqm:Mqm",
        "ntrex": "harness.data.loaders.ntrex:Ntrex",
        "wmt": "harness.data.loaders.wmt:Wmt",
    },
    "cleaner": {
        "rules": "harness.text.clean:Rules",
        "none": "harness.text.clean:NoCleaner",
    },
    "splitter": {
        "sentencex": "harness.text.split:Sentencex",
        "pysbd": "harness.text.split:Pysbd",
        "line": "harness.text.split:Line",
    },
    "aligner": {
        "auto": "harness.align.auto:Auto",
        "comparable": "harness.align.aligners:Comparable",
        "gale-church": "harness.align.galechurch:GaleChurch",
        "vecalign": "harness.align.vecalign:Vecalign",
    },
    "encoder": {
        "use": "harness.encode.use:Use",
        "sentence-transformers": "harness.encode.sentence_transformers:SentenceTransformers",
    },
    "engine": {
        "copy": "harness.translate.engines.controls:Copy",
        "reference": "harness.translate.engines.controls:Reference",
        "gloss": "harness.gloss.engine:Gloss",
        "transformers": "harness.translate.engines.transformers:Transformers",
        "ctranslate2": "harness.translate.engines.ctranslate2:CTranslate2",
        "openai": "harness.translate.engines.openai:OpenAI",
        "command": "harness.translate.engines.command:Command",
        "file": "harness.translate.engines.file:File",
        "mqm": "harness.translate.engines.mqm:Mqm",
    },
    "backend": {
        "local": "harness.run.backends.local:Local",
        "ray": "harness.run.backends.ray:Ray",
    },
    "metric": {
        "bleu": "harness.metrics.lexical:Bleu",
        "chrf": "harness.metrics.lexical:Chrf",
        "ter": "harness.metrics.lexical:Ter",
        "length_ratio": "harness.metrics.length:LengthRatio",
        "semsim": "harness.metrics.semsim:SemSim",
        "neural": "harness.metrics.neural:Neural",
    },
}


# What a class of each kind offers at least.
OFFERS: dict[str, tuple[str, ...]] = {
    "data": ("load",),
    "cleaner": ("clean",),
    "splitter": ("boundaries",),
    "aligner": ("align",),
    "encoder": ("encode",),
    "engine": ("translate",),
    "backend": ("run", "align", "close"),
    "metric": ("statistics", "aggregate", "segment_scores"),
}


def register(table: str, name: str, target: str) -> None:
    """Add `name` → `"module:Class"`; a second, different target for a name is refused."""
    if TABLES[table].get(name, target) != target:
        raise ConfigError(f"{table} '{name}' is already registered as {TABLES[table][name]}")
    TABLES[table][name] = target


def resolve(table: str, name: str) -> Any:
    """The class behind a registered name or a `module:Class` of the user's own."""
    target = name if ":" in name else TABLES[table].get(name)
    if target is None:
        known = sorted(TABLES[table])
        raise ConfigError(
            f"no {table} named '{name}'.{did_you_mean(name, known)} Available: {', '.join(known)};"
            " or a class of your own as 'module:Class'"
        )
    module_name, _, class_name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if module_name == missing or module_name.startswith(f"{missing}."):
            raise ConfigError(
                f"{table} '{name}': no module named '{missing}' on the Python path"
                " (--config-dir DIR adds a folder of yours, PYTHONPATH any)"
            ) from error
        raise missing_package(f"{table} '{name}'", missing) from error
    try:
        found = getattr(module, class_name)
    except AttributeError:
        known = [key for key, value in vars(module).items() if inspect.isclass(value)]
        raise ConfigError(
            f"{table} '{name}': module '{module_name}' has no class '{class_name}'."
            f"{did_you_mean(class_name, known)}"
        ) from None
    # A record names classes too, and may come from elsewhere: nothing but such a class is ever called.
    lacking = [name for name in OFFERS[table] if not hasattr(found, name)]
    if not inspect.isclass(found) or lacking:
        raise ConfigError(f"{table} '{name}': no class of a {table}, which offers {', '.join(OFFERS[table])}")
    return found


def build(table: str, config: Mapping[str, Any], **given: Any) -> Any:
    """Build the class that `config["kind"]` names with its other entries as keywords.

    `given` are the keywords the caller supplies (pair, encoder, …). Raises ConfigError for an
    unknown kind or option, naming the nearest known one.
    """
    options = {key: value for key, value in config.items() if key != "kind"}
    if "kind" not in config:
        raise ConfigError(f"{table}: the config has no 'kind' (which class to use)")
    kind = str(config["kind"])
    target = resolve(table, kind)
    parameters = inspect.signature(target).parameters
    if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        known = [name for name in parameters if name not in given]
        for name in options:
            if name not in known:
                raise ConfigError(
                    f"{table} '{kind}' has no option '{name}'.{did_you_mean(name, known)}"
                    f" Options: {', '.join(known) or 'none'}"
                )
    required = [
        name
        for name, p in parameters.items()
        if p.default is p.empty
        and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        and name not in options
        and name not in given
    ]
    if required:
        raise ConfigError(f"{table} '{kind}' needs the option {', '.join(repr(r) for r in required)}")
    try:
        return target(**options, **given)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigError(
            f"{table} '{kind}' cannot be made from these options ({told}; --debug shows where)"
        ) from error
