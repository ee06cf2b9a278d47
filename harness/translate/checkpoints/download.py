"""Fetching a checkpoint from the hub, and every way that can fail, as one line each."""

from __future__ import annotations

import errno
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from harness.common.named import read_mapping
from harness.common.paths import is_file, resource
from harness.common.progress import note
from harness.errors import ConfigError, UnavailableError, UserError, message_of
from harness.translate.checkpoints.checkpoint import PICKLES, WEIGHTS, cache_folder

T = TypeVar("T")
_TIMEOUT = 5.0  # seconds for the first answer of the hub
_RETRY_WAIT = 0.5  # seconds before the second try, twice that before the third


@dataclass(frozen=True, slots=True)
class Listing:
    """What would be downloaded."""

    id: str
    commit: str
    files: Mapping[str, int]  # name → bytes

    @property
    def size(self) -> int:
        return sum(self.files.values())


def megabytes(size: int) -> str:
    """A number of bytes for people, in GB from one on, else in MB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"


def listing(model: Mapping[str, Any], name: str, src: str, tgt: str) -> Listing:
    """Ask the hub for the files and sizes of a checkpoint; nothing is downloaded.

    Raises UnavailableError (network, gated, server) or ConfigError (no such model, no such revision).
    """
    from huggingface_hub import HfApi

    with _explained(model, name, src, tgt):
        info = _persistently(
            lambda: HfApi().model_info(
                name, revision=model.get("revision"), timeout=_TIMEOUT, files_metadata=True
            )
        )
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    return Listing(name, str(info.sha), {file: sizes[file] for file in _needed(model, name, sizes)})


def download(model: Mapping[str, Any], name: str, src: str, tgt: str) -> Path:
    """Download what is needed of a checkpoint into the hub's cache; its snapshot folder."""
    from huggingface_hub import logging, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

    found = listing(model, name, src, tgt)
    free = shutil.disk_usage(_existing(cache_folder(name))).free
    if found.size > free:
        raise UnavailableError(
            f"{name} needs {megabytes(found.size)}, but {cache_folder(name).parent} has only"
            f" {megabytes(free)} free; free some, or set HF_HOME to a folder on a larger disk"
        )
    note(f"downloading {name} ({megabytes(found.size)}) into {cache_folder(name)}")
    (enable_progress_bars if sys.stderr.isatty() else disable_progress_bars)()
    # Its own account of every retry would bury ours.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    with _explained(model, name, src, tgt):
        folder = _persistently(
            lambda: snapshot_download(
                name,
                revision=model.get("revision"),
                allow_patterns=sorted(found.files),
                etag_timeout=_TIMEOUT,
            )
        )
    return Path(folder)


def _persistently(call: Callable[[], T], tries: int = 6) -> T:
    """Retry transient failures: 5xx, 429, a dropped connection, a truncated file.

    Finished files are not fetched again, so each try may meet the failure of another file. A hub that
    cannot be reached at all is not waited for.
    """
    from huggingface_hub import errors

    for number in range(1, tries):
        try:
            return call()
        except errors.HfHubHTTPError as error:
            if error.response is None or error.response.status_code not in (429, 500, 502, 503, 504):
                raise
        except errors.HTTPError as error:  # type: ignore[attr-defined]
            if type(error).__name__ in ("ConnectError", "ConnectTimeout"):
                raise
        except OSError as error:  # the client's word for a file of another size than announced
            if "Consistency check failed" not in str(error):
                raise
        time.sleep(_RETRY_WAIT * number)
    return call()


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _needed(model: Mapping[str, Any], name: str, sizes: Mapping[str, int]) -> list[str]:
    """Config, tokenizer and one form of the weights: safetensors, else the pickle where allowed."""
    small = [
        file
        for file in sizes
        if "/" not in file
        and file.endswith((".json", ".model", ".spm", ".txt", ".jinja", ".vocab", ".bpe"))
        and file not in (*WEIGHTS, *PICKLES)
    ]
    safe = [f for f in sizes if "/" not in f and f.startswith("model") and ".safetensors" in f]
    pickle = [f for f in sizes if "/" not in f and f.startswith("pytorch_model") and ".bin" in f]
    if safe:
        return small + safe
    if pickle and not model.get("pickle"):
        raise UnavailableError(
            f"{name} has its weights only as a pickle ({pickle[0]}), which can run code when it is loaded;"
            " if you trust its author, allow it with model.pickle=true"
        )
    return small + pickle


