"""Polish forms: nouns and phrases in a case, adjectives and participles in agreement, verbs in a tense.

Gender is 1 2 3 (masculine personal, animate, inanimate), f, n or p (plural only); number s or p;
case n g d a i l; a verb's subject has the gender class m f n in the singular, 1 x in the plural.
"""

from __future__ import annotations

from harness.gloss.tables import Inflection
from harness.gloss.text import cased

_WILL = {"1s": "będę", "2s": "będziesz", "3s": "będzie", "1p": "będziemy", "2p": "będziecie", "3p": "będą"}
_PERSON_ENDING = {"1s": "em", "2s": "eś", "1p": "śmy", "2p": "ście"}
_HARD = {
    "snm": "y", "sgm": "ego", "sdm": "emu", "sah": "ego", "sam": "y", "sim": "ym", "slm": "ym",
    "snf": "a", "sgf": "ej", "sdf": "ej", "saf": "ą", "sif": "ą", "slf": "ej",
    "snn": "e", "sgn": "ego", "sdn": "emu", "san": "e", "sin": "ym", "sln": "ym",
    "pn1": "i", "pnx": "e", "pa1": "ych", "pax": "e", "pg": "ych", "pd": "ym", "pi": "ymi", "pl": "ych",
}  # fmt: skip


def past_gender(gender: str, number: str) -> str:
    """A noun's gender as the class of a past verb."""
    if number == "p":
        return "1" if gender == "1" else "x"
    return gender if gender in ("f", "n") else "m"


def adjective_tags(gender: str, number: str, case: str) -> tuple[str, ...]:
    """The tags of an agreeing adjective, the exact one first."""
    if number == "p":
        return (f"p{case}1" if gender == "1" else f"p{case}x", f"p{case}")
    if gender in ("f", "n"):
        return (f"s{case}{gender}",)
    if case == "a":
        return ("sah" if gender in ("1", "2") else "sam",)
    return (f"s{case}m",)


def participle(base: str, gender: str, number: str, case: str) -> str:
    """A passive participle (base in -ny, -ty) declines like a hard adjective; other words follow it."""
    head, _, rest = base.partition(" ")
    stem = head[:-1]
    tag = next(tag for tag in adjective_tags(gender, number, case) if tag in _HARD)
    if tag == "pn1":
        stem = stem[:-1] + "c" if stem.endswith("t") else stem[:-2] + "en" if stem.endswith("on") else stem
    return f"{stem}{_HARD[tag]} {rest}".strip()


