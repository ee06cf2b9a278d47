"""The recipe's settings: one JSON file a pair, every value of a run in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .train import Plan
from .vocabulary import Sizes


@dataclass(frozen=True, slots=True)
class Settings:
    """What a pair needs. `packages` holds (Debian package, licence of what is read from it)."""

    src: str
    tgt: str
    name: str
    packages: tuple[tuple[str, str], ...]
    seed: int
    real: int  # sentences of the packages to label, at most
    synthetic: int  # sentences made by the grammar
    dev: int  # sentences of each sort held out
    sizes: Sizes
    plan: Plan
    slots: bool = False  # a source piece before each word, for what only the target language says
    longest: int = 120  # pieces of a training sentence


def load(path: Path) -> Settings:
    """The settings in a JSON file; unknown keys are refused by the dataclasses."""
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    data["packages"] = tuple((row["package"], row["licence"]) for row in data["packages"])
    return Settings(**{**data, "sizes": Sizes(**data["sizes"]), "plan": Plan(**data["plan"])})
