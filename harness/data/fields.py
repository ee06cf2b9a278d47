"""From the rows of a table to items: which field is the source, which are the references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Any

from harness.common.rows import Row, field
from harness.data.where import Conditions, Where
from harness.errors import ConfigError, DataError
from harness.types import Item

_BREAK = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HALF = re.compile(r"[\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text as one line: of white space with a line break in it one space stays, at the ends none."""
    first, *rest = _BREAK.split(text)
    if not rest:
        return text
    pieces = [first.rstrip(), *(piece.strip() for piece in rest[:-1]), rest[-1].lstrip()]
    return " ".join(piece for piece in pieces if piece)


class Fields:
    """Which fields of a row are what, by name or dotted path into nested objects, and which rows to take."""

    def __init__(
        self,
        source: str | int,
        target: str | int | Sequence[str | int],
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
        domain: str | int | None = None,
        where: Conditions = None,
    ) -> None:
        targets = [target] if isinstance(target, str | int) else list(target)
        if not targets:
            raise ConfigError("data.target: names no field")
        self.source = str(source)
        self.targets = tuple(str(name) for name in targets)
        self.line_id = None if line_id is None else str(line_id)
        self.doc_id = None if doc_id is None else str(doc_id)
        self.domain = None if domain is None else str(domain)
        self.where = Where(where)

    def of_pair(self, src: str, tgt: str) -> Fields:
        """The fields with `{src}` and `{tgt}` filled in."""

        def fill(name: str) -> str:
            return name.replace("{src}", src).replace("{tgt}", tgt)

        filled = copy(self)
        filled.source, filled.targets = fill(self.source), tuple(map(fill, self.targets))
        return filled

    def labels(self) -> tuple[str, ...]:
        return (self.source, *self.targets)

    def tops(self) -> tuple[str, ...]:
        """The top-level names of all fields, each once."""
        others = (self.line_id, self.doc_id, self.domain)
        named = [*self.labels(), *(name for name in others if name is not None), *self.where.columns]
        return tuple(dict.fromkeys(name.split(".")[0] for name in named))

    def items(self, rows: Iterable[tuple[str, Row]], meta: dict[str, Any], name: str) -> Iterator[Item]:
        """One item a row that meets the conditions; `rows` are (where the row is, for errors; the row), of
        the set `name`.

        The id is that of the row where `line_id` names one, else the number of the row from 1. What was
        changed is counted in `meta["counts"]`: `joined_lines`, texts in which a line break became a space.
        """
        counts = meta.setdefault("counts", {})
        selection = self.where.begin(meta)
        for number, (where, row) in enumerate(rows, start=1):
            if not selection.takes(row, where):
                continue
            source = self._texts(row, self.source, where)
            references = [text for name in self.targets for text in self._texts(row, name, where)]
            if len(source) != 1:
                raise DataError(f"{where}: '{self.source}' is a list of {len(source)} texts; a source is one")
            texts = [one_line(text) for text in (*source, *references)]
            joined = sum(a != b for a, b in zip(texts, (*source, *references), strict=True))
            if joined:
                counts["joined_lines"] = counts.get("joined_lines", 0) + joined
            yield Item(
                id=self._name(row, self.line_id, where) or str(number),
                doc=self._name(row, self.doc_id, where),
                source=texts[0],
                references=tuple(texts[1:]),
                domain=self._name(row, self.domain, where),
            )
        selection.end(name)

    def _texts(self, row: Row, name: str, where: str) -> list[str]:
        value = field(row, name, where)
        values = value if isinstance(value, list | tuple) else [value]
        for text in values:
            if text is not None and not isinstance(text, str):
                kind = type(text).__name__
                raise DataError(f"{where}: '{name}' holds {kind}, expected text.{_inside(text, name)}")
        texts = [text for text in values if text is not None]
        for text in texts:
            _check_characters(text, name, where)
        return texts or [""]

    def _name(self, row: Row, name: str | None, where: str) -> str | None:
        if name is None:
            return None
        value = field(row, name, where)
        if value is None or value == "":
            return None
        if isinstance(value, bool | float | dict | list):
            raise DataError(f"{where}: '{name}' holds {type(value).__name__}; an id is a text or a number")
        _check_characters(str(value), name, where)
        return str(value)


def _check_characters(text: str, name: str, where: str) -> None:
    """JSON can hold half of a surrogate pair: no text, no file in UTF-8 and no tokenizer can."""
    if found := _HALF.search(text):
        raise DataError(
            f"{where}: '{name}' holds half of a surrogate pair (\\u{ord(found.group()):04x} at character"
            f" {found.start() + 1}), which is no character; mend or remove it"
        )


def _inside(value: Any, name: str) -> str:
    return (
        f" Name one inside it, for example '{name}.{next(iter(value))}'"
        if isinstance(value, dict) and value
        else ""
    )
