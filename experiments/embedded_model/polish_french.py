"""The Polish→French teacher.

French says more words than Polish: articles, pronouns, negation. What stands before a word's own
translation (`Said.before`) goes to the slot that the source tokens have before each word (`pieces.SLOT`).
Adjectives stay where Polish has them, since every target piece answers the source piece at its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.gloss import polish_reader as reader
from harness.gloss.french_forms import FrenchForms
from harness.gloss.pl_fr import _Clause
from harness.gloss.text import cased

from .teacher import Meaning, Said, Teacher, read_texts

PERSONS = ["1s", "2s", "3s", "1p", "2p", "3p"]
TENSES = ["P", "I", "F", "K", "L", "E"]
CLITICS = {"ne", "se", "me", "te", "nous", "vous"}


class PolishToFrench(Teacher):
    """The Polish→French gloss without its word order, aligned."""

    src, tgt = "pl", "fr"
    groups: ClassVar[list[list[str]]] = [
        ["s", "p"],
        ["m", "f"],
        ["inf", "ppr", "Q", *TENSES],
        PERSONS,
        ["cap", "low"],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.forms = FrenchForms(self.tables.tgt)

    def noun_class(self, target: str) -> str:
        return self.forms.gender(target) or ""

    def function_lemmas(self) -> Iterable[tuple[str, str]]:
        return {(word.target, "d") for word in self.tables.words.values() if word.role == "det"}

    def say(self, line: str) -> list[Said]:
        items, texts = read_texts(line, self.src, self.tables, reader.word)
        clause = _Clause(items, self.forms)
        out: list[Said] = []
        due = False
        for index, (item, source) in enumerate(zip(items, texts, strict=True)):
            article, text = clause.render(index)
            before = article.split()
            words = text.split()
            while item.role == "verb" and len(words) > 1 and words[0] in CLITICS:
                before.append(words.pop(0))
            first, text = " ".join(before), " ".join(words)
            copied = item.role == "copy" or text.lower() == item.source.lower()
            if item.first:
                due = item.source[:1].isupper()
            elif text and item.role != "copy":
                text = cased(text, item.source)
            if due and (first or text):
                due = False
                first, text = (_capital(first), text) if first else ("", _capital(text))
            out.append(Said(source, text, copied, first))
        return out

    def meanings(self, word: str) -> list[Meaning]:
        found = []
        for reading in [*self.tables.src.analyse(word), *reader._derived(word, self.tables)]:
            target = self.tables.translation(reading.lemma, reading.pos)
            if target:
                found.append((reading.pos, reading.tag, target))
        for lemma in (word, reader._lemma(word)) if not found else ():
            for pos, target in self.tables.lexicon.entry(lemma).items():
                found.append((pos, reader._NEUTRAL.get(pos, ""), target))
            if found:
                break
        return found

    def paradigm(self, target: str, pos: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        if pos in "nx":
            gender = self.forms.gender(target)
            for number in "sp":
                yield self.forms.noun(target, number), (number, *([gender] if gender else []))
        elif pos in "ad":
            form = self.forms.adjective if pos == "a" else self.forms.determiner
            for gender in "mf":
                for number in "sp":
                    yield form(target, gender, number), (number, gender)
        elif pos == "v":
            for tense in ("inf", "ppr", *TENSES):
                for person in PERSONS if len(tense) == 1 else ["3s"]:
                    text = self.forms.verb(target, tense, person, "m", False, False).split()
                    while len(text) > 1 and text[0] in CLITICS:
                        text.pop(0)
                    yield " ".join(text), (tense, *([person] if len(tense) == 1 else []))
            for gender in "mf":
                for number in "sp":
                    yield self.forms.participle(target, gender, number), ("Q", number, gender)
        else:
            yield target, ()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
