"""The options of a class, read from its signature: their types and ranges, checked and converted.

`Annotated[int, AtLeast(1)]`, `Literal["keep", "drop"]`, `bool`, `Sequence[str] | None` and the like say what
a value must be. YAML and the command line are lenient about how it is written (`no` and `'false'` are false,
`'4'` is 4), never about what it means.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from harness.errors import ConfigError, did_you_mean

_TRUE = ("true", "yes", "on", "y", "1")
_FALSE = ("false", "no", "off", "n", "0")
_LONGEST = 80  # characters of a value that a message repeats


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; `beyond` and `below` exclude the limits themselves."""

    low: float = -math.inf
    high: float = math.inf
    beyond: bool = False
    below: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.beyond else value >= self.low
        return above and (value < self.high if self.below else value <= self.high)

    def __str__(self) -> str:
        low, high = f"{self.low:.12g}", f"{self.high:.12g}"
        if math.isfinite(self.low) and math.isfinite(self.high) and not self.beyond and not self.below:
            return f"from {low} to {high}"
        limits = []
        if math.isfinite(self.low):
            limits.append(f"above {low}" if self.beyond else f"of at least {low}")
        if math.isfinite(self.high):
            limits.append(f"below {high}" if self.below else f"at most {high}")
        return " and ".join(limits)


def AtLeast(low: float) -> Range:
    """`low` or more."""
    return Range(low)


def Above(low: float) -> Range:
    """More than `low`."""
    return Range(low, beyond=True)


def Between(low: float, high: float) -> Range:
    """From `low` to `high`, both included."""
    return Range(low, high)


def Inside(low: float, high: float) -> Range:
    """Between `low` and `high`, both excluded."""
    return Range(low, high, beyond=True, below=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Texts from a table that the code already has, where a `Literal` would repeat it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """A text of at least one character."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The keys of the model YAML that an engine reads, beside those that describe any model."""

    keys: tuple[str, ...]


Count = Annotated[int, AtLeast(1)]
"""A whole number of 1 or more."""
Natural = Annotated[int, AtLeast(0)]
"""A whole number of 0 or more."""


class _Mismatch(Exception):
    """The value is not of the type; what it should be is the caller's to say."""


def parameters(target: Callable[..., Any], given: Iterable[str] = ()) -> dict[str, inspect.Parameter]:
    """The options of a class: the parameters of its constructor but those that the caller supplies (`given`).

    Annotations are evaluated; one that only a type checker can evaluate counts as `Any`.
    """
    own = {}
    for name, parameter in inspect.signature(target).parameters.items():
        if name not in given:
            own[name] = parameter.replace(annotation=_evaluated(target, parameter.annotation))
    return own


def _evaluated(target: Callable[..., Any], annotation: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return Any
    if not isinstance(annotation, str):
        return annotation
    init = inspect.unwrap(target.__init__) if inspect.isclass(target) else target
    names = getattr(init, "__globals__", None) or vars(sys.modules[target.__module__])
    holder = type("Holder", (), {"__annotations__": {"it": annotation}})
    try:
        return get_type_hints(holder, globalns=names, include_extras=True)["it"]
    except NameError:  # imported under TYPE_CHECKING
        return Any


def checked(
    what: str,
    options: Mapping[str, Any],
    known: Mapping[str, inspect.Parameter],
    at: str,
    elsewhere: Callable[[str], str] = lambda name: "",
) -> dict[str, Any]:
    """The options converted to the types of `known`.

    `what` is whose options they are ("engine 'copy'"), `at` the key they stand under ("engine"); `elsewhere`
    gives a sentence on an unknown name that exists in another place. Raises ConfigError, one line with key,
    value, type and range, for a wrong value; naming the nearest option, for an unknown or missing one.
    """
    named = [name for name, p in known.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    anything = any(p.kind is p.VAR_KEYWORD for p in known.values())
    converted = {}
    for name, value in options.items():
        if name in named:
            converted[name] = convert(f"{at}.{name}", value, known[name].annotation)
        elif anything:
            converted[name] = value
        else:
            hint = elsewhere(name) or did_you_mean(name, named)
            raise ConfigError(
                f"{at}.{name}: {what} has no option '{name}'.{hint} Options: {', '.join(named) or 'none'}"
            )
    missing = [
        name for name in named if known[name].default is inspect.Parameter.empty and name not in options
    ]
    if missing:
        raise ConfigError(f"{what} needs the option {', '.join(map(repr, missing))}: add {at}.{missing[0]}=…")
    return converted


def convert(key: str, value: Any, annotation: Any) -> Any:
    """The value as the type that the annotation names. Raises ConfigError of one line."""
    try:
        return _convert(value, annotation)
    except _Mismatch:
        names = _names(annotation)
        words = [word for word in (value if isinstance(value, list) else [value]) if isinstance(word, str)]
        hint = next((did_you_mean(word, names) for word in words if word not in names), "")
        told = f"{key}={shown(value)}: needs {described(annotation)}"
        raise ConfigError(f"{told}.{hint}" if hint else told) from None


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
