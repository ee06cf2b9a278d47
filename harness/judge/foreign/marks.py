"""Marked errors as pearmut, Appraise and the WMT releases write them: `start_i` and `end_i`, the last
character included, counted as JavaScript does (UTF-16 units); `"missing"`, or a place behind the text, for an
omission."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.common.notices import tell
from harness.errors import DataError
from harness.judge.foreign.answers import SEVERITIES
from harness.judge.responses import Span

_UNDECIDED = ("undecided", "none", "")


class Marks:
    """Reads marks and counts what could not be kept; `told` says so."""

    def __init__(self, path: object) -> None:
        self.path = path
        self.left_out: Counter[str] = Counter()

    def read(self, value: Any, text: str, where: str) -> tuple[Span, ...]:
        """The marks of one output. Raises DataError for what is not a list of them."""
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise DataError(f"{where}: expected a list of marked errors, each with start_i, end_i, severity")
        return tuple(span for one in value if (span := self._span(one, text, where)) is not None)

    def _span(self, one: Mapping[str, Any], text: str, where: str) -> Span | None:
        severity = str(one.get("severity") or "").casefold()
        if severity in _UNDECIDED:
            self.left_out["marks without a severity are left out"] += 1
            return None
        if severity not in SEVERITIES:
            raise DataError(f"{where}: severity '{severity}' is not one of {', '.join(SEVERITIES)}")
        start, end = one.get("start_i"), one.get("end_i")
        category = one.get("category") or one.get("error_type")
        named = " / ".join(map(str, category)) if isinstance(category, list) else category
        if start == "missing":
            return Span(len(text), len(text), severity, named)
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end:
            raise DataError(f"{where}: start_i {start!r}, end_i {end!r} are no place in a text")
        units = text.encode("utf-16-le", "surrogatepass")
        if 2 * end >= len(units) and 2 * start < len(units):
            self.left_out["marks end behind their text and are cut to it"] += 2 * end >= len(units) + 2
        return Span(_points(units, start), _points(units, end + 1), severity, named)

    def told(self) -> None:
        """A notice for each kind of thing that was left out."""
        for what, count in self.left_out.items():
            if count:
                tell(f"{self.path}: {count} {what}")


def written(spans: Sequence[Span], text: str, *, missing: bool = False, **keys: str) -> list[dict[str, Any]]:
    """The marks of one output. `missing`: an omission is the word, not a place; `keys`: more keys of each, by
    the attribute of a span that they hold."""
    found = []
    for span in spans:
        if span.source:
            continue  # none of these formats has marks in the source
        if span.start == span.end and missing:
            start: int | str = "missing"
            end: int | str = "missing"
        else:
            start = _units(text, span.start)
            end = max(start, _units(text, span.end) - 1)
        mark = {"start_i": start, "end_i": end, "severity": span.severity}
        found.append({**mark, **{key: getattr(span, name) for key, name in keys.items()}})
    return found


def _points(units: bytes, count: int) -> int:
    """How many characters the first `count` UTF-16 units are."""
    return len(units[: 2 * count].decode("utf-16-le", "replace"))


def _units(text: str, count: int) -> int:
    """How many UTF-16 units the first `count` characters are."""
    return len(text[:count].encode("utf-16-le", "surrogatepass")) // 2


def as_json(spans: list[dict[str, Any]]) -> str:
    """Marks as one cell of a table."""
    return json.dumps(spans, ensure_ascii=False, separators=(",", ":"))
