"""Digests of a run's files, so that an edited result is noticed.

They catch accidents and careless edits, not forgery: whoever changes a file can rewrite its digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.files import digest

# Parts of a large run are not listed: their digests are in the manifest, and checked whenever they are read.
_SEALED = ("segments.jsonl", "segments/manifest.json", "alignment.json")


@dataclass(frozen=True, slots=True)
class FileDigest:
    """What a file was when the run was recorded."""

    size: int
    """Bytes."""
    sha256: str


def file_digests(folder: Path) -> dict[str, FileDigest]:
    """The files of a run beside its record, by their path in its folder."""
    return {name: _digest(folder / name) for name in _SEALED if (folder / name).is_file()}


def record_digest(value: dict[str, Any]) -> str:
    """sha256 of a record as JSON, independent of white space and key order, without the digest itself."""
    return digest({key: item for key, item in value.items() if key != "digest"})


def edited(value: dict[str, Any], folder: Path, thorough: bool = False) -> tuple[str, ...]:
    """Names of the files that are not what they were when the run was recorded; a missing one counts.

    A file of the same size and no newer than the record counts as unchanged, unless `thorough`.
    Empty for records of versions that kept no digests.
    """
    if value.get("digest") is None:
        return ()
    found = [] if value["digest"] == record_digest(value) else ["record.json"]
    recorded = (folder / "record.json").stat().st_mtime_ns
    files = value.get("files") or {}
    for name, was in ((name, files[name]) for name in _SEALED if name in files):
        path = folder / name
        if not path.is_file():
            found.append(name)
            continue
        now = path.stat()
        if now.st_size != was["size"] or (
            (thorough or now.st_mtime_ns > recorded) and _digest(path).sha256 != was["sha256"]
        ):
            found.append(name)
    return tuple(found)


def _digest(path: Path) -> FileDigest:
    with path.open("rb") as stream:
        return FileDigest(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
