"""Reading strictly, writing atomically, finding what the package ships."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.common.json_text import json_value
from harness.common.paths import unreadable
from harness.common.texts import Text
from harness.errors import DataError, StageError, message_of


def read_bytes(path: str | Path) -> bytes:
    """The file's bytes; DataError naming the file when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def read_text(path: str | Path, langs: Sequence[str] = ()) -> str:
    """A text as a string, its line ends as they are (CRLF stays). `langs`: the languages it may be in.

    See `texts.Text` for what is refused and what is only noticed. A line longer than
    `texts.LONGEST_LINE` is refused before the rest of it is read.
    """
    return _text(path, langs).whole()


def read_lines(path: str | Path, langs: Sequence[str] = ()) -> list[str]:
    """The lines of a text without their ends: LF, CRLF, or CR in a file without LF.

    A final newline ends the last line and does not begin another; an empty file has no lines.
    """
    return list(_text(path, langs).lines())


def _text(path: str | Path, langs: Sequence[str]) -> Text:
    return Text(Path(path), str(path), langs, reads=("json-lines",))


def normalise_newlines(text: str) -> str:
    """CRLF becomes LF, and so does CR in a text that has no LF; any other CR is not a line end and stays."""
    text = text.replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def sha256_text(text: str) -> str:
    """Hex digest of the newline-normalised UTF-8 text, so that CRLF and LF copies hash alike."""
    return hashlib.sha256(normalise_newlines(text).encode("utf-8", "surrogatepass")).hexdigest()


def digest(value: Any, length: int = 64) -> str:
    """Hex digest of a JSON value, independent of key order."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:length]


def digest_each(values: Iterable[Any], length: int = 64) -> str:
    """`digest(list(values))`, holding one value at a time."""
    hashed = hashlib.sha256(b"[")
    for number, value in enumerate(values):
        canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        hashed.update(f",{canonical}".encode() if number else canonical.encode())
    hashed.update(b"]")
    return hashed.hexdigest()[:length]


def write_atomic(path: str | Path, data: str | bytes) -> None:
    """Replace `path` by `data` whole or not at all (temporary file, fsync, `os.replace`).

    A text is written as UTF-8; unpaired surrogates (a file name that is not UTF-8) as `\\udcff`.
    """
    path = Path(path)
    payload = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(payload)
                stream.flush()
                os.fsync(stream.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(0o666 & ~umask)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StageError(f"{path}: cannot be written ({error.strerror})") from error


def write_json(path: str | Path, value: Any) -> None:
    """Sorted keys, indent 2, no NaN, atomically."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    # Unpaired surrogates (a file name that is not UTF-8) become JSON's own escapes.
    write_atomic(path, (text + "\n").encode("utf-8", "backslashreplace"))


def parse_json(text: str | bytes, where: str, nan: bool = True) -> Any:
    """The value of a JSON text. DataError if it is invalid, nested too deeply or, unless `nan`, has NaN."""
    try:
        return json_value(text, nan)
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 (byte {error.start})") from None
    except ValueError as error:
        raise DataError(f"{where}: not valid JSON ({message_of(error)})") from None


def read_jsonl(path: str | Path) -> Iterator[Any]:
    """The values of a JSON-lines file; an unterminated last line (a crash while writing) is ignored."""
    yield from parse_jsonl(read_bytes(path), path)


def parse_jsonl(data: bytes, path: str | Path) -> Iterator[Any]:
    """As `read_jsonl`, of bytes read already from `path`."""
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].split(b"\n"), start=1):
        if line.strip():
            yield parse_json(line, f"{path}:{number}")
