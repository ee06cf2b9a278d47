"""The teacher: the harness's own gloss engine, with what it says taken apart word by word.

The gloss engine reads a line into items (words and phrases) and renders each in the target language. A
teacher keeps with every item the characters it stands for, so that its translation can be laid against
the model's source pieces. One module a direction knows the rest: `french_polish`, `polish_french`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.gloss import tables as gloss_tables
from harness.gloss.engine import Gloss
from harness.gloss.items import GlossItem, Word, read_items
from harness.gloss.text import tokens

Meaning = tuple[str, str, str]  # part of speech, tag of the source form, translation


@dataclass(frozen=True, slots=True)
class Said:
    """An item: its characters without white space, its translation ("" for none), whether it is a copy."""

    source: str
    target: str
    copied: bool
    before: str = ""  # what the target language says before it: articles, pronouns


class Teacher(ABC):
    """The gloss engine of one direction, aligned."""

    src: ClassVar[str]
    tgt: ClassVar[str]
    groups: ClassVar[list[list[str]]]  # the attributes of target forms that exclude each other

    def __init__(self) -> None:
        self.tables = gloss_tables.load(self.src, self.tgt)

    @property
    def identity(self) -> dict[str, str]:
        """Version of the rules and digest of the tables: equal identities say the same."""
        return {name: str(value) for name, value in Gloss({}, self.src, self.tgt).identity.items()}

    def headwords(self) -> list[str]:
        """Every headword of the dictionary."""
        return list(self.tables.lexicon._entries)

    def knows(self, word: str) -> bool:
        """Whether the word is translated rather than copied."""
        return word in self.tables.words or bool(self.meanings(word))

    @abstractmethod
    def say(self, line: str) -> list[Said]:
        """The items of a line in order."""

    @abstractmethod
    def meanings(self, word: str) -> list[Meaning]:
        """The readings of a form that have a translation, in the table's order."""

    @abstractmethod
    def paradigm(self, target: str, pos: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(form, attributes) of a translation: the forms that the engine makes."""

    @abstractmethod
    def noun_class(self, target: str) -> str:
        """The gender of a noun of the target language."""

    @abstractmethod
    def function_lemmas(self) -> Iterable[tuple[str, str]]:
        """(translation, part of speech) of the function words that inflect."""


def read_texts(
    line: str, lang: str, tables: gloss_tables.Tables, word: Word
) -> tuple[list[GlossItem], list[str]]:
    """The engine's items of a line in its order, and the characters that each stands for."""
    found = tokens(line, lang)
    items: list[GlossItem] = []
    texts: list[str] = []
    position = 0
    for item, length in read_items(found, tables, word):
        items.append(item)
        texts.append("".join(token.text for token in found[position : position + length]))
        position += length
    return items, whole(line, texts)


def whole(line: str, texts: list[str]) -> list[str]:
    """The texts of items with the characters that the engine's words leave out: a-t-il is `a`, `-t-il`."""
    line = "".join(line.replace("’", "'").replace("ʼ", "'").split())
    out, at = [], 0
    for text in texts:
        text = "".join(text.split())
        end = line.find(text, at) + len(text)
        if end - at > len(text) + 3 or end < at + len(text):
            return texts  # not the line's characters: the labeller will see that they do not match
        out.append(line[at:end])
        at = end
    return out
