"""The segments of a run on disk: one `segments.jsonl`, or parts with a manifest where there are many.

segments/manifest.json    {"schema": 1, "n": …, "parts": [{"name", "n", "sha256"}, …]}, written last
segments/part-00000.jsonl the lines of the first shard, and so on
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.common.files import read_bytes, write_json
from harness.common.json_text import json_value
from harness.errors import DataError

SINGLE = "segments.jsonl"
FOLDER = "segments"
_MANIFEST = "manifest.json"
_REMEDY = "run it again with force=true"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a run's segments: its name in `segments/`, its lines, and the sha256 of its bytes."""

    name: str
    n: int
    sha256: str


def write_manifest(run_dir: Path, parts: Sequence[Part]) -> None:
    """Say which parts the run has; when this is written all of them must be there."""
    value = {"schema": 1, "n": sum(part.n for part in parts), "parts": [asdict(part) for part in parts]}
    write_json(run_dir / FOLDER / _MANIFEST, value)


def segment_bytes(run_dir: Path) -> Iterator[tuple[Path, bytes]]:
    """Each file of a run's segments with its bytes, in order.

    Raises DataError for a part that is missing or does not match the manifest, for a damaged manifest, and
    where there are no segments at all.
    """
    manifest = run_dir / FOLDER / _MANIFEST
    if not manifest.exists():
        yield run_dir / SINGLE, read_bytes(run_dir / SINGLE)
        return
    try:
        value = json_value(read_bytes(manifest))
        parts = [Part(str(p["name"]), int(p["n"]), str(p["sha256"])) for p in value["parts"]]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{manifest}: damaged ({error}); {_REMEDY}") from None
    for part in parts:
        path = run_dir / FOLDER / Path(part.name).name
        data = read_bytes(path)
        if hashlib.sha256(data).hexdigest() != part.sha256:
            raise DataError(f"{path}: does not match the manifest (damaged or edited by hand); {_REMEDY}")
        yield path, data


def segments_path(run_dir: Path) -> Path:
    """Where the segments of a run are, to name in a message."""
    return run_dir / FOLDER if (run_dir / FOLDER / _MANIFEST).exists() else run_dir / SINGLE
