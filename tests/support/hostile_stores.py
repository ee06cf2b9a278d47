"""Run folders as accidents and other people leave them: what a store may hold besides good runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BYTES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"[" * 5000,
    b'{"schema": 1}',
    b'{"schema": 99}',
    b"NaN",
    b"\x1f\x8b",
)
_NAMES = (
    b"odd\xff",
    b"a\nb",
    b"\x1b[2Jclear",
    b"\xe2\x80\xaegnp",
    b"x" * 200,
    b"=1+1",
    b"-rf",
    b"run id",
    b"[bold]",
    b"$(x)",
)


def add_hostile(runs: Path, good: Path) -> int:
    """Add a hundred entries to the `runs` folder of a store, made from the run in `good`; how many."""
    record = json.loads((good / "record.json").read_text(encoding="utf-8"))
    count = 0
    for number, make in enumerate(_makers(record)):
        name = os.fsencode(f"2026010{number % 10}-{number:03d}-") + _NAMES[number % len(_NAMES)]
        folder = Path(os.fsdecode(os.fsencode(runs) + b"/" + name))
        folder.mkdir()
        make(folder)
        count += 1
    return count


def _makers(record: dict[str, Any]) -> Iterator[Any]:
    for name in ("record.json", "labels.json", "error.json"):
        for data in _BYTES:
            yield lambda folder, name=name, data=data: _write(folder, record, {name: data})
        yield lambda folder, name=name: (folder / name).mkdir()
        yield lambda folder, name=name: (folder / name).symlink_to(folder / name)
        yield lambda folder, name=name: (folder / name).symlink_to("/dev/zero")
        yield lambda folder, name=name: os.mkfifo(folder / name)
    for data in _BYTES:
        yield lambda folder, data=data: _write(folder, record, {"segments.jsonl": data})
    for key in sorted(record):
        for wrong in (None, -1, "\x1b[2J"):
            yield lambda folder, key=key, wrong=wrong: _write(folder, {**record, key: wrong})


def _write(folder: Path, record: dict[str, Any], files: dict[str, bytes] | None = None) -> None:
    """A record that names its own folder, then the files instead of what is there."""
    value = {**record, "run_id": folder.name} if record.get("run_id") else record
    content = json.dumps(value).encode()
    for name, data in {"record.json": content, **(files or {})}.items():
        (folder / name).write_bytes(data)
    if files and "error.json" in files:
        (folder / "record.json").unlink()
