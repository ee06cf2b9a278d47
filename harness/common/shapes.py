"""The shape of JSON values, checked when a file is read: any file may have been edited or damaged.

A shape is a type, a tuple of types, `[shape]` (a list), `{str: shape}` (a mapping of names) or `Keys` (an
object with known keys). Other keys may hold anything: a later version may add some.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from harness.common.files import parse_json, read_text
from harness.errors import DataError

Shape = Any
NONE = type(None)
NUMBER = (int, float)
TEXT = (str, NONE)


@dataclass(frozen=True, slots=True)
class Keys:
    """An object: keys that must be there, and keys that may be there (or be null)."""

    must: Mapping[str, Shape] = field(default_factory=dict)
    may: Mapping[str, Shape] = field(default_factory=dict)


def fits(value: Any, shape: Shape) -> bool:
    """Whether a value has the shape: `mismatch` without its words, written for speed (called per segment)."""
    kind, given = type(shape), type(value)
    if kind is Keys:
        if given is not dict:
            return False
        for key, inner in shape.must.items():
            found = value.get(key, _MISSING)
            if type(found) is not inner and not fits(found, inner):
                return False
        for key, inner in shape.may.items():
            found = value.get(key)
            if found is not None and type(found) is not inner and not fits(found, inner):
                return False
        return True
    if kind is list or kind is dict:
        inner = shape[0] if kind is list else shape[str]
        if given is not kind:
            return False
        for item in value if kind is list else value.values():
            if type(item) is not inner and not fits(item, inner):
                return False
        return True
    if given is float and not math.isfinite(value):
        return False
    return shape is object or given is shape or (kind is tuple and given in shape)


_MISSING = object()


def all_fit(values: Sequence[Any], shape: Shape) -> bool:
    """Whether every value has the shape: `fits` key by key instead of value by value, many times as fast."""
    kind, given = type(shape), set(map(type, values))
    if kind is Keys:
        if not given <= {dict}:
            return False
        for key, inner in shape.must.items():
            found = [value.get(key, _MISSING) for value in values]
            if not all_fit(found, inner):
                return False
        for key, inner in shape.may.items():
            if not all_fit([v for value in values if (v := value.get(key)) is not None], inner):
                return False
        return True
    if kind is list or kind is dict:
        if not given <= {kind}:
            return False
        each = values if kind is list else [value.values() for value in values]
        return all_fit(list(chain.from_iterable(each)), shape[0] if kind is list else shape[str])
    if float in given and not all(math.isfinite(value) for value in values if type(value) is float):
        return False
    return shape is object or given <= (set(shape) if kind is tuple else {shape})


def mismatch(value: Any, shape: Shape, where: str = "") -> str | None:
    """What is wrong with a value and where (`scores[0].value`), None when it has the shape."""
    if fits(value, shape):
        return None
    if isinstance(shape, Keys):
        return _object(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{_name(where)} is not a list"
        found = (mismatch(item, shape[0], f"{where}[{at}]") for at, item in enumerate(value))
        return next((text for text in found if text), None)
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"{_name(where)} is not an object"
        inner = next(iter(shape.values()))
        found = (mismatch(item, inner, f"{where}.{key}") for key, item in value.items())
        return next((text for text in found if text), None)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{_name(where)} is not a finite number"
    return f"{_name(where)} is not {_words(shape)}"


def _object(value: Any, shape: Keys, where: str) -> str | None:
    if not isinstance(value, dict):
        return f"{_name(where)} is not an object"
    for key, inner in shape.must.items():
        if key not in value:
            return f"{_name(where)} has no '{key}'" if where else f"'{key}' is missing"
        if found := mismatch(value[key], inner, f"{where}.{key}"):
            return found
    for key, inner in shape.may.items():
        if value.get(key) is not None and (found := mismatch(value[key], inner, f"{where}.{key}")):
            return found
    return None


def _name(where: str) -> str:
    return f"'{where.removeprefix('.')}'" if where else "it"


_WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    NONE: "null",
    dict: "an object",
}


def _words(shape: Any) -> str:
    kinds = [
        kind for kind in (shape if isinstance(shape, tuple) else (shape,)) if kind is not int or shape is int
    ]
    return " or ".join(_WORDS.get(kind, str(kind)) for kind in kinds)


def read_json(path: Any, shape: Shape) -> Any:
    """The value of a JSON file, of that shape. Raises DataError naming the file and what is wrong."""
    value = parse_json(read_text(path), str(path), nan=False)
    if found := mismatch(value, shape):
        raise DataError(f"{path}: damaged ({found})")
    return value
