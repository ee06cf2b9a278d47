"""XLIFF 1.2 and 2.x, the files of translation tools, streamed a unit at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common.kinds import MARKUP
from harness.common.notices import tell
from harness.data.file_sets import set_name, shards
from harness.data.markup import LANG, Attributes, Content, Handler, read
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.tags import Pooled, fit
from harness.data.where import Conditions, Where
from harness.errors import DataError
from harness.types import Input, Item

# Inline elements that stand for code of the original format: their content, if any, is no text.
_CODES = frozenset({"x", "bx", "ex", "bpt", "ept", "ph", "it", "sub", "sc", "ec", "sm", "em", "cp"})
_NAMESPACE = "urn:oasis:names:tc:xliff:document:"
# Candidates from a memory, notes and the like hold sources and targets that are not the unit's.
_ASIDE = frozenset(
    {"alt-trans", "matches", "notes", "note", "glossary", "header", "skeleton", "metadata",
     "context-group", "prop-group", "bin-unit", "ignorable"}
)  # fmt: skip
_UNTRANSLATED = ("new", "needs-translation", "initial")


class Xliff(ParallelSet):
    """The translated segments of XLIFF files; the document of each is the `original` of its `<file>`.

    A unit of XLIFF 1.2 that is segmented (`<mrk mtype="seg">` in `<seg-source>` and `<target>`) gives one
    line a segment. Inline elements pass their text on, codes do not. What has no target text, what is not to
    be translated, and targets whose state says that they are untranslated (`new`, `needs-translation`,
    `initial`) are left out, counted and reported.

    states  take only targets in one of these states; null: in any that is not untranslated
    where   filters on `state`, `approved`, `original`, `id`
    """

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        states: str | Sequence[str] | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError("data=xliff needs data.path: an .xlf file, plain or compressed, or a pattern")
        self.path = path
        self.states = [states] if isinstance(states, str) else states
        self.where = Where(where)
        self.name = name or set_name(path)
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=MARKUP) for where in shards(self.path)]
        meta: dict[str, Any] = {"counts": {"segments": 0}}
        used = [0] * len(files)

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin, used)

        def items() -> Iterator[Item]:
            selection = self.where.begin(meta)
            for index, file in enumerate(files):
                for number, unit in self._taken(file, src, tgt, meta["counts"]):
                    row = {
                        "state": unit.state,
                        "approved": unit.approved,
                        "original": unit.doc,
                        "id": unit.id,
                    }
                    if selection.takes(row, unit.at):
                        used[index] += 1
                        prefix = f"{file.path.name}:" if len(files) > 1 else ""
                        name = f"{prefix}{unit.id}#{number}"
                        yield Item(name, unit.doc, unit.source, (unit.target or "",))
            selection.end(self.name)

        return Reading(self.name, items(), inputs, meta)

    def _taken(
        self, file: TextFile, src: str, tgt: str, counts: dict[str, int]
    ) -> Iterator[tuple[int, XliffSegment]]:
        """The segments of the pair that have a translation, with their number in the file; the others are
        counted in a notice."""
        left_out: dict[str, int] = {}
        pairs: dict[str, None] = {}
        pooled = Pooled(src), Pooled(tgt)
        total = taken = unnamed = 0
        for segment in read(file, _Segments()):
            total += 1
            pairs.setdefault(f"{segment.langs[0] or '?'}→{segment.langs[1] or '?'}")
            if reason := self._refused(segment, src, tgt):
                left_out[reason] = left_out.get(reason, 0) + 1
                continue
            taken += 1
            unnamed += not all(segment.langs)
            for side, tag in zip(pooled, segment.langs, strict=True):
                side.add([tag] if tag else [])
            yield total, segment
        counts["segments"] += total
        for reason, n in left_out.items():
            counts[reason] = counts.get(reason, 0) + n
        if not taken:
            reasons = ", ".join(f"{n} {_TOLD[reason]}" for reason, n in left_out.items()) or "it has none"
            raise DataError(
                f"{file.where}: no translated segment for '{src}' and '{tgt}' ({reasons}); its languages:"
                f" {', '.join(pairs) or 'none'}"
            )
        if left_out:
            reasons = ", ".join(f"{n} {_TOLD[reason]}" for reason, n in left_out.items())
            tell(f"{file.where}: segments left out: {reasons}, of {total}")
        if unnamed:
            tell(f"{file.where}: does not name both its languages; taken to be '{src}' and '{tgt}'")
        for side in pooled:
            side.end(file.where)

    def _refused(self, segment: XliffSegment, src: str, tgt: str) -> str | None:
        """Why a segment is left out, as the name of its count; None where it is taken."""
        for tag, wanted in zip(segment.langs, (src, tgt), strict=True):
            if tag and fit(tag, wanted) is None:
                return "other_languages"
        if not segment.translate:
            return "not_to_translate"
        if segment.target is None or not segment.target.strip():
            return "no_target"
        if self.states is not None:
            return None if segment.state in self.states else "other_state"
        return "untranslated" if segment.state in _UNTRANSLATED else None


_TOLD = {
    "other_languages": "in other languages",
    "not_to_translate": "not to be translated",
    "no_target": "without a target",
    "other_state": "in another state than data.states",
    "untranslated": f"in a state of {', '.join(_UNTRANSLATED)} (data.states names others)",
}


@dataclass
class XliffSegment:
    """One source with its target; `langs` are those of source and target, "" where they are not named."""

    id: str
    doc: str | None
    langs: tuple[str, str]
    at: str
    source: str
    target: str | None
    state: str | None
    approved: str | None
    translate: bool


@dataclass
class _Side:
    """A `<source>`, `<seg-source>` or `<target>`: its content, and that of its `<mrk mtype="seg">`."""

    whole: Content
    marked: dict[str, Content] = field(default_factory=dict)
    open: list[str | None] = field(default_factory=list)  # ids of the <mrk> that are open; None: no segment

    def start(self, name: str, attributes: Attributes, new: Callable[[], Content]) -> None:
        """An inline element begins; `new` makes the content of a marked segment."""
        if name == "mrk":
            segment = attributes.get("mid") if attributes.get("mtype") == "seg" else None
            self.open.append(segment)
            if segment is not None:
                self.marked[segment] = new()
        for content in self._contents():
            content.start(name, attributes)

    def data(self, text: str) -> None:
        for content in self._contents():
            content.data(text)

    def end(self, name: str) -> None:
        for content in self._contents():
            content.end(name)
        if name == "mrk" and self.open:
            self.open.pop()

    def _contents(self) -> list[Content]:
        return [self.whole, *(self.marked[name] for name in self.open if name is not None)]


class _Segments(Handler[XliffSegment]):
    root = "xliff"
    noun = "an XLIFF file"

    def __init__(self) -> None:
        super().__init__()
        self._langs = ("", "")
        self._two = False  # XLIFF 2.x
        self._doc: str | None = None
        self._unit: Attributes = {}
        self._segment: Attributes = {}
        self._state: str | None = None
        self._target_lang: str | None = None
        self._sides: dict[str, _Side] = {}
        self._side: str | None = None
        self._stored: dict[str, str] = {}  # XLIFF 2: the codes that inline elements refer to
        self._storing: str | None = None
        self._aside = 0
        self._translate: list[bool] = [True]

    def foreign(self, namespace: str) -> bool:
        return not namespace.startswith(_NAMESPACE)

    def start(self, name: str, attributes: Attributes) -> None:
        if self._aside or name in _ASIDE:
            self._aside += 1
        elif self._side is not None:
            self._sides[self._side].start(name, attributes, self._content)
        elif name == "xliff":
            self._two = "srcLang" in attributes or attributes.get("version", "").startswith("2")
            self._langs = attributes.get("srcLang", ""), attributes.get("trgLang", "")
        elif name in ("file", "group", "unit", "trans-unit"):
            said = attributes.get("translate")
            self._translate.append(self._translate[-1] if said is None else said != "no")
            self._begin(name, attributes)
        elif name == "segment":
            self._segment, self._sides = attributes, {}
        elif name == "data":
            self._stored[attributes.get("id", "")] = ""
            self._storing = attributes.get("id", "")
        elif name in ("source", "seg-source", "target"):
            self._side = name
            self._sides[name] = _Side(self._content())
            if name == "target":
                self._state = attributes.get("state")
                self._target_lang = attributes.get(LANG)

    def _begin(self, name: str, attributes: Attributes) -> None:
        if name == "file":
            self._doc = attributes.get("original") or attributes.get("id")
            if not self._two:
                self._langs = attributes.get("source-language", ""), attributes.get("target-language", "")
        elif name != "group":
            self._unit, self._segment, self._sides = attributes, {}, {}
            self._state = self._target_lang = None
            self._stored = {}

    def _content(self) -> Content:
        return Content(self.at, _CODES, self._stored)

    def data(self, text: str) -> None:
        if self._storing is not None:
            self._stored[self._storing] += text
        elif self._side is not None and not self._aside:
            self._sides[self._side].data(text)

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif self._side == name:
            self._side = None
        elif self._side is not None:
            self._sides[self._side].end(name)
        elif name == "data":
            self._storing = None
        elif name == "segment" or (name == "trans-unit" and not self._two):
            self.done += self._made()
        if name in ("file", "group", "unit", "trans-unit") and self._side is None and not self._aside:
            self._translate.pop()

    def _made(self) -> Iterator[XliffSegment]:
        """The segments of a unit: its marked ones where both sides have the same, else one."""
        source, target = self._sides.get("source"), self._sides.get("target")
        if source is None:
            raise DataError(f"{self.at()}: a unit without <source>")
        marked = (self._sides.get("seg-source") or source).marked
        parts = [("", source.whole, None if target is None else target.whole)]
        if target is not None and marked and marked.keys() == target.marked.keys():
            parts = [(f".{mid}", content, target.marked[mid]) for mid, content in marked.items()]
        name = ".".join(part for part in (self._unit.get("id"), self._segment.get("id")) if part)
        for suffix, text, translation in parts:
            yield XliffSegment(
                id=f"{name}{suffix}",
                doc=self._doc,
                langs=(self._langs[0], self._langs[1] or self._target_lang or ""),
                at=self.at(),
                source=text.text(),
                target=None if translation is None else translation.text(),
                state=self._segment.get("state") if self._two else self._state,
                approved=self._unit.get("approved"),
                translate=self._translate[-1],
            )
