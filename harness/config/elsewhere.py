"""Where a key belongs that was given in the wrong place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from harness.config.keys import known_keys
from harness.config.schema import RunConfig

_PAIRED = {"engine": "model", "model": "engine"}


def elsewhere(key: str, folders: Sequence[Path] = ()) -> str:
    """`" Did you mean 'engine.path'?"` where the last part of `model.path` is a key in another place."""
    group, _, name = key.partition(".")
    if name in {field.name for field in fields(RunConfig)}:
        return f" Did you mean '{name}'?"
    if key == "aligner.path":
        return " It is an option of aligner=gold."
    other = _PAIRED.get(group)
    return f" Did you mean '{other}.{name}'?" if other and name in known_keys(other, folders) else ""
