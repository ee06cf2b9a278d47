"""What a line consists of on its way to the target: words, phrases, names, signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.gloss.tables import Tables
from harness.gloss.text import Token

ROLES = {"n": "noun", "a": "adj", "v": "verb", "r": "adv", "x": "phrase"}


@dataclass(slots=True)
class GlossItem:
    """One word or phrase with its role and translation."""

    source: str
    spaced: bool
    role: str  # noun adj verb adv phrase copy sign number, or the role of a function word
    lemma: str = ""
    tag: str = ""  # grammar of the source form: French "fs", "P3s", "Qms"; Polish "sg", "sgm", "Lsf"
    target: str = ""  # translation of the lemma
    feature: str = ""
    first: bool = False  # opens a sentence: its capital says nothing
    done: bool = False  # already rendered with another item


def plain(token: Token) -> GlossItem | None:
    """A number or a sign, else None."""
    if token.text[0].isdigit():
        ordinal = re.fullmatch(r"(\d+)(?:er|re|ère|e|è|ème)", token.text)
        return GlossItem(
            token.text, token.spaced, "number", target=f"{ordinal[1]}." if ordinal else token.text
        )
    century = re.fullmatch(r"([IVX]{2,})e", token.text)
    if century:
        return GlossItem(token.text, token.spaced, "number", target=century[1])
    if not token.text[0].isalpha():
        return GlossItem(token.text, token.spaced, "sign", target=token.text)
    return None


def copied(token: Token) -> GlossItem:
    """A word that no dictionary knows."""
    return GlossItem(token.text, token.spaced, "copy", target=token.text)


def opens_sentence(items: list[GlossItem]) -> bool:
    """Whether the next item is the first word of a sentence."""
    return not items or items[-1].source in ".!?:…" or (len(items) == 1 and items[0].role == "sign")


Word = Callable[[list[Token], int, list[GlossItem], Tables], GlossItem]
"""How a language reads one word: the tokens, its position, the items before it, the tables."""


def read_items(tokens: list[Token], tables: Tables, word: Word) -> list[tuple[GlossItem, int]]:
    """Items in the order of the line, each with its number of tokens; every token belongs to exactly one."""
    read: list[tuple[GlossItem, int]] = []
    items: list[GlossItem] = []
    position = 0
    while position < len(tokens):
        item, length = phrase(tokens, position, tables) or (plain(tokens[position]), 1)
        if item is None:
            item = word(tokens, position, items, tables)
        item.first = opens_sentence(items)
        items.append(item)
        read.append((item, length))
        position += length
    return read


def phrase(tokens: list[Token], position: int, tables: Tables) -> tuple[GlossItem, int] | None:
    """The longest phrase of the function words or of the dictionary that starts here, and its length.

    A dictionary phrase counts as written, in lower case, or with its first word in dictionary form
    (plurals of compounds); one made of function words only is theirs.
    """
    head = tokens[position]
    first = head.text.lower()
    lemmas = sorted({reading.lemma for reading in tables.src.analyse(first) if reading.pos in "na"})
    longest = 1
    if position + 1 < len(tokens):
        second = tokens[position + 1].text.lower()
        heads = [tables.heads.get(first), *(tables.lexicon.heads.get(word) for word in (first, *lemmas))]
        longest = max(seconds.get(second, 1) if seconds else 1 for seconds in heads)
    words = [token.text for token in tokens[position : position + longest]]
    lowered = [word.lower() for word in words]
    for length in range(len(words), 0, -1):
        own = tables.words.get(" ".join(lowered[:length]))
        if own is not None and not (length == 1 and head.text.isupper() and len(head.text) > 2):
            inflected = own.role in ("noun", "verb")  # listed with its tag
            tag, feature = (own.feature, "") if inflected else ("", own.feature)
            return GlossItem(head.text, head.spaced, own.role, first, tag, own.target, feature), length
        if length > 1 and not all(word in tables.words for word in lowered[:length]):
            text = " ".join(words[:length])
            forms = (text, text.lower(), *(lemma + text[len(first) :] for lemma in lemmas))
            found = next((entry for form in forms if (entry := tables.lexicon.entry(form))), None)
            if found is not None:
                pos, target = next(iter(found.items()))
                role = {"n": "noun", "v": "verb"}.get(pos, "phrase")
                tag = {"noun": "es", "verb": "inf"}.get(role, "")
                return GlossItem(head.text, head.spaced, role, "", tag, target, "phrase"), length
    return None
