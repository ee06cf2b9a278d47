"""Whether a run makes the published weights: packages, text and teacher against the kept manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .settings import Settings

HERE = Path(__file__).resolve().parent


def differences(settings: Settings, work: Path, here: Path = HERE) -> list[str]:
    """One line for everything in work/manifest.json that the kept manifest of the pair has otherwise."""
    kept = here / f"{settings.src}-{settings.tgt}" / "manifest.json"
    if not kept.exists():
        return []
    wanted, found = (json.loads(path.read_text("utf-8")) for path in (kept, work / "manifest.json"))
    return [
        f"{name}: {_short(own)}, but {_short(other)} made the published weights"
        for name, own, other in _pairs(found, wanted)
        if own != other
    ]


def tell(settings: Settings, work: Path) -> None:
    """Print the differences: other input makes other weights."""
    for line in differences(settings, work):
        print(f"note: {line}")


def _pairs(found: dict[str, Any], wanted: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    out = []
    for key, value in found.items():
        if isinstance(value, list):
            other = {_name(row): row for row in wanted.get(key, [])}
            out += [(f"{key}: {_name(row)}", row, other.get(_name(row))) for row in value]
        else:
            out.append((key, value, wanted.get(key)))
    return out


def _name(row: dict[str, Any]) -> str:
    return str(row.get("package") or row["source"])


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {str(item)[:24]}" for key, item in sorted(value.items()))
    return "nothing" if value is None else str(value)
