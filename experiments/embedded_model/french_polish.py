"""The French→Polish teacher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.gloss import french as gloss_french
from harness.gloss.fr_pl import _Clause
from harness.gloss.polish import PolishForms, participle
from harness.gloss.text import cased

from .teacher import Meaning, Said, Teacher, read_texts

GENDERS = (("1", "s"), ("3", "s"), ("f", "s"), ("n", "s"), ("1", "p"), ("3", "p"))
CASES = "ngdail"


class FrenchToPolish(Teacher):
    """The French→Polish gloss, aligned."""

    src, tgt = "fr", "pl"
    groups: ClassVar[list[list[str]]] = [
        [number + case for number in "sp" for case in CASES],
        ["Sm", "Sh", "Sf", "Sn", "P1", "Px"],
        ["P1s", "P3s", "P1p", "P2p", "P3p", "Lsm", "Lsf", "Lsn", "Lp1", "Lpx", "inf", "pcon", "pant"],
        ["ppas"],
        ["cond", "ind"],
        ["cap", "low"],
        ["i", "p"],
    ]

    def __init__(self) -> None:
        super().__init__()
        self.forms = PolishForms(self.tables.tgt)

    def noun_class(self, target: str) -> str:
        return self.forms.gender_number(target)[0]

    def function_lemmas(self) -> Iterable[tuple[str, str]]:
        determiners = {(word.target, "a") for word in self.tables.words.values() if word.role == "det"}
        return determiners | {("który", "a"), ("być|zostać", "v")}

    def say(self, line: str) -> list[Said]:
        """The items of a line in order. A verb of several words is spread over the words it came from."""
        items, texts = read_texts(line, self.src, self.tables, gloss_french.word)
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
            Said(text, target, item.role == "copy" or target.lower() == item.source.lower())
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

    def meanings(self, word: str) -> list[Meaning]:
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
