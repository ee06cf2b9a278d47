"""The available models: which fit a pair, their size and licence, and which are on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.langs import language
from harness.common.named import read_mapping
from harness.common.paths import resource
from harness.errors import ConfigError
from harness.translate.checkpoints.checkpoint import cached, hub_id
from harness.translate.checkpoints.families import FAMILIES, check_listed
from harness.translate.checkpoints.opus_pairs import AS_OF, OPUS_MT
from harness.translate.checkpoints.supported import MADLAD


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model YAML seen for one pair (or for none)."""

    name: str
    id: str | None  # hub id with the pair filled in
    family: str
    licence: str | None
    size: str | None  # of the download, as the YAML states it
    fits: bool | None  # whether it supports the pair; None: nobody has said
    reason: str | None  # why it does not fit, or why that is not known
    offline: bool | None  # usable now without network; None: depends on the user's server, program or files


def model_files(*extra: Path) -> dict[str, Path]:
    """The model YAMLs by name. As for `run`, a shipped name wins, and an earlier folder over a later one."""
    folders = [resource("conf"), *extra]
    return {
        path.stem: path for folder in reversed(folders) for path in sorted((folder / "model").glob("*.yaml"))
    }


def read_model(path: Path) -> dict[str, Any]:
    """A model YAML as a dict. Raises ConfigError naming the file when it is not a mapping."""
    return {"name": path.stem, **read_mapping(path)}


def models_table(pair: str | None = None, *config_dirs: Path) -> list[ModelRow]:
    """Every model with what is known of it for a pair such as `"fr-pl"`, those that are known to fit first.

    Reads YAML and the hub's cache folder only; no network, no torch. Raises ConfigError for a pair that
    is not two known languages.
    """
    langs = _pair(pair) if pair else None
    rows = [_row(read_model(path), langs) for path in model_files(*config_dirs).values()]
    return sorted(rows, key=lambda row: (_ORDER[row.fits], row.offline is not True, row.name))


def _pair(pair: str) -> tuple[str, str]:
    src, dash, tgt = pair.partition("-")
    if not dash or not src or not tgt:
        raise ConfigError(f"'{pair}' is not a pair; write two language codes, for example fr-pl")
    return language(src).code, language(tgt).code


def _row(model: Mapping[str, Any], langs: tuple[str, str] | None) -> ModelRow:
    name = model.get("id")
    if name and langs:
        name = hub_id(model, *langs)
    offline = _offline(model, name)
    fits, reason = _judged(model, *langs, offline=offline) if langs else (True, None)
    return ModelRow(
        name=str(model["name"]),
        id=name,
        family=str(model.get("family") or ""),
        licence=model.get("licence"),
        size=None if model.get("size") is None else str(model["size"]),
        fits=fits,
        reason=reason,
        offline=offline,
    )


_ORDER = {True: 0, None: 1, False: 2}


def _judged(
    model: Mapping[str, Any], src: str, tgt: str, *, offline: bool | None
) -> tuple[bool | None, str | None]:
    """Whether a model supports a pair; why not, or why that is unknown. Yes only for what is written down."""
    refusal = _refusal(model, src, tgt)
    if refusal is not None:
        return False, refusal
    listed, family = model.get("languages") or {}, str(model.get("family"))
    if model.get("pairs") or (listed.get("src") and listed.get("tgt")) or family in _ANY_PAIR:
        return True, None
    if family in _PUBLISHED:
        return True, None
    if family == "madlad":  # it is not told the source language
        known = {language(src).code, language(src).short, language(src).iso3} & MADLAD
        return (True, None) if known else (None, f"its list has no {language(src).name}")
    if family == "marian" and "{src}" in str(model.get("id")):
        codes = language(src).short, language(tgt).short
        listed_there = str(model["id"]).startswith("Helsinki-NLP/opus-mt-{") and codes in OPUS_MT
        return (True, None) if offline or listed_there else (None, f"not in the hub's list of {AS_OF}")
    if "offline" in model:
        return None, "depends on your server, program or files"
    return None, "its languages are on its card"


_PUBLISHED = ("nllb", "m2m100", "mbart50")
"""Families whose recipe refuses what their published list does not have."""
_ANY_PAIR = ("control",)


def _refusal(model: Mapping[str, Any], src: str, tgt: str) -> str | None:
    """Why a model does not support a pair; None if nothing rules it out."""
    try:
        check_listed(model, language(src), language(tgt))
        kind = FAMILIES.get(str(model.get("family")))
        if kind is not None:
            kind.recipe(str(model["name"]), language(src), language(tgt), None)
    except ConfigError as error:
        return str(error).split(". ")[0]
    return None


def _offline(model: Mapping[str, Any], name: str | None) -> bool | None:
    if "offline" in model:
        return None if model["offline"] is None else bool(model["offline"])
    if model.get("path"):
        return Path(str(model["path"])).expanduser().is_dir()
    if not name:
        return True
    kind = FAMILIES.get(str(model.get("family")))
    files = kind.tokenizer_files if kind else (("tokenizer.json", "tokenizer.model"),)
    return (
        "{" not in name and cached(name, model.get("revision"), files, bool(model.get("pickle"))) is not None
    )
