"""The beads worth a closer look, and what is measured of each: the features of the second pass.

A first pass over the whole lattice leaves some twenty beads a sentence; those can be looked at from more
sides than all of them could: what a sentence more or less changes, how long the shortest sentence is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.align.evidence.contrast import centred, contrasts
from harness.align.evidence.model import OF_BEADS, Evidence
from harness.align.evidence.spans import Spans
from harness.align.search.lattice import REACH, ROWS, SHAPES, Array, Band
from harness.protocols import Matrix

Places = NDArray[np.int64]

MORE = (
    "mean",
    "short",
    "scatter",
    "asks",
    "opens",
    "closes",
    "stops",
    "cost",
    "centred",
    "loses",
    "gains",
    "level",
    "leak",
    "worst",
    "within",
    "least",
)
BEAD_FEATURES = (*OF_BEADS, *MORE)
NULL_FEATURES = ("null", "length", "kin", "finished", "touched")
MARGIN = 4  # columns searched beyond the candidates
_SIZES = np.array(SHAPES)
_KINDS = {
    mark: kind for kind, marks in enumerate((".。।", "?？؟", "!！", "…", ":：", ";；؛")) for mark in marks
}
_OPENING = frozenset("\"'«»„“”‘’「『《〈–—―-‹›")
_CLOSING = frozenset("\"'«»“”’」』》〉‹›")
_WRAPS = "\"'»”“’„)]› 」』》〉"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Beads by their first sentences `row`, `column` and by `shape`, a place in `SHAPES`; `(k,)` each,
    sorted by row.
    """

    row: Places
    shape: Places
    column: Places

    @property
    def sizes(self) -> tuple[Places, Places]:
        """`(k,)` each: sentences of the source and of the target side."""
        return _SIZES[self.shape, 0], _SIZES[self.shape, 1]


def band_of(found: Candidates, n: int, m: int) -> Band:
    """The cells that alignments of candidates go through, and `MARGIN` columns to either side.

    Between two candidates a path leaves alone source sentences first, as `lattice` has it.
    """
    if not len(found.row):
        return Band.full(n, m)
    a, b = found.sizes
    starts, ends = np.full(n + 1, m), np.zeros(n + 1, dtype=np.int64)
    np.minimum.at(starts, found.row + a, found.column)
    np.maximum.at(ends, found.row + a, found.column + b)
    high = np.zeros(n + 1, dtype=np.int64)
    np.maximum.at(high, found.row, found.column + b)
    low = np.minimum(np.minimum.accumulate(starts[::-1])[::-1], np.maximum.accumulate(ends)) - MARGIN
    low = np.maximum(low, 0)
    high = np.maximum(np.maximum.accumulate(high), low) + MARGIN + 1
    high = np.minimum(high, m + 1)
    high[n] = m + 1
    return Band(low, high)


