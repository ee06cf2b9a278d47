"""Language codes as far as text cares."""

from __future__ import annotations


def primary(lang: str) -> str:
    """The language of a code without script and region: `"pl_Latn"` → `"pl"`."""
    return lang.replace("_", "-").split("-")[0].lower()
