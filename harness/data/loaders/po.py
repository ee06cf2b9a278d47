"""Gettext catalogues (PO), read by polib."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from harness.common.notices import tell
from harness.data import tags
from harness.data.fields import one_line
from harness.data.file_sets import set_name, shards
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.where import Conditions, Where
from harness.errors import DataError, missing_package
from harness.types import Input, Item

_LINE = re.compile(
    r"(?:#.*|(?:msg(?:ctxt|id|id_plural|str(?:\[\d+\])?)\s*)?\"(?:[^\"\\]|\\.)*\")?", re.DOTALL
)


class Po(ParallelSet):
    """The translated messages of PO files; ids are the numbers of the entries.

    A message with plural forms is two lines: the singular with the first form (`ID`), the plural with all
    other forms as references (`ID+`), or with the only one there is. Fuzzy, untranslated and obsolete entries
    are left out, counted and reported. `where` filters on `msgctxt`, `flags` and `file` (that of the first
    occurrence, which is also the document).
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
            raise DataError("data=po needs data.path: a .po file, or a pattern of them")
        self.path = path
        self.where = Where(where)
        self.name = name or set_name(path)
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=("po",)) for where in shards(self.path)]
        meta: dict[str, Any] = {"counts": {"entries": 0, "fuzzy": 0, "untranslated": 0, "obsolete": 0}}

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin)

        return Reading(self.name, self._items(files, tgt, meta), inputs, meta)

    def _items(self, files: Sequence[TextFile], tgt: str, meta: dict[str, Any]) -> Iterator[Item]:
        counts = meta["counts"]
        selection = self.where.begin(meta)
        for file in files:
            catalogue = _parsed(file)
            tags.check(catalogue.metadata.get("Language") or None, tgt, f"{file.where} (its Language header)")
            left_out = dict.fromkeys(("fuzzy", "untranslated", "obsolete"), 0)
            for entry in catalogue:
                counts["entries"] += 1
                if state := _untaken(entry):
                    left_out[state] += 1
                    continue
                at = f"{file.where}:{entry.linenum}"
                doc = entry.occurrences[0][0] if entry.occurrences else None
                row = {"msgctxt": entry.msgctxt, "flags": " ".join(entry.flags), "file": doc}
                if selection.takes(row, at):
                    yield from _lines(entry, str(counts["entries"]), doc)
            for state, n in left_out.items():
                counts[state] += n
            states = ", ".join(f"{n} {state}" for state, n in left_out.items() if n)
            if sum(left_out.values()) == len(catalogue):
                raise DataError(f"{file.where}: no translated entry ({states or 'it has none'})")
            if states:
                tell(f"{file.where}: entries left out: {states}, of {len(catalogue)}")
        selection.end(self.name)


def _lines(entry: Any, name: str, doc: str | None) -> Iterator[Item]:
    if not entry.msgid_plural:
        yield Item(name, doc, one_line(entry.msgid), (one_line(entry.msgstr),))
        return
    forms = [one_line(entry.msgstr_plural[n]) for n in sorted(entry.msgstr_plural)]
    yield Item(name, doc, one_line(entry.msgid), (forms[0],))
    yield Item(f"{name}+", doc, one_line(entry.msgid_plural), tuple(dict.fromkeys(forms[1:] or forms)))


def _untaken(entry: Any) -> str | None:
    """Why an entry is no translation; None for one that is."""
    if entry.obsolete:
        return "obsolete"
    if entry.fuzzy:
        return "fuzzy"
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return None if forms and all(form.strip() for form in forms) else "untranslated"


def _parsed(file: TextFile) -> Any:
    try:
        import polib
    except ModuleNotFoundError:
        raise missing_package("data=po", "polib", extra="po") from None

    lines = []
    for number, line in enumerate(file.lines(), start=1):
        if not _LINE.fullmatch(line.strip()):  # polib drops some of these without a word
            raise DataError(f'{file.where}:{number}: not a line of a PO file, such as msgstr "…"; mend it')
        lines.append(one_line(line) + "\n")  # polib would take U+2028 for a line end
    try:
        return polib.pofile("".join(lines))
    except OSError as error:
        found = re.search(r"\(line (\d+)\)", str(error))
        at = f"{file.where}:{found[1]}" if found else file.where
        raise DataError(f"{at}: not valid PO: this line cannot follow the one before it") from None
