"""Items on disk: a bitext that is larger than memory reads like the tuple that a small one is."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, overload

from harness.common.files import read_bytes, write_atomic
from harness.errors import StageError
from harness.types import Bead, Item

# Items that are held in memory; one more, and all of them go to disk.
SPILL = 20_000


def collect(items: Iterable[Item], folder: str | Path | None = None) -> Sequence[Item]:
    """The items as a tuple, or as a `Spool` in `folder` where there are more than SPILL of them."""
    rest = iter(items)
    first = list(islice(rest, SPILL + 1))
    return tuple(first) if len(first) <= SPILL else Spool.write(chain(first, rest), folder)


class Spool(Sequence[Item]):
    """Items in a JSONL file, one a line, that are read when they are asked for; immutable.

    Memory holds 8 bytes an item (where its line begins). Iterating reads the file once in order, any number
    of times and at the same time; `spool[a:b]` is a tuple from one contiguous read. It can be pickled: a copy
    in another process reads the same file, which is removed with the spool that wrote it, or at its exit.
    """

    def __init__(self, path: Path, offsets: array[int]) -> None:
        self.path = path
        self._offsets = offsets  # of every line, and the end of the file

    @classmethod
    def write(cls, items: Iterable[Item], folder: str | Path | None = None) -> Spool:
        """Write all items to a new folder in `folder`, by default in that of temporary files (`$TMPDIR`).

        Raises StageError naming the folder where it cannot be written; whatever is raised, nothing stays.
        """
        try:
            own = Path(tempfile.mkdtemp(prefix="mt-harness-", dir=folder))
        except OSError as error:
            raise _unwritable(Path(folder or tempfile.gettempdir()), error) from error
        offsets = array("Q", [0])
        try:
            with (own / "items.jsonl").open("wb", buffering=1 << 20) as out:
                for item in items:
                    offsets.append(offsets[-1] + _written(out, own, _encode(item)))
                _written(out, own, b"", flush=True)
        except BaseException:
            shutil.rmtree(own, ignore_errors=True)
            raise
        spool = cls(own / "items.jsonl", offsets)
        weakref.finalize(spool, _remove, own, os.getpid())
        return spool

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[Item]:
        try:
            with self.path.open("rb", buffering=1 << 20) as lines:
                yield from map(_decode, lines)
        except OSError as error:
            raise self._unreadable(error) from error

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                return tuple(self[at] for at in range(start, stop, step))
            return tuple(map(_decode, self._lines(start, max(start, stop))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"item {index} of {len(self)}")
        start = index % len(self)
        return _decode(self._lines(start, start + 1)[0])

    def _lines(self, start: int, stop: int) -> list[bytes]:
        begin, end = self._offsets[start], self._offsets[stop]
        try:
            with self.path.open("rb", buffering=0) as stream:
                stream.seek(begin)
                data = bytearray()
                while len(data) < end - begin and (part := stream.read(end - begin - len(data))):
                    data += part
        except OSError as error:
            raise self._unreadable(error) from error
        return bytes(data).split(b"\n")[:-1]

    def _unreadable(self, error: OSError) -> StageError:
        return StageError(f"{self.path}: the test set set aside there cannot be read ({error.strerror})")


def write_items(path: str | Path, items: Iterable[Item]) -> None:
    """Write items to a JSONL file, whole or not at all, for another process to read."""
    write_atomic(path, b"".join(map(_encode, items)))


def read_items(path: str | Path) -> tuple[Item, ...]:
    """The items of such a file."""
    return tuple(map(_decode, read_bytes(path).split(b"\n")[:-1]))


def _written(out: Any, folder: Path, data: bytes, flush: bool = False) -> int:
    """Only what writing raises is an error of the disk: the items come from files too."""
    try:
        out.write(data)
        if flush:
            out.flush()
    except OSError as error:
        raise _unwritable(folder.parent, error) from error
    return len(data)


def _unwritable(folder: Path, error: OSError) -> StageError:
    return StageError(
        f"{folder}: a test set of more than {SPILL:,} lines is set aside there, which cannot be written"
        f" ({error.strerror}); make room, or name a folder on another disk with TMPDIR=DIR"
    )


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked process has a copy of the spool, not its file
        shutil.rmtree(folder, ignore_errors=True)


def _encode(item: Item) -> bytes:
    bead = item.bead and [
        item.bead.src,
        item.bead.tgt,
        item.bead.score,
        item.bead.confidence,
        item.bead.flags,
    ]
    line = json.dumps(
        [item.id, item.doc, item.source, item.references, bead, item.domain, item.paragraph],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return line.encode("utf-8", "surrogatepass") + b"\n"  # halves of characters come back as they were


def _decode(line: bytes) -> Item:
    name, doc, source, references, bead, domain, paragraph = json.loads(line.decode("utf-8", "surrogatepass"))
    if bead is not None:
        src, tgt, score, confidence, flags = bead
        bead = Bead(tuple(src), tuple(tgt), score, confidence, tuple(flags))
    return Item(name, doc, source, tuple(references), bead, domain, paragraph)
