"""The terms of a document: what its source repeats and its reference renders the same way.

The reference decides what counts. Words that a good translator varies ("say", "make", "of") have no such
rendition, and so no system is asked for one. Terms depend on source and reference alone: they are the same
for every system.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harness.metrics.consistency.chance import Chance
from harness.metrics.consistency.forms import ALIKE, Form, Name, alike, likeness

ASSOCIATED = 0.8
"""Least Dice coefficient of the segments of a term and those of its rendition."""
BY_CHANCE = 0.02
"""Most words of the reference expected to share the segments of a term by chance, if not spelt like it."""
LETTERS = 5
"""Letters of a word that may be a term without being a name; shorter ones are mostly function words."""
SHORT = 3
"""Letters of a word of the reference that may translate one which is spelt otherwise."""
SPREAD = 0.2
"""Share of the segments beyond which a word that is no name is a function word."""
CAPITALS = 0.25
"""Share of words with a capital inside sentences from which capitals mark no names (German nouns)."""

Held = Sequence[Mapping[Name, Form]]
"""Of each segment of a document the classes in it, with the first form of each."""


@dataclass(frozen=True, slots=True)
class Term:
    """A repeated name, number or word of the source, and what the reference has for it.

    `segments` are those in which the source has it and the reference has the rendition: two at least.
    """

    source: Name
    text: str
    kind: str  # "name", "number", "term"
    rendition: Name
    reference: str
    segments: tuple[int, ...]


def terms(
    sources: Sequence[Sequence[Form]], source: Held, reference: Held, names: Collection[Name]
) -> list[Term]:
    """The terms of one document, given the forms of its source, and the classes of source and reference.

    `names` are those of the reference that may be names (`forms.names`). Each term has one rendition and each
    rendition one term: pairs are linked in the order of their association (competitive linking, Melamed 2000,
    aclanthology.org/J00-2004), words that are spelt alike first. Others must be more than chance.
    """
    kinds = _kinds(sources, source, reference)
    places = {name: found for name, found in _places(source).items() if name in kinds and len(found) > 1}
    targets = _places(reference)
    evidence = _Evidence(len(reference), targets, names)
    pairs = []
    for name, own in _longest(places, source).items():
        together = Counter(target for k in own for target in reference[k])
        for target, times in together.items():
            dice = 2 * times / (len(own) + len(targets[target]))
            if times > 1 and dice >= ASSOCIATED:
                same = name[1] == target[1] or (name[0] == target[0] == "word" and alike(name[1], target[1]))
                if not same and not evidence.enough(name, kinds[name], target, len(own), times):
                    continue
                common = tuple(k for k in own if target in reference[k])
                apart = sum(abs(source[k][name].place - reference[k][target].place) for k in common) / times
                pairs.append((not same, -dice, -times, -len(target[1]) * (target[0] == "gram"), apart, name,
                              target, common))  # fmt: skip
    used: set[Name] = set()
    linked: dict[Name, Term] = {}
    for *_, name, target, common in sorted(pairs):
        if name in linked or target in used or _overlaps(target, used):
            continue
        used.add(target)
        text, wanted = source[common[0]][name].text, reference[common[0]][target].text
        linked[name] = Term(name, text, kinds[name], target, wanted, common)
    return [linked[name] for name in places if name in linked]


class _Evidence:
    """Whether classes that are not spelt alike may translate each other, in a document of `n` segments."""

    def __init__(self, n: int, targets: Mapping[Name, Sequence[int]], names: Collection[Name]) -> None:
        self._n, self._targets, self._names = n, targets, names
        self._chance = Chance(map(tuple, targets.values()))
        self._chance_of_name = Chance(tuple(found) for target, found in targets.items() if target in names)

    def enough(self, name: Name, kind: str, target: Name, own: int, both: int) -> bool:
        """Of a class in `own` segments and a target that is in `both` of them.

        Names translate names, and need not be more than chance if spelt nearly alike; numbers translate
        numbers, and words no words of one or two letters.
        """
        if (kind == "number") != (target[0] == "number") or (target[0] == "word" and len(target[1]) < SHORT):
            return False
        if kind == "name" and target not in self._names:
            return False
        if kind == "name" and likeness(name[1], target[1]) >= ALIKE:
            return True
        chance = self._chance_of_name if kind == "name" else self._chance
        return chance.expected(self._n, own, len(self._targets[target]), both) <= BY_CHANCE


def _places(held: Held) -> dict[Name, list[int]]:
    """The segments of each class, in the order in which they first occur."""
    found: dict[Name, list[int]] = defaultdict(list)
    for at, segment in enumerate(held):
        for name in segment:
            found[name].append(at)
    return found


def _longest(places: Mapping[Name, list[int]], source: Held) -> dict[Name, list[int]]:
    """Of n-grams in the same segments only the longest, and of those that overlap the first."""
    grams: dict[tuple[int, ...], list[tuple[int, int, Name]]] = defaultdict(list)
    for name, found in places.items():
        if name[0] == "gram":
            grams[tuple(found)].append((-len(name[1]), source[found[0]][name].start, name))
    kept: set[Name] = set()
    for group in grams.values():
        taken: set[int] = set()
        for size, start, name in sorted(group):
            span = range(start, start - size)
            if taken.isdisjoint(span):
                taken.update(span)
                kept.add(name)
    return {name: found for name, found in places.items() if name[0] != "gram" or name in kept}


def _overlaps(target: Name, used: set[Name]) -> bool:
    """Whether an n-gram is part of a rendition that is taken, or the other way round."""
    if target[0] != "gram":
        return False
    return any(kind == "gram" and (form in target[1] or target[1] in form) for kind, form in used)


def _kinds(sources: Sequence[Sequence[Form]], source: Held, reference: Held) -> dict[Name, str]:
    """What each class of the source is; those that cannot be terms are left out."""
    inside = [form for text in sources for form in text if form.kind == "word" and not form.first]
    cased = [form.capital for form in inside if form.capital is not None]
    telling = bool(cased) and sum(cased) / len(cased) <= CAPITALS
    capital: dict[str, bool] = {}
    named: set[str] = set()
    for text in sources:
        for form in text:
            if form.kind == "word":
                capital[form.form] = capital.get(form.form, True) and form.capital is True
                if not form.first and form.capital:
                    named.add(form.form)
    most = max(2.0, SPREAD * len(source))
    kinds = {}
    for name, found in _places(source).items():
        own = [source[k][name].form for k in found]
        if name[0] == "number":
            kinds[name] = "number"
        elif name[0] == "gram":
            kinds[name] = "term"
        elif (
            len(name[1]) > 1
            and all(capital[form] for form in own)
            and ((telling and any(form in named for form in own)) or _unchanged(name, found, reference))
        ):
            kinds[name] = "name"
        elif len(name[1]) >= LETTERS and len(found) <= most:
            kinds[name] = "term"
    return kinds


def _unchanged(name: Name, found: Sequence[int], reference: Held) -> bool:
    """Whether the reference has the word as it is wherever the source has it."""
    targets = [{target for kind, target in reference[k] if kind == "word"} for k in found]
    return all(any(alike(name[1], target) for target in held) for held in targets)
