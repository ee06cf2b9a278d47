"""The schema of a run, the conf folders, and composing a config. The only base module that knows Hydra."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from harness.common.langs import language
from harness.common.limits import Count, Inside, Natural
from harness.config.arguments import quoted, readable
from harness.config.keys import conf_dir
from harness.errors import ConfigError, did_you_mean, message_of
from harness.results.record import Record

# sacreBLEU's tokenizers for what 13a cannot split, by script (`language().script`).
_BLEU_TOKENIZERS = {"Hans": "zh", "Hant": "zh", "Jpan": "ja-mecab", "Kore": "ko-mecab"}


@dataclass
class PairConfig:
    """A translation direction in ISO 639-1/-3 or BCP-47 codes."""

    src: str = "???"
    tgt: str = "???"
    bleu_tokenize: str = "auto"  # auto: zh, ja-mecab or ko-mecab where the target needs it, else 13a
    ter_characters: str = (
        "auto"  # TER over characters: true, false; auto: where the target is Chinese or Japanese
    )


@dataclass
class BootstrapConfig:
    """How intervals are made: n-of-n resampling of segments or documents."""

    samples: Count = 1000
    seed: Natural = 12345
    level: Annotated[float, Inside(0, 1)] = 0.95
    unit: str = "auto"  # what is drawn: segments, documents; auto: documents, where there are 20 or more


@dataclass
class RunConfig:
    """One run. The groups stay open dictionaries: their classes check their own options."""

    pair: PairConfig = field(default_factory=PairConfig)
    data: dict[str, Any] = field(default_factory=dict)
    clean: dict[str, Any] = field(default_factory=dict)
    splitter: dict[str, Any] = field(default_factory=dict)
    aligner: dict[str, Any] = field(default_factory=dict)
    encoder: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    engine: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    realign: dict[str, Any] = field(default_factory=lambda: {"kind": "auto"})
    backend: dict[str, Any] = field(default_factory=lambda: {"kind": "local"})
    bootstrap: BootstrapConfig = field(default_factory=BootstrapConfig)
    alignment: str | None = None
    limit: Count | None = None
    tag: str | None = None
    log: str | None = None
    force: bool = False
    results: str = "results"


# What a person changes without changing the result: not part of a run's identity.
VOLATILE = ("backend", "force", "results", "tag", "log")

# What an engine may take, of money and requests: it changes how far a run gets, not its numbers.
_BUDGET = ("max_requests", "max_cost", "prices")

# Options that classes got after runs were recorded, with the value that changes nothing: a run that finished
# before is still recognised. By config group and kind.
_GENERATION = dict.fromkeys(("repetition_penalty", "no_repeat_ngram_size", "min_length", "length_penalty"))
_UNIT = {"unit": "segment", "window": 10, "context": 0}
_YOUNGER: dict[tuple[str, str], dict[str, Any]] = {
    ("engine", "command"): {"encoding": "utf-8", "output_encoding": None, "answer": "raw"},
    ("engine", "openai"): {"version": None, "answer": "raw", "thinking": None, **_UNIT},
    ("engine", "rest"): dict(_UNIT),
    ("engine", "vllm"): {"unit": "segment"},
    ("engine", "file"): {
        "column": None, "id": None, "system": None, "system_column": "system", "header": True,
        "unit": "segment",
    },
    ("engine", "transformers"): {
        "quantize": None, "attention": None, "compile": False, "compared": 0, "answer": "raw", **_GENERATION,
        **_UNIT,
    },
    ("engine", "ctranslate2"): {"answer": "raw", **_GENERATION, **_UNIT},
    ("aligner", "auto"): {"order": "monotone"},
    **{("data", kind): {"pairs": None} for kind in ("documents", "seeds")},
    **{("data", kind): {"where": None} for kind in ("bitext", "tmx", "wmt", "flores")},
    **{("data", kind): {"where": None, "domain": None} for kind in ("tsv", "jsonl", "parquet", "hf")},
}  # fmt: skip
_DEFAULT_WAS: dict[tuple[str, str], dict[str, Any]] = {
    ("engine", "transformers"): {"batch_tokens": 2048, "batch_size": 64},
    ("engine", "ctranslate2"): {"beams": 4, "max_new_tokens": 256},
    ("encoder", "use"): {"threads": 2},
}
"""What the null of an option stood for before it was null."""


_JUDGES = ("gemba-mqm", "gemba-esa", "pairwise")
_JUDGE_WAS = {
    "base_url": "http://127.0.0.1:8000/v1", "api_key_env": "OPENAI_API_KEY", "concurrency": 4,
    "temperature": 0.0, "seed": None, "max_tokens": 1024, "answer": "raw",
}  # fmt: skip
"""What the engine of a judge had in the shipped YAML, which leaves it to the engine's defaults now."""


def _of_metric(options: Any) -> Any:
    """A metric's options as runs have them that people recorded before an option was left to its default."""
    if isinstance(options, dict) and options.get("kind") == "semsim":
        encoder = options.get("encoder")
        if isinstance(encoder, dict) and encoder.get("kind") == "use" and encoder.get("threads") is None:
            return {**options, "encoder": {**encoder, **_DEFAULT_WAS["encoder", "use"]}}
    return _of_judge(options)


