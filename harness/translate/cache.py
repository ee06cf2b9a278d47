"""Translations on disk: one folder per system, one file per writer, one line per finished batch.

    <root>/<digest of the engine's identity>/identity.json
                                             20261121T231500-1f3a9c.jsonl
                                             <part>/20261121T231500-1f3a9c.jsonl

A run of many shards keeps each shard's in a part of its own, so that a worker's index is as large as its
shard, and whoever takes over a dead worker's shard finds what was finished of it.

A line is `{"keys": [sha256 of each unit], "rows": [[hypothesis, finish_reason, n_tokens, error], …],
"crc": "<CRC-32 of what stands before>"}`: a byte that the disk changed is found, not scored. A line without
it is not used. A row has its `Details` as a fifth item where there are any.
Writing a batch as one line makes the batch the unit of loss: a process killed while writing leaves an
unterminated line, which readers ignore, so a resumed run repeats that batch as a whole and in the same
composition. Nobody appends to another writer's file, so two runs at once cannot harm each other.

The index in memory is 18 bytes an entry (64 bits of the key, a place in a file), whatever the text.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import zlib
from array import array
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from harness.common.files import digest, write_json
from harness.common.json_text import json_value
from harness.common.locks import try_lock
from harness.common.notices import tell
from harness.errors import StageError
from harness.types import NO_DETAILS, Details, FinishReason, Translation

_LINES = 8  # parsed lines kept in memory


def key(text: str) -> str:
    """The key of a unit of text within a system's folder (128 bits, hex)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def short_key(text: str) -> int:
    """The first 64 bits of `key`: what the index in memory holds."""
    return int(key(text)[:16], 16)


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """A stored output, without its source."""

    hypothesis: str
    finish_reason: FinishReason
    n_tokens: int | None
    error: str | None
    details: Details = NO_DETAILS


class Cache:
    """The stored translations of one system. Closes its file when used as a context manager.

    Of a text that was translated several times the newest output counts. A `fresh` cache knows none of what
    was stored before, so that all is translated again.
    """

    def __init__(
        self, root: str | Path, identity: dict[str, Any], part: str | None = None, fresh: bool = False
    ) -> None:
        self._system = Path(root) / digest(identity, 16)
        self.folder = self._system / part if part else self._system
        self._identity = identity
        self._paths: list[Path] = []
        self._hashes: array[int] = array("Q")
        self._offsets: array[int] = array("Q")
        self._files: array[int] = array("H")
        self._order: NDArray[np.int64] | None = None
        self._sorted: NDArray[np.uint64] | None = None
        self._lines: dict[tuple[int, int], dict[str, StoredOutput]] = {}
        self._writer: int | None = None
        self._own: list[Path] = []  # the file that this writer appends to
        # The file by which others see that this one translates; beside the folders, which it must not make.
        self._mark = self._system.with_name(f".busy-{'-'.join(filter(None, (self._system.name, part)))}")
        self._busy: int | None = None
        self._batches: list[tuple[int, int]] = []  # where each of this writer's begins, and its size
        for path in [] if fresh else sorted(self.folder.glob("*.jsonl")):
            self._read(path)

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._idle()
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None

    def __len__(self) -> int:
        """Stored outputs; a text that two runs translated at once counts twice."""
        return len(self._hashes)

    def alone(self) -> bool:
        """Whether nobody else translates into this folder now; whoever asks later is told that this one does,
        until it is closed or its process ends."""
        if self._busy is not None:
            return True
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(self._mark, flags, 0o666)
        except OSError:  # read-only, or full: `append` says so
            return True
        if not try_lock(opened):
            os.close(opened)
            return False
        self._busy = opened
        return True

    def _idle(self) -> None:
        if self._busy is None:
            return
        with suppress(OSError):
            self._mark.unlink()
        os.close(self._busy)
        self._busy = None

    def get(self, text: str) -> StoredOutput | None:
        """The stored output for a text, None when there is none."""
        wanted = key(text)
        for file, offset in reversed(self._places(int(wanted[:16], 16))):
            found = self._batch(file, offset).get(wanted)
            if found is not None:
                return found
        return None

    def answered_by(self) -> tuple[str | None, str | None]:
        """Which model said it gave the newest output stored before, and which that of this writer.

        None where there is no output, or no such word with it.
        """
        before = [path for path in sorted(self.folder.glob("*.jsonl")) if path not in self._own]
        return _last_served(before[-1:]), _last_served(self._own)

    def append(self, batch: Iterable[Translation]) -> None:
        """Store a finished batch; on disk (in the kernel's hands) when this returns.

        A translation with an error is not stored, so that the next run tries it again.
        Raises StageError when the disk is full or not writable.
        """
        kept = [t for t in batch if t.finish_reason != "error"]
        if not kept:
            return
        keys = [key(t.source) for t in kept]
        rows = [_row(t) for t in kept]
        body = json.dumps({"keys": keys, "rows": rows}, ensure_ascii=False, separators=(",", ":"))[:-1]
        line = body.encode("utf-8", "surrogatepass")
        line += f',"crc":"{zlib.crc32(line):08x}"}}\n'.encode()
        try:
            if self._writer is None:
                self._open()
            assert self._writer is not None
            offset = os.lseek(self._writer, 0, os.SEEK_END)
            view = memoryview(line)
            while view:
                view = view[os.write(self._writer, view) :]
        except OSError as error:
            raise StageError(
                f"{self.folder}: the translation cache cannot be written ({error.strerror});"
                " free space or choose another results folder, then run the same command again"
            ) from error
        self._batches.append((offset, len(keys)))
        self._add(len(self._paths) - 1, offset, keys)

    def discard(self, n: int) -> None:
        """Take back the last `n` outputs stored here, in whole batches, as if they had never been given."""
        while n > 0 and self._batches:
            offset, size = self._batches.pop()
            assert self._writer is not None
            os.ftruncate(self._writer, offset)
            self._lines.pop((len(self._paths) - 1, offset), None)
            for column in (self._hashes, self._offsets, self._files):
                del column[len(column) - size :]
            n -= size
        self._order = None

    def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self._system / "identity.json").exists():
            write_json(self._system / "identity.json", self._identity)
        now = datetime.now(UTC)  # to the microsecond: names sort by age
        path = self.folder / f"{now:%Y%m%dT%H%M%S}-{now.microsecond:06d}-{secrets.token_hex(3)}.jsonl"
        self._writer = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o666)
        self._paths.append(path)
        self._own.append(path)

    def _read(self, path: Path) -> None:
        file = len(self._paths)
        self._paths.append(path)
        offset = untrusted = 0
        with path.open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    break  # the writer was killed here, or is writing right now
                if _LINE.match(line) and not _CRC.search(line):
                    untrusted += 1
                else:
                    self._add(file, offset, _parsed(line, path, offset)[0])
                offset += len(line)
        if untrusted:
            tell(f"{path}: {untrusted} lines without a checksum are not used: they are translated again")

    def _add(self, file: int, offset: int, keys: Sequence[str]) -> None:
        for item in keys:
            self._hashes.append(int(item[:16], 16))
            self._offsets.append(offset)
            self._files.append(file)
        self._order = None

    def _places(self, wanted: int) -> list[tuple[int, int]]:
        if self._order is None:
            hashes = np.array(self._hashes, dtype=np.uint64)
            self._order = np.argsort(hashes, kind="stable")
            self._sorted = hashes[self._order]
        assert self._sorted is not None
        value = np.uint64(wanted)
        first, last = np.searchsorted(self._sorted, value), np.searchsorted(self._sorted, value, "right")
        return [(self._files[i], self._offsets[i]) for i in self._order[first:last].tolist()]

    def _batch(self, file: int, offset: int) -> dict[str, StoredOutput]:
        known = self._lines.get((file, offset))
        if known is not None:
            return known
        with self._paths[file].open("rb") as stream:
            stream.seek(offset)
            keys, found = _parsed(stream.readline(), self._paths[file], offset)
        rows = {
            item: StoredOutput(h, cast(FinishReason, f), n, e, _details(rest))
            for item, (h, f, n, e, *rest) in zip(keys, found, strict=True)
        }
        if len(self._lines) >= _LINES:
            del self._lines[next(iter(self._lines))]
        self._lines[file, offset] = rows
        return rows


