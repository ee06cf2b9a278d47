"""`semsim`: how near a translation is in meaning, by the embedded sentence encoder. A metric of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from harness import registry
from harness.metrics.base import Mean, check
from harness.protocols import Context, Encoder, Statistics


class SemSim(Mean):
    """Mean cosine (-1 to 1) of the hypothesis to its reference or to its source, in one encoder's space.

    Not a published metric and not tuned to human judgements: it sees meaning that was lost or copied
    wrongly, hardly ever grammar, and knows only the encoder's languages. Of several references the
    nearest counts. `against: source` needs no reference and works across languages; there an output that is
    the source itself scores 0, because the encoder would take the copy for a perfect translation.
    """

    def __init__(
        self, against: Literal["reference", "source"] = "reference", encoder: Mapping[str, Any] | None = None
    ) -> None:
        self.against = against
        self.name = "semsim" if against == "reference" else "semsim (source)"
        self.needs_source = against == "source"
        self.encoder: Encoder = registry.build("encoder", encoder or {"kind": "use"})

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return registry.demands("encoder", options.get("encoder") or {"kind": "use"}, context)

    @property
    def signature(self) -> str:
        """Against what, and the encoder with its revision and options."""
        encoder = "|".join(f"{key}:{value}" for key, value in sorted(self.encoder.identity.items()))
        copies = "|copies:0" if self.against == "source" else ""
        return f"semsim|against:{self.against}{copies}|{encoder}"

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 2)`: the cosine and 1. A blank text has cosine 0 with everything."""
        if self.against == "source":
            check(self.name, sources, hypotheses, None)
            others: list[Sequence[str]] = [[source] for source in sources]
        else:
            check(self.name, sources, hypotheses, references)
            others = list(references)
        flat = [text for found in others for text in found]
        distinct = list(dict.fromkeys([*hypotheses, *flat]))
        place = {text: index for index, text in enumerate(distinct)}
        vectors = self.encoder.encode(distinct)
        scores = [
            max(float(np.dot(vectors[place[hypothesis]], vectors[place[text]])) for text in found)
            for hypothesis, found in zip(hypotheses, others, strict=True)
        ]
        if self.against == "source":
            pairs = zip(scores, hypotheses, sources, strict=True)
            scores = [0.0 if hypothesis.split() == source.split() else s for s, hypothesis, source in pairs]
        return self.rows(scores)
