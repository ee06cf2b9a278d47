"""WMT's test sets since 2021 in XML: sources, translators and systems in one file, a document at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common.kinds import MARKUP
from harness.data import translated
from harness.data.file_sets import set_name, shards
from harness.data.markup import Attributes, Content, Handler, read
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.tags import Pooled, fit
from harness.data.translated import Texts, Translated, no_system, segment_id
from harness.data.where import Conditions, Where
from harness.errors import DataError
from harness.types import Input, Item


class WmtXml(ParallelSet):
    """Every `<ref>` in the target language is a reference by the name of its translator, in the order in
    which they first appear; a segment has those that translated it. The domain is that of the document.

    reference  take only these translators, in this order; null: all
    where      filters on attributes of documents (`domain`, `origlang`, `testsuite`, `id`) and `collection`
    """

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        reference: str | Sequence[str] | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError("data=wmt-xml needs data.path: a test set of WMT in XML, or a pattern of files")
        self.path = path
        self.reference = translated.names(reference)
        self.where = Where(where)
        self.name = name or set_name(path)
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=MARKUP) for where in shards(self.path)]
        meta: dict[str, Any] = {}
        used = [0] * len(files)

        def docs() -> Iterator[Translated]:
            for index, file in enumerate(files):
                for doc in _of_pair(file, src, tgt):
                    used[index] += len(doc.source)
                    yield doc

        def items() -> Iterator[Item]:
            return translated.items(docs(), self.reference, self.where.begin(meta), self.name)

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin, used)

        return Reading(self.name, items(), inputs, meta)

    @classmethod
    def systems(cls, path: str) -> list[str]:
        file = TextFile(path, reads=MARKUP)
        return list(dict.fromkeys(version.name for doc in read(file, _Docs()) for version in doc.of("hyp")))

    @classmethod
    def outputs(cls, path: str, system: str) -> Iterator[tuple[str, str]]:
        there: dict[str, None] = {}
        for doc in read(TextFile(path, reads=MARKUP), _Docs()):
            for version in doc.of("hyp"):
                there.setdefault(version.name)
                if version.name == system:
                    yield from (
                        (segment_id(doc.id, segment), text) for segment, text in version.texts.items()
                    )
        if system not in there:
            raise no_system(path, system, there)


def _of_pair(file: TextFile, src: str, tgt: str) -> Iterator[Translated]:
    """The documents whose source is in the one language, with their references in the other."""
    pooled = Pooled(src), Pooled(tgt)
    there: dict[str, None] = {}
    total = taken = referenced = 0
    for doc in read(file, _Docs()):
        total += 1
        there.update({f"{version.element} {version.lang or '?'}": None for version in doc.of("src", "ref")})
        sources = [
            version for version in doc.of("src") if not version.lang or fit(version.lang, src) is not None
        ]
        if not sources:
            continue
        taken += 1
        found = Translated(
            doc.id, doc.at, doc.attributes.get("domain"), dict(doc.attributes), sources[0].texts
        )
        found.paragraphs = sources[0].paragraphs
        pooled[0].add([sources[0].lang] if sources[0].lang else [])
        for version in doc.of("ref"):
            if version.lang and fit(version.lang, tgt) is None:
                continue
            pooled[1].add([version.lang] if version.lang else [])
            found.references[version.name] = version.texts
            referenced += 1
        yield found
    if not taken or not referenced:
        what = f"a source in '{src}'" if not taken else f"a reference in '{tgt}'"
        languages = f"its languages: {', '.join(there)}" if total else "it has none"
        raise DataError(f"{file.where}: no document with {what}; {languages}")
    for side in pooled:
        side.end(file.where)


@dataclass
class _Version:
    """A `<src>`, `<ref>` or `<hyp>`."""

    element: str
    name: str
    lang: str
    texts: Texts = field(default_factory=dict)
    paragraph: int = 0
    paragraphs: dict[str, int] = field(default_factory=dict)


@dataclass
class _Doc:
    id: str
    at: str
    attributes: dict[str, str]
    versions: list[_Version] = field(default_factory=list)

    def of(self, *elements: str) -> list[_Version]:
        return [version for version in self.versions if version.element in elements]


_NAMES = {"src": "", "ref": "translator", "hyp": "system"}


class _Docs(Handler[_Doc]):
    root = "dataset"
    noun = "a test set of WMT"

    def __init__(self) -> None:
        super().__init__()
        self._collection: str | None = None
        self._seen: set[str] = set()
        self._doc: _Doc | None = None
        self._version: _Version | None = None
        self._segment = ""
        self._content: Content | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if self._content is not None:
            raise DataError(f"{self.at()}: <{name}> within <seg>; a segment is plain text")
        if name == "collection":
            self._collection = attributes.get("id")
        elif name == "doc":
            self._begin(attributes)
        elif name in _NAMES and self._doc is not None:
            who = attributes.get(_NAMES[name]) or name
            if any(
                version.name == who and version.lang == attributes.get("lang", "")
                for version in self._doc.of(name)
            ):
                raise DataError(f"{self.at()}: a second <{name}> of '{who}' in the document '{self._doc.id}'")
            self._version = _Version(name, who, attributes.get("lang", ""))
            self._doc.versions.append(self._version)
        elif name == "p" and self._version is not None:
            self._version.paragraph += 1
        elif name == "seg":
            self._segment = attributes.get("id", "")
            if self._version is None or not self._segment or self._segment in self._version.texts:
                raise DataError(
                    f"{self.at()}: <seg> needs an id of its own, in a <src>, <ref> or <hyp> of a document"
                )
            self._version.paragraphs[self._segment] = self._version.paragraph
            self._content = Content(self.at, frozenset())

    def _begin(self, attributes: Attributes) -> None:
        name = attributes.get("id")
        if not name or name in self._seen:
            problem = (
                f"the id '{name}' is that of an earlier document" if name else "a document without an id"
            )
            raise DataError(f"{self.at()}: {problem}; every <doc> needs its own")
        self._seen.add(name)
        collection = {} if self._collection is None else {"collection": self._collection}
        self._doc = _Doc(name, self.at(), {**collection, **attributes})

    def data(self, text: str) -> None:
        if self._content is not None:
            self._content.data(text)

    def end(self, name: str) -> None:
        if name == "seg" and self._version is not None and self._content is not None:
            self._version.texts[self._segment] = self._content.text().strip()
            self._content = None
        elif name in _NAMES:
            self._version = None
        elif name == "collection":
            self._collection = None
        elif name == "doc" and self._doc is not None:
            self.done.append(self._doc)
            self._doc = None
