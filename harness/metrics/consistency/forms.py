"""What may recur in a text: numbers by their value, words by their form, n-grams where nothing has spaces."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.common.tokens import FINAL, Token, is_unspaced_char, tokens

GRAMS = range(2, 9)
"""Lengths of the n-grams of characters that stand for words in scripts without spaces."""

ALIKE = 0.5
"""Likeness from which a word may be another spelling of a name."""

_GROUPED = r"\d{1,3}(?:[.,'\u2019\u00a0\u2009\u202f ]\d{3})+(?!\d)"
_NUMBER = re.compile(rf"(?<![A-Za-z\d.,_])(?:{_GROUPED}|\d+)(?:[.,]\d+)?(?![A-Za-z\d_])")
_ACCENTS = re.compile("[\u0300-\u036f]")
_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєαεηιουω")
_STEM, _LONG, _SHARED = 3, 5, 0.6
_SOFTENED = frozenset(map(frozenset, ("kc", "gd", "gz", "hz")))
"""Consonants that Slavic endings change: "Polska", "Polsce"; "Praga", "Pradze"; "Praha", "Praze"."""


@dataclass(frozen=True, slots=True)
class Form:
    """One word, number or n-gram: `form` is what is compared, `text` what stands there.

    `first` is whether it begins a sentence, `capital` whether it has a capital; None in scripts without case.
    `start` is where in the text it is, and `place` the same from 0 to 1.
    """

    form: str
    text: str
    kind: str  # "number", "word", "gram"
    start: int
    place: float
    first: bool = False
    capital: bool | None = None


def forms(text: str) -> list[Form]:
    """The numbers, words and n-grams of a text, in order."""
    numbers = [(m.start(), m.end(), m.group()) for m in _NUMBER.finditer(text)]
    size = max(len(text), 1)
    found = [Form(value(t), t, "number", a, a / size) for a, _, t in numbers if len(value(t)) > 1]
    words = [w for w in tokens(text) if not any(a <= w.start < b for a, b, _ in numbers)]
    found += _words(words, text)
    found += _grams(words, text)
    return sorted(found, key=lambda form: form.start)


def _words(words: Sequence[Token], text: str) -> Iterator[Form]:
    first = True
    for word in words:
        if not word.is_word:
            first = first or word.form in FINAL or word.form in ":\n"
        elif not is_unspaced_char(text[word.start]):
            char = text[word.start]
            capital = char.isupper() if char.isupper() or char.islower() else None
            raw = text[word.start : word.end]
            place = word.start / max(len(text), 1)
            yield Form(_folded(word.form), raw, "word", word.start, place, first, capital)
            first = False


def _grams(words: Sequence[Token], text: str) -> Iterator[Form]:
    """Every n-gram of each run of characters of a script without spaces."""
    runs: list[list[Token]] = [[]]
    for word in words:
        if word.is_word and is_unspaced_char(text[word.start]):
            runs[-1].append(word)
        else:
            runs.append([])
    for run in runs:
        for n in GRAMS:
            for at in range(len(run) - n + 1):
                start, stop = run[at].start, run[at + n - 1].end
                if stop - start == n:  # nothing between them
                    raw = text[start:stop]
                    yield Form(raw, raw, "gram", start, start / max(len(text), 1))


def value(number: str) -> str:
    """A number without its separators: "1,000", "1.000" and "1 000" are 1000, "3,14" and "3.14" are 3.14."""
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in number)
    whole, decimals = digits, ""
    if (found := re.fullmatch(r"(.*)[.,](\d{1,2}|\d{4,})", digits)) is not None:
        whole, decimals = found.groups()
    bare = re.sub(r"\D", "", whole)
    return f"{bare}.{decimals}" if decimals else bare


def _folded(form: str) -> str:
    """Without the accents of Latin, Greek and Cyrillic: "häuser" is a form of "haus"."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", form)))


def alike(one: str, other: str, small: bool = False) -> bool:
    """Whether two words may be forms of one: a stem with an ending, or two endings that vary by inflection.

    An ending has up to three characters, and where both have one, one of them begins with a vowel ("Moskwa",
    "Moskwie"), or with the consonant of the other softened ("Polska", "Polsce"). Two other consonants are
    another spelling of a name ("Tokajew", "Tokajev"), and another form of a longer word without capital
    (`small`): "wackeln", "wackelt".
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _STEM:
        return False
    shared = next((at for at, char in enumerate(short) if char != long[at]), len(short))
    rest, more = short[shared:], long[shared:]
    if not rest:
        return len(more) <= (3 if len(short) > _STEM and _is_vowel(more[0]) else min(3, len(short) - 2))
    if shared < _STEM or max(len(rest), len(more)) > 3:
        return False
    if frozenset((rest[0], more[0])) in _SOFTENED and _is_vowel(rest[-1]) and _is_vowel(more[-1]):
        return True
    vowels = [_is_vowel(ending[0]) for ending in (rest, more)]
    if shared < _SHARED * len(long):
        return shared > _STEM and len(rest) == 1 and all(vowels)  # "Chiny", "Chinach"
    return (small and shared >= _LONG) or any(vowels)


def likeness(one: str, other: str) -> float:
    """The Dice coefficient of the character bigrams of two words, 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}


def _is_vowel(char: str) -> bool:
    return char in _VOWELS or unicodedata.category(char)[0] == "M"


Name = tuple[str, str]
Segment = Mapping[Name, Form]
"""What a segment holds: the first form of each class."""


class Classes:
    """Words in classes of forms of one word, each named by the first of them; numbers and n-grams alone.

    Short forms found the classes: `Classes(["Moskwie", "Moskwa"])` has one, "moskwa".
    """

    def __init__(self, found: Iterable[Form]) -> None:
        self._of: dict[str, str] = {}
        self._leaders: dict[str, list[str]] = {}
        self._small: set[str] = set()
        self.add(found)

    def add(self, found: Iterable[Form]) -> None:
        """More forms: each joins a class that is there, or founds one."""
        listed = [form for form in found if form.kind == "word"]
        self._small |= {form.form for form in listed if form.capital is False}
        words = {form.form for form in listed} - self._of.keys()
        for word in sorted(words, key=lambda word: (len(word), word)):
            beside = self._leaders.setdefault(word[:_STEM], [])
            leader = next((one for one in beside if alike(one, word, {one, word} <= self._small)), None)
            if leader is None:
                beside.append(word)
            self._of[word] = leader or word

    def name(self, form: Form) -> tuple[str, str]:
        """The class of a form that was added: its kind and name."""
        return form.kind, self._of[form.form] if form.kind == "word" else form.form


def names(texts: Iterable[Iterable[Form]], classes: Classes) -> set[Name]:
    """The classes that may be names: inside sentences they have a capital more often than none.

    In scripts without case all may be, numbers apart.
    """
    capital: Counter[Name] = Counter()
    for form in (form for text in texts for form in text if form.kind != "number"):
        if form.capital is None:
            capital[classes.name(form)] += 1
        elif not (form.first and form.capital):
            capital[classes.name(form)] += 1 if form.capital else -1
    return {name for name, more in capital.items() if more > 0}


def segments(texts: Sequence[Sequence[Form]], classes: Classes) -> list[dict[Name, Form]]:
    """Each text as its classes, with the first form of each."""
    found = []
    for text in texts:
        held: dict[Name, Form] = {}
        for form in text:
            held.setdefault(classes.name(form), form)
        found.append(held)
    return found
