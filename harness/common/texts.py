"""One text, looked at before it is read: unpacked, decoded, its line ends made one, in bounded memory."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path

from harness.common import decoding
from harness.common.containers import unpacked
from harness.common.kinds import KINDS, Kind, binary_kind, refuse, text_kind
from harness.common.notices import collecting, tell
from harness.errors import DataError

# Of any text file, in bytes: what is longer is no text, and would be held in memory whole.
LONGEST_LINE = 16 << 20


class Text:
    """A file of text, read from its beginning as UTF-8; `n` and `sha256` hold after the last line.

    path     the file; `name` is what messages call it (the path itself)
    langs    codes of the languages that it may be in, for advice on a wrong encoding
    reads    names of `kinds.KINDS` that the reader understands besides plain text
    instead  what to do about any other kind, where no loader of test sets helps this reader

    The beginning of the text decides, for every reader: a byte-order mark is dropped with a notice,
    UTF-16 and UTF-32 with a mark are read, and without one refused with the command that converts them, as
    are markup, subtitles and binary files. Only LF and CRLF end a line; CR does in a file without any LF, and
    elsewhere stays in its line, with a notice that counts them.
    """

    def __init__(
        self,
        path: Path,
        name: str | None = None,
        langs: Sequence[str] = (),
        reads: Collection[str] = (),
        instead: str | None = None,
    ) -> None:
        self.path = path
        self.where = str(path) if name is None else name
        self.langs, self.reads, self.instead = tuple(langs), frozenset(reads), instead
        self.encoding = "utf-8"  # that the byte-order mark says, once the text is being read
        self.n = 0
        self._hash = hashlib.sha256()
        self._head = b""

    @property
    def sha256(self) -> str:
        """Hex digest of the unpacked newline-normalised UTF-8 text without its byte-order mark."""
        return self._hash.hexdigest()

    def utf8(self) -> Iterator[bytes]:
        """The text unpacked, in UTF-8 and without its mark, its line ends as they are.

        Text that came as UTF-8 is not checked: `lines` and `whole` do that, an XML parser has its own way.
        """
        chunks = unpacked(self.path, self.where)
        first = next(chunks, b"")
        while len(first) < 4 and (more := next(chunks, b"")):
            first += more
        refuse(binary_kind(first), self.where, self.reads, self.instead)
        mark, self.encoding = decoding.mark_of(first)
        if mark:
            utf8 = self.encoding == "utf-8"
            name = decoding.iconv_name(self.encoding)
            how = (
                "its byte-order mark is left out" if utf8 else f"read as {name}, as its byte-order mark says"
            )
            tell(f"{self.where}: {how}")
        else:
            self._refuse_nul(first[: decoding.SAMPLE])
        rest = self._decoded(chain([first[len(mark) :]], chunks))
        first = next(rest, b"")
        self._head = first[: decoding.SAMPLE]
        refuse(text_kind(self._head.decode("utf-8", "replace")), self.where, self.reads, self.instead)
        yield first
        yield from rest

    def _refuse_nul(self, head: bytes) -> None:
        if (found := decoding.unmarked_utf16(head)) is not None:
            remedy = decoding.iconv(found, self.where)
            raise DataError(f"{self.where}: UTF-16 without a byte-order mark; convert it: {remedy}")
        if decoding.looks_binary(head):
            refuse(KINDS["binary"], self.where, self.reads, self.instead)

    def _decoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        if self.encoding == "utf-8":
            yield from chunks
            return
        encoding = decoding.iconv_name(self.encoding)
        decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            for chunk in chunks:
                yield decoder.decode(chunk).encode()
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            if "truncated" in error.reason or "unexpected end" in error.reason:
                raise DataError(
                    f"{self.where}: {encoding} text that ends within a character: its last bytes are missing"
                    " or do not belong to it; copy the file again, or save it as UTF-8"
                ) from None
            raise DataError(
                f"{self.where}: its byte-order mark says {encoding}, and it is not ({error.reason}); save it"
                " as UTF-8"
            ) from None

    def chunks(self) -> Iterator[bytes]:
        """The UTF-8 text with LF as its line end, counted into the digest."""
        ends = _LineEnds(self.where)
        nuls = 0
        for chunk in self.utf8():
            nuls += chunk.count(0)
            yield from map(self._digested, ends.feed(chunk))
        yield from map(self._digested, ends.close())
        if nuls:
            tell(
                f"{self.where}: holds {nuls} NUL characters, which stay in the text; where do they come from?"
            )

    def _digested(self, chunk: bytes) -> bytes:
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
                raise too_long(self.where, self.n + 1)
        if length:
            yield self._line(b"".join(rest))

    def _line(self, line: bytes) -> str:
        self.n += 1
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise decoding.not_utf8(
                line,
                error.start,
                f"{self.where}:{self.n}",
                f", column {error.start + 1}",
                self._head,
                self.langs,
            ) from None

    def whole(self) -> str:
        """The whole text with its line ends as they are."""
        chunks, number, length = [], 1, 0
        for chunk in self.utf8():
            chunks.append(chunk)
            ends = chunk.count(b"\n")
            number += ends
            length = len(chunk) - chunk.rfind(b"\n") - 1 if ends else length + len(chunk)
            if length > LONGEST_LINE:
                raise too_long(self.where, number)
        data = b"".join(chunks)
        lone = data.count(b"\r") - data.count(b"\r\n")
        if lone and b"\n" in data:
            _tell_lone(self.where, lone, data.count(b"\n", 0, _first_lone(data)) + 1)
        return decode(data, self.where, self.langs)


def kind_of(path: Path) -> Kind | None:
    """What kind of file a text is by its beginning; None for plain text. No notice is given."""
    text = Text(path, reads=tuple(KINDS))
    with collecting():
        head = next(text.utf8(), b"")
    return text_kind(head[: decoding.SAMPLE].decode("utf-8", "replace"))


class _LineEnds:
    """CRLF becomes LF, and in a text without LF so does CR; fed piecewise.

    From its first CR on, a text is held back until an LF shows which of the two it is, or LONGEST_LINE
    bytes have none.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._held = b""
        self._by_cr: bool | None = None  # whether CR ends lines; None until it is known
        self._lines = 0
        self._lone = 0
        self._first = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        data, self._held = self._held + chunk, b""
        if self._by_cr is None:
            if b"\n" in data:
                self._by_cr = False
            elif b"\r" in data:
                if len(data) <= LONGEST_LINE:
                    self._held = data
                    return
                self._by_cr = True
        if data.endswith(b"\r") and not self._by_cr:
            data, self._held = data[:-1], b"\r"
        yield self._made_one(data)

    def close(self) -> Iterator[bytes]:
        if self._held:
            self._by_cr = self._by_cr is None
            data, self._held = self._held, b""
            yield self._made_one(data)
        if self._lone:
            _tell_lone(self.where, self._lone, self._first)

    def _made_one(self, data: bytes) -> bytes:
        if self._by_cr:
            if b"\n" in data:
                raise DataError(
                    f"{self.where}: lines end with CR at its beginning and with LF later; make them one, for"
                    f" example: tr '\\r' '\\n' < '{self.where}'"
                )
            return data.replace(b"\r", b"\n")
        data = data.replace(b"\r\n", b"\n")
        if lone := data.count(b"\r"):
            if not self._lone:
                self._first = self._lines + data.count(b"\n", 0, data.index(b"\r")) + 1
            self._lone += lone
        self._lines += data.count(b"\n")
        return data


