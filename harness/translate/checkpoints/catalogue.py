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


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model YAML seen for one pair (or for none)."""

    name: str
    id: str | None  # hub id with the pair filled in
    family: str
    licence: str | None
    size: str | None  # of the download, as the YAML states it
    fits: bool  # supports the pair, as far as its lists say
    reason: str | None  # why it does not fit
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
    """Every model with what is known of it for a pair such as `"fr-pl"`, those that fit first.

    Reads YAML and the hub's cache folder only; no network, no torch. Raises ConfigError for a pair that
    is not two known languages.
    """
    langs = _pair(pair) if pair else None
    rows = [_row(read_model(path), langs) for path in model_files(*config_dirs).values()]
    return sorted(rows, key=lambda row: (not row.fits, row.offline is not True, row.name))


def _pair(pair: str) -> tuple[str, str]:
    src, dash, tgt = pair.partition("-")
    if not dash or not src or not tgt:
        raise ConfigError(f"'{pair}' is not a pair; write two language codes, for example fr-pl")
    return language(src).code, language(tgt).code


def _row(model: Mapping[str, Any], langs: tuple[str, str] | None) -> ModelRow:
    reason = _refusal(model, *langs) if langs else None
    name = model.get("id")
    if name and langs:
        name = hub_id(model, *langs)
    return ModelRow(
        name=str(model["name"]),
        id=name,
        family=str(model.get("family") or ""),
        licence=model.get("licence"),
        size=None if model.get("size") is None else str(model["size"]),
        fits=reason is None,
        reason=reason,
        offline=_offline(model, name),
    )


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
