"""Alignment without an encoder: lengths, and what words of any two languages have in common.

Numbers, names, cognates and words that stay as they are tell sentences apart where no encoder knows a
language; so do pairs of words that keep company in the links of a first alignment (as in hunalign, Varga et
al. 2005).
A feature that both texts have is worth the logarithm of how rare it is, as a likelihood ratio is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from harness.align.evidence.beliefs import Beliefs, ExpectedGain, believe
from harness.align.galechurch import KNOWN, NULL_PRIOR, ROUNDS, LengthScorer, variance_of
from harness.align.search.band import full_or_diagonal
from harness.align.search.lattice import SHAPES, Array, Lattice
from harness.align.search.path import best_path
from harness.common.width import width
from harness.protocols import Aligner
from harness.types import Bead

PREFIX = 4  # letters that cognates share
COMMON = 0.1  # of the sentences of a side: what is in more says nothing
WORTH = 0.5  # of the logarithm of its rarity, what a shared feature counts: features come together
MOST = 6.0  # that a pair of sentences can earn
PASSES = 2  # of learning words and aligning again
COMPANY = 0.5  # Dice's coefficient from which two words are taken for translations
TOGETHER = 3  # links that they must share
HEAT = 0.5  # of the scores as log weights: lengths and words are surer than they are right
# The log odds of a link, and of a sentence left alone, being right: by those of its posterior, log s2 - 3,
# the share of links that words support, and 1. Fitted on novels, the call and manuals.
HONEST = (1.36, -1.11, 2.22, -0.45)
HONEST_ALONE = (1.73, 0.66, 0.31, 1.13)
SUPPORT = 0.7  # earned by a pair of sentences that words support
ALONE = 0.05  # sentences left alone, to begin with
CLEAR = 0.3  # links supported, less pairs supported by chance, from which words alone tell
MOST_TOLD = 0.95

Words = tuple[list[set[str]], list[set[str]]]
Shared = dict[int, dict[int, float]]

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_GREEK = (
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
)
_CYRILLIC = (
    "а a б b в v г g ґ g д d е e є e ж z з z и i і i к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч c"
    " ш s щ s ы y э e ю u я a"
)
_OTHERS = "ł l ø o đ d ß ss æ ae œ oe ı i þ th ð d"
_PAIRS = f"{_GREEK} {_CYRILLIC} {_OTHERS}".split()
_LATIN = str.maketrans({**dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)), "ъ": "", "ь": ""})


def features(text: str) -> set[str]:
    """Numbers, words and their first letters, without accents and in Latin letters where those are known."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LATIN)
    found: set[str] = set()
    for word in _WORD.findall(plain):
        if word[0].isdigit():
            found.add(re.sub(r"[.,:]", "", word))
        elif _UNSPACED.match(word):
            found.update(word[k : k + 2] for k in range(len(word) - 1))
        else:
            found.add(word)
            if len(word) > PREFIX:
                found.add(f"{word[:PREFIX]}-")
    return found


class LexicalScorer:
    """Gale and Church's log probabilities and what shared words are worth; a `lattice.Scorer`.

    `shared` `(n, m)` sparse, as a mapping of rows: what pairs of sentences earn. `told` in [0, 1): how well
    words tell links from chance; the better, the more a link without any loses, and the less it matters how
    long a sentence left alone is. `rate`: how many are.
    """

    def __init__(
        self, lengths: LengthScorer, shared: Shared, heat: float = 1.0, told: float = 0.0, rate: float = 0.0
    ) -> None:
        self._lengths, self._shared, self._heat = lengths, shared, heat
        self.shapes, self.n, self.m = SHAPES, lengths.n, lengths.m
        self.open, self.edge = 0.0, 0.0
        self._absent = math.log1p(-told) * heat
        free = told * math.log(max(rate, NULL_PRIOR))
        self.null_src, self.null_tgt = (
            (free + (1.0 - told) * side) * heat for side in (lengths.null_src, lengths.null_tgt)
        )

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        (i0, i1), (j0, j1) = rows, columns
        known = dict(zip(self._lengths.shapes, self._lengths.block(rows, columns), strict=True))
        most_a, most_b = (max(side) for side in zip(*SHAPES, strict=True))
        cells = np.zeros((i1 - i0 + most_a, j1 - j0 + most_b))
        for i in range(i0, min(self.n, i1 + most_a)):
            for j, worth in self._shared.get(i, {}).items():
                if j0 <= j < j1 + most_b:
                    cells[i - i0, j - j0] = min(worth, MOST)
        out = np.full((len(SHAPES), i1 - i0, j1 - j0), -np.inf)
        for s, (a, b) in enumerate(SHAPES):
            if (a, b) not in known:
                continue
            earned = np.zeros((i1 - i0, j1 - j0))
            for d in range(a):
                # each sentence earns by its best counterpart, so that larger beads have no advantage
                earned += np.max([cells[d : d + i1 - i0, e : e + j1 - j0] for e in range(b)], axis=0)
            back = np.zeros_like(earned)
            for e in range(b):
                back += np.max([cells[d : d + i1 - i0, e : e + j1 - j0] for d in range(a)], axis=0)
            out[s] = (known[a, b] + (earned + back) / 2.0) * self._heat
            if self._absent:
                out[s] += np.where(earned + back > SUPPORT, 0.0, self._absent)
        return out


