"""What a request costs, by the prices in the YAML, and how many tokens a text has, about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.errors import ConfigError

Price = Literal["input", "output", "characters", "currency"]
_MILLION = 1e6
_BYTES_A_TOKEN = (
    3.5  # between 4 and more for English and 3 for other languages, in tokenizers of today's models
)


def tokens(text: str) -> int:
    """About how many tokens a text has, by its UTF-8 bytes: a rule of thumb, 30 % off at times."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_A_TOKEN)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens of `input` and `output`, or of a million `characters` of source."""

    input: float = 0.0
    output: float = 0.0
    characters: float = 0.0
    currency: str = "USD"

    @classmethod
    def of(cls, prices: Mapping[Price, float | str] | None) -> Prices | None:
        """From the option; None where none are given. ConfigError for what is no price."""
        if not prices:
            return None
        values: dict[str, float] = {}
        for name, value in prices.items():
            if name == "currency":
                continue
            try:
                values[name] = float(value)
            except ValueError:
                values[name] = -1.0
            if not 0 <= values[name] < math.inf:
                raise ConfigError(f"engine.prices.{name}={value}: needs a number of 0 or more, for a million")
        if not values:
            raise ConfigError("engine.prices needs input and output (of a million tokens), or characters")
        return cls(**values, currency=str(prices.get("currency", "USD")))

    @property
    def of_tokens(self) -> bool:
        return bool(self.input or self.output)

    def cost(self, characters: int, prompt: int, completion: int) -> float:
        """Of a source of so many characters, a prompt and an output of so many tokens."""
        total = characters * self.characters + prompt * self.input + completion * self.output
        return total / _MILLION