def _of_judge(options: Any) -> Any:
    """A metric's options without what a judge may take and where its answers are kept."""
    if not isinstance(options, dict) or options.get("kind") not in _JUDGES:
        return options
    given = options.get("engine") or {}
    written = {**(_JUDGE_WAS if given.get("kind") == "openai" else {}), **given}
    engine = {k: v for k, v in written.items() if k not in _BUDGET}
    return {**{k: v for k, v in options.items() if k != "cache"}, "engine": engine}


def identifying(config: RunConfig) -> dict[str, Any]:
    """The settings by which a run is known: all but what cannot change its numbers.

    `pair.ter_characters` is left out, because what it decides stands in the options of the metric; `realign`,
    where outputs are of segments. So is an
    option that is younger than runs people have, where it is unset.
    """
    settings = {key: value for key, value in asdict(config).items() if key not in VOLATILE}
    del settings["pair"]["ter_characters"]
    settings["engine"] = {k: v for k, v in settings["engine"].items() if k not in _BUDGET}
    settings["metrics"] = {key: _of_metric(options) for key, options in settings["metrics"].items()}
    if config.engine.get("unit", "segment") == "segment":
        del settings["realign"]
    if settings["alignment"] is None:  # younger than runs people have, too
        del settings["alignment"]
    if settings["bootstrap"]["unit"] == "auto":
        del settings["bootstrap"]["unit"]
    for (group, kind), younger in _YOUNGER.items():
        options = settings[group]
        if options.get("kind") == kind:
            settings[group] = {k: v for k, v in options.items() if k not in younger or v != younger[k]}
    for (group, kind), former in _DEFAULT_WAS.items():
        options = settings[group]
        if options.get("kind") == kind:
            nulls = {k: v for k, v in former.items() if k in options and options[k] is None}
            settings[group] = {**options, **nulls}
    return settings


def new_run_id() -> str:
    """UTC time, 5 hex digits of its microseconds and 3 random ones: runs sort by when they began, those of
    one second too, and parallel ones differ.
    """
    now = datetime.now(UTC)
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.randbits(12):03x}"


def register_schema(run_id: str | None = None) -> None:
    """Make the schema and the resolvers known to Hydra; may be called again. `run_id`: of the one run."""
    from hydra.core.config_store import ConfigStore
    from omegaconf import OmegaConf

    ConfigStore.instance().store(name="harness_schema", node=RunConfig)
    OmegaConf.register_new_resolver("run_id", lambda: run_id or new_run_id(), use_cache=True, replace=True)
    OmegaConf.register_new_resolver("bleu_tokenizer", bleu_tokenizer, replace=True)
    OmegaConf.register_new_resolver("ter_characters", ter_characters, replace=True)


def bleu_tokenizer(choice: str, tgt: str) -> str:
    """The sacreBLEU tokenizer for a target language in any code; `choice` wins unless it is "auto"."""
    if choice != "auto":
        return choice
    try:
        return _BLEU_TOKENIZERS.get(language(tgt).script, "13a")
    except ConfigError:  # the run refuses the code itself, with the nearest one
        return "13a"


def ter_characters(choice: str, tgt: str) -> bool:
    """Whether TER counts characters of Chinese and Japanese; `choice` wins unless it is "auto"."""
    known = {"true": True, "false": False, "auto": bleu_tokenizer("auto", tgt) in ("zh", "ja-mecab")}
    if str(choice).lower() not in known:
        raise ConfigError(f"pair.ter_characters={choice}: true, false or auto")
    return known[str(choice).lower()]


def to_config(node: Any) -> RunConfig:
    """A composed OmegaConf node as the dataclass tree. Raises ConfigError for what is not set."""
    from omegaconf import MissingMandatoryValue, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        missing = sorted(OmegaConf.missing_keys(node))
        config = None if missing else OmegaConf.to_object(node)
    except MissingMandatoryValue as error:
        raise ConfigError(str(error).splitlines()[0]) from error
    except OmegaConfBaseException as error:
        raise ConfigError(message_of(error)) from error
    if missing:
        raise ConfigError(f"no value for {', '.join(missing)}: add {missing[0]}=… to the command")
    assert isinstance(config, RunConfig)
    known = {field.name for field in fields(RunConfig)}
    for key in node:  # `+key=value` adds what nothing reads
        if key not in known:
            raise ConfigError(
                f"no option '{key}'.{did_you_mean(str(key), known)} See: python -m harness run --help"
            )
    return config


def from_record(record: Record) -> RunConfig:
    """The config that a record was made with. Raises ConfigError when it lacks parts of one."""
    config = dict(record.config)
    try:
        pair = PairConfig(**config.pop("pair"))
        return RunConfig(pair=pair, bootstrap=BootstrapConfig(**config.pop("bootstrap")), **config)
    except (KeyError, TypeError) as error:
        raise ConfigError(
            f"run {record.run_id}: its configuration was written by another version ({error})"
        ) from error


def compose(overrides: list[str], config_dir: Path | None = None) -> RunConfig:
    """The config that `run` would use for these overrides, without running it."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir

    register_schema()
    extra = [f"hydra.searchpath=[{quoted(f'file://{config_dir.resolve()}')}]"] if config_dir else []
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        return to_config(
            hydra_compose("run", overrides=[*extra, *readable(overrides, [config_dir] if config_dir else [])])
        )
