"""Which keys a configuration can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from harness.common.files import read_text
from harness.common.paths import resource
from harness.config import model
from harness.errors import HarnessError

OPEN = ("data", "clean", "splitter", "aligner", "encoder", "engine", "model", "metrics", "realign", "backend")
"""Groups whose keys are the options of a class (or of a model): the schema leaves them open."""


def conf_dir() -> Path:
    """The absolute path of the shipped configs."""
    return resource("conf")


def groups() -> list[str]:
    """The names of the shipped config groups."""
    return sorted(p.name for p in conf_dir().iterdir() if p.is_dir() and p.name != "hydra")


def known_keys(group: str, folders: Sequence[Path] = ()) -> set[str]:
    """The options of all YAMLs of a group, in the shipped folder and in `folders`.

    Those of the metrics are below the name of one, and come without it.
    """
    found = set(model.keys()) if group == "model" else set()
    for folder in (conf_dir(), *folders):
        found.update(*(_options(group, path) for path in (folder / group).glob("*.yaml")))
    return found


def _options(group: str, path: Path) -> Iterator[str]:
    value = _read(path, path.stat().st_mtime_ns)
    inner = [item for item in value.values() if isinstance(item, Mapping)] if group == "metrics" else [value]
    for mapping in inner:
        yield from (str(key) for key in mapping if key != "defaults")


@cache
def _read(path: Path, _stamp: int) -> Mapping[str, Any]:
    """A YAML file; empty if it cannot be read: composing a config from it says why."""
    import yaml

    try:
        value = yaml.safe_load(read_text(path))
    except (yaml.YAMLError, HarnessError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}
