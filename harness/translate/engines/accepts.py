"""Which settings a chat server takes: found out from what it refuses, and remembered for later requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_REFUSES = re.compile(
    r"unsupported|not support|does ?n.t support|only the default|deprecated|not permitted", re.I
)


@dataclass(frozen=True, slots=True)
class Accepts:
    """What to send: the name of the limit of tokens, and whether temperature and stop texts are taken."""

    limit: str = "max_tokens"
    temperature: bool = True
    stops: bool = True

    def options(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a request as the server takes them."""
        return {
            self.limit if name == "max_tokens" else name: value
            for name, value in wanted.items()
            if name != "temperature" or self.temperature
        }

    def after(self, refusal: str) -> Accepts | None:
        """What to send after a refusal of these settings; None where it is not about one of them."""
        if "max_completion_tokens" in refusal and self.limit == "max_tokens":
            return replace(self, limit="max_completion_tokens")
        if not _REFUSES.search(refusal):
            return None
        if "temperature" in refusal and self.temperature:
            return replace(self, temperature=False)
        if re.search(r"['\"`]stop['\"`]", refusal) and self.stops:
            return replace(self, stops=False)
        return None

    def notices(self) -> Iterator[str]:
        """What the user should know of it."""
        if not self.temperature:
            yield (
                "the server refuses engine.temperature: its default is used, and another run may differ"
                " (engine.temperature=null asks for that)"
            )
        if not self.stops:
            yield "model.stop is applied to whole answers: the server refuses it, or ended thoughts at it"
