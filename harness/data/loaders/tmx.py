"""TMX 1.4 translation memories, streamed: memory holds one translation unit at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common.kinds import MARKUP
from harness.common.notices import tell
from harness.data.file_sets import set_name, shards
from harness.data.markup import LANG, LONGEST, Attributes, Content, Handler, read
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.tags import Pooled, choose
from harness.data.where import Conditions, RowSelection, Where
from harness.errors import DataError
from harness.types import Input, Item

# Inline elements whose content is code of the original format, not text (TMX 1.4b, section 3).
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut", "sub"})


class Tmx(ParallelSet):
    """TMX files, plain or compressed. Several variants in the target language are as many references.

    In each unit the variants whose language tag fits best are taken: the very tag; else one that names no
    region, or any where the pair names none, in the same script; else the same language, with a warning that
    names the tags. Source and reference are never the same variant. Units that lack a side, and further
    variants of the source, are left out, counted and reported. White space is significant in TMX, except that
    line breaks and the indentation around them become one space, and nothing at the ends of a segment.

    `where` filters on the attributes and `<prop>` elements of units.
    """

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        where: Conditions = None,
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
        self.where = Where(where)
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=MARKUP) for where in shards(self.path)]
        name = self.name or set_name(self.path)
        meta: dict[str, Any] = {"counts": {"units": 0, "other_units": 0}}
        used = [0] * len(files)

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin, used)

        def items() -> Iterator[Item]:
            selection = self.where.begin(meta)
            for at, file in enumerate(files):
                for item in _items(file, src, tgt, meta["counts"], selection):
                    used[at] += 1
                    yield item
            selection.end(name)

        return Reading(name, items(), inputs, meta)


def _items(
    file: TextFile, src: str, tgt: str, counts: dict[str, int], selection: RowSelection
) -> Iterator[Item]:
    before, lacking, further = counts["units"], 0, 0
    tags: dict[str, None] = {}
    pooled = Pooled(src), Pooled(tgt)
    for unit in read(file, _Units()):
        counts["units"] += 1
        there = tuple(dict.fromkeys(tag for tag, _ in unit.variants))
        tags.update(dict.fromkeys(there))
        source, targets = choose(there, src, tgt)
        if source is None or not targets:
            lacking += 1
            continue
        if not selection.takes(unit.properties, unit.at):
            continue
        for side, taken in zip(pooled, ([source], targets), strict=True):
            side.add(taken)
        sources = [text for tag, text in unit.variants if tag == source]
        further += len(sources) - 1
        references = dict.fromkeys(text for tag, text in unit.variants if tag in targets)
        # The standard does not ask for unique ids, so the number of the unit goes with them.
        name = f"{unit.id}#{counts['units']}" if unit.id else str(counts["units"])
        yield Item(name, None, sources[0], tuple(references))
    counts["other_units"] += lacking
    units = counts["units"] - before
    if lacking == units:
        found = ", ".join(sorted(tags)) or "none"
        raise DataError(f"{file.where}: no unit has both '{src}' and '{tgt}'; its languages: {found}")
    if lacking:
        tell(f"{file.where}: units without both '{src}' and '{tgt}' are left out ({lacking} of {units})")
    if further:
        tell(
            f"{file.where}: of several texts in '{src}' in a unit only the first is read ({further} left out)"
        )
    for side in pooled:
        side.end(file.where)


@dataclass
class Unit:
    """One `<tu>`: where it ends, and its (language tag, text) variants in order."""

    properties: dict[str, str]
    at: str = ""
    variants: list[tuple[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str | None:
        return self.properties.get("tuid")


class _Units(Handler[Unit]):
    root = "tmx"
    noun = "a TMX file"

    def __init__(self) -> None:
        super().__init__()
        self._unit: Unit | None = None
        self._tag = ""
        self._content: Content | None = None
        self._property: str | None = None
        self._size = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if self._content is not None:
            self._content.start(name, attributes)
        elif name == "tu":
            self._unit, self._size = Unit(dict(attributes)), 0
        elif name == "tuv":
            self._tag = attributes.get(LANG) or attributes.get("lang") or ""
        elif name == "seg":
            self._content = Content(self.at, _CODES)
        elif name == "prop" and self._unit is not None and not self._unit.variants:
            self._property = attributes.get("type")

    def data(self, text: str) -> None:
        if self._unit is None:
            return
        self._size += len(text)
        if self._size > LONGEST:
            raise DataError(f"{self.at()}: a unit longer than {LONGEST >> 20} MiB; refused")
        if self._content is not None:
            self._content.data(text)
        elif self._property is not None:
            properties = self._unit.properties
            properties[self._property] = properties.get(self._property, "") + text

    def end(self, name: str) -> None:
        if name == "seg" and self._unit is not None and self._content is not None:
            self._unit.variants.append((self._tag, self._content.text()))
            self._content = None
        elif self._content is not None:
            self._content.end(name)
        elif name == "tu" and self._unit is not None:
            self._unit.at = self.at()
            self.done.append(self._unit)
            self._unit = None
        elif name == "prop":
            self._property = None
