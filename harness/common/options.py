"""The options of a class, read from its signature: their names, types and ranges, checked and converted.

`Annotated[int, AtLeast(1)]`, `Literal["keep", "drop"]`, `bool`, `Sequence[str] | None` and the like say what
a value must be; `limits` has the ranges, `values` does the reading.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_type_hints

from harness.common.values import convert
from harness.errors import ConfigError, did_you_mean


def parameters(target: Callable[..., Any], given: Iterable[str] = ()) -> dict[str, inspect.Parameter]:
    """The options of a class: the parameters of its constructor except those the caller supplies (`given`).

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

    `what` says whose options they are ("engine 'copy'"), `at` the key they are under ("engine"); `elsewhere`
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