def measured(evidence: Evidence, found: Candidates) -> tuple[Matrix, tuple[Matrix, Matrix]]:
    """The features of the candidates, `(k, len(BEAD_FEATURES))`, and of the sentences of both sides for being
    left alone (`_null_features`). Of candidates there are those of `model.OF_BEADS`, and

    mean: how much of both sides is covered by the other, in characters, in [-1, 1]
    short: log(characters of the shortest sentence / 100 + .1), in target characters
    scatter: squared difference of the lengths over their sum, as of Gale and Church, at most 6
    asks: sentences with a question mark on one side more than on the other, at most 2
    opens, closes: 1 where only one side begins, or ends, with a quotation mark or a dash
    stops: 1 where both sides end with a punctuation mark, but not with the same
    cost: 1 - cosine over that to any sentence of the other text, at most 2 (Thompson and Koehn 2019)
    centred: cosine of the vectors less the mean of their text
    loses: what the cosine is less without a sentence at an edge, the least; .1 of 1-1
    gains: what it is more with a sentence more at an edge, the most
    level: the median cosine of sentences that are each other's best, of the two texts
    leak: how much better its clauses, centred, would be covered from just beside it, the mean by characters
    worst: the clause of which this is most true
    within, least: the mean coverage of its clauses, and that of the least covered sentence, centred too
    """
    out = np.empty((len(found.row), len(BEAD_FEATURES)), dtype=np.float32)
    known = dict(zip(BEAD_FEATURES, out.T, strict=True))
    parts = centred(evidence.parts[0]), centred(evidence.parts[1])
    touched = np.zeros(evidence.spans[0].n), np.zeros(evidence.spans[1].n)
    for first in range(0, evidence.spans[0].n, ROWS):
        here = slice(*np.searchsorted(found.row, [first, first + ROWS]))
        if here.start == here.stop:
            continue
        row, shape, column = (x[here] for x in (found.row, found.shape, found.column))
        rows, columns = (int(row[0]), int(row[-1]) + 1), (int(column.min()), int(column.max()) + 1)
        block, mean = evidence.features(rows, columns)
        place = shape, row - rows[0], column - columns[0]
        out[here, : len(OF_BEADS)] = block[:, *place].T
        known["mean"][here] = mean[place]
        sizes = _SIZES[shape, 0], _SIZES[shape, 1]
        found_here = contrasts(parts, (row, column), sizes, touched)
        for name, values in zip(("leak", "worst", "within", "least"), found_here, strict=True):
            known[name][here] = values
    _lengths(evidence, found, known)
    _signs(evidence, found, known)
    _cosines(evidence.spans, found, known)
    known["level"][:] = level(found, known["cosine"])
    return out, _null_features(evidence, found, known["coverage"], touched)


def _null_features(
    evidence: Evidence, found: Candidates, coverage: Matrix, touched: tuple[Array, Array]
) -> tuple[Matrix, Matrix]:
    """`(n, len(NULL_FEATURES))` and `(m, …)`: 1, log(characters / 100), the coverage of the best candidate
    that the sentence is in (0 without any), whether it ends with a punctuation mark, and how well the best
    of its candidates covers the sentence itself.
    """
    out = []
    for side, (first, sizes) in enumerate(zip((found.row, found.column), found.sizes, strict=True)):
        spans = evidence.spans[side]
        kin = np.zeros(spans.n + REACH, dtype=np.float32)
        for step in range(REACH):
            inside = sizes > step
            np.maximum.at(kin, first[inside] + step, coverage[inside])
        length = np.log((spans.chars + 10.0) / 100.0)
        finished = evidence.marks[side].finished[: spans.n]
        values = np.ones(spans.n), length, kin[: spans.n], finished, touched[side]
        out.append(np.stack(values, axis=1).astype(np.float32))
    return out[0], out[1]


def level_of(features: Matrix) -> float:
    """The feature `level`, which is the same for all candidates; 0 without any."""
    return float(features[0, BEAD_FEATURES.index("level")]) if len(features) else 0.0


def level(found: Candidates, cosine: Matrix) -> float:
    """The median cosine of the 1-1 candidates that are the best of both their sentences; 0 without any."""
    single = np.flatnonzero(found.shape == SHAPES.index((1, 1)))
    if not len(single):
        return 0.0
    row, column, value = found.row[single], found.column[single], cosine[single]
    best_row = np.full(row.max() + 1, -np.inf)
    best_column = np.full(column.max() + 1, -np.inf)
    np.maximum.at(best_row, row, value)
    np.maximum.at(best_column, column, value)
    mutual = (value >= best_row[row]) & (value >= best_column[column])
    return float(np.median(value[mutual])) if mutual.any() else 0.0


def _lengths(evidence: Evidence, found: Candidates, known: dict[str, Matrix]) -> None:
    """Fill in `short` and `scatter`."""
    shortest, whole = [], []
    for side, scale in enumerate((evidence.ratio, 1.0)):
        first, sizes = _places(found, side)
        chars = np.append(evidence.spans[side].chars * scale, np.full(REACH, np.inf))
        inside = np.arange(REACH) < sizes[:, None]
        own = np.where(inside, chars[first[:, None] + np.arange(REACH)], np.inf)
        shortest.append(own.min(axis=1))
        whole.append(np.where(inside, own, 0.0).sum(axis=1))
    known["short"][:] = np.log(np.minimum(*shortest) / 100.0 + 0.1)
    known["scatter"][:] = np.minimum((whole[0] - whole[1]) ** 2 / (whole[0] + whole[1] + 20.0) / 10.0, 6.0)