@contextmanager
def _explained(model: Mapping[str, Any], name: str, src: str, tgt: str) -> Iterator[None]:
    """Turn what the hub's client raises into the harness's errors."""
    from huggingface_hub import errors

    try:
        yield
    except UserError:
        raise
    except (OSError, ValueError, errors.HTTPError) as error:  # type: ignore[attr-defined]
        raise _explain(error, model, name, src, tgt) from error


def _explain(error: Exception, model: Mapping[str, Any], name: str, src: str, tgt: str) -> UserError:
    from huggingface_hub import constants, errors

    cause: BaseException = error
    while cause.__cause__ is not None and not isinstance(cause, errors.HfHubHTTPError):
        cause = cause.__cause__
    revision = model.get("revision") or "main"
    page = f"{constants.ENDPOINT}/{name}"
    if isinstance(cause, errors.GatedRepoError):
        return UnavailableError(
            f"{name} is gated: ask for access at {page}, then set HF_TOKEN to a token of that account"
        )
    if isinstance(cause, errors.RevisionNotFoundError):
        return ConfigError(f"{name} has no revision '{revision}' (looked at {page}/tree/{revision})")
    if isinstance(cause, errors.RepositoryNotFoundError):
        return ConfigError(
            f"no model '{name}' on the hub ({page}): the pair {src}-{tgt} may not have one, the name may be"
            " misspelt, or it is private (then set HF_TOKEN); other models for the pair:"
            f" python -m harness list models --pair {src}-{tgt}"
        )
    if isinstance(cause, errors.RemoteEntryNotFoundError):
        return UnavailableError(
            f"{name} at '{revision}' has lost a file that its listing names: {_line(cause)}"
        )
    if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
        return UnavailableError(
            f"{name}: the disk is full at {cache_folder(name)}; free some, or set HF_HOME to a larger disk;"
            " finished files are kept"
        )
    return UnavailableError(
        f"model '{model.get('name')}' is not on this machine: {name} (revision {revision}) is not in"
        f" {cache_folder(name)}, and {constants.ENDPOINT} did not deliver it ({_line(cause)})."
        f" On a connected machine: {fetch_command(model, src, tgt)}, then copy that folder here; or use a"
        f" checkpoint of yours: model.path=DIR."
        f" Works offline now: {', '.join(_offline(src, tgt)) or 'nothing'}"
    )


def fetch_command(model: Mapping[str, Any], src: str, tgt: str) -> str:
    """The command that downloads this model for this pair, with what its YAML does not say."""
    name = str(model.get("name"))
    shipped = resource("conf") / "model" / f"{name}.yaml"
    said = read_mapping(shipped) if is_file(shipped) else {"revision": None}
    own = {key: model.get(key) for key in ("id", "family", "revision", "pickle") if key in said}
    keys = [f" model.{key}={value}" for key, value in own.items() if value not in (None, said[key])]
    return f"python -m harness fetch model={name} pair.src={src} pair.tgt={tgt}{''.join(keys)}"


def _offline(src: str, tgt: str) -> list[str]:
    from harness.translate.checkpoints.catalogue import models_table

    return [row.name for row in models_table(f"{src}-{tgt}") if row.offline and row.fits is not False]


def _line(error: BaseException) -> str:
    text = message_of(error).split(" For more information")[0] or type(error).__name__
    return text if len(text) <= 160 else text[:157] + "…"
