"""What a model YAML may hold: one table for all engines. Which keys an engine reads is in its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from harness.common import options
from harness.common.json_text import json_value
from harness.common.limits import Count, Natural, Reads
from harness.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The keys of a model YAML; all may be left out. The second part is read by some engines only."""

    name: Annotated[str | None, "the model's name in tables"] = None
    id: Annotated[str | None, "its name on the hub or on a server; {src} and {tgt} become codes"] = None
    family: Annotated[
        str | None, "how the model receives the language pair: marian, nllb, m2m100, …, llm"
    ] = None
    languages: Annotated[
        Mapping[Literal["src", "tgt"], Sequence[str]] | None, "the only languages it supports, by side"
    ] = None
    pairs: Annotated[Sequence[str] | None, "the only pairs it supports: [fr-pl, pl-fr]"] = None
    offline: Annotated[bool | None, "works without network; null: depends on your server or files"] = None
    licence: Annotated[str | None, "licence of its weights or data"] = None
    size: Annotated[str | float | None, "of the download"] = None
    install: Annotated[str | None, "how to install its program, for messages"] = None

    path: Annotated[str | None, "a local checkpoint folder instead of the hub"] = None
    revision: Annotated[str | None, "a branch, tag or commit of the hub model"] = None
    shipped: Annotated[str | None, "a checkpoint folder inside the package"] = None
    pickle: Annotated[bool | None, "read weights from a pickle, which can run code"] = None
    sentence_level: Annotated[bool | None, "translate sentence by sentence; null: as the family does"] = None
    max_input_tokens: Annotated[Count | None, "longer sources are split or refused"] = None
    system: Annotated[str | None, "the system message of a language model"] = None
    prompt: Annotated[str | None, "the prompt for a language model, with {text}"] = None
    chat: Annotated[bool | None, "false: the prompt as raw text, without chat template"] = None
    stop: Annotated[Sequence[str] | None, "the output ends before any of these texts"] = None
    chat_template_kwargs: Annotated[
        Mapping[str, Any] | None, "further arguments of the chat template: {enable_thinking: false}"
    ] = None
    examples: Annotated[
        Mapping[str, Any] | None,
        "translations it is shown: {path: FILE} or {src: FILE, tgt: FILE}; n, seed",
    ] = None
    example: Annotated[str | None, "one of them in {examples}, with {source} and {target}"] = None
    context: Annotated[
        Natural | None, "texts before one in its document that {context} holds, with their translations"
    ] = None
    glossary: Annotated[str | None, "a file of terms, a tab and their translation, for {glossary}"] = None
    term: Annotated[str | None, "one of them in {glossary}, with {source} and {target}"] = None
    command: Annotated[str | None, "the command line of a program; engine.command wins"] = None


DESCRIBING = ("name", "id", "family", "languages", "pairs", "offline", "licence", "size", "install")
"""Keys that say what a model is. They are no setting of an engine, and any model may have them."""


def read_by(engine: Callable[..., Any]) -> tuple[str, ...] | None:
    """The keys that an engine's signature says it reads; None where it does not say."""
    annotation = options.parameters(engine).get("model", _ANY).annotation
    return next((extra.keys for extra in get_args(annotation) if isinstance(extra, Reads)), None)


_MODELS = {"marian": "opus-mt", "m2m_100": "nllb-600m", "mbart": "mbart-50", "t5": "madlad-3b"}
"""A model for each `model_type` of transformers that is one of translation models."""


def _for_checkpoint(path: str) -> str:
    """`" It is a checkpoint: choose its model too, model=opus-mt."` for a folder with one."""
    try:
        config = json_value((Path(path).expanduser() / "config.json").read_text(encoding="utf-8"))
        kind, classes = config.get("model_type"), str(config.get("architectures"))
    except (OSError, ValueError, AttributeError):
        return " For a checkpoint choose its model too: model=opus-mt, nllb-600m, llm … (list models)."
    model = "llm" if "CausalLM" in classes else _MODELS.get(kind, "llm")
    also = " or m2m100-418m" if kind == "m2m_100" else ""
    return f" It is a checkpoint ({kind}): choose its model too, model={model}{also} (see: list models)."


_ANY = inspect.Parameter("model", inspect.Parameter.KEYWORD_ONLY, annotation=Any)


def keys() -> list[str]:
    """Every key of the table."""
    return [field.name for field in fields(ModelOptions)]


def documented() -> dict[str, str]:
    """The keys with what each says."""
    return {name: get_args(p.annotation)[1] for name, p in options.parameters(ModelOptions).items()}


def checked(
    model: Mapping[str, Any],
    kind: str,
    engine: Callable[..., Any],
    elsewhere: Callable[[str], str],
) -> dict[str, Any]:
    """The model's keys converted to their types.

    Raises ConfigError for a key that is in no table, and for one that is set and that the engine does not
    read (an engine that does not say what it reads may read all of them).
    """
    reads = read_by(engine)
    known = options.parameters(ModelOptions)
    for own in set(reads or ()) - known.keys():  # of a class of the user's
        known[own] = _ANY
    converted = options.checked("a model", model, known, "model", elsewhere)
    if reads is not None:
        for name, value in converted.items():
            if name not in (*DESCRIBING, *reads) and value not in (None, False, [], {}):
                remedy = elsewhere(name) or (_for_checkpoint(str(value)) if name == "path" else "")
                raise ConfigError(
                    f"model.{name}={value}: engine '{kind}' does not read it.{remedy}"
                    f" It reads: {', '.join((*DESCRIBING, *reads))}"
                )
    return converted
