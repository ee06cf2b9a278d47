"""Text files of any size, plain or compressed, as strict UTF-8 lines in bounded memory.

`.gz`, `.bz2`, `.xz`, `.zst` and a member of a zip archive (`corpus.zip/news.fr`) are read by their name.
What unpacks to far more than text ever does is refused while it is read, whatever its header promises.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from harness.common.files import LONGEST_LINE, is_file, no_such_file, user_path
from harness.data.fetch import is_url, local
from harness.errors import DataError

CHUNK = 1 << 18
# Text shrinks 3- to 20-fold; a bomb 1,000-fold and more. Small files may be as repetitive as they like.
BOMB_BYTES = 4 << 20
BOMB_RATIO = 200


class TextFile:
    """One UTF-8 file or URL, read once from its beginning; `sha256` and `n` hold after the last line."""

    def __init__(self, where: str | Path, utf16: bool = False) -> None:
        self.where = str(where)
        self.utf16 = utf16  # accept UTF-16 with a byte-order mark too
        self.was_utf16 = False
        self.path = local(self.where) if is_url(self.where) else user_path(where)
        self.n = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Hex digest of the unpacked newline-normalised text without its byte-order mark."""
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes with LF line ends and no byte-order mark."""
        held, first = b"", True
        for chunk in self._utf8():
            chunk = held + chunk
            if first and len(chunk) < 3 and codecs.BOM_UTF8.startswith(chunk):
                held = chunk
                continue
            chunk, first = (chunk.removeprefix(codecs.BOM_UTF8) if first else chunk), False
            held = chunk[-1:] if chunk.endswith(b"\r") else b""
            yield self._digest(chunk[: len(chunk) - len(held)])
        if held:
            yield self._digest(held)

    def _utf8(self) -> Iterator[bytes]:
        chunks = unpacked(self.path, self.where)
        first = next(chunks, b"")
        self.was_utf16 = self.utf16 and first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        if not self.was_utf16:
            yield first
            yield from chunks
            return
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            for chunk in chain([first], chunks):
                yield decoder.decode(chunk).encode()
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise DataError(f"{self.where}: begins as UTF-16 but is not ({error})") from None

    def _digest(self, chunk: bytes) -> bytes:
        chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._hash.update(chunk)
        return chunk

    def lines(self) -> Iterator[str]:
        """The lines without their ends; a final newline does not begin another line."""
        rest: list[bytes] = []
        length = 0
        for chunk in self.chunks():
            *complete, tail = chunk.split(b"\n")
            if complete:
                complete[0] = b"".join([*rest, complete[0]])
                rest, length = [], 0
                for line in complete:
                    yield self._line(line)
            rest.append(tail)
            length += len(tail)
            if length > LONGEST_LINE:
                raise DataError(
                    f"{self.where}:{self.n + 1}: a line of more than {LONGEST_LINE >> 20} MiB; is this text?"
                )
        if length:
            yield self._line(b"".join(rest))

    def _line(self, line: bytes) -> str:
        self.n += 1
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(
                f"{self.where}:{self.n}: not UTF-8 (byte 0x{line[error.start]:02x}, column {error.start + 1})"
                "; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8"
            ) from None


def unpacked(path: Path, name: str) -> Iterator[bytes]:
    """The bytes of a file, unpacked by its suffix; DataError for what is damaged or a bomb."""
    total = 0
    try:
        with _opened(path) as (stream, consumed):
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                yield bytes(chunk)
                if total > BOMB_BYTES and total > BOMB_RATIO * max(consumed(), 1):
                    raise DataError(
                        f"{name}: unpacks to more than {BOMB_RATIO} times its size; refused as a bomb"
                    )
    except FileNotFoundError:
        raise no_such_file(path, name) from None
    except IsADirectoryError:
        raise DataError(f"{name}: is a folder, a file was expected") from None
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{name}: damaged or not what its name says ({error})") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        told = getattr(error, "strerror", None) or error
        raise DataError(f"{name}: cannot be read ({told})") from None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The unpacked stream, and how many packed bytes have been read so far."""
    archive = next((parent for parent in path.parents if parent.suffix == ".zip" and is_file(parent)), None)
    if archive is not None:
        with zipfile.ZipFile(archive) as container:
            member = path.relative_to(archive).as_posix()
            try:
                info = container.getinfo(member)
            except KeyError:
                names = ", ".join(container.namelist()[:8])
                raise DataError(f"{archive}: has no member '{member}'; it holds {names}") from None
            if info.flag_bits & 1:
                raise DataError(f"{archive}: '{member}' is encrypted; unpack it first")
            with container.open(info) as stream:
                yield stream, lambda: info.compress_size
        return
    if path.suffix == ".zip":
        raise DataError(f"{path}: name a member of the archive, for example {path}/corpus.fr")
    with path.open("rb") as raw:
        yield _decompressor(raw, path.suffix), raw.tell


def _decompressor(raw: IO[bytes], suffix: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if suffix == ".bz2":
        return cast(IO[bytes], bz2.BZ2File(raw))
    if suffix == ".xz":
        return cast(IO[bytes], lzma.LZMAFile(raw))
    if suffix == ".zst":
        import pyarrow

        stream: Any = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, "r"), "zstd")
        return cast(IO[bytes], stream)
    return raw
