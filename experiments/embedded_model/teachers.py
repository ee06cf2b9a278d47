"""The teachers there are."""

from __future__ import annotations

from .french_polish import FrenchToPolish
from .polish_french import PolishToFrench
from .teacher import Teacher

_TEACHERS: dict[str, type[Teacher]] = {"fr-pl": FrenchToPolish, "pl-fr": PolishToFrench}


def load(src: str, tgt: str) -> Teacher:
    """The teacher of a direction."""
    return _TEACHERS[f"{src}-{tgt}"]()
