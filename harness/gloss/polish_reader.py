"""Reads a Polish line: which words belong together, and what each is here (noun, verb, …)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.gloss.items import ROLES, GlossItem, copied, opens_sentence, read_items
from harness.gloss.tables import GlossReading, Tables
from harness.gloss.text import Token

# Endings of the personal past and of the conditional: (ending, person).
_PERSONAL = (("łem", "1s"), ("łam", "1s"), ("łeś", "2s"), ("łaś", "2s"), ("liśmy", "1p"), ("łyśmy", "1p"),
             ("liście", "2p"), ("łyście", "2p"))  # fmt: skip
_HARD = ("ego", "emu", "ymi", "ych", "ym", "ej", "ą", "a", "e", "y", "i")
# Adjectives that stand before their noun.
_BEFORE = {
    "grand", "petit", "bon", "mauvais", "beau", "joli", "jeune", "vieux", "nouveau", "long", "gros",
    "premier", "deuxième", "second", "troisième", "dernier", "autre", "même", "seul", "propre",
    "prochain", "ancien", "haut", "vrai", "faux", "différent",
}  # fmt: skip
_NEUTRAL = {"n": "sn", "a": "snm", "v": "P3s"}
_CASES = {
    "dans": "l", "sur": "la", "à": "g", "de": "gi", "pour": "ga", "après": "l", "par": "a", "avant": "i",
    "près de": "l", "chez": "g", "entre": "i", "sans": "g", "sous": "i",
}  # fmt: skip


def read(tokens: list[Token], tables: Tables) -> list[GlossItem]:
    """Items in French order; every token belongs to exactly one."""
    return _french_order([item for item, _ in read_items(tokens, tables, word)])


def word(tokens: list[Token], position: int, items: list[GlossItem], tables: Tables) -> GlossItem:
    """The word at a position that is neither a phrase nor plain, after the items before it."""
    around = {token.text.lower() for token in tokens[max(0, position - 2) : position + 3]}
    following = tokens[position + 1].text.lower() if position + 1 < len(tokens) else ""
    previous = items[-1] if items else None
    return _word(
        tokens[position], _Context(previous, following, "się" in around, opens_sentence(items)), tables
    )


def _french_order(items: list[GlossItem]) -> list[GlossItem]:
    """Most adjectives follow their noun in French; white space and capitals stay where they were."""
    ordered = list(items)
    for end, noun in enumerate(items):
        start = end
        while noun.role == "noun" and start and _follows(items[start - 1], noun):
            start -= 1
        if start < end:
            places = [(item.spaced, item.first) for item in items[start : end + 1]]
            ordered[start : end + 1] = [noun, *items[start:end]]
            for item, (spaced, first) in zip(ordered[start : end + 1], places, strict=True):
                item.spaced, item.first = spaced, first
    return ordered


def _follows(adjective: GlossItem, noun: GlossItem) -> bool:
    agrees = adjective.tag[:2] == noun.tag[:2] or adjective.role == "participle"
    return adjective.role in ("adj", "participle") and agrees and adjective.target not in _BEFORE


@dataclass(frozen=True, slots=True)
class _Context:
    """What stands around a word."""

    previous: GlossItem | None
    following: str
    reflexive: bool  # się is near
    opens: bool  # first word of a sentence

    @property
    def role(self) -> str:
        return self.previous.role if self.previous else ""


def _word(token: Token, context: _Context, tables: Tables) -> GlossItem:
    text = token.text
    if text[0].isupper() and len(text) <= 2:
        return copied(token)  # Xi, Li: no common word is that short
    forms = [text.lower()] if text[0].islower() else [text, text.lower()]
    if context.opens:
        forms = list(dict.fromkeys([text.lower(), text]))
    if text[0].isupper() and not context.opens and context.role == "copy":
        forms = [text]
    for form in forms:
        item = _choose(token, form, context, tables)
        if item is not None:
            return item
    for lemma in (*forms, _lemma(forms[-1])):
        for pos, target in tables.lexicon.entry(lemma).items():
            return GlossItem(text, token.spaced, ROLES[pos], lemma, _NEUTRAL.get(pos, ""), target)
    item = copied(token)
    if any(reading.tag[1:2] == "g" for reading in tables.src.analyse(text)):
        item.feature = "genitive"
    return item


def _choose(token: Token, form: str, context: _Context, tables: Tables) -> GlossItem | None:
    """The best reading that has a translation."""
    best: tuple[int, GlossItem] | None = None
    noun_follows = any(reading.pos == "n" for reading in tables.src.analyse(context.following))
    for reading in [*tables.src.analyse(form), *_derived(form, tables)]:
        reflexive = context.reflexive and reading.pos == "v"
        whole = tables.lexicon.get(f"{reading.lemma} się", "v") if reflexive else None
        target = whole or tables.translation(reading.lemma, reading.pos)
        if target is None:
            continue
        score = _fit(reading, context) + 2 * (reading.pos == "a" and noun_follows)
        if best is None or score > best[0]:
            best = score, _item(token, reading, target, whole is not None)
    return best[1] if best else None


def _item(token: Token, reading: GlossReading, target: str, bare: bool) -> GlossItem:
    item = GlossItem(token.text, token.spaced, ROLES[reading.pos], reading.lemma, reading.tag, target)
    item.feature = "bare" if bare else ""
    if reading.pos == "v":
        if reading.tag in ("ppas", "pact"):
            item.role = "participle"
        elif reading.tag == "imps":
            item.tag, item.feature = "L3s", "impersonal"
        elif reading.tag == "ger":
            item.tag = "inf"
        elif reading.tag in ("pcon", "pant"):
            item.tag = "ppr"
        elif reading.tag[0] == "L" and reading.tag[1] in "sp":
            item.tag = ("I" if reading.kind == "i" else "L") + "3" + reading.tag[1]
        elif reading.tag[0] == "B" or (reading.tag[0] == "P" and reading.kind == "p"):
            item.tag = "F" + reading.tag[1:]
    return item


def _derived(form: str, tables: Tables) -> list[GlossReading]:
    """Personal past, conditional, declined participles and verbal nouns: the table has only their base."""
    found: list[GlossReading] = []
    for ending, person in _PERSONAL:
        if form.endswith(ending):
            past = "ł" if person[1] == "s" else ending[:2]
            base = form[: len(form) - len(ending)] + past
            found += [
                GlossReading(r.lemma, "v", "", ("I" if r.kind == "i" else "L") + person)
                for r in tables.src.analyse(base)
                if r.pos == "v" and r.tag[0] == "L"
            ]
    if form.endswith("by"):
        found += [
            GlossReading(r.lemma, "v", "", "K3" + r.tag[1])
            for r in tables.src.analyse(form[:-2])
            if r.pos == "v" and r.tag[0] == "L"
        ]
    for ending in _HARD:
        if form.endswith(ending):
            stem = form[: len(form) - len(ending)]
            found += [r for r in tables.src.analyse(stem + "y") if r.tag in ("ppas", "pact")]
    for ending in ("ia", "iu", "iem"):
        if form.endswith(ending):
            found += [r for r in tables.src.analyse(form[: len(form) - len(ending)] + "ie") if r.tag == "ger"]
    return found


def _lemma(form: str) -> str:
    from simplemma import lemmatize

    return str(lemmatize(form, lang="pl"))


def _fit(reading: GlossReading, context: _Context) -> int:
    """How well a reading goes with the word before it; ties keep the table's order."""
    role, previous = context.role, context.previous
    score = {"n": 4, "a": 4, "r": 4, "v": 5}[reading.pos]
    if reading.pos in "na":
        score += 2 * (role in ("det", "adj", "prep", "quant")) + 2 * (reading.tag[0] == "s")
        score += _case_fit(reading.tag, role, previous)
        score -= 2 * (reading.pos == "a" and role == "prep" and reading.tag[1] == "n")
    if reading.pos == "v":
        score -= 4 * (role in ("prep", "det", "adj", "quant"))
        score -= reading.tag[0] == "E"
        score += 3 * (reading.lemma == "być")
    return score


def _case_fit(tag: str, role: str, previous: GlossItem | None) -> int:
    """A preposition governs, an adjective agrees, a noun after a noun is a genitive, else a subject."""
    case = tag[1]
    if role == "prep" and previous is not None:
        return 3 * (case in _CASES.get(previous.target, "gil"))
    if role == "noun":
        return 2 * (case == "g")
    if role in ("adj", "participle") and previous is not None:
        return 2 * (previous.tag[:2] == tag[:2])
    return 2 * (case == "n") + (case == "a")