class PolishForms:
    """Forms of dictionary translations; a word that the table lacks stays as it is."""

    def __init__(self, table: Inflection) -> None:
        self._table = table

    def gender_number(self, noun: str) -> tuple[str, str]:
        """Gender of a noun or of the head of a phrase; number p for a form that is plural already."""
        head = noun.split()[0] if noun else ""
        kinds = self._table.kinds(noun, "n") or self._table.kinds(head, "n")
        if kinds:
            return kinds[0], "p" if kinds[0] == "p" else "s"
        nouns = [reading for reading in self._table.analyse(noun) if reading.pos == "n"]
        plural = bool(nouns) and all(reading.tag[0] == "p" for reading in nouns)
        return (nouns[0].kind if nouns else "3"), "p" if plural else "s"

    def noun(self, target: str, gender: str, number: str, case: str) -> str:
        """A noun, or a phrase whose first noun and adjectives are declined; acronyms are not."""
        if target.isupper() and len(target) > 1:
            return target
        whole = self._table.inflect(target, "n", number + case, "p" + case if gender == "p" else "")
        if whole is not None:
            return whole
        words: list[str] = []
        headed = False
        for word in target.split():
            form = None if headed else self._head(word, number, case)
            headed = headed or form is not None
            words.append(form or self._modifier(word, gender, number, case) or word)
        return " ".join(words)

    def _head(self, word: str, number: str, case: str) -> str | None:
        """The noun of a phrase: a lemma, or a plural as in Stany Zjednoczone."""
        form = self._table.inflect(word, "n", number + case)
        if form is None:
            readings = self._table.analyse(word)
            plural = next((r for r in readings if r.pos == "n" and r.tag == "pn"), None)
            if plural is not None and not any(r.pos == "a" for r in readings):
                form = self._table.inflect(plural.lemma, "n", "p" + case)
        return form

    def _modifier(self, word: str, gender: str, number: str, case: str) -> str | None:
        readings = self._table.analyse(word.lower())
        adjective = next((r for r in readings if r.pos == "a" and r.tag[1] == "n"), None)
        if adjective is None:
            base = word.lower()[:-1] + "y"
            verbal = any(r.tag == "ppas" for r in self._table.analyse(base))
            return cased(participle(base, gender, number, case), word) if verbal else None
        own = "p" if adjective.tag[0] == "p" else number
        return cased(self.adjective(adjective.lemma, gender, own, case), word)

    def adjective(self, lemma: str, gender: str, number: str, case: str) -> str:
        return self._table.inflect(lemma, "a", *adjective_tags(gender, number, case)) or lemma

    def participle(self, verb: str, gender: str, number: str, case: str) -> str:
        """The passive participle in agreement; the past where the verb has none (intransitive)."""
        base = self._verb(verb, "pi", "ppas")
        if base is not None:
            return participle(base, gender, number, case)
        subject = past_gender(gender, number)
        return self._verb(verb, "pi", f"L{number}{subject}") or _first(verb)

    def passive(self, verb: str, tense: str, person: str, gender: str) -> str:
        """jest/został + participle; `gender` is the subject's class."""
        own = {"m": "1", "x": "f"}.get(gender, gender)
        auxiliary = self.finite("być|zostać", tense, person, gender)
        return f"{auxiliary} {self.participle(verb, own, person[1], 'n')}"

    def finite(self, verb: str, tense: str, person: str, gender: str) -> str:
        """`verb` is "imperfective|perfective", either may be empty.

        Tense letters: inf; ppr; P S T present; I imperfect; L J past; F future; K conditional; E imperative.
        """
        if tense in ("inf", "ppr"):
            form = self._verb(verb, "pi", "inf") if tense == "inf" else self._verb(verb, "ip", "pcon", "pant")
        elif tense in ("P", "S", "T"):
            form = self._verb(verb, "ip", f"P{person}")
        elif tense == "F":
            form = self._future(verb, person)
        elif tense == "E":
            form = self._verb(verb, "pi", f"E{person}")
        else:
            form = self._past(verb, "ip" if tense == "I" else "pi", person, gender, tense == "K")
        return form or _first(verb)

    def _future(self, verb: str, person: str) -> str:
        if verb.startswith("być|"):
            return self._verb(verb, "i", f"B{person}") or _WILL[person]
        infinitive = self._verb(verb, "i", "inf") or _first(verb)
        return self._verb(verb, "p", f"P{person}") or f"{_WILL[person]} {infinitive}"

    def _past(self, verb: str, order: str, person: str, gender: str, conditional: bool) -> str | None:
        if person[1] == "p":
            letter = "x" if gender in ("x", "f", "n") else "1"
        else:
            letter = gender if gender in ("f", "n") else "m"
        form = self._verb(verb, order, f"L{person[1]}{letter}")
        if form is None:
            return None
        head, _, rest = form.partition(" ")
        head += "by" if conditional else ""
        ending = _PERSON_ENDING.get(person, "")
        if ending in ("em", "eś") and head[-1] in "ay":
            ending = ending[1:]
        return f"{head}{ending} {rest}".strip()

    def _verb(self, verb: str, order: str, *tags: str) -> str | None:
        """The form of the aspect first in `order` that has one; the verb's other words follow it."""
        imperfective, _, perfective = verb.partition("|")
        for aspect in order:
            head, _, rest = (imperfective if aspect == "i" else perfective).partition(" ")
            form = self._table.inflect(head, "v", *tags) if head else None
            if form is not None:
                return f"{form} {rest}".strip()
        return None


def _first(verb: str) -> str:
    """The verb as the dictionary has it, of either aspect."""
    return verb.strip("|").partition("|")[0]
