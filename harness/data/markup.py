"""XML read piecewise: memory holds one unit at a time, nothing that a file declares is ever expanded.

Document types may be named; entities, and with them XML bombs and outside files, are refused.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Generic, TypeVar
from xml.etree.ElementTree import ParseError

from harness.data.fields import one_line
from harness.data.reading import TextFile
from harness.errors import DataError

T = TypeVar("T")
Attributes = Mapping[str, str]
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# A segment is a paragraph at most, a unit a few: what is longer is an attack, or no such file.
LONGEST = 1 << 20
# What expat says, and what to do.
_REMEDIES = {
    "invalid token": "in text `&` is written `&amp;` and `<` is written `&lt;`",
    "no element found": "is the file cut off? get it again",
    "unclosed token": "is the file cut off? get it again",
    "mismatched tag": "an element before it is not closed: add its end tag",
    "junk after document": "remove what follows the root element",
    "undefined entity": "write the character itself",
}
_BREAKS = ("lb", "br", "linebreak", "line-break")
_BREAK = re.compile(r"(?:\\[nr]|<(?:\w+:)?br\b[^<>]*>)+", re.IGNORECASE)


class Handler(ABC, Generic[T]):
    """Builds units of a file from the events of the parser, and appends them to `done` as they are complete.

    `at()` is the place of the event, `FILE:LINE`. Names of elements come without their namespace, which
    `foreign` is asked about: the elements it returns True for are skipped with all that is in them.
    """

    root: str
    """The name of the root element."""
    noun: str
    """What such a file is called: "a TMX file"."""

    def __init__(self) -> None:
        self.done: list[T] = []
        self.at: Callable[[], str] = str

    def foreign(self, namespace: str) -> bool:
        """Whether elements of the namespace are skipped."""
        return False

    @abstractmethod
    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    @abstractmethod
    def data(self, text: str) -> None:
        """A piece of text."""

    @abstractmethod
    def end(self, name: str) -> None:
        """An element ends."""


class _Target(Generic[T]):
    """What the parser calls: names without namespaces, foreign elements skipped, the root checked."""

    def __init__(self, handler: Handler[T]) -> None:
        self.handler = handler
        self._skipped = 0
        self._root: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.removeprefix("{").rpartition("}")
        if self._root is None:
            self._root = name
            if name != self.handler.root:
                raise DataError(
                    f"{self.handler.at()}: not {self.handler.noun}, its root element is <{name}>,"
                    f" not <{self.handler.root}>"
                )
        if self._skipped or (namespace and self.handler.foreign(namespace)):
            self._skipped += 1
        else:
            self.handler.start(name, attributes)

    def data(self, text: str) -> None:
        if not self._skipped:
            self.handler.data(text)

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self.handler.end(tag.rpartition("}")[2])

    def close(self) -> None:
        return None


def read(file: TextFile, handler: Handler[T]) -> Iterator[T]:
    """What the handler makes of a file, in order; DataError with the line of what is not well formed."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    chunks = file.chunks()
    try:
        first = next(chunks, b"")
        # What came with a mark is UTF-8 by now, whatever the XML declaration says.
        parser = DefusedXMLParser(
            target=_Target(handler),
            encoding="utf-8" if file.encoding != "utf-8" else None,
            forbid_dtd=False,
            forbid_entities=True,
            forbid_external=True,
        )
        handler.at = lambda: f"{file.where}:{parser.parser.CurrentLineNumber}"
        for chunk in chain([first], chunks):
            parser.feed(chunk)
            yield from handler.done
            handler.done.clear()
        parser.close()
    except ParseError as error:
        line, column = error.position
        problem = (
            str(error).partition(": line ")[0].replace("not well-formed (invalid token)", "invalid token")
        )
        remedy = next((text for part, text in _REMEDIES.items() if part in problem), "mend the file there")
        raise DataError(
            f"{file.where}:{line}: not well-formed XML at column {column + 1} ({problem}); {remedy}"
        ) from None
    except DefusedXmlException as error:
        raise DataError(
            f"{file.where}: declares an XML entity or an outside file ({type(error).__name__}); refused,"
            " remove the declaration from its DOCTYPE"
        ) from None
    except (LookupError, ValueError) as error:  # from the parser: an encoding that does not exist
        raise DataError(f"{file.where}: not readable XML ({error})") from None
    yield from handler.done


class Content:
    """The text of one segment: inline elements pass their text on, `codes` (markup of the original format)
    do not. A code that stands for a line break becomes a space."""

    def __init__(
        self, at: Callable[[], str], codes: frozenset[str], stored: Mapping[str, str] | None = None
    ) -> None:
        """`stored`: what the codes of XLIFF 2 refer to (`dataRef`), by its id."""
        self._at, self._codes, self._stored = at, codes, stored or {}
        self._pieces: list[str] = []
        self._size = 0
        self._depth = 0
        self._code: list[str] = []
        self._breaks = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name in self._codes:
            if not self._depth:
                self._code, self._breaks = [], _says_break(attributes, self._stored)
            self._depth += 1

    def data(self, text: str) -> None:
        self._size += len(text)
        if self._size > LONGEST:
            raise DataError(f"{self._at()}: a segment longer than {LONGEST >> 20} MiB; refused")
        (self._code if self._depth else self._pieces).append(text)

    def end(self, name: str) -> None:
        if name in self._codes:
            self._depth -= 1
            if not self._depth and (self._breaks or _is_break("".join(self._code))):
                self._pieces.append("\n")

    def text(self) -> str:
        """The text in one line: of white space with a line break in it one space stays, at the ends none."""
        return one_line("".join(self._pieces))


def _says_break(attributes: Attributes, stored: Mapping[str, str]) -> bool:
    for name, value in attributes.items():
        if name in ("type", "ctype", "subType"):
            if value.lower().removeprefix("xlf:").removeprefix("x-") in _BREAKS:
                return True
        elif name in ("equiv-text", "equiv", "dataRef") and _is_break(
            stored.get(value, "") if name == "dataRef" else value
        ):
            return True
    return False


def _is_break(code: str) -> bool:
    """Whether a code is nothing but line breaks: characters, escapes, or `<br>`."""
    shown = code.strip()
    return bool(_BREAK.fullmatch(shown)) if shown else "\n" in code or "\r" in code
