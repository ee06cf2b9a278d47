"""Dataclasses as JSON: the shape that a reader checks, and both directions of the conversion."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from harness.common.shapes import NONE, NUMBER, Keys, Shape

T = TypeVar("T")


def shape_of(kind: Any) -> Shape:
    """The shape of a type: of a dataclass its fields, which may be absent or null if optional or defaulted.

    Understood are `str`, `int`, `float` (also written without a decimal point), `bool`, `object`, `dict`,
    `X | None`, `list[X]`, `tuple[X, ...]`, `dict[str, X]` and dataclasses, nested as you like. A field's
    shape may be given outright: `field(metadata={"shape": …})`.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        return _shape_of_class(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        plain: tuple[Shape, ...] = ()
        for shape in (shape_of(part) for part in inner):
            if not isinstance(shape, type | tuple):
                return shape  # of an optional object or list: `may` allows null
            plain += shape if isinstance(shape, tuple) else (shape,)
        return plain
    if origin in (list, tuple):
        return [shape_of(inner[0])]
    if origin is dict:
        return {str: shape_of(inner[1])}
    if origin is Literal:
        return str
    if kind is float:
        return NUMBER
    return object if kind is Any else kind


@cache
def _shape_of_class(kind: type) -> Keys:
    hints = get_type_hints(kind)
    must: dict[str, Shape] = {}
    may: dict[str, Shape] = {}
    for item in fields(kind):
        optional = _has_default(item) or NONE in get_args(hints[item.name])
        (may if optional else must)[item.name] = item.metadata.get("shape") or shape_of(hints[item.name])
    return Keys(must, may)


def from_json(kind: type[T], value: Any) -> T:
    """A dataclass from a value that has its shape; keys that it does not know are dropped.

    A key that is absent or null, where the field has a default, takes the default.
    """
    return cast(T, _reader(cast(Any, kind))(value))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _class_reader(kind)
    if origin in (Union, UnionType):
        (other,) = [part for part in inner if part is not NONE] if len(inner) == 2 else (object,)
        of = _reader(other)
        return lambda value: None if value is None else of(value)
    if origin in (list, tuple):
        of_item = _reader(inner[0])
        if origin is list:
            return lambda value: [of_item(item) for item in value]
        return lambda value: tuple(of_item(item) for item in value)
    if origin is dict and inner:
        of_value = _reader(inner[1])
        return lambda value: {name: of_value(item) for name, item in value.items()}
    return lambda value: value


def _class_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = [(item.name, _reader(hints[item.name])) for item in fields(kind)]
    nullable = {item.name: None for item in fields(kind) if not _has_default(item)}

    def read(value: Mapping[str, Any]) -> Any:
        found = {name: of(value[name]) for name, of in readers if value.get(name) is not None}
        return kind(**nullable | found)

    return read


def _has_default(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def to_json(value: Any) -> Any:
    """Dataclasses as objects and tuples as lists, at any depth.

    A field that is None is written as null, or left out where its metadata says `{"omit": True}`.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: to_json(found)
            for item in fields(value)
            if (found := getattr(value, item.name)) is not None or not item.metadata.get("omit")
        }
    if isinstance(value, Mapping):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def rounded(value: Any) -> Any:
    """Floats to 6 places, NaN and infinity to None, in nested lists and dicts."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def finite(value: Any) -> Any:
    """The same value with None for every float, however nested, that is not finite."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
