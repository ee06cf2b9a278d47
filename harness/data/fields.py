"""From the rows of a table to items: which field is the source, which are the references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.errors import ConfigError, DataError, did_you_mean
from harness.types import Item

Row = Mapping[str, Any]
_BREAK = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HALF = re.compile(r"[\ud800-\udfff]")
_AROUND = re.compile(rf"\s*{_BREAK.pattern}\s*")


def one_line(text: str) -> str:
    """The text with each line break, and white space around it, as one space: a segment is one line."""
    return _AROUND.sub(" ", text.strip("\n\r")) if _BREAK.search(text) else text


class Fields:
    """The names of the fields of a row, each perhaps a dotted path into nested objects."""

    def __init__(
        self,
        source: str | int,
        target: str | int | Sequence[str | int],
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
    ) -> None:
        targets = [target] if isinstance(target, str | int) else list(target)
        if not targets:
            raise ConfigError("data.target: names no field")
        self.source = str(source)
        self.targets = tuple(str(name) for name in targets)
        self.line_id = None if line_id is None else str(line_id)
        self.doc_id = None if doc_id is None else str(doc_id)

    def of_pair(self, src: str, tgt: str) -> Fields:
        """The fields with `{src}` and `{tgt}` filled in."""

        def fill(name: str) -> str:
            return name.replace("{src}", src).replace("{tgt}", tgt)

        return Fields(fill(self.source), [fill(name) for name in self.targets], self.line_id, self.doc_id)

    def labels(self) -> tuple[str, ...]:
        return (self.source, *self.targets)

    def tops(self) -> tuple[str, ...]:
        """The top-level names of all fields, each once."""
        named = [*self.labels(), *(name for name in (self.line_id, self.doc_id) if name is not None)]
        return tuple(dict.fromkeys(name.split(".")[0] for name in named))

    def items(self, rows: Iterable[tuple[str, Row]], meta: dict[str, Any]) -> Iterator[Item]:
        """One item a row; `rows` are (where the row is, for errors; the row).

        The id is that of the row where `line_id` names one, else the number of the row from 1. What was
        changed is counted in `meta["counts"]`: `joined_lines`, texts in which a line break became a space.
        """
        counts = meta.setdefault("counts", {})
        for number, (where, row) in enumerate(rows, start=1):
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
            )

    def _texts(self, row: Row, name: str, where: str) -> list[str]:
        value = _get(row, name, where)
        values = value if isinstance(value, list | tuple) else [value]
        for text in values:
            if text is not None and not isinstance(text, str):
                kind = type(text).__name__
                raise DataError(f"{where}: '{name}' holds {kind}, a text was expected.{_inside(text, name)}")
        texts = [text for text in values if text is not None]
        for text in texts:
            _check_characters(text, name, where)
        return texts or [""]

    def _name(self, row: Row, name: str | None, where: str) -> str | None:
        if name is None:
            return None
        value = _get(row, name, where)
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


def _get(row: Row, name: str, where: str) -> Any:
    value: Any = row
    if name in row:
        return row[name]
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            known = [str(key) for key in value] if isinstance(value, Mapping) else []
            raise DataError(
                f"{where}: no field '{name}'.{did_you_mean(part, known)} Fields: {', '.join(known) or 'none'}"
            )
        value = value[part]
    return value


def _inside(value: Any, name: str) -> str:
    return (
        f" Name one inside it, for example '{name}.{next(iter(value))}'"
        if isinstance(value, dict) and value
        else ""
    )
