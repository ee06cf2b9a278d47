"""What a checkpoint is: which files it needs, where the hub's cache keeps them, what identifies it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.common.langs import language
from harness.common.shapes import Keys, read_json
from harness.errors import ConfigError

WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete checkpoint on disk. Exactly one of `commit` and `sha256` is set."""

    path: Path
    id: str | None
    commit: str | None = None  # resolved commit of a hub model
    sha256: str | None = None  # of a local folder's files

    @property
    def identity(self) -> dict[str, Any]:
        return {"model": self.id, "revision": self.commit, "sha256": self.sha256}


def hub_id(model: Mapping[str, Any], src: str, tgt: str) -> str:
    """The hub name with `{src}` and `{tgt}` filled in by ISO 639-1 (else -3) codes."""
    name = model.get("id")
    if not name:
        raise ConfigError(
            f"model '{model.get('name')}' has no hub id; give one (model.id=…) or model.path=DIR"
        )
    return str(name).format(src=language(src).short, tgt=language(tgt).short)


def cache_folder(name: str) -> Path:
    """The folder of a hub model in the hub's cache (HF_HUB_CACHE, HF_HOME), existing or not."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}"


def cached(
    name: str, revision: str | None, tokenizer_files: Sequence[Sequence[str]], pickle: bool
) -> Path | None:
    """The snapshot folder of a hub model if every file it needs is there; no network."""
    folder = cache_folder(name)
    wanted = revision or "main"
    reference = folder / "refs" / wanted
    commit = reference.read_text().strip() if reference.is_file() else wanted
    snapshot = folder / "snapshots" / commit
    if not snapshot.is_dir() or missing(snapshot, tokenizer_files, pickle):
        return None
    return snapshot


def missing(folder: Path, tokenizer_files: Sequence[Sequence[str]], pickle: bool) -> list[str]:
    """What a checkpoint folder lacks; alternatives as `a or b`."""
    groups = [("config.json",), (*WEIGHTS, *PICKLES) if pickle else WEIGHTS, *map(tuple, tokenizer_files)]
    lacking = [" or ".join(group) for group in groups if not any((folder / name).exists() for name in group)]
    return lacking + [shard for shard in _shards(folder) if not (folder / shard).exists()]


def _shards(folder: Path) -> list[str]:
    for name in (WEIGHTS[1], PICKLES[1]):
        if (folder / name).exists():
            return sorted(
                set(read_json(folder / name, Keys({"weight_map": {str: str}}))["weight_map"].values())
            )
    return []


def folder_digest(folder: Path) -> str:
    """sha256 over the names and bytes of a checkpoint's files: sub-folders, hidden files and its card aside.

    A corrected card makes no other model: stored translations and finished runs stay good.
    """
    files = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".md"
    )
    stamps = tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    return _digest(str(folder.resolve()), stamps)


@lru_cache(maxsize=8)
def _digest(folder: str, stamps: Iterable[tuple[str, int, int]]) -> str:
    total = hashlib.sha256()
    for name, _, _ in stamps:
        with (Path(folder) / name).open("rb") as stream:
            total.update(f"{name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
