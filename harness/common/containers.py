"""Packed files as streams of bytes: gzip, bzip2, xz, zstd, and the members of zip and tar archives.

A file's format shows in its first bytes; its name only says what was intended. Nothing is unpacked to disk,
and what unpacks to far more than text ever does is refused while it is read, whatever its header promises.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from harness.common.paths import is_file, unreadable
from harness.errors import DataError

CHUNK = 1 << 18
# Text shrinks 3- to 20-fold; a bomb 1,000-fold and more. Small files may be as repetitive as they like.
BOMB_BYTES = 4 << 20
BOMB_RATIO = 200

_MAGIC = {
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\xfd7zXZ\x00": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"PK\x03\x04": ".zip",
    b"PK\x05\x06": ".zip",  # an empty archive
}
_UNSUPPORTED = {
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x04\x22\x4d\x18": "LZ4",
    b"\x1f\x9d": "compress (.Z)",
}
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
# Documents that are zip archives inside: a member by which each is known, and what reads it.
_DOCUMENTS = {
    "word/document.xml": ("a Word document", "save it as plain text in UTF-8 first"),
    "ppt/presentation.xml": ("a PowerPoint presentation", "save its text in UTF-8 first"),
    "xl/workbook.xml": ("an Excel workbook", "data=xlsx reads it; or save it as CSV in UTF-8"),
    "META-INF/container.xml": ("an EPUB book", "extract its text first"),
    "META-INF/manifest.xml": ("an OpenDocument file", "save it as plain text in UTF-8 first"),
}
_SHOWN = 8


def unpacked(path: Path, name: str) -> Iterator[bytes]:
    """The bytes of a file, unpacked by what it is; `archive.zip/member` names a member of an archive.

    Raises DataError, calling the file `name`, for what is missing, damaged, encrypted, a bomb, an archive
    of several files without a member named, or a packing that cannot be read here.
    """
    total = 0
    try:
        with _opened(path, name) as (stream, consumed):
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                yield bytes(chunk)
                if total > BOMB_BYTES and total > BOMB_RATIO * max(consumed(), 1):
                    raise DataError(
                        f"{name}: unpacks to more than {BOMB_RATIO} times its size; refused as a bomb"
                    )
    except (FileNotFoundError, IsADirectoryError) as error:
        raise unreadable(path, error, name) from None
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise DataError(f"{name}: damaged or not what its name says ({error})") from None
    except NotImplementedError as error:  # zipfile: a compression method it does not know
        raise DataError(f"{name}: cannot be unpacked here ({error}); unpack it first") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise unreadable(path, error, name) from None


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The unpacked stream, and how many packed bytes have been read so far."""
    archive = next((parent for parent in path.parents if is_file(parent)), None)
    member = None if archive is None else path.relative_to(archive).as_posix()
    with (archive or path).open("rb") as raw:
        packing = _packing(raw.peek(8), archive or path, name)
        if packing == ".zip":
            with _zip_member(raw, archive or path, member) as opened:
                yield opened
            return
        stream = _decompressor(raw, packing)
        if stream.peek(262)[257:262] == b"ustar":
            yield _tar_member(archive or path, stream, packing, member), raw.tell
        elif member is not None:
            raise DataError(f"{name}: there is no '{member}' in {archive}, which is not an archive")
        else:
            yield stream, raw.tell


def _packing(head: bytes, path: Path, name: str) -> str:
    """`".gz"`, `".zip"` …, or "" for a file that is not packed."""
    for magic, tool in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise DataError(f"{name}: is packed by {tool}, which cannot be read here; unpack it first")
    found = next((suffix for magic, suffix in _MAGIC.items() if head.startswith(magic)), "")
    if not found and path.suffix in (*_COMPRESSED, ".zip"):
        raise DataError(
            f"{name}: damaged or not what its name says (it does not begin as {path.suffix} does)"
        )
    return found


def _decompressor(raw: io.BufferedReader, packing: str) -> io.BufferedReader:
    if packing == ".gz":
        return cast(io.BufferedReader, gzip.GzipFile(fileobj=raw))
    if packing == ".bz2":
        return cast(io.BufferedReader, bz2.BZ2File(raw))
    if packing == ".xz":
        return cast(io.BufferedReader, lzma.LZMAFile(raw))
    if packing == ".zst":
        import pyarrow

        stream: Any = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, "r"), "zstd")
        return io.BufferedReader(stream, CHUNK)
    return raw


@contextmanager
def _zip_member(
    raw: IO[bytes], archive: Path, member: str | None
) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    with zipfile.ZipFile(raw) as container:
        names = [info.filename for info in container.infolist() if not info.is_dir()]
        if member is None:
            for known, (kind, remedy) in _DOCUMENTS.items():
                if known in names:
                    raise DataError(f"{archive}: is {kind}, not plain text; {remedy}")
        info = container.getinfo(_chosen(names, archive, member))
        if info.flag_bits & 1:
            raise DataError(f"{archive}: '{info.filename}' is encrypted; unpack it first")
        with container.open(info) as stream:
            yield stream, lambda: info.compress_size


def _tar_member(archive: Path, stream: IO[bytes], packing: str, member: str | None) -> IO[bytes]:
    """A member of a tar archive, whose names are listed in a pass of their own: a tar file has no index."""
    with archive.open("rb") as raw, tarfile.open(fileobj=_decompressor(raw, packing), mode="r|") as listed:
        names = [info.name for info in listed if info.isfile()]
    chosen = _chosen(names, archive, member)
    container = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115 (closed with the stream below it)
    for info in container:
        if info.name == chosen and (found := container.extractfile(info)) is not None:
            return found
    raise DataError(f"{archive}: '{chosen}' cannot be read in it; unpack it first")


def _chosen(names: Sequence[str], archive: Path, member: str | None) -> str:
    """The member asked for, or the only one there is."""
    if member is None and len(names) == 1:
        return names[0]
    found = next((name for name in names if name.removeprefix("./") == member), None)
    if found is not None:
        return found
    held = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    if not names:
        raise DataError(f"{archive}: the archive contains no files")
    if member is None:
        raise DataError(
            f"{archive}: an archive of {len(names)} files; name a member, for example"
            f" {archive}/{names[0].removeprefix('./')} (it holds {held})"
        )
    raise DataError(f"{archive}: has no member '{member}'; it holds {held}")
