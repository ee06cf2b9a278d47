"""Word pairs with evidence: FreeDict both ways, and pivots through the other WikDict dictionaries.

The weight of a pair is the sum over its sources of what the source says: a direct dictionary
1/(sense rank × rank in sense), a pivot the product of both steps' shares, times `PIVOT`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import freedict

Votes = dict[tuple[str, str], dict[str, float]]  # (word, part of speech) → translation → weight

PIVOT = 0.25
# (French side, Polish side) dictionaries in either direction, all CC BY-SA 3.0.
FRENCH = [
    "fra-bul", "deu-fra", "fra-deu", "fra-ell", "fra-fin", "fra-ita", "fra-por", "por-fra", "fra-rus",
    "fra-spa", "fra-swe", "swe-fra", "fra-tur", "fra-lit", "fra-lat", "fra-jpn",
]  # fmt: skip
POLISH = [
    "pol-bul", "pol-deu", "deu-pol", "pol-ell", "ell-pol", "pol-fin", "fin-pol", "pol-ita", "ita-pol",
    "pol-por", "pol-rus", "pol-spa", "pol-swe", "swe-pol", "pol-tur", "pol-jpn", "pol-eng", "pol-nld",
    "nld-pol", "pol-nor",
]  # fmt: skip
POS = {"n": "n", "masc": "n", "fem": "n", "pn": "n", "v": "v", "adj": "a", "adv": "r"}


def usable(word: str) -> bool:
    """No leftovers of markup, no affixes, no placeholders."""
    return bool(re.fullmatch(r"[\w’'.\- ]+", word)) and not word.startswith("-") and not word.endswith("-")


def directed(folder: Path, name: str) -> Iterable[tuple[str, str, str, float]]:
    """(word, part of speech, translation, weight) of one dictionary file."""
    for entry in freedict.read(folder, name):
        pos = POS.get(entry.pos, "x")
        for i, sense in enumerate(entry.senses):
            for j, translation in enumerate(sense):
                if usable(translation) and usable(entry.word):
                    yield entry.word, pos, translation, 1 / ((1 + i) * (1 + j))


def both_ways(folder: Path, names: Iterable[str], lang: str) -> dict[str, Votes]:
    """For every other language: (word of `lang`, pos) → word of the other language → weight."""
    found: dict[str, Votes] = {}
    for name in names:
        first, second = name.split("-")
        other = second if first == lang else first
        votes = found.setdefault(other, defaultdict(lambda: defaultdict(float)))
        for word, pos, translation, weight in directed(folder, name):
            if first == lang:
                votes[word, pos][translation] += weight
            else:
                votes[translation, pos][word] += weight
    return found


def shares(options: dict[str, float]) -> dict[str, float]:
    total = sum(options.values())
    return {word: weight / total for word, weight in options.items()}


def votes(folder: Path, fits: Callable[[str, str], bool]) -> tuple[Votes, Votes]:
    """French → Polish and Polish → French votes; `fits(polish, pos)` rejects a wrong part of speech."""
    forward: Votes = defaultdict(lambda: defaultdict(float))
    for word, pos, translation, weight in directed(folder, "fra-pol"):
        forward[word, pos][translation] += weight
    for word, pos, translation, weight in directed(folder, "pol-fra"):
        forward[translation, pos][word] += weight
    french = both_ways(folder, FRENCH, "fra")
    polish = both_ways(folder, POLISH, "pol")
    for other in sorted(french.keys() & polish.keys()):
        inverse: Votes = defaultdict(lambda: defaultdict(float))
        for (word, pos), options in polish[other].items():
            for pivot, weight in shares(options).items():
                inverse[pivot, pos][word] += weight
        for (word, pos), options in french[other].items():
            for pivot, weight in shares(options).items():
                for target, step in shares(inverse.get((pivot, pos), {}) or {"": 1.0}).items():
                    if target:
                        forward[word, pos][target] += PIVOT * weight * step
    backward: Votes = defaultdict(lambda: defaultdict(float))
    kept: Votes = {}
    for (word, pos), options in forward.items():
        good = {target: weight for target, weight in options.items() if fits(target, pos)}
        if good:
            kept[word, pos] = good
            for target, weight in good.items():
                backward[target, pos][word] += weight
    return kept, backward