class Lexical(Aligner):
    """Alignment by lengths, numbers, names, cognates, and a dictionary learnt from the texts themselves."""

    def __init__(self, variance: float = 15.0) -> None:
        self.variance = variance

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order, `confidence` the bead's posterior, `score` its log odds."""
        if not src or not tgt:
            return [Bead((i,), ()) for i in range(len(src))] + [Bead((), (j,)) for j in range(len(tgt))]
        left, right = (np.array([width(text) for text in side], dtype=np.float64) for side in (src, tgt))
        words = [features(text) for text in src], [features(text) for text in tgt]
        band, variance = full_or_diagonal(len(left), len(right)), self.variance
        plain = shared = _shared(words, {})
        beads: list[Bead] = []
        for turn in range(ROUNDS + PASSES):
            lengths = LengthScorer(left, right, variance)
            beads = best_path(Lattice(LexicalScorer(lengths, shared), band))
            variance = variance_of(lengths, beads, left, right, self.variance, KNOWN)
            if turn >= ROUNDS - 1:
                shared = _shared(words, _learnt(words, beads))
        lengths, told, rate = LengthScorer(left, right, variance), _told(beads, plain), ALONE
        for _ in range(PASSES):
            beliefs = believe(Lattice(LexicalScorer(lengths, shared, HEAT, told, rate), band))
            rate = float(beliefs.alone_src.mean() + beliefs.alone_tgt.mean()) / 2.0
        found = best_path(Lattice(ExpectedGain(beliefs, 1.0, 0.5), band))
        return _honest(found, beliefs, variance, shared)


def _told(beads: Sequence[Bead], shared: Shared) -> float:
    """How well words tell links from chance, 0 … `MOST_TOLD`: by the share of links that they support, less
    that of pairs of sentences by chance. Words learnt from the links themselves say nothing about it.
    """
    links = [bead for bead in beads if not bead.is_null]
    n = sum(len(bead.src) for bead in beads)
    m = sum(len(bead.tgt) for bead in beads)
    by_chance = sum(worth > SUPPORT for row in shared.values() for worth in row.values()) / (n * m)
    return MOST_TOLD * min(max((_support(links, shared) - by_chance) / CLEAR, 0.0), 1.0)


def _support(links: Sequence[Bead], shared: Shared) -> float:
    """The share of links that words support."""
    earned = [max(shared.get(i, {}).get(j, 0.0) for i in bead.src for j in bead.tgt) for bead in links]
    return sum(one > SUPPORT for one in earned) / max(len(links), 1)


def _honest(beads: list[Bead], beliefs: Beliefs, variance: float, shared: Shared) -> list[Bead]:
    """The beads with log odds and confidence as right as links of such texts are."""
    links = [bead for bead in beads if not bead.is_null]
    known = math.log(variance) - 3.0, _support(links, shared), 1.0
    out = []
    for bead in beads:
        chance = min(max(beliefs.of(bead), 1e-6), 1.0 - 1e-6)
        odds = math.log(chance / (1.0 - chance))
        odds = float(np.dot(HONEST_ALONE if bead.is_null else HONEST, (odds, *known)))
        out.append(Bead(bead.src, bead.tgt, odds, 1.0 / (1.0 + math.exp(-odds))))
    return out


def _shared(words: Words, learnt: dict[str, dict[str, float]]) -> Shared:
    """What each pair of sentences earns: by features that both have, and by words that are translations."""
    places = _places(words[0]), _places(words[1])
    n, m = len(words[0]), len(words[1])
    out: Shared = defaultdict(lambda: defaultdict(float))
    for word, rows in places[0].items():
        others = {word: 1.0, **learnt.get(word, {})}
        for other, share in others.items():
            columns = places[1].get(other, ())
            if not columns or len(rows) > max(2, COMMON * n) or len(columns) > max(2, COMMON * m):
                continue
            worth = WORTH * share * math.log(max(n / len(rows), m / len(columns), 1.0))
            for i in rows:
                for j in columns:
                    out[i][j] += worth
    return out


def _places(sentences: Iterable[set[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(sentences):
        for word in sorted(words):
            found[word].append(number)
    return found


def _learnt(words: Words, beads: Sequence[Bead]) -> dict[str, dict[str, float]]:
    """Pairs of words that keep company in the links: Dice's coefficient of the links that each is in."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    both: Counter[tuple[str, str]] = Counter()
    for bead in beads:
        if bead.is_null or len(bead.src) + len(bead.tgt) > 3:
            continue
        here, there = (
            set().union(*(side[k] for k in ks)) for side, ks in zip(words, (bead.src, bead.tgt), strict=True)
        )
        counts[0].update(here)
        counts[1].update(there)
        both.update((one, other) for one in here for other in there)
    out: dict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), times in both.items():
        dice = 2.0 * times / (counts[0][one] + counts[1][other])
        if times >= TOGETHER and dice >= COMPANY and one != other:
            out[one][other] = dice * (1.0 - 1.0 / times)
    return out
