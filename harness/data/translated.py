"""Documents with several translations by name, as the files of WMT hold them: references and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.common.notices import tell
from harness.data.where import RowSelection
from harness.errors import DataError, did_you_mean
from harness.types import Item

Texts = dict[str, str]
"""The text of each segment, by its id in the document."""


@dataclass
class Translated:
    """One document: its source and its translations, by the names of their translators or systems.

    `columns` is what `data.where` can ask for, `paragraphs` the number of each segment's, where known.
    """

    id: str
    at: str
    domain: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    source: Texts = field(default_factory=dict)
    references: dict[str, Texts] = field(default_factory=dict)
    paragraphs: Mapping[str, int] = field(default_factory=dict)


def segment_id(doc: str, segment: str) -> str:
    """The id of a segment in the set."""
    return f"{doc}:{segment}"


def no_system(path: str, system: str, there: Iterable[str]) -> DataError:
    """The error for a file without outputs of `system`; `there` are the systems that it holds."""
    known = list(there)
    near, systems = did_you_mean(system, known), ", ".join(known) or "none"
    return DataError(f"{path}: no outputs of '{system}'.{near} Systems: {systems}")


def items(
    docs: Iterable[Translated], wanted: Sequence[str] | None, selection: RowSelection, name: str
) -> Iterator[Item]:
    """One item a segment with the references it has, in the order of `wanted` or of their first document.

    `wanted`: only these references; None: all. References that lack segments are reported. Raises DataError
    where one of `wanted` does not occur in the set `name`, or where no reference does.
    """
    covered: dict[str, int] = dict.fromkeys(wanted or (), 0)
    there: dict[str, None] = {}
    total = 0
    for doc in docs:
        there.update(dict.fromkeys(doc.references))
        if wanted is None:
            covered = dict.fromkeys(there, 0) | covered
        for segment, source in doc.source.items():
            if not selection.takes({**doc.columns, "doc": doc.id, "segment": segment}, doc.at):
                continue
            total += 1
            references = []
            for reference in covered:
                text = doc.references.get(reference, {}).get(segment)
                if text is not None:
                    references.append(text)
                    covered[reference] += 1
            name_of, paragraph = segment_id(doc.id, segment), doc.paragraphs.get(segment)
            texts = tuple(references) or ("",)
            yield Item(name_of, doc.id, source, texts, domain=doc.domain, paragraph=paragraph)
    selection.end(name)
    if missing := [reference for reference in covered if reference not in there]:
        raise DataError(
            f"{name}: no reference '{missing[0]}'.{did_you_mean(missing[0], there)} data.reference is one or"
            f" more of: {', '.join(there) or 'none'}"
        )
    if total and not covered:
        raise DataError(f"{name}: holds no reference for the pair; a test set needs one")
    for reference, n in covered.items():
        if n < total:
            tell(
                f"{name}: reference '{reference}' has {n} of {total} segments; the rest are scored without it"
            )


def names(reference: str | Sequence[str] | None) -> list[str] | None:
    """The option `data.reference` as a list; None for all."""
    return [reference] if isinstance(reference, str) else None if reference is None else list(reference)
