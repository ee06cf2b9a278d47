"""Text that was moved: what a monotone alignment leaves alone may match in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harness.protocols import Encoder, Matrix
from harness.types import Bead

Places = NDArray[np.int64]
Align = Callable[[Sequence[str], Sequence[str]], list[Bead]]
LEADS = 0.45  # the cosine of a sentence pair that tells where its block belongs
NEAR = (
    0.8  # of the way from the mean cosine of any two sentences to that of pairs that are linked: surely alike
)
FEW = 3  # linked pairs that tell the latter
USUAL = 0.72  # taken for it where there are fewer: the mean of translations under `use`


def free_order(src: Sequence[str], tgt: Sequence[str], align: Align, encoder: Encoder) -> list[Bead]:
    """Beads in any order, by source. Every index of either side is in exactly one bead; links reach over
    consecutive sentences only.

    The target is aligned as it stands, and with its blocks in the order of their counterparts (`rearranged`);
    of both, the alignment with more links that can be expected to be right is taken.
    """
    beads = _again(src, tgt, align, list(range(len(tgt))))
    order = rearranged(src, tgt, encoder)
    if order != sorted(order):
        moved = _again(src, tgt, align, order)
        if _expected(moved) > _expected(beads):
            beads = moved
    return _by_source(beads)


def rearranged(src: Sequence[str], tgt: Sequence[str], encoder: Encoder) -> list[int]:
    """The target sentences in the order of their source, as far as sure pairs tell it.

    Pairs of sentences that are each other's best counterpart lead; those between stay behind the one before.
    A single pair that stands apart from both its neighbours, which go on without it, is taken for chance.
    """
    if not src or not tgt:
        return list(range(len(tgt)))
    best, back, cosines = _best(src, tgt, encoder)
    leaders = [(i, int(j)) for i, j in enumerate(best) if back[j] == i and cosines[i, j] >= LEADS]
    leaders = _without_strays(leaders)
    place = {j: rank for rank, (_, j) in enumerate(leaders)}
    first = min(place, default=0)
    keys, rank = [], place.get(first, 0)
    for j in range(len(tgt)):
        rank = place.get(j, rank)
        keys.append((rank, j))
    return [j for _, j in sorted(keys)]


def out_of_order(src: Sequence[str], tgt: Sequence[str], beads: Sequence[Bead], encoder: Encoder) -> int:
    """Pairs of sentences left alone that are surely each other's best counterpart.

    How alike that must be depends on the encoder and the texts: `NEAR` of the way from the mean cosine of all
    pairs of sentences (about .1) to the median one of the 1-1 links (.6 to .75).
    """
    left = [i for bead in beads if not bead.tgt for i in bead.src]
    right = [j for bead in beads if not bead.src for j in bead.tgt]
    if not left or not right:
        return 0
    best, back, cosines = _best([src[i] for i in left], [tgt[j] for j in right], encoder)
    pairs = [(i, int(j)) for i, j in enumerate(best) if back[j] == i and cosines[i, j] >= LEADS]
    if not pairs:
        return 0
    least = _surely(src, tgt, beads, encoder)
    return sum(bool(cosines[pair] >= least) for pair in pairs)


def _surely(src: Sequence[str], tgt: Sequence[str], beads: Sequence[Bead], encoder: Encoder) -> float:
    """The cosine from which two sentences surely say the same, at least `LEADS`."""
    left, right = encoder.encode(src), encoder.encode(tgt)
    usual = float(left.mean(axis=0) @ right.mean(axis=0))
    links = [(bead.src[0], bead.tgt[0]) for bead in beads if len(bead.src) == len(bead.tgt) == 1]
    alike = [float(left[i] @ right[j]) for i, j in links]
    of_links = float(np.median(alike)) if len(alike) >= FEW else USUAL
    return max(LEADS, usual + NEAR * (of_links - usual))


def _best(src: Sequence[str], tgt: Sequence[str], encoder: Encoder) -> tuple[Places, Places, Matrix]:
    """The best target of each source sentence, the best source of each target sentence, all cosines."""
    cosines = encoder.encode(src) @ encoder.encode(tgt).T
    return cosines.argmax(axis=1), cosines.argmax(axis=0), cosines


def _without_strays(leaders: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without single pairs between two that follow each other in the target, nothing else between."""
    ranks = {j: rank for rank, j in enumerate(sorted(j for _, j in leaders))}
    places = [ranks[j] for _, j in leaders]
    stray = {
        k
        for k in range(1, len(leaders) - 1)
        if places[k + 1] == places[k - 1] + 1 and abs(places[k] - places[k - 1]) > 1
    }
    return [pair for k, pair in enumerate(leaders) if k not in stray]


def _again(src: Sequence[str], tgt: Sequence[str], align: Align, order: Sequence[int]) -> list[Bead]:
    """Aligned with the target in that order; what is left alone again, as long as that links any."""
    left, right = list(range(len(src))), list(order)
    links: list[Bead] = []
    while True:
        found = [
            _placed(bead, left, right) for bead in align([src[i] for i in left], [tgt[j] for j in right])
        ]
        fit = [b for b in found if not b.is_null and _consecutive(b.src) and _consecutive(b.tgt)]
        links += fit
        taken = {i for bead in fit for i in bead.src}, {j for bead in fit for j in bead.tgt}
        left = [i for i in left if i not in taken[0]]
        right = sorted(j for j in right if j not in taken[1])
        if not fit or not left or not right:
            break
    return links + [one for bead in found if bead not in fit for one in _apart(bead)]


def _placed(bead: Bead, left: Sequence[int], right: Sequence[int]) -> Bead:
    src, tgt = tuple(left[i] for i in bead.src), tuple(right[j] for j in bead.tgt)
    return Bead(src, tgt, bead.score, bead.confidence, bead.flags)


def _consecutive(indices: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(indices))


def _apart(bead: Bead) -> list[Bead]:
    """The sentences of a link over others' heads, each alone: as sure as the link is not."""
    if bead.is_null:
        return [bead]
    score = None if bead.score is None else -bead.score
    sure = None if bead.confidence is None else 1.0 - bead.confidence
    alone = [((i,), ()) for i in bead.src] + [((), (j,)) for j in bead.tgt]
    return [Bead(s, t, score, sure) for s, t in alone]


def _expected(beads: Sequence[Bead]) -> float:
    """How many links can be expected to be right; each counts whole where the aligner cannot tell."""
    return sum(1.0 if b.confidence is None else b.confidence for b in beads if not b.is_null)


def _by_source(beads: Sequence[Bead]) -> list[Bead]:
    """By the first source sentence; target sentences left alone come where they stand in the target."""
    ordered = sorted([bead for bead in beads if bead.src], key=lambda bead: bead.src[0])
    for bead in sorted((bead for bead in beads if not bead.src), key=lambda bead: bead.tgt[0]):
        before = [k for k, other in enumerate(ordered) if other.tgt and other.tgt[-1] == bead.tgt[0] - 1]
        ordered.insert(before[0] + 1 if before else len(ordered), bead)
    return ordered