def _first_lone(data: bytes) -> int:
    at = data.index(b"\r")
    while data[at + 1 : at + 2] == b"\n":
        at = data.index(b"\r", at + 2)
    return at


def _tell_lone(where: str, count: int, line: int) -> None:
    stray = "a carriage return (CR) is" if count == 1 else f"{count} carriage returns (CR) are"
    first = f"line {line}" if count == 1 else f"lines, the first in line {line}"
    tell(
        f"{where}: {stray} inside {first}: not a line end in a file whose lines end with LF, kept in the text"
    )


def has_words(text: str) -> bool:
    """Whether there is a letter or a figure in it: not so in punctuation and invisible characters alone."""
    return any(character.isalnum() for character in text)


def too_long(where: str, number: int) -> DataError:
    """The error for a line that no text has."""
    return DataError(f"{where}:{number}: a line of more than {LONGEST_LINE >> 20} MiB; is this text?")


def decode(data: bytes, name: str, langs: Sequence[str] = ()) -> str:
    """UTF-8 as text; DataError with the byte offset of the first bad byte."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        end = data.find(b"\n", error.start)
        line = data[start : end if end >= 0 else len(data)]
        number = data.count(b"\n", 0, start) + 1
        place = f" at offset {error.start}"
        raise decoding.not_utf8(line, error.start - start, f"{name}:{number}", place, data, langs) from None
