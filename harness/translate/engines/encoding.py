"""Lines in the encoding of a program, also one in which a line break has several bytes."""

from __future__ import annotations

import codecs

from harness.common.decoding import iconv_name, unmarked_utf16
from harness.errors import ConfigError, DataError

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # begins with UTF-16's
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = {
    "utf-16": 2, "utf-16-le": 2, "utf-16-be": 2, "utf-32": 4, "utf-32-le": 4, "utf-32-be": 4,
}  # fmt: skip
"""Encodings in which a line break has several bytes, and how many."""
_MARKED = ("utf-16", "utf-32")


def known(name: str, option: str = "encoding") -> str:
    """The encoding by Python's own name; ConfigError for an unknown one, or one without lines."""
    try:
        found = codecs.lookup(str(name)).name
        usable = found in _WIDE or "\n".encode(found) == b"\n"
    except (LookupError, TypeError):
        raise ConfigError(
            f"engine.{option}={name}: not an encoding that Python knows, such as utf-8, cp1250 or shift_jis"
        ) from None
    if not usable:
        raise ConfigError(f"engine.{option}={name}: a program of lines needs an encoding that extends ASCII")
    return found


def _wide(data: bytes) -> str | None:
    """The encoding with line breaks of several bytes that this is in, None where it is none of them."""
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    return marked or unmarked_utf16(data[: data.rfind(b"\n") + 2])


class Lines:
    """The lines of one start of a program, to bytes and back. "utf-16" begins with a byte-order mark.

    `encoding` is of what the program is given, `output` of what it writes.
    """

    def __init__(self, encoding: str, output: str, who: str) -> None:
        self.encoding, self._output, self._who = encoding, output, who
        self._width = _WIDE.get(output, 1)
        self._has_mark = encoding in _MARKED
        marked = output in _MARKED
        self.written = f"{output}-le" if marked else output  # what comes back, as far as is known
        self._begun = not marked

    def encoded(self, line: str, first: bool) -> bytes:
        """Raises UnicodeEncodeError for a character that the encoding does not have."""
        errors = "surrogatepass" if self.encoding == "utf-8" else "strict"
        if not self._has_mark:
            return (line + "\n").encode(self.encoding, errors)
        mark = "\ufeff" if first else ""
        return (mark + line + "\n").encode(f"{self.encoding}-le")

    def split(self, data: bytes) -> tuple[list[bytes], bytes]:
        """The complete lines at the beginning of `data`, without their ends, and what is left.

        Raises DataError for UTF-16 where something else was declared: its lines would not be found.
        """
        if self._width == 1:
            if other := _wide(data):
                raise DataError(
                    f"{self._who}: it writes {other.upper()}; say so: engine.output_encoding={other} (or"
                    f" engine.encoding={other}, if it reads that, too)"
                )
            *complete, rest = data.split(b"\n")
            return complete, rest
        if not self._begun:
            if len(data) < self._width:
                return [], data
            first = data[: self._width]
            if first in ("\ufeff".encode(f"{self._output}-le"), "\ufeff".encode(f"{self._output}-be")):
                self.written = f"{self._output}-{'le' if first[0] != 0 and first[0] != 0xFE else 'be'}"
                data = data[self._width :]
            self._begun = True
        found, start, end = [], 0, "\n".encode(self.written)
        for place in range(0, len(data) - self._width + 1, self._width):
            if data[place : place + self._width] == end:
                found.append(data[start:place])
                start = place + self._width
        return found, data[start:]

    @property
    def name(self) -> str:
        """Of what it writes, for messages."""
        return iconv_name(self._output)
