"""Which settings two runs must share to be the same run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from harness.config.schema import VOLATILE, RunConfig

# Options that are younger than runs people have, as (group, kind, key), with the value that changes nothing.
# At that value they do not enter a run's identity, so that a finished run is still recognised.
_YOUNGER: dict[tuple[str, str | None, str], Any] = {
    ("pair", None, "ter_characters"): "auto",
    ("engine", "command", "encoding"): "utf-8",
    ("engine", "file", "column"): None,
    ("engine", "file", "id"): None,
    ("engine", "file", "system"): None,
    ("engine", "file", "system_column"): "system",
    ("engine", "file", "header"): True,
}


def settings(config: RunConfig) -> dict[str, Any]:
    """The settings that can change a run's numbers, as nested plain values."""
    found = {key: value for key, value in asdict(config).items() if key not in VOLATILE}
    for (group, kind, key), unset in _YOUNGER.items():
        node = found[group]
        if key in node and node[key] == unset and kind in (None, node.get("kind")):
            del node[key]
    return found
