"""A deterministic mutation fuzzer for all that the harness reads; `fuzz_targets.py` names the readers.

A case is a target's good files, one or more of them damaged. Allowed outcomes: the reader accepts the files
or raises a HarnessError. Anything else is a crash, and (target, number) repeats it.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import signal
import traceback
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError

Files = Mapping[str, bytes]
SECONDS = 60.0  # of the processor; a case that takes longer hangs

# Bytes that parsers stumble over: ends of text, separators, byte-order marks, broken and odd UTF-8, markup.
SPECIAL = [
    b"",
    b"\x00",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b"\x1a",
    b"\x1b[2J",
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\x80",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9",
    b"\\ud800",
    b"\\u0000",
    b'"',
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"NaN",
    b"Infinity",
    b"-1",
    b"1e999",
    b"9" * 40,
    b"9" * 5000,
    b"true",
    b"[" * 3000,
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"&lt;",
    b"&#0;",
    b"&x;",
    b"<",
    b"/>",
    b"${x}",
    b"${oc.env:HOME}",
    b"???",
    b"!!python/object/apply:os.getcwd []",
    b"&a [*a]",
    b"- ",
    b"#",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b" " * 200,
]
# What stands where something else was meant, in JSON and YAML.
ODD_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**63,
    1.5,
    -0.0,
    "",
    "\x00",
    "\ud800",
    "a\nb",
    "9" * 30,
    [],
    {},
    [[]],
    [None],
    {"": None},
    "../../x",
    "NaN",
    [1, 2, 3],
    {"a": {"b": 1}},
    1e308,
    10**400,
]


@dataclass(frozen=True)
class Target:
    """Something that reads files: the good ones by name, and the call that reads a folder of them."""

    name: str
    files: Files
    read: Callable[[Path], None]
    packed: bool = False  # the reader unpacks .gz, .bz2, .xz and .zst by their names


@dataclass(frozen=True)
class Crash:
    """One case that ended neither well nor in a HarnessError."""

    target: str
    number: int
    error: str
    trace: str


class Hang(Exception):
    """A case did not end in time."""


def mutate(data: bytes, draw: random.Random) -> bytes:
    """The data with one to six kinds of damage, each byte-level or, in JSON, to the structure."""
    for _ in range(draw.choice([1, 1, 1, 2, 3, 6])):
        data = draw.choice(MUTATIONS)(data, draw)
    return data


def _flip(data: bytes, draw: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        if out:
            out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def _truncate(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _insert(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(SPECIAL) + data[at:]


def _overwrite(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    piece = draw.choice(SPECIAL)
    return data[:at] + piece + data[at + len(piece) :]


def _delete(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[at + draw.randint(1, 40) :]


def _repeat(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data) + 1)
    end = min(len(data), start + draw.randint(1, 200))
    return data[:end] + data[start:end] * draw.choice([1, 2, 50]) + data[end:]


def _lines(data: bytes, draw: random.Random) -> bytes:
    """Lines lost, doubled or in another order."""
    lines = data.split(b"\n")
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    if draw.random() < 0.4:
        del lines[at]
    elif draw.random() < 0.5:
        lines.insert(other, lines[at])
    else:
        lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def _recode(data: bytes, draw: random.Random) -> bytes:
    """The same text in another encoding or with other line ends."""
    text = data.decode("utf-8", "replace")
    code = draw.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1250", "utf-8-sig", "crlf", "cr"])
    if code in ("crlf", "cr"):
        return data.replace(b"\n", b"\r\n" if code == "crlf" else b"\r")
    return text.encode(code, "replace")


def _structure(data: bytes, draw: random.Random) -> bytes:
    """In JSON or JSON lines: a key lost or a value of another type, somewhere."""
    lines = data.split(b"\n")
    for order in (lines, [data]):
        at = draw.randrange(len(order))
        try:
            value = json.loads(order[at])
        except (ValueError, RecursionError):
            continue
        changed = json.dumps(_changed(value, draw)).encode()
        return b"\n".join([*order[:at], changed, *order[at + 1 :]])
    return _flip(data, draw)


def _changed(value: Any, draw: random.Random) -> Any:
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(sorted(value))
        rest = {name: item for name, item in value.items() if name != key}
        if draw.random() < 0.15:
            return rest
        return {**rest, key: _changed(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.8:
        at = draw.randrange(len(value))
        if draw.random() < 0.15:
            return value[:at] + value[at + 1 :]
        return [*value[:at], _changed(value[at], draw), *value[at + 1 :]]
    return draw.choice(ODD_VALUES)


MUTATIONS = [
    _flip,
    _truncate,
    _insert,
    _insert,
    _overwrite,
    _delete,
    _repeat,
    _lines,
    _recode,
    _structure,
    _structure,
]


def _zstd(data: bytes) -> bytes:
    import pyarrow

    packed: bytes = pyarrow.Codec("zstd").compress(data, asbytes=True)
    return packed


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": _zstd}


def damaged(target: Target, number: int) -> dict[str, bytes]:
    """The files of case `number`: at least one of them damaged, in some cases packed before or after."""
    draw = random.Random(f"{target.name}:{number}")
    files = dict(target.files)
    for name in draw.sample(sorted(files), draw.choice([1, 1, 1, min(2, len(files))])):
        content = files[name]
        if target.packed and draw.random() < 0.25:
            suffix = draw.choice(sorted(PACKERS))
            after = draw.random() < 0.5
            content = PACKERS[suffix](content if after else mutate(content, draw))
            files[name + suffix] = mutate(content, draw) if after else content
            del files[name]
        else:
            files[name] = mutate(content, draw)
    return files


def run_case(target: Target, number: int, folder: Path) -> str | Crash:
    """Read the damaged files: "read", "refused", or the crash."""
    for name, content in damaged(target, number).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        with time_limit(SECONDS):
            target.read(folder)
    except HarnessError as error:
        if "\n" in str(error) and "\n" not in "".join(target.files):
            return Crash(target.name, number, f"not one line: {error}", "")
        return "refused"
    except Exception as error:
        trace = traceback.format_exc(limit=-4)
        return Crash(target.name, number, f"{type(error).__name__}: {error}"[:300], trace)
    return "read"


@contextmanager
def time_limit(seconds: float) -> Any:
    """Raise Hang in the main thread when the block takes more time of the processor."""

    def ring(*_: object) -> None:
        raise Hang(f"no end after {seconds:g} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
