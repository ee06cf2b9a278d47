"""What a system made of each term, place by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.metrics.consistency.forms import Classes, Form, Name, forms, segments
from harness.metrics.consistency.terms import Term, terms

INSIDE = 5
"""Letters from which a rendition is known inside a longer word: "Vertrauen" in "Vertrauensniveau"."""
OTHER = 2 / 3
"""Least Dice coefficient of another rendition with the segments that lack those known."""


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
    found = terms(read, source, reference)
    target.add(f for text in made for f in text)
    output = segments(made, target)
    blank = {at for at, text in enumerate(hypotheses) if not text.strip()}
    results = []
    for term in found:
        places = [k for k in term.segments if k not in blank]
        if len(places) > 1:
            results.append(Translated(term, tuple(_occurrences(term, places, output, reference))))
    return results


def _occurrences(
    term: Term,
    places: Sequence[int],
    output: Sequence[Mapping[Name, Form]],
    reference: Sequence[Mapping[Name, Form]],
) -> Iterator[Occurrence]:
    """Each place by the rendition that most of them share and it has.

    Beside the reference's, renditions are learnt from the document: a class that two or more of the places
    without a known one have, which is hardly anywhere else in the output, and which the reference of the
    place does not have, since there it would translate something else.
    """
    own = [{name for name in held if name not in reference[k]} for k, held in enumerate(output)]
    usual = {k: found for k in places if (found := _found(term.rendition, output[k])) is not None}
    known: dict[Name, set[int]] = {term.rendition: set(usual)}
    missing = [k for k in places if k not in usual]
    spread = Counter(name for names in own for name in names)
    while missing:
        inside = Counter(name for k in missing for name in own[k])
        everywhere = Counter(name for k in places for name in own[k])
        fit = {
            name: (2 * times / (len(missing) + spread[name] - everywhere[name] + times), len(name[1]))
            for name, times in inside.items()
            if times > 1
        }
        best = max(fit, key=lambda name: (fit[name], name), default=None)
        if best is None or fit[best][0] < OTHER:
            break
        known[best] = {k for k in places if best in own[k]}
        missing = [k for k in missing if best not in own[k]]
    ranked = sorted(known, key=lambda name: -len(known[name]))
    for k in places:
        rendition = next((name for name in ranked if k in known[name]), None)
        if rendition is None:
            text = _nearest(term, own[k], output[k])
        else:
            text = usual[k] if rendition == term.rendition else output[k][rendition].text
        yield Occurrence(k, rendition, text)


def _found(rendition: Name, held: Mapping[Name, Form]) -> str | None:
    """The word of an output that is a form of the rendition, or has it inside."""
    if rendition in held:
        return held[rendition].text
    kind, form = rendition
    if kind != "word" or len(form) < INSIDE:
        return None
    return next((found.text for (of, name), found in held.items() if of == "word" and form in name), None)


def _nearest(term: Term, own: set[Name], held: Mapping[Name, Form]) -> str | None:
    """What stands there for it, to be shown: the word most like the rendition in spelling, if any is."""
    wanted = _pairs(term.rendition[1])

    def likeness(name: Name) -> float:
        found = _pairs(name[1])
        return 2 * len(wanted & found) / (len(wanted) + len(found))

    best = max(sorted(own), key=likeness, default=None)
    return held[best].text if best is not None and likeness(best) >= 0.5 else None


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}
