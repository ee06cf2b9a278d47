"""The user's own folder (`--config-dir`): where its YAML files lie, its Python files can be imported from."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

_FLAGS = ("--config-dir", "-cd")
_WITH_VALUE = (*_FLAGS, "--config-path", "-cp", "--config-name", "-cn", "--package", "-p", "--cfg", "-c")


def config_dirs(arguments: Sequence[str]) -> list[Path]:
    """The folders that `run`'s arguments name as `--config-dir DIR` or `--config-dir=DIR`."""
    named = [word.partition("=")[2] for word in arguments if word.startswith(("--config-dir=", "-cd="))]
    named += [b for a, b in pairwise(arguments) if a in _FLAGS]
    return [Path(name).expanduser() for name in named]


def make_importable(folder: Path) -> None:
    """Put the folder first on the Python path of this process and of those it starts (sweep workers)."""
    place = str(folder.resolve())
    if place not in sys.path:
        sys.path.insert(0, place)
    rest = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part and part != place]
    os.environ["PYTHONPATH"] = os.pathsep.join([place, *rest])


def flags_first(arguments: Sequence[str]) -> list[str]:
    """The same arguments with all flags before the overrides: Hydra's parser takes them no other way."""
    flags: list[str] = []
    overrides: list[str] = []
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):
            overrides.append(word)
            continue
        flags.append(word)
        if word in _WITH_VALUE and (value := next(words, None)) is not None:
            flags.append(value)
    return [*flags, *overrides]
