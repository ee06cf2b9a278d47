"""TMX 1.4 translation memories, streamed: memory holds one translation unit at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any
from xml.etree.ElementTree import ParseError

from harness.common.kinds import MARKUP
from harness.common.langs import language
from harness.data.fields import one_line
from harness.data.file_sets import set_name, shards
from harness.data.parallel import ParallelSet, Reading
from harness.data.reading import TextFile
from harness.errors import ConfigError, DataError
from harness.types import Input, Item

# A unit is a segment, at most a paragraph: what is longer is an attack or not a TMX file.
LONGEST_UNIT = 1 << 20
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Inline elements whose content is code of the original format, not text (TMX 1.4b, section 3).
_CODES = {"bpt", "ept", "it", "ph", "ut", "sub"}


class Tmx(ParallelSet):
    """TMX files, plain or compressed. Several variants in the target language are as many references.

    Units that lack one of the two languages are left out and counted (`other_units` in the record);
    regions are ignored (`fr-CA` is read for `fr`). Document types may be named but declare nothing:
    entities, and with them XML bombs and outside files, are refused.
    """

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError(
                "data=tmx needs data.path: a .tmx file, plain or compressed, or a pattern of them"
            )
        self.path = path
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=MARKUP) for where in shards(self.path)]
        meta: dict[str, Any] = {"counts": {"units": 0, "other_units": 0}}
        used = [0] * len(files)

        def inputs() -> tuple[Input, ...]:
            return tuple(
                Input(file.path.name, file.where, file.sha256, n, **self.origin)
                for file, n in zip(files, used, strict=True)
            )

        def items() -> Iterator[Item]:
            for at, file in enumerate(files):
                for item in self._items(file, src, tgt, meta["counts"]):
                    used[at] += 1
                    yield item

        return Reading(self.name or set_name(self.path), items(), inputs, meta)

    def _items(self, file: TextFile, src: str, tgt: str, counts: dict[str, int]) -> Iterator[Item]:
        langs: set[str] = set()
        found = False
        for unit in units(file):
            counts["units"] += 1
            texts: dict[str, list[str]] = {}
            for lang, text in unit.variants:
                langs.add(lang)
                texts.setdefault(_base(lang), []).append(one_line(text))
            sources, references = texts.get(_base(src)), texts.get(_base(tgt))
            if not sources or not references:
                counts["other_units"] += 1
                continue
            found = True
            # The standard does not ask for unique ids, so the number of the unit goes with them.
            name = f"{unit.id}#{counts['units']}" if unit.id else str(counts["units"])
            yield Item(name, None, sources[0], tuple(dict.fromkeys(references)))
        if not found:
            there = ", ".join(sorted(langs)) or "none"
            raise DataError(f"{file.where}: no unit has both '{src}' and '{tgt}'; its languages: {there}")


class Unit:
    """One `<tu>`: its id and (language, text) variants in order."""

    def __init__(self, name: str | None) -> None:
        self.id = name
        self.variants: list[tuple[str, str]] = []


class _Target:
    """Builds units from parser events; the parser is fed piecewise and `done` emptied in between."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.done: list[Unit] = []
        self.root: str | None = None
        self._unit: Unit | None = None
        self._lang = ""
        self._text: list[str] | None = None
        self._size = 0
        self._codes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if tag == "tu":
            self._unit, self._size = Unit(attributes.get("tuid")), 0
        elif tag == "tuv":
            self._lang = attributes.get(_LANG) or attributes.get("lang") or ""
        elif tag == "seg":
            self._text = []
        elif tag in _CODES:
            self._codes += 1

    def data(self, text: str) -> None:
        if self._text is None:
            return
        self._size += len(text)
        if self._size > LONGEST_UNIT:
            raise DataError(f"{self.where}: a unit longer than {LONGEST_UNIT >> 20} MiB; refused")
        if not self._codes:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag == "seg" and self._unit is not None and self._text is not None:
            self._unit.variants.append((self._lang, "".join(self._text)))
            self._text = None
        elif tag == "tu" and self._unit is not None:
            self.done.append(self._unit)
            self._unit = None
        elif tag in _CODES:
            self._codes -= 1

    def close(self) -> None:
        return None


def units(file: TextFile) -> Iterator[Unit]:
    """The translation units of a TMX file in order; DataError with the line of what is not well formed."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    target = _Target(file.where)
    chunks = file.chunks()
    try:
        first = next(chunks, b"")
        # What came with a mark is UTF-8 by now, whatever the XML declaration says.
        parser = DefusedXMLParser(
            target=target,
            encoding="utf-8" if file.encoding != "utf-8" else None,
            forbid_dtd=False,
            forbid_entities=True,
            forbid_external=True,
        )
        for chunk in chain([first], chunks):
            parser.feed(chunk)
            yield from target.done
            target.done.clear()
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise DataError(f"{file.where}:{line}: not well-formed XML (column {column + 1}): {error}") from None
    except DefusedXmlException as error:
        raise DataError(
            f"{file.where}: declares an XML entity or an outside file ({type(error).__name__}); refused,"
            " remove the declaration from its DOCTYPE"
        ) from None
    except (LookupError, ValueError) as error:  # from the parser: an encoding that does not exist
        raise DataError(f"{file.where}: not readable XML ({error})") from None
    if target.root != "tmx":
        raise DataError(f"{file.where}: not a TMX file, its root element is <{target.root}>")


@lru_cache(maxsize=512)
def _base(code: str) -> str:
    try:
        return language(code).short
    except ConfigError:
        return code.lower()
