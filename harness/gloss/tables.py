"""The shipped tables of the gloss engine: inflection of a language, word pairs, function words.

Formats: `dictionaries/README.md`. A table is read whole (tens of milliseconds); paradigms are
taken apart when first used.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from harness.errors import StageError

FOLDER = Path(__file__).parent / "dictionaries"


@dataclass(frozen=True, slots=True)
class GlossReading:
    """One grammatical reading of a form."""

    lemma: str
    pos: str  # n noun, a adjective, v verb, r adverb
    kind: str  # Polish nouns: gender 1 2 3 f n p; Polish verbs: aspect i p b; French: ""
    tag: str


@dataclass(frozen=True, slots=True)
class _Paradigm:
    pos: str
    kind: str
    lemma_ending: str
    tags: dict[str, tuple[str, ...]]  # ending → tags
    endings: dict[str, str]  # tag → ending


class Inflection:
    """Every form of the words of one language: which word is it, and which form has a tag."""

    def __init__(self, text: str) -> None:
        head, _, rows = text.rpartition("\n=")
        last, _, rows = rows.partition("\n")
        self._rows = [*head.split("\n="), last]
        self._rows[0] = self._rows[0].removeprefix("=")
        self._parsed: dict[int, _Paradigm] = {}
        self._found: dict[tuple[str, str], list[tuple[str, _Paradigm]]] = {}
        self._read: dict[str, tuple[GlossReading, ...]] = {}
        self._stems = dict(row.split("\t") for row in rows.splitlines())

    def _paradigm(self, number: int) -> _Paradigm:
        if number not in self._parsed:
            pos, kind, lemma_ending, *columns = self._rows[number].split("\t")
            pairs = [column.split(":") for column in columns]
            tags = {ending: tuple(names.split(",")) for ending, names in pairs}
            endings = {name: ending for ending, names in tags.items() for name in names}
            self._parsed[number] = _Paradigm(pos, kind, lemma_ending, tags, endings)
        return self._parsed[number]

    def _paradigms(self, stem: str) -> list[_Paradigm]:
        numbers = self._stems.get(stem)
        return [self._paradigm(int(number)) for number in numbers.split(",")] if numbers else []

    def analyse(self, form: str) -> tuple[GlossReading, ...]:
        """Every reading of a form, longest stem first; empty for an unknown form. Case counts."""
        if form not in self._read:
            self._read[form] = self._readings(form)
        return self._read[form]

    def _readings(self, form: str) -> tuple[GlossReading, ...]:
        return tuple(
            GlossReading(form[:cut] + paradigm.lemma_ending, paradigm.pos, paradigm.kind, tag)
            for cut in range(len(form), -1, -1)
            for paradigm in self._paradigms(form[:cut])
            for tag in paradigm.tags.get(form[cut:], ())
        )

    def kinds(self, lemma: str, pos: str) -> list[str]:
        """Genders of a Polish noun, aspects of a Polish verb; empty for an unknown word."""
        return [paradigm.kind for _, paradigm in self._lexemes(lemma, pos)]

    def inflect(self, lemma: str, pos: str, *tags: str) -> str | None:
        """The form for the first of `tags` that the word has; None without any."""
        found = self._lexemes(lemma, pos)
        for tag in tags:
            for stem, paradigm in found:
                if tag in paradigm.endings:
                    return stem + paradigm.endings[tag]
        return None

    def _lexemes(self, lemma: str, pos: str) -> list[tuple[str, _Paradigm]]:
        if (lemma, pos) not in self._found:
            self._found[lemma, pos] = [
                (lemma[:cut], paradigm)
                for cut in range(len(lemma), -1, -1)
                for paradigm in self._paradigms(lemma[:cut])
                if paradigm.pos == pos and paradigm.lemma_ending == lemma[cut:]
            ]
        return self._found[lemma, pos]


def split_elided(phrase: str) -> str:
    """Elided words as the tokeniser writes them: "à l'arrêt" → "à l' arrêt"."""
    return re.sub(r"(?i)(?<![\w-])(l|d|j|m|t|s|n|c|(?:\w*q)u)'(?=\w)", r"\1' ", phrase)


Heads = dict[str, dict[str, int]]  # first token → second token → tokens of the longest phrase with both


def phrase_heads(phrases: Iterable[str]) -> Heads:
    """How phrases begin, in lower case, so that most positions of a line need no look-up at all."""
    heads: Heads = {}
    for phrase in phrases:
        if " " in phrase:
            first, second, *rest = phrase.lower().split(" ")
            seconds = heads.setdefault(first, {})
            seconds[second] = max(seconds.get(second, 2), len(rest) + 2)
    return heads


class Lexicon:
    """Word pairs by part of speech: n a v r, or x for phrases and the rest."""

    def __init__(self, text: str) -> None:
        self._entries: dict[str, dict[str, str]] = {}
        for row in text.splitlines():
            word, pos, translation = row.split("\t")
            key = split_elided(word) if "'" in word else word
            self._entries.setdefault(key, {})[pos] = translation
        self.heads = phrase_heads(self._entries)

    def get(self, word: str, pos: str) -> str | None:
        return self._entries.get(word, {}).get(pos)

    def entry(self, word: str) -> dict[str, str]:
        """Part of speech → translation; empty for an unknown word."""
        return self._entries.get(word, {})


@dataclass(frozen=True, slots=True)
class FunctionWord:
    """A word of the hand-made list: what it does in the sentence."""

    role: str
    target: str  # may be empty: the word has no counterpart
    feature: str  # governed case, person and number, …


@dataclass(frozen=True, slots=True)
class Tables:
    """All that one direction needs, with the digest of the bytes it was read from."""

    src: Inflection
    tgt: Inflection
    lexicon: Lexicon
    words: dict[str, FunctionWord]
    heads: Heads  # of the phrases among the function words
    sha256: str

    def translation(self, lemma: str, pos: str) -> str | None:
        """Of a lemma: the hand-made list first (its key is "lemma/pos"), then the dictionary."""
        own = self.words.get(f"{lemma}/{pos}")
        return own.target if own else self.lexicon.get(lemma, pos)


def pairs() -> list[str]:
    """The pairs that a shipped dictionary covers, as "fr-pl"."""
    return sorted(path.name.removesuffix(".tsv.gz") for path in FOLDER.glob("??-??.tsv.gz"))


def digest(src: str, tgt: str) -> str:
    """SHA-256 over the bytes of every table of the direction."""
    return hashlib.sha256(b"".join(_read(name) for name in _names(src, tgt))).hexdigest()


@lru_cache(maxsize=4)
def load(src: str, tgt: str) -> Tables:
    """The tables of one direction; StageError when the installation lacks one."""
    own, other, lexicon, words = (_text(name) for name in _names(src, tgt))
    functions = _function_words(words)
    return Tables(
        src=Inflection(own),
        tgt=Inflection(other),
        lexicon=Lexicon(lexicon),
        words=functions,
        heads=phrase_heads(functions),
        sha256=digest(src, tgt),
    )


def _names(src: str, tgt: str) -> tuple[str, ...]:
    return f"{src}.forms.tsv.gz", f"{tgt}.forms.tsv.gz", f"{src}-{tgt}.tsv.gz", f"{src}-{tgt}.words.tsv"


def _read(name: str) -> bytes:
    try:
        return (FOLDER / name).read_bytes()
    except OSError as error:
        raise StageError(f"the installation is broken: no {FOLDER / name}; reinstall mt-harness") from error


def _text(name: str) -> str:
    data = _read(name)
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")


def _function_words(text: str) -> dict[str, FunctionWord]:
    words: dict[str, FunctionWord] = {}
    for row in text.splitlines():
        if row and not row.startswith("#"):
            forms, role, target, feature = [*row.split("\t"), "", ""][:4]
            for form in forms.split(","):
                words[form.strip()] = FunctionWord(role, target, feature)
    return words
