"""`cache`: what the caches of translations, vectors and models hold, and pruning them."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.files import read_jsonl
from harness.common.progress import note
from harness.common.shapes import Keys, mismatch, read_json
from harness.common.terminal import visible_json
from harness.errors import ConfigError, DataError, HarnessError, StageError

EXAMPLES = """\
examples:
  python -m harness cache
  python -m harness cache --prune --older-than 30
  python -m harness cache --prune --system opus-mt
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One system's stored translations, one encoder's vectors, or one converted model."""

    path: Path
    kind: str  # "translations", "vectors", "converted model", "unfinished run" or "read segments"
    system: str
    segments: int | None
    size: int
    used: float  # seconds since the epoch

    @property
    def days(self) -> float:
        return (time.time() - self.used) / 86400


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )
    parser.add_argument("--prune", action="store_true", help="delete what is shown")
    parser.add_argument(
        "--older-than", type=float, metavar="DAYS", help="only entries last written at least DAYS ago"
    )
    parser.add_argument("--system", metavar="TEXT", help="only systems with this in their name")
    parser.add_argument("--format", default="table", choices=["table", "json"], help="default: table")


def main(args: argparse.Namespace) -> int:
    if args.older_than is not None and not args.older_than >= 0:  # nor NaN
        raise ConfigError("--older-than must be a number of days, 0 or more")
    root = Path(args.results) / "cache"
    found = [*_translations(root), *_vectors(root), *_unfinished(root), *_models(), *_segments()]
    chosen = [
        entry
        for entry in found
        if (args.older_than is None or entry.days >= args.older_than)
        and (args.system is None or args.system.lower() in entry.system.lower())
    ]
    _print(chosen, args.format)
    total = sum(entry.size for entry in chosen)
    if not args.prune:
        note(f"{len(chosen)} entries, {total / 1e6:,.1f} MB")
        return 0
    for entry in chosen:
        try:
            shutil.rmtree(entry.path)
        except OSError as error:
            raise StageError(f"{entry.path}: cannot be deleted ({error.strerror})") from error
    note(f"deleted {len(chosen)} entries, {total / 1e6:,.1f} MB")
    return 0


def _print(entries: list[Entry], style: str) -> None:
    if style == "json":
        rows = [
            {"path": str(e.path), "kind": e.kind, "system": e.system, "segments": e.segments, "bytes": e.size}
            for e in entries
        ]
        print(visible_json(json.dumps(rows, indent=2, ensure_ascii=False)))
    elif entries:
        from harness.common.tables import print_table

        header = ["kind", "system", "segments", "MB", "days", "folder"]
        print_table(
            header,
            [
                [
                    e.kind,
                    e.system,
                    "" if e.segments is None else str(e.segments),
                    f"{e.size / 1e6:.1f}",
                    f"{e.days:.0f}",
                    e.path.name,
                ]
                for e in entries
            ],
        )


def _translations(root: Path) -> list[Entry]:
    entries = []
    for identity in sorted(root.glob("*/identity.json")):
        files = sorted(identity.parent.rglob("*.jsonl"))
        system, segments = "damaged", None
        try:
            system = _system(read_json(identity, dict))
            segments = sum(_rows(files))
        except HarnessError as error:
            note(f"harness cache: {error}")
        entries.append(_entry(identity.parent, "translations", system, segments))
    return entries


def _rows(files: list[Path]) -> Iterator[int]:
    for path in files:
        for number, line in enumerate(read_jsonl(path), start=1):
            if wrong := mismatch(line, Keys({"keys": list})):
                raise DataError(f"{path}:{number}: damaged ({wrong}); delete the file")
            yield len(line["keys"])


def _system(identity: dict[str, Any]) -> str:
    name = identity.get("model") or identity.get("command") or str(identity.get("sha256") or "")[:12]
    if isinstance(name, list):
        name = " ".join(map(str, name))
    revision = str(identity.get("revision") or "")[:8]
    return " ".join(part for part in (str(identity.get("engine", "?")), str(name)[:60], revision) if part)


def _vectors(root: Path) -> list[Entry]:
    from harness.encode.kept import VECTORS

    entries = []
    for identity in sorted((root / VECTORS).glob("*/identity.json")):
        system = "damaged"
        try:
            encoder = read_json(identity, dict).get("encoder") or {}
            system = " ".join(str(encoder[key])[:60] for key in ("name", "revision") if key in encoder)
        except HarnessError as error:
            note(f"harness cache: {error}")
        entries.append(_entry(identity.parent, "vectors", system, None))
    return entries


def _unfinished(root: Path) -> list[Entry]:
    """Finished shards of runs that were stopped, or of which segments failed."""
    entries = []
    for folder in sorted((root / "shards").glob("*")):
        if any(folder.iterdir()):
            shards = sorted(folder.glob("part-*.jsonl"))
            entries.append(_entry(folder, "unfinished run", f"{len(shards)} finished shards", None))
    return entries


def _models() -> list[Entry]:
    from harness.translate.checkpoints.conversion import default_cache

    folders = sorted(path.parent for path in default_cache().glob("*/model.bin"))
    return [_entry(folder, "converted model", f"ctranslate2 {folder.name}", None) for folder in folders]


def _segments() -> list[Entry]:
    """What `compare` keeps of the segments that it has read, to read them faster."""
    from harness.compare.parsed import folder

    place = folder()
    return [_entry(place, "read segments", "of any run", None)] if place.is_dir() else []


def _entry(folder: Path, kind: str, system: str, segments: int | None) -> Entry:
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()] or [folder.stat()]
    size, used = sum(s.st_size for s in stats), max(s.st_mtime for s in stats)
    return Entry(folder, kind, system, segments, size, used)
