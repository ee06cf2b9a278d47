"""The teacher: the harness's own gloss engine, with what it says taken apart word by word.

The gloss engine reads a French line into items (words and phrases) and renders each in Polish. Here every
item keeps the characters it stands for, so that its Polish can be laid against the model's source pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.translate import gloss_french, gloss_tables
from harness.translate.gloss_fr_pl import _Clause
from harness.translate.gloss_items import Item, opens_sentence, phrase, plain
from harness.translate.gloss_polish import PolishForms, participle
from harness.translate.gloss_text import Token, cased, tokens

GENDERS = (("1", "s"), ("3", "s"), ("f", "s"), ("n", "s"), ("1", "p"), ("3", "p"))
CASES = "ngdail"


@dataclass(frozen=True, slots=True)
class Said:
    """An item: its characters without white space, its Polish ("" for none), and whether it is a copy."""

    source: str
    target: str
    copied: bool


def _read(found: list[Token], tables: gloss_tables.Tables) -> tuple[list[Item], list[str]]:
    """As `gloss_french.read`, with the text of all tokens of each item."""
    items: list[Item] = []
    texts: list[str] = []
    position = 0
    while position < len(found):
        opens = opens_sentence(items)
        item, length = phrase(found, position, tables) or (plain(found[position]), 1)
        if item is None:
            following = found[position + 1].text.lower() if position + 1 < len(found) else ""
            previous = items[-1] if items else None
            item = gloss_french._word(found[position], previous, following, opens, tables)
        item.first = opens
        items.append(item)
        texts.append("".join(token.text for token in found[position : position + length]))
        position += length
    return items, texts


@dataclass(slots=True)
class Teacher:
    """The gloss engine for French→Polish, aligned."""

    tables: gloss_tables.Tables = field(default_factory=lambda: gloss_tables.load("fr", "pl"))
    forms: PolishForms = field(init=False)

    def __post_init__(self) -> None:
        self.forms = PolishForms(self.tables.tgt)

    def say(self, line: str) -> list[Said]:
        """The items of a line in order. A verb of several words is spread over the words it came from."""
        items, texts = _read(tokens(line, "fr"), self.tables)
        clause = _Clause(items, self.forms)
        out = [""] * len(items)
        for index, item in enumerate(items):
            before = [other.done for other in items]
            text = clause.render(index)
            if text and item.role != "copy" and not item.first:
                text = cased(text, item.source)
            taken = [i for i, other in enumerate(items) if other.done and not before[i]]
            if taken and text:
                head, tail = _split(text)
                out[index], out[taken[-1]] = head, tail
            elif not out[index]:
                out[index] = text
        self._capital(out, line)
        return [
            Said(text.replace(" ", ""), target, item.role == "copy" or target.lower() == item.source.lower())
            for item, text, target in zip(items, texts, out, strict=True)
        ]

    @staticmethod
    def _capital(out: list[str], line: str) -> None:
        """The first word said takes the capital of the line."""
        first = next((letter for letter in line if letter.isalnum()), "")
        for i, text in enumerate(out):
            if any(letter.isalnum() for letter in text):
                if first.isupper():
                    out[i] = text[:1].upper() + text[1:]
                return

    def headwords(self) -> list[str]:
        """Every headword of the dictionary."""
        return list(self.tables.lexicon._entries)

    def knows(self, word: str) -> bool:
        """Whether the word is translated rather than copied."""
        return word in self.tables.words or bool(self.meanings(word))

    def meanings(self, word: str) -> list[tuple[str, str, str]]:
        """(part of speech, French tag, Polish translation) of a form, in the table's order."""
        found = []
        for reading in self.tables.src.analyse(word):
            own = self.tables.lexicon.get(word, reading.pos) if reading.pos != "v" else None
            target = own or self.tables.translation(reading.lemma, reading.pos)
            if target:
                found.append((reading.pos, reading.tag, target))
        if not found:
            found = [(pos, "es", target) for pos, target in self.tables.lexicon.entry(word).items()]
        return found

    def paradigm(self, target: str, pos: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(form, attributes) of a translation: the cases, agreements, persons and tenses the engine makes."""
        table = self.tables.tgt
        if pos in "nx":
            gender, number = self.forms.gender_number(target)
            for n in ("s", "p") if gender != "p" and number == "s" else ("p",):
                for case in CASES:
                    yield self.forms.noun(target, gender, n, case), (n + case,)
        elif pos == "a" and " " not in target:
            for gender, number in GENDERS:
                for case in CASES:
                    form = self.forms.adjective(target, gender, number, case)
                    yield form, (number + case, _agreement(gender, number, case))
        elif pos == "v":
            imperfective, _, perfective = target.partition("|")
            for aspect, verb in (("i", imperfective), ("p", perfective)):
                head, _, rest = verb.partition(" ")
                for tag in (
                    "inf",
                    "P3s",
                    "P3p",
                    "Lsm",
                    "Lsf",
                    "Lsn",
                    "Lp1",
                    "Lpx",
                    "P1s",
                    "P1p",
                    "P2p",
                    "pcon",
                    "pant",
                ):
                    form = table.inflect(head, "v", tag) if head else None
                    if form is not None:
                        yield f"{form} {rest}".strip(), (tag, aspect, *(("ind",) if tag[0] == "L" else ()))
                        if tag[0] == "L":
                            yield f"{form}by {rest}".strip(), (tag, aspect, "cond")
                base = table.inflect(head, "v", "ppas") if head else None
                for gender, number in GENDERS if base else ():
                    for case in CASES:
                        attributes = (number + case, _agreement(gender, number, case), "ppas", aspect)
                        yield participle(base or "", gender, number, case), attributes
        else:
            yield target, ()


def _agreement(gender: str, number: str, case: str) -> str:
    if number == "p":
        return "P1" if gender == "1" else "Px"
    if gender in "fn":
        return f"S{gender}"
    return "Sh" if gender == "1" else "Sm"


def _split(text: str) -> tuple[str, str]:
    """The last word (with its "się") apart from what goes before."""
    words = text.split(" ")
    cut = -2 if words[-1] == "się" and len(words) > 1 else -1
    return " ".join(words[:cut]), " ".join(words[cut:])
