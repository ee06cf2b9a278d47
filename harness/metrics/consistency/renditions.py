"""What a system made of each term, place by place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.metrics.consistency.chance import Chance
from harness.metrics.consistency.forms import ALIKE, Classes, Name, Segment, forms, likeness, names, segments
from harness.metrics.consistency.terms import Term, terms

INSIDE = 5
"""Letters from which a rendition is known inside a longer word: "Vertrauen" in "Vertrauensniveau"."""
OTHER, OTHER_OF_NAME = 0.65, 0.8
"""Dice coefficients that another rendition exceeds with the segments that lack those known."""
BY_CHANCE = 0.5
"""Most words of the output expected to share those segments by chance: the term is rendered somehow there."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One segment of a term: how it is translated there (None: in no way that recurs), and in which words."""

    segment: int
    rendition: Name | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Translated:
    """A term with its occurrences in the output of a system; segments without output have none."""

    term: Term
    occurrences: tuple[Occurrence, ...]

    def shares(self) -> list[float]:
        """For each occurrence the share of the others that are translated in the same way, 0 to 1."""
        times = Counter(one.rendition for one in self.occurrences if one.rendition is not None)
        others = len(self.occurrences) - 1
        return [
            (times[one.rendition] - 1) / others if one.rendition is not None else 0.0
            for one in self.occurrences
        ]

    @property
    def ratio(self) -> float:
        """The lexical translation consistency ratio of the term: pairs that agree over all pairs, 0 to 1."""
        shares = self.shares()
        return sum(shares) / len(shares)

    def apart(self) -> list[Occurrence]:
        """The occurrences that are not translated as most are; all where none recurs."""
        times = Counter(one.rendition for one in self.occurrences if one.rendition is not None)
        usual = max(times, key=times.__getitem__, default=None)
        return [one for one in self.occurrences if one.rendition is None or one.rendition != usual]


def translated(
    sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
) -> list[Translated]:
    """The terms of one document, its segments in order, and how an output translates them.

    Terms with fewer than two segments that have output are left out.
    """
    read, wanted, made = ([forms(text) for text in side] for side in (sources, references, hypotheses))
    own, target = Classes(f for text in read for f in text), Classes(f for text in wanted for f in text)
    source, reference = segments(read, own), segments(wanted, target)
    found = terms(read, source, reference, names(wanted, target))
    target.add(f for text in made for f in text)
    output = _Output(segments(made, target), reference, names(made, target))
    results = []
    for term in found:
        places = [k for k in term.segments if hypotheses[k].strip()]
        if len(places) > 1:
            results.append(Translated(term, tuple(_occurrences(term, places, output))))
    return results


class _Output:
    """The classes of each segment of an output: `held`, and those that its reference does not have: `own`.

    What the reference has, too, translates something else there.
    """

    def __init__(self, held: Sequence[Segment], reference: Sequence[Segment], names: set[Name]) -> None:
        self.held, self._names = held, names
        self.own = [{name for name in text if name not in reference[k]} for k, text in enumerate(held)]
        self._spread: dict[Name, list[int]] = defaultdict(list)
        for k, text in enumerate(held):
            for name in text.keys() | reference[k].keys():
                self._spread[name].append(k)
        made = {name for text in held for name in text}
        self._chance, self._chance_of_name = (
            Chance(tuple(self._spread[name]) for name in found) for found in (made, made & names)
        )
        self._n = sum(map(bool, held))

    def learnt(self, term: Term, places: Sequence[int], missing: Sequence[int]) -> Name | None:
        """What two or more of the segments `missing`, which lack the known renditions, have for a term.

        Output and reference have it hardly anywhere but in the `places` of the term, which is more than
        chance, and for a name it may be one.
        """
        inside = Counter(name for k in missing for name in self.own[k])
        by_name = term.kind == "name"
        chance = self._chance_of_name if by_name else self._chance
        n = self._n - len(places) + len(missing)
        fit, own_places = {}, set(places)
        for name, times in inside.items():
            if times < 2 or (
                by_name and name not in self._names and likeness(term.rendition[1], name[1]) < ALIKE
            ):
                continue
            spread = times + sum(k not in own_places for k in self._spread[name])
            dice = 2 * times / (len(missing) + spread)
            expected = chance.expected(n, len(missing), spread, times)
            if dice > (OTHER_OF_NAME if by_name else OTHER) and expected <= BY_CHANCE:
                fit[name] = dice, len(name[1])
        return max(fit, key=lambda name: (fit[name], name), default=None)


def _occurrences(term: Term, places: Sequence[int], output: _Output) -> Iterator[Occurrence]:
    """Each place by the rendition that most of them share and it has: the reference's, or a learnt one."""
    usual = {k: found for k in places if (found := _found(term.rendition, output.held[k])) is not None}
    known: dict[Name, set[int]] = {term.rendition: set(usual)}
    missing = [k for k in places if k not in usual]
    while missing and (best := output.learnt(term, places, missing)) is not None:
        known[best] = {k for k in places if best in output.own[k]}
        missing = [k for k in missing if best not in output.own[k]]
    ranked = sorted(known, key=lambda name: -len(known[name]))
    for k in places:
        rendition = next((name for name in ranked if k in known[name]), None)
        if rendition is None:
            text = _nearest(term, output.own[k], output.held[k])
        else:
            text = usual[k] if rendition == term.rendition else output.held[k][rendition].text
        yield Occurrence(k, rendition, text)


def _found(rendition: Name, held: Segment) -> str | None:
    """The word of an output that is a form of the rendition, or has it inside."""
    if rendition in held:
        return held[rendition].text
    kind, form = rendition
    if kind != "word" or len(form) < INSIDE:
        return None
    return next((found.text for (of, name), found in held.items() if of == "word" and form in name), None)


def _nearest(term: Term, own: set[Name], held: Segment) -> str | None:
    """What stands there for it, to be shown: the word most like the rendition in spelling, if any is."""
    best = max(sorted(own), key=lambda name: likeness(term.rendition[1], name[1]), default=None)
    return held[best].text if best is not None and likeness(term.rendition[1], best[1]) >= ALIKE else None
