"""What an annotation can require of an option beyond its type: `Annotated[int, AtLeast(1)]`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; `beyond` and `below` exclude the limits themselves."""

    low: float = -math.inf
    high: float = math.inf
    beyond: bool = False
    below: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.beyond else value >= self.low
        return above and (value < self.high if self.below else value <= self.high)

    def __str__(self) -> str:
        low, high = f"{self.low:.12g}", f"{self.high:.12g}"
        if math.isfinite(self.low) and math.isfinite(self.high) and not self.beyond and not self.below:
            return f"from {low} to {high}"
        limits = []
        if math.isfinite(self.low):
            limits.append(f"above {low}" if self.beyond else f"of at least {low}")
        if math.isfinite(self.high):
            limits.append(f"below {high}" if self.below else f"at most {high}")
        return " and ".join(limits)


def AtLeast(low: float) -> Range:
    """`low` or more."""
    return Range(low)


def Above(low: float) -> Range:
    """More than `low`."""
    return Range(low, beyond=True)


def Between(low: float, high: float) -> Range:
    """From `low` to `high`, both included."""
    return Range(low, high)


def Inside(low: float, high: float) -> Range:
    """Between `low` and `high`, both excluded."""
    return Range(low, high, beyond=True, below=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Texts from a table that the code already has, where a `Literal` would repeat it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """A text of at least one character."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The keys of the model YAML that an engine reads, beside those that describe any model."""

    keys: tuple[str, ...]


Count = Annotated[int, AtLeast(1)]
"""A whole number of 1 or more."""
Natural = Annotated[int, AtLeast(0)]
"""A whole number of 0 or more."""
