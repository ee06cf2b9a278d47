"""The SGML of WMT's older test sets and of NIST (mteval): srcset, refset and tstset."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common.kinds import MARKUP
from harness.common.notices import tell
from harness.data import tags, translated
from harness.data.fields import one_line
from harness.data.file_sets import set_name, shards
from harness.data.markup import LONGEST
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.translated import Texts, Translated, no_system, segment_id
from harness.data.where import Conditions, Where
from harness.errors import DataError
from harness.types import Input, Item

_SETS = ("srcset", "refset", "tstset")
_NAMES = "srcset|refset|tstset|doc|seg"
_TAG = re.compile(rf"<(/?)({_NAMES})\b([^<>]*)>", re.IGNORECASE)
_OPEN = re.compile(rf"<(?:{_NAMES})\b[^<>]*$", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


class Sgm(ParallelSet):
    """A source with its references: `src` and `tgt` (a list: several), or `path` for files of which each set
    says what it is. The domain of a document is its `genre`.

    Every refset, and every `sysid` in one, is a reference, in the order in which they first appear; a segment
    has those that translated it. A tstset among the files is left to `engine.path`.

    reference  take only references of these names (`sysid`), in this order; null: all
    where      filters on attributes of documents (`genre`, `origlang`, `docid`)
    """

    def __init__(
        self,
        src: str | None = None,
        tgt: str | Sequence[str] | None = None,
        path: str | Sequence[str] | None = None,
        reference: str | Sequence[str] | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path and not (src and tgt):
            raise DataError(
                "data=sgm needs data.src (a srcset) and data.tgt (a refset, or a list of them), or data.path"
                " for files that hold both"
            )
        targets = [tgt] if isinstance(tgt, str) else [*(tgt or ())]
        self.sides = {"srcset": [src] if src else [], "refset": targets}
        self.path = path
        self.reference = translated.names(reference)
        self.where = Where(where)
        self.name = name or set_name(path or src or "")
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        of_side = [(where, kind) for kind, paths in self.sides.items() for where in paths]
        every = [(where, None) for where in (shards(self.path) if self.path else ())]
        files = [(TextFile(where, (src, tgt), reads=MARKUP), kind) for where, kind in (*of_side, *every)]
        meta: dict[str, Any] = {}
        used = [0] * len(files)

        def items() -> Iterator[Item]:
            documents = _Documents(src, tgt)
            for index, (file, expected) in enumerate(files):
                for part in _parts(file):
                    if expected and part.kind != expected:
                        raise DataError(
                            f"{part.at}: a {part.kind}, where a {expected} was expected; data.src is the"
                            " source, data.tgt the references"
                        )
                    used[index] += len(part.texts)
                    documents.add(part, f"{index}:{part.number}")
            found = documents.joined(self.name)
            yield from translated.items(found, self.reference, self.where.begin(meta), self.name)

        def inputs() -> tuple[Input, ...]:
            return text_inputs([file for file, _ in files], self.origin, used)

        return Reading(self.name, items(), inputs, meta)

    @classmethod
    def systems(cls, path: str) -> list[str]:
        parts = _parts(TextFile(path, reads=MARKUP))
        return list(dict.fromkeys(part.name for part in parts if part.kind == "tstset"))

    @classmethod
    def outputs(cls, path: str, system: str) -> Iterator[tuple[str, str]]:
        there: dict[str, None] = {}
        for part in _parts(TextFile(path, reads=MARKUP)):
            if part.kind != "tstset":
                continue
            there.setdefault(part.name)
            if part.name == system:
                yield from ((segment_id(part.doc, segment), text) for segment, text in part.texts.items())
        if system not in there:
            raise no_system(path, system, there)


@dataclass
class _Part:
    """One `<doc>` of a set: `name` is whose text it is, `number` the set's number in the file."""

    kind: str
    number: int
    lang: str | None
    name: str
    doc: str
    attributes: dict[str, str]
    at: str
    texts: Texts = field(default_factory=dict)


