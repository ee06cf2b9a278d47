"""Beads of more sentences than are searched: a paragraph on one side that is one sentence on the other.

The search knows beads of up to six sentences; of a larger one it finds a part and leaves the rest alone. Such
a part is joined with what was left alone beside it, where its lengths and its vector say that it belongs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from harness.align.evidence.spans import Spans
from harness.align.search.lattice import LARGEST
from harness.protocols import Encoder
from harness.types import Bead

SHORT = 2  # sentences of the other side, at most
CLOSER = 0.5  # of the distance of the lengths, what may be left after joining
ALIKE = 0.12  # distances of the lengths (logarithms) that are taken for the same
NEARER = -0.02  # what the cosine must gain: it may lose that little
SURE = 0.9  # confidence; of 77 so made where news sentences were merged to paragraphs, 74 were right


def enlarged(beads: Sequence[Bead], spans: tuple[Spans, Spans], encoder: Encoder) -> list[Bead]:
    """The beads, in order, with links joined to null beads beside them, into beads of seven and more."""
    out = list(beads)
    ratio = _ratio(beads, spans)
    k = 0
    while k < len(out):
        bead = out[k]
        if not bead.is_null and min(len(bead.src), len(bead.tgt)) <= SHORT:
            for side in (0, 1):
                found = _joined(out, k, side, spans, encoder, ratio)
                if found is not None:
                    first, last, large = found
                    out[first : last + 1] = [large, *_others(out[first : last + 1], side)]
                    k = first
                    break
        k += 1
    return out


def _joined(
    beads: Sequence[Bead], k: int, side: int, spans: tuple[Spans, Spans], encoder: Encoder, ratio: float
) -> tuple[int, int, Bead] | None:
    """The range of beads around `k`, and the one they make when what is alone on `side` joins it."""
    link = (beads[k].src, beads[k].tgt)
    if len(link[1 - side]) > SHORT:
        return None
    own, other = spans[side], spans[1 - side]
    wanted = float(other.chars[list(link[1 - side])].sum()) * (1.0 / ratio if side == 0 else ratio)
    ranges: list[tuple[float, int, int, int]] = []
    before, after = (list(_alone(beads, k, side, step)) for step in (-1, 1))
    for first in (k, *before):
        for last in (k, *after):
            numbers = _numbers(beads, first, last, side)
            if len(numbers) + len(link[1 - side]) <= LARGEST:
                continue
            apart = abs(math.log(float(own.chars[numbers].sum()) / max(wanted, 1.0)))
            ranges.append((apart, len(numbers), first, last))
    before_joining = abs(math.log(max(float(own.chars[list(link[side])].sum()), 1.0) / max(wanted, 1.0)))
    closest = min(ranges, default=(math.inf,))[0]
    if closest > CLOSER * before_joining:
        return None
    # Of those whose lengths agree about as well, the largest: what is left alone beside a paragraph is rare.
    _, _, first, last = max((one for one in ranges if one[0] <= closest + ALIKE), key=lambda one: one[1])
    numbers = _numbers(beads, first, last, side)
    texts = [" ".join(own.texts[i] for i in chosen) for chosen in (link[side], numbers)]
    texts.append(" ".join(other.texts[i] for i in link[1 - side]))
    small, large, target = encoder.encode(texts)
    if float(np.dot(large, target) - np.dot(small, target)) < NEARER:
        return None
    sides = (tuple(numbers), link[1]) if side == 0 else (link[0], tuple(numbers))
    odds = math.log(SURE / (1.0 - SURE))
    return first, last, Bead(*sides, odds, SURE)


def _ratio(beads: Sequence[Bead], spans: tuple[Spans, Spans]) -> float:
    """Target characters per source character in links that are not at the limit (in all text without any)."""
    links = [b for b in beads if not b.is_null and len(b.src) + len(b.tgt) < LARGEST]
    src = float(spans[0].chars[[i for b in links for i in b.src]].sum())
    tgt = float(spans[1].chars[[j for b in links for j in b.tgt]].sum())
    if not src or not tgt:
        src, tgt = (float(side.chars.sum()) for side in spans)
    return tgt / src if src and tgt else 1.0


def _alone(beads: Sequence[Bead], k: int, side: int, step: int) -> Iterator[int]:
    """Positions of the null beads of a side beside bead `k`, nearest first, as far as there is no link."""
    at = k + step
    while 0 <= at < len(beads) and beads[at].is_null:
        if (beads[at].src, beads[at].tgt)[side]:
            yield at
        at += step


def _numbers(beads: Sequence[Bead], first: int, last: int, side: int) -> list[int]:
    return sorted(i for bead in beads[first : last + 1] for i in (bead.src, bead.tgt)[side])


def _others(beads: Sequence[Bead], side: int) -> list[Bead]:
    """The null beads of the other side among those that were joined."""
    return [bead for bead in beads if bead.is_null and not (bead.src, bead.tgt)[side]]