def _signs(evidence: Evidence, found: Candidates, known: dict[str, Matrix]) -> None:
    """Fill in `asks`, `opens`, `closes` and `stops`."""
    asks, opens, closes, stops = ([] for _ in range(4))
    for side in (0, 1):
        texts = evidence.spans[side].texts
        first, sizes = _places(found, side)
        ends = [text.rstrip(_WRAPS)[-1:] for text in texts]
        asking = np.concatenate([[0.0], np.cumsum([any(m in text for m in "?？؟") for text in texts])])
        asks.append(asking[first + sizes] - asking[first])
        opens.append(np.array([text[:1] in _OPENING for text in texts])[first])
        closes.append(np.array([text[-1:] in _CLOSING for text in texts])[first + sizes - 1])
        stops.append(np.array([_KINDS.get(end, -1) for end in ends])[first + sizes - 1])
    known["asks"][:] = np.minimum(np.abs(asks[0] - asks[1]), 2.0)
    known["opens"][:], known["closes"][:] = opens[0] != opens[1], closes[0] != closes[1]
    known["stops"][:] = (stops[0] != stops[1]) & (np.minimum(*stops) >= 0)


def _places(found: Candidates, side: int) -> tuple[Places, Places]:
    """`(k,)` each: the first sentence of a side of each bead, and how many it has."""
    return (found.row, found.column)[side], found.sizes[side]


def _cosines(spans: tuple[Spans, Spans], found: Candidates, known: dict[str, Matrix]) -> None:
    """Fill in `cost`, `centred`, `loses` and `gains`."""
    whole = known["cosine"]
    i, j = found.row, found.column
    means = tuple(side.rows(1).mean(axis=0) for side in spans)
    apart = np.zeros(len(i), dtype=np.float32)
    loses: Matrix = np.full(len(i), np.inf, dtype=np.float32)
    gains: Matrix = np.full(len(i), -np.inf, dtype=np.float32)
    for s, (p, q) in enumerate(SHAPES):
        here = np.flatnonzero(found.shape == s)
        if not len(here):
            continue
        x, y = i[here], j[here]
        left, right = spans[0].rows(p)[x], spans[1].rows(q)[y]
        apart[here] = np.maximum(1.0 - (left @ means[1] + right @ means[0]) / 2.0, 1e-3)
        left, right = left - means[0], right - means[1]
        norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
        known["centred"][here] = np.einsum("kd,kd->k", left, right) / np.maximum(norms, 1e-6)
        # (first rows, size, first columns, size) of the bead with a sentence less, or more, at one edge
        for out, step in ((loses, -1), (gains, 1)):
            for moved in ((0, 0, step, 0), (-step, 0, step, 0), (0, 0, 0, step), (0, -step, 0, step)):
                _try(spans, out, whole, here, (x + moved[0], p + moved[2], y + moved[1], q + moved[3]), step)
    known["cost"][:] = np.minimum((1.0 - whole) / apart, 2.0)
    known["loses"][:] = np.where(np.isfinite(loses), loses, 0.1)
    known["gains"][:] = np.where(np.isfinite(gains), gains, -0.1)


def _try(
    spans: tuple[Spans, Spans],
    out: Matrix,
    whole: Matrix,
    here: Places,
    bead: tuple[Places, int, Places, int],
    step: int,
) -> None:
    """Take the cosine of other beads than those at `here` into `out`, where there are any."""
    x, p, y, q = bead
    if not (1 <= p <= REACH and 1 <= q <= REACH):
        return
    fits = (x >= 0) & (y >= 0) & (x + p <= spans[0].n) & (y + q <= spans[1].n)
    chosen = here[fits]
    cosine = np.einsum("kd,kd->k", spans[0].rows(p)[x[fits]], spans[1].rows(q)[y[fits]])
    if step < 0:
        out[chosen] = np.minimum(out[chosen], whole[chosen] - cosine)
    else:
        out[chosen] = np.maximum(out[chosen], cosine - whole[chosen])