class _Documents:
    """The parts of all files, put together by their document."""

    def __init__(self, src: str, tgt: str) -> None:
        self.langs = {"srcset": src, "refset": tgt}
        self._pooled = {kind: tags.Pooled(lang) for kind, lang in self.langs.items()}
        self._sources: dict[str, _Part] = {}
        self._references: dict[str, dict[str, Texts]] = {}
        self._owners: dict[str, str] = {}  # name of each reference → the set that it is from

    def add(self, part: _Part, owner: str) -> None:
        """Take in a document; `owner` says which set of which file it is from."""
        if part.kind == "tstset":
            return
        tags.check(part.lang, self.langs[part.kind], part.at)
        if part.lang and tags.fit(part.lang, self.langs[part.kind]) is not None:
            self._pooled[part.kind].add([part.lang])
        if part.kind == "srcset":
            held = self._sources
            if part.doc not in held:
                held[part.doc] = part
                return
        else:
            texts = self._references.setdefault(self._name(part.name, owner), {})
            if part.doc not in texts:
                texts[part.doc] = part.texts
                return
        raise DataError(f"{part.at}: the document '{part.doc}' appears twice in the {part.kind}")

    def _name(self, name: str, owner: str) -> str:
        """The name of a reference; where another set has one of that name, with a number."""
        found, number = name, 1
        while self._owners.setdefault(found, owner) != owner:
            number += 1
            found = f"{name}-{number}"
        return found

    def joined(self, name: str) -> Iterator[Translated]:
        """The documents of the source with their references; those of references alone are reported."""
        if not self._sources:
            raise DataError(f"{name}: no <srcset> with documents; data.src names the file of the source")
        for reference, documents in self._references.items():
            stray = [doc for doc in documents if doc not in self._sources]
            if stray:
                tell(
                    f"{name}: documents of reference '{reference}' that the source lacks are left out"
                    f" ({len(stray)}): {', '.join(stray[:5])}"
                )
        for doc, part in self._sources.items():
            yield Translated(
                doc,
                part.at,
                part.attributes.get("genre"),
                part.attributes,
                part.texts,
                {who: texts[doc] for who, texts in self._references.items() if doc in texts},
            )
        for kind, pooled in self._pooled.items():
            pooled.end(f"{name} ({kind})")


def _parts(file: TextFile) -> Iterator[_Part]:
    """The documents of all sets in a file. Raises DataError with the line for what is not such a file."""
    kind, number, attributes = "", 0, dict[str, str]()
    part: _Part | None = None
    segment: str | None = None
    text: list[str] = []
    size = 0
    at = file.where
    for event, name, value, at in _events(file):
        if event == "text":
            if segment is not None:
                text.append(value)
                size += len(value)
                if size > LONGEST:
                    raise DataError(f"{at}: a segment longer than {LONGEST >> 20} MiB; refused")
            continue
        if name == "seg" and event == "end":
            if part is None or segment is None:
                raise DataError(f"{at}: </seg> where no segment is open")
            part.texts[segment] = _unescaped(one_line("".join(text))).strip()
            segment = None
            continue
        if segment is not None:
            raise DataError(f"{at}: segment {segment} has no end (</seg>) before <{name}>; mend the file")
        found = _attributes(value)
        if name in _SETS:
            kind, number, attributes = (name, number + 1, found) if event == "start" else ("", number, {})
        elif name == "doc" and event == "start":
            if not kind or not found.get("docid"):
                raise DataError(f"{at}: <doc> needs a docid, and to be in a srcset, refset or tstset")
            lang = attributes.get("srclang" if kind == "srcset" else "trglang")
            who = found.get("sysid") or attributes.get("sysid") or attributes.get("refid") or kind[:3]
            part = _Part(kind, number, lang, who, found["docid"], found, at)
        elif name == "doc":
            if part is not None:
                yield part
            part = None
        else:
            segment = found.get("id") or str(len(part.texts) + 1 if part else 1)
            text, size = [], 0
            if part is None:
                raise DataError(f"{at}: <seg> outside a <doc>; is this SGML of WMT?")
            if segment in part.texts:
                raise DataError(f"{at}: segment {segment} appears twice in the document '{part.doc}'")
    if kind:
        raise DataError(f"{at}: ends within a {kind} (no </{kind}>); the file is cut off")
    if not number:
        raise DataError(f"{file.where}: no <srcset>, <refset> or <tstset>")


def _events(file: TextFile) -> Iterator[tuple[str, str, str, str]]:
    """("start", "end" or "text"; name of the tag; its attributes, or the text; where it is)."""
    held = ""
    for number, line in enumerate(file.lines(), start=1):
        at = f"{file.where}:{number}"
        line, end = held + line, 0
        for found in _TAG.finditer(line):
            yield "text", "", line[end : found.start()], at
            yield ("end" if found[1] else "start"), found[2].lower(), found[3], at
            end = found.end()
        rest = line[end:]
        opened = _OPEN.search(rest)  # a tag that goes on in the next line
        held = f"{rest[opened.start() :]} " if opened else ""
        if len(held) > LONGEST:
            raise DataError(f"{at}: a tag that never ends")
        yield "text", "", (rest[: opened.start()] if opened else f"{rest}\n"), at


def _attributes(text: str) -> dict[str, str]:
    return {found[1].lower(): _unescaped(found[2].strip("\"'")) for found in _ATTRIBUTE.finditer(text)}


def _unescaped(text: str) -> str:
    """The entities of XML as characters; HTML's others are no part of the format."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)
