"""The default aligner: one setting for parallel and for comparable text, with calibrated confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from harness.align.evidence.beliefs import Beliefs, ExpectedGain, believe
from harness.align.evidence.candidates import Candidates, band_of, level_of, measured
from harness.align.evidence.clauses import Clauses, cut
from harness.align.evidence.flags import flags
from harness.align.evidence.model import Evidence
from harness.align.evidence.objective import length_ratio
from harness.align.evidence.rescoring import WEIGHTS, Rescored, SecondWeights, rescore, second_weights
from harness.align.evidence.spans import Spans, embed
from harness.align.evidence.weights import FIRST
from harness.align.large import enlarged
from harness.align.order import free_order
from harness.align.search.band import EXACT, RADIUS, search_band
from harness.align.search.lattice import REACH, SHAPES, Band, Lattice
from harness.align.search.path import best_path
from harness.align.windows import in_stretches, is_long
from harness.common.files import digest
from harness.common.limits import Above, AtLeast, Between, Natural
from harness.common.threads import one_thread_each
from harness.protocols import Aligner, Encoder
from harness.types import Bead

HEAT = 0.5  # the first pass is flattened so much
CANDIDATE = 2e-4  # beads of less chance in it are not looked at again


@dataclass(frozen=True, slots=True)
class Texts:
    """Two texts in vectors: runs of sentences, clauses, and target characters per source character."""

    spans: tuple[Spans, Spans]
    parts: tuple[Clauses, Clauses]
    ratio: float


class Auto(Aligner):
    """Alignment by the posterior of each bead, decoded for expected F1.

    A first pass over averaged vectors finds which runs of sentences matter; those are encoded, and the beads
    worth a closer look are scored anew (`rescoring`). What comes of that tells the chance of each regime,
    from translation to comparable text (`share`: one given instead), and the posteriors averaged over
    them decide.
    """

    def __init__(
        self,
        encoder: Encoder,
        temperature: Annotated[float, Above(0)] = 1.0,
        recall: float = 1.0,
        cost: float = 0.95,
        encode_from: Annotated[float, Between(0, 1)] = 0.003,
        share: float | None = None,
        exact: Natural = EXACT,
        radius: Annotated[int, AtLeast(REACH)] = RADIUS,
        order: Literal["monotone", "free"] = "monotone",
    ) -> None:
        self.encoder = encoder
        self.temperature, self.recall, self.cost = temperature, recall, cost
        self.encode_from, self.share = encode_from, share
        self.exact, self.radius, self.order = exact, radius, order
        self.first = FIRST
        self.second: SecondWeights | None = None  # those shipped; others while they are fitted

    @property
    def identity(self) -> dict[str, Any]:
        """The weights of both passes: fitted anew they find other beads."""
        return {"weights": digest([WEIGHTS.read_text("utf-8"), repr(FIRST)], 16)}

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Beads in order, monotone unless `order` is free.

        `score` is the log odds that the bead is right: of its posterior, seen in the light of the whole
        alignment (`calibration`); `confidence` is the logistic function of score / temperature.
        """
        with one_thread_each():
            if self.order == "free":
                return free_order(src, tgt, self._monotone, self.encoder)
            return self._monotone(src, tgt)

    def _monotone(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        if is_long(src, tgt):
            return in_stretches(src, tgt, self.encoder, self._stretch)
        return self._stretch(src, tgt)

    def _stretch(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        if not src or not tgt:
            alone = [Bead((i,), ()) for i in range(len(src))] + [Bead((), (j,)) for j in range(len(tgt))]
            return [Bead(b.src, b.tgt, None, 1.0) for b in alone]
        spans = (embed(src, self.encoder, runs=False), embed(tgt, self.encoder, runs=False))
        parts = tuple(cut(side.texts, self.encoder, side.rows(1)) for side in spans)
        return self.decide(Texts(spans, (parts[0], parts[1]), length_ratio(*spans)))

    def decide(self, texts: Texts) -> list[Bead]:
        """Align texts already in vectors; runs of sentences that matter are encoded on the way."""
        band = search_band(*texts.spans, self.exact, self.radius)
        known, found = self.candidates(texts, band)
        features, alone = measured(known, found)
        weights = self.second or second_weights()
        rescored = Rescored(found, features, alone, weights)
        narrow = band_of(found, texts.spans[0].n, texts.spans[1].n)
        beliefs = rescore(rescored, texts.spans, level_of(features), narrow, self.share)
        beads = best_path(Lattice(ExpectedGain(beliefs, self.recall, self.cost), narrow))
        odds = weights.calibration.odds(
            np.array([beliefs.of(bead) for bead in beads]),
            [bead.is_null for bead in beads],
            np.array([len(bead.src) + len(bead.tgt) for bead in beads]),
        )
        finished = [
            self._finish(bead, value, texts) for bead, value in zip(beads, odds.tolist(), strict=True)
        ]
        return enlarged(finished, texts.spans, self.encoder)

    def candidates(self, texts: Texts, band: Band) -> tuple[Evidence, Candidates]:
        """What the first pass leaves; runs of sentences that matter are encoded on the way."""
        known = self._evidence(texts)
        self._encode_runs(texts, believe(Lattice(known.at(), band)))
        known.encoded()
        flat = believe(Lattice(known.at(HEAT), band), CANDIDATE)
        order = np.lexsort((flat.column, flat.row))
        return known, Candidates(flat.row[order], flat.shape[order], flat.column[order])

    def _evidence(self, texts: Texts) -> Evidence:
        return Evidence(texts.spans, texts.parts, texts.ratio, *self.first)

    def _encode_runs(self, texts: Texts, beliefs: Beliefs) -> None:
        """Encode the runs of two and more sentences in beads that have a chance."""
        likely = beliefs.probability >= self.encode_from
        row, shape, column = (x[likely] for x in (beliefs.row, beliefs.shape, beliefs.column))
        for side, spans, starts in ((0, texts.spans[0], row), (1, texts.spans[1], column)):
            sizes = np.array([s[side] for s in SHAPES])[shape]
            wanted = {k: np.zeros(spans.n, dtype=bool) for k in range(2, REACH + 1)}
            for size, marks in wanted.items():
                marks[starts[sizes == size]] = True
                marks |= self.encode_from <= 0
            spans.encode_runs(wanted, self.encoder)

    def _finish(self, bead: Bead, odds: float, texts: Texts) -> Bead:
        sure = 1.0 / (1.0 + math.exp(-odds / self.temperature))
        found = flags(bead, sure, texts.parts, texts.spans, texts.ratio)
        if _is_copy(bead, texts.spans):  # whatever the lengths of the others: nothing is missing
            found = tuple(flag for flag in found if flag == "low-margin")
        return Bead(bead.src, bead.tgt, odds, sure, found)


def _is_copy(bead: Bead, spans: tuple[Spans, Spans]) -> bool:
    """Whether both sides are the same text, as in two versions of one language, but for case and spaces."""
    sides = zip(spans, (bead.src, bead.tgt), strict=True)
    one, other = (
        " ".join(" ".join(side.texts[k] for k in numbers).casefold().split()) for side, numbers in sides
    )
    return one == other
