"""A small language of paths into JSON, enough for what services answer.

translations[*].text            every item of a list
candidates[0].finishReason      one item
content[type=text].text         the items of which a field has this value
parts[!thought].text            the items of which a field is absent, null or false
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from harness.errors import ConfigError

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\*|-?\d+|![^\]=]+|[^\]=]+=[^\]]*)\]")

Step = str | int | tuple[str, str | None]


def steps(path: str, at: str) -> tuple[Step, ...]:
    """A path as the steps that `select` follows. Raises ConfigError for what is no path."""
    found: list[Step] = []
    place = 2 if path.startswith("$.") else 1 if path.startswith("$") else 0
    while place < len(path):
        match = _STEP.match(path, place)
        if match is None:
            raise ConfigError(
                f"{at}={path}: not a path into JSON; for example translations[*].text or"
                " content[type=text].text"
            )
        place = match.end()
        name, inside = match.groups()
        if name is not None:
            found.append(name)
        elif inside == "*":
            found.append(("*", None))
        elif inside.startswith("!"):
            found.append((inside, None))
        elif "=" in inside:
            key, _, value = inside.partition("=")
            found.append((key, value))
        else:
            found.append(int(inside))
    return tuple(found)


def select(value: Any, path: tuple[Step, ...]) -> list[Any]:
    """What a path leads to, in order; nothing where it leads nowhere."""
    found = [value]
    for step in path:
        found = [item for parent in found for item in _follow(parent, step)]
    return found


def _follow(parent: Any, step: Step) -> Iterator[Any]:
    if isinstance(step, str):
        if isinstance(parent, dict) and step in parent:
            yield parent[step]
    elif isinstance(parent, list):
        if isinstance(step, int):
            yield from parent[step : step + 1 or None]
        else:
            yield from (item for item in parent if _fits(item, *step))


def _fits(item: Any, key: str, value: str | None) -> bool:
    if key == "*":
        return True
    if not isinstance(item, dict):
        return False
    if value is None:
        return not item.get(key[1:])
    found = item.get(key)
    return (found if isinstance(found, str) else json.dumps(found)) == value
