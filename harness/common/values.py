"""A value from YAML or the command line as the type that an annotation names, or one line on why not.

How a value is written does not matter (`no` and `'false'` are false, `'4'` is 4); what it means does.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from harness.common.limits import NotEmpty, OneOf, Range
from harness.errors import ConfigError, did_you_mean

_TRUE = ("true", "yes", "on", "y", "1")
_FALSE = ("false", "no", "off", "n", "0")
_LONGEST = 80  # characters of a value that a message repeats


class _Mismatch(Exception):
    """The value is not of the type; the caller reports what was expected."""


def convert(key: str, value: Any, annotation: Any) -> Any:
    """The value as the type that the annotation names. Raises ConfigError of one line."""
    try:
        return _convert(value, annotation)
    except _Mismatch:
        names = _names(annotation)
        words = [word for word in (value if isinstance(value, list) else [value]) if isinstance(word, str)]
        hint = next((did_you_mean(word, names) for word in words if word not in names), "")
        problem = f"{key}={shown(value)}: needs {described(annotation)}"
        raise ConfigError(f"{problem}.{hint}" if hint else problem) from None


def shown(value: Any) -> str:
    """A value as one writes it in YAML, shortened."""
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value))}]"
    elif value is None or isinstance(value, bool):
        text = "null" if value is None else str(value).lower()
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _names(annotation: Any) -> list[str]:
    """The texts among which the annotation lets one choose."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return [str(arg) for arg in args]
    found: list[str] = []
    for arg in args:
        found += arg.names if isinstance(arg, OneOf) else _names(arg)
    return found


def _convert(value: Any, annotation: Any) -> Any:
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return value
    if origin is Annotated:
        found = _convert(value, args[0])
        if all(_satisfies(found, limit) for limit in args[1:]):
            return found
        raise _Mismatch
    if origin in (Union, UnionType):
        return _first(value, args)
    if origin is Literal:
        if value in args and not isinstance(value, bool):
            return value
        raise _Mismatch
    reader = _READERS.get(annotation)
    if reader is not None:
        return reader(value)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise _Mismatch
        return {_convert(name, args[0]): _convert(item, args[1]) for name, item in value.items()}
    if inspect.isclass(origin) and issubclass(list, origin):
        if not isinstance(value, list | tuple):
            raise _Mismatch
        return [_convert(item, args[0]) for item in value]
    if inspect.isclass(annotation) and not isinstance(value, annotation):
        raise _Mismatch
    return value


def _satisfies(value: Any, limit: Any) -> bool:
    if isinstance(limit, Range):
        return value in limit
    if isinstance(limit, OneOf):
        return value in limit.names
    return not isinstance(limit, NotEmpty) or value != ""


def _first(value: Any, choices: Sequence[Any]) -> Any:
    """The value as the first type that it already has, else as the first that it can be read as."""
    fits = []
    for choice in choices:
        try:
            fits.append(_convert(value, choice))
        except _Mismatch:
            continue
        if type(fits[-1]) is type(value):
            return fits[-1]
    if not fits:
        raise _Mismatch
    return fits[0]


def _null(value: Any) -> None:
    if value is not None:
        raise _Mismatch


def _boolean(value: Any) -> bool:
    word = str(value).lower() if isinstance(value, bool | int | str) else ""
    if word not in _TRUE + _FALSE:
        raise _Mismatch
    return word in _TRUE


def _integer(value: Any) -> int:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise _Mismatch from None
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:  # nan and inf fail too
        raise _Mismatch
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise _Mismatch from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Mismatch
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Mismatch
    return str(value)


_READERS: Mapping[Any, Callable[[Any], Any]] = {
    None: _null, NoneType: _null, bool: _boolean, int: _integer, float: _number, str: _text,
}  # fmt: skip
_DESCRIBED: Mapping[Any, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text", NoneType: "null",
    None: "null", Any: "a value",
}  # fmt: skip


def described(annotation: Any) -> str:
    """What a value of this type is, in words: "a whole number of 1 or more, or null"."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for limit in args[1:]:
            if isinstance(limit, Range):
                return f"{described(args[0])} {limit}"
            if isinstance(limit, OneOf):
                return _listed(limit.names)
            if isinstance(limit, NotEmpty):
                return "text of at least one character"
        return described(args[0])
    if origin in (Union, UnionType):
        return ", or ".join(dict.fromkeys(described(arg) for arg in args))
    if origin is Literal:
        return _listed([str(arg) for arg in args])
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return "a mapping {key: value}"
    if inspect.isclass(origin) and issubclass(list, origin):
        return f"a list of {described(args[0]).removeprefix('one of ')}"
    return _DESCRIBED.get(annotation) or str(getattr(annotation, "__name__", annotation))


def _listed(names: Sequence[str]) -> str:
    return f"one of {', '.join(names)}" if len(names) > 2 else " or ".join(names)