def _row(t: Translation) -> list[Any]:
    details = t.details.to_json()
    return [t.hypothesis, t.finish_reason, t.n_tokens, t.error, *([details] if details else [])]


def _details(rest: Sequence[Any]) -> Details:
    """The details of a row; those that a newer version wrote and this one does not know are dropped."""
    known = {name: value for name, value in rest[0].items() if name in Details.__slots__} if rest else {}
    return Details(**known) if known else NO_DETAILS


def _last_served(paths: Sequence[Path]) -> str | None:
    """Who gave the last output of a file, of one path or none."""
    for path in paths:
        lines = [line for line in path.read_bytes().splitlines(keepends=True) if _CRC.search(line)]
        if lines:
            with suppress(StageError):  # a damaged line of what is being replaced
                return _details(_parsed(lines[-1], path, 0)[1][-1][4:]).served_by
    return None


_CRC = re.compile(rb',"crc":"([0-9a-f]{8})"}\n$')
_LINE = re.compile(rb'\{"keys": ?\[')
_KEY = re.compile(r"[0-9a-f]{32}")


def _parsed(line: bytes, path: Path, offset: int) -> tuple[list[str], list[list[Any]]]:
    """The keys and rows of a line. Raises StageError naming file and byte for a damaged one."""
    try:
        crc = _CRC.search(line)
        if crc is None or int(crc.group(1), 16) != zlib.crc32(line[: crc.start()]):
            raise ValueError("wrong checksum")
        data = json_value(line)
        keys, rows = data["keys"], data["rows"]
        if any(len(row) not in (4, 5) for row in rows):
            raise ValueError("a row has another number of items")
        if len(keys) != len(rows) or not all(_KEY.fullmatch(item) for item in keys):
            raise ValueError("keys and rows do not fit")
        if not all(isinstance(h, str) and isinstance(f, str) for h, f, *_ in rows):
            raise ValueError("a row is not text")
        return keys, rows
    except (ValueError, KeyError, TypeError) as error:
        raise StageError(
            f"{path}: damaged at byte {offset} ({type(error).__name__});"
            " delete the file to translate its segments again"
        ) from error
