"""Words of a language that speak for or against the end of a sentence, from lists shipped as data.

`sentence_cues/<language>.txt` has sections of words, abbreviations without their final full stop:

    [inside]  never ends a sentence: titles, `e.g`
    [name]    ends a sentence only before a word of [start]: `al`, `им`
    [word]    no short forms: ordinary words that Moses lists among its prefixes
    [number]  does not end a sentence before a number: `No`, `godz`
    [month]   a [number] that ends no sentence of nothing but a date either: `Le 24 déc. Paul est parti`
    [end]     may end a sentence before any capital: `etc`, `itd`
    [unit]    of [end], those that end a sentence only behind a number: `15 min`, not `min. Nowak`
    [then]    words with a capital before which neither a final short form nor an ordinal ends a sentence:
              `5 p.m. Eastern time`, `25. Festiwal`
    [date]    words, in small letters, that with numbers are only a date: `W dniu 3 maja 1791 r. Sejm …`
    [start]   words that often begin a sentence and are not names: pronouns, conjunctions, articles; `L'`
              covers every word that it is elided before
    [after]   as [start], in languages where nobody measured what it does to text without stops: believed
              behind a full stop only
    [and]     words that carry on a sentence even after a full stop: conjunctions in small letters

An abbreviation that begins with a hyphen is a suffix (`-str`); one in small letters also matches with a
capital. The non-breaking prefixes of Moses (package sacremoses) are added to [name] and [number].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("sentence_cues")
_SECTIONS = (
    "inside",
    "name",
    "word",
    "number",
    "month",
    "end",
    "unit",
    "then",
    "date",
    "start",
    "after",
    "and",
)
_ROMAN = re.compile(r"[IVX]+|[ivx]+")
_SHARED = {"no": "nb", "hr": "hbs", "bs": "hbs", "sr": "hbs"}  # languages that write their short forms alike


@dataclass(frozen=True)
class Cues:
    """The lists of one language; all empty where none is known."""

    inside: frozenset[str]
    name: frozenset[str]
    number: frozenset[str]
    month: frozenset[str]
    end: frozenset[str]
    unit: frozenset[str]
    then: frozenset[str]
    date: frozenset[str]
    start: frozenset[str]
    opens: frozenset[str]  # of [start] and [after]
    carry: frozenset[str]

    @property
    def known(self) -> bool:
        """Whether there is a list of abbreviations for the language."""
        return bool(self.name or (self.inside and self.opens))  # a few words are no list


def listed(token: str, words: frozenset[str]) -> bool:
    """Whether an abbreviation is among the words: as is, with a small first letter, or by its suffix."""
    if token in words or (len(token) > 1 and token[:1].lower() + token[1:] in words):
        return True
    return any(word[0] == "-" and token.endswith(word[1:]) for word in words)


@lru_cache(maxsize=64)
def cues(code: str) -> Cues:
    """The lists of a language given by its shortest code."""
    own = _own(_SHARED.get(code, code))
    names, numbers = _moses(code)
    numbers |= own["month"]
    others = frozenset(own["inside"] | own["number"] | own["month"] | own["end"] | own["word"])
    return Cues(
        inside=frozenset(own["inside"]),
        name=frozenset(own["name"] | {name for name in names if not listed(name, others)}),
        number=frozenset(own["number"] | numbers - own["inside"]),
        month=frozenset(own["month"]),
        end=frozenset(own["end"]),
        unit=frozenset(own["unit"]),
        then=frozenset(own["then"]),
        date=frozenset(own["date"]),
        start=frozenset(own["start"]),
        opens=frozenset(own["start"] | own["after"]),
        carry=frozenset(own["and"]),
    )


def _own(code: str) -> dict[str, set[str]]:
    """The sections of the language's file, empty without one."""
    sections: dict[str, set[str]] = {name: set() for name in _SECTIONS}
    try:
        text = (_FOLDER / f"{code}.txt").read_text(encoding="utf-8")
    except FileNotFoundError:
        return sections
    words: set[str] = set()
    for line in text.splitlines():
        if line.startswith("["):
            words = sections[line.strip("[]")]
        elif not line.startswith("#"):
            words.update(line.split())
    return sections


def _moses(code: str) -> tuple[set[str], set[str]]:
    """Moses' prefixes (before names, before numbers only), without single letters and numbers."""
    from sacremoses.corpus import NonbreakingPrefixes

    prefixes = NonbreakingPrefixes()
    names: set[str] = set()
    numbers: set[str] = set()
    if code in prefixes.available_langs:
        for entry in prefixes.words(code):
            word, _, condition = entry.partition(" #")
            word = "".join(word.split())
            if len(word) > 1 and not word.isdigit() and not _ROMAN.fullmatch(word):
                (numbers if condition else names).add(word)
    return names, numbers
