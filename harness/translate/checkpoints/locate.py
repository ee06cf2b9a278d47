"""Where a checkpoint is: a folder of the user's, the hub's cache, or the hub itself.

The cache is asked first, so that a machine without network never waits for one. Every failure of the hub
becomes one line: what was looked for, where, why it cannot be had, and the command that gets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.common.paths import resource
from harness.errors import DataError, UnavailableError
from harness.protocols import Context
from harness.translate.checkpoints.checkpoint import (
    PICKLES,
    Checkpoint,
    cached,
    folder_digest,
    hub_id,
    missing,
)
from harness.translate.checkpoints.download import download
from harness.translate.checkpoints.whole import check_adapter

CHECKPOINT_KEYS = ("path", "revision", "pickle", "shipped", "sentence_level", "max_input_tokens")
"""The keys of a model YAML that say where its checkpoint is and how to read it."""


def downloads(context: Context) -> list[str]:
    """The demands of a hub model: a download, if its commit is not in the cache."""
    model = context.model
    if model.get("path") or not model.get("id"):
        return []
    name = hub_id(model, context.src, context.tgt)
    here = cached(name, model.get("revision"), (), bool(model.get("pickle")))
    return [] if here else [f"downloads {name} from the hub"]


def locate(
    model: Mapping[str, Any], src: str, tgt: str, tokenizer_files: Sequence[Sequence[str]]
) -> Checkpoint:
    """The checkpoint on disk, downloaded first where it has to be; `shipped` names one inside the package.

    Raises DataError naming the files that a `path` folder lacks; UnavailableError when the hub's copy is
    neither cached nor to be had.
    """
    if model.get("shipped") and not model.get("path"):
        return _local(model, resource("models") / str(model["shipped"]), tokenizer_files)
    if model.get("path"):
        return _local(model, Path(str(model["path"])).expanduser(), tokenizer_files)
    name = hub_id(model, src, tgt)
    found = cached(name, model.get("revision"), tokenizer_files, bool(model.get("pickle")))
    if found is not None:
        return Checkpoint(found, name, commit=found.name)
    folder = download(model, name, src, tgt)
    lacking = missing(folder, tokenizer_files, bool(model.get("pickle")))
    if lacking:
        raise UnavailableError(
            f"{name} on the hub lacks {', '.join(lacking)}, without which it cannot be used"
        )
    return Checkpoint(folder, name, commit=folder.name)


def _local(model: Mapping[str, Any], folder: Path, tokenizer_files: Sequence[Sequence[str]]) -> Checkpoint:
    if not folder.is_dir():
        raise DataError(f"model.path={folder}: {'is not a folder' if folder.exists() else 'no such folder'}")
    check_adapter(folder)
    pickle = bool(model.get("pickle"))
    lacking = missing(folder, tokenizer_files, pickle)
    if lacking:
        if any((folder / name / "model.bin").is_file() for name in (".", "model", "ctranslate2_model")):
            raise DataError(f"model.path={folder}: converted for CTranslate2; engine=ctranslate2 takes it")
        has_pickle = not pickle and any((folder / name).exists() for name in PICKLES)
        remedy = (
            " (its weights are a pickle, which can run code: if you trust it, model.pickle=true)"
            if has_pickle
            else f" (family '{model.get('family')}'; another one? model.family=…)"
        )
        raise DataError(f"model.path={folder}: the checkpoint lacks {', '.join(lacking)}{remedy}")
    return Checkpoint(folder, None, sha256=folder_digest(folder))
