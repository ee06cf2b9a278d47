"""Rows of a test set chosen by what a column says: `data.where='domain=news'`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.common import rows
from harness.errors import ConfigError, DataError, did_you_mean

Conditions = str | Sequence[str] | None
_CONDITION = re.compile(r"\s*([^=!]+?)\s*(!?=)(.*)", re.DOTALL)
_NEXT = re.compile(r",(?=\s*[\w.-]+\s*!?=)")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Condition:
    """`name=value`, or with `negated` `name!=value`. `name` may be a path into nested objects."""

    name: str
    value: str
    negated: bool

    def holds(self, value: Any) -> bool:
        return (_text(value, self.value) == self.value) != self.negated

    def __str__(self) -> str:
        return f"{self.name}{'!=' if self.negated else '='}{self.value}"


class Where:
    """The conditions that a row must meet, all of them, to be part of the set.

    A list, or a text with commas between the conditions. Raises ConfigError for what is not `name=value` or
    `name!=value`.
    """

    def __init__(self, conditions: Conditions = None) -> None:
        given = _NEXT.split(conditions) if isinstance(conditions, str) else list(conditions or ())
        self.conditions = tuple(map(_parsed, given))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that are looked at."""
        return tuple(dict.fromkeys(condition.name for condition in self.conditions))

    def begin(self, meta: dict[str, Any]) -> RowSelection:
        """Start choosing; what is chosen is counted in `meta["where"]`, where there are conditions."""
        return RowSelection(self, meta)


@dataclass
class RowSelection:
    """One pass over the rows. `end` is due after the last one."""

    where: Where
    meta: dict[str, Any]
    _columns: dict[str, None] = field(default_factory=dict)
    _seen: dict[str, dict[str, None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.where.conditions:
            shown = [str(condition) for condition in self.where.conditions]
            self.meta["where"] = {"conditions": shown, "of": 0, "kept": 0}

    def takes(self, row: rows.Row, at: str) -> bool:
        """Whether the row meets the conditions; a column that it lacks counts as null there.

        Raises DataError, naming the place `at`, for a value that is a list or an object.
        """
        if not self.where.conditions:
            return True
        counts = self.meta["where"]
        counts["of"] += 1
        self._columns.update(dict.fromkeys(map(str, row)))
        met = [self._holds(condition, row, at) for condition in self.where.conditions]
        counts["kept"] += all(met)
        return all(met)

    def _holds(self, condition: Condition, row: rows.Row, at: str) -> bool:
        value = None
        if condition.name.split(".")[0] in row or condition.name in row:
            value = rows.field(row, condition.name, at)
            if isinstance(value, list | tuple | dict):
                raise DataError(
                    f"{at}: '{condition.name}' holds {type(value).__name__}; data.where compares a text, a"
                    " number, or true and false"
                )
            seen = self._seen.setdefault(condition.name, {})
            if len(seen) <= _SHOWN:
                seen.setdefault(_text(value, condition.value))
        return condition.holds(value)

    def end(self, name: str) -> None:
        """Raise DataError where no row of the set `name` has a column, or none meets the conditions."""
        if not self.where.conditions or not self.meta["where"]["of"]:
            return
        for column in self.where.columns:
            if column not in self._seen:
                near, known = did_you_mean(column, self._columns), ", ".join(self._columns) or "none"
                raise DataError(f"{name}: data.where: no column '{column}'.{near} Columns: {known}")
        if not self.meta["where"]["kept"]:
            shown = "; ".join(f"{column}: {_some(self._seen[column])}" for column in self.where.columns)
            conditions = ", ".join(self.meta["where"]["conditions"])
            raise DataError(f"{name}: no row meets data.where ({conditions}); values there: {shown}")


def _parsed(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if not found:
        raise ConfigError(
            f"data.where={text}: needs a condition such as domain=news or domain!=news, or a list of them"
        )
    return Condition(found[1], found[3].strip(), found[2] == "!=")


def _text(value: Any, wanted: str) -> str:
    """A value as it would be written in a condition: the way `wanted` is written, where it is the same."""
    if value is None:
        return "" if wanted == "" else "null"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return wanted if _is_number(wanted, value) else str(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    truth = wanted.lower() in ("true", "false")
    return wanted if truth and text.lower() == wanted.lower() else text


def _is_number(wanted: str, value: float) -> bool:
    try:
        return float(wanted) == value
    except ValueError:
        return False


def _some(values: dict[str, None]) -> str:
    return ", ".join(list(values)[:_SHOWN]) + (", …" if len(values) > _SHOWN else "")
