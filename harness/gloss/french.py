"""Reads a French line: which words belong together, and what each is here (noun, verb, …).

No tagger: every word keeps the readings that the inflection table gives it, and the words
before and after it choose among them.
"""

from __future__ import annotations

from harness.gloss.items import ROLES, GlossItem, copied, opens_sentence, read_items
from harness.gloss.tables import FunctionWord, GlossReading, Tables
from harness.gloss.text import Token

_NOTHING = FunctionWord("", "", "")
# Words after which a noun or adjective follows, and words after which a verb does.
_BEFORE_NOUN = {"drop", "det", "of", "prep", "quant", "fixed", "number"}
_BEFORE_VERB = {"subj", "refl", "obj", "ne", "this"}

_PLURAL = {"les", "des", "aux", "ces", "mes", "tes", "ses", "nos", "vos", "leurs", "certains", "certaines"}


def read(tokens: list[Token], tables: Tables) -> list[GlossItem]:
    """Items in the order of the line; every token belongs to exactly one."""
    return [item for item, _ in read_items(tokens, tables, word)]


def word(tokens: list[Token], position: int, items: list[GlossItem], tables: Tables) -> GlossItem:
    """The word at a position that is neither a phrase nor plain, after the items before it."""
    following = tokens[position + 1].text if position + 1 < len(tokens) else ""
    item = _word(tokens[position], _before(items), following, opens_sentence(items), tables)
    if item.role == "noun" and item.tag[1:2] == "i" and any(_plural(other) for other in items[-3:]):
        item.tag = item.tag[0] + "p"  # les pays
    return item


def _before(items: list[GlossItem]) -> GlossItem | None:
    """The item that the next word follows; in a-t-il dit, the verb and not its subject."""
    if len(items) > 1 and items[-1].role == "subj" and items[-2].role == "verb":
        return items[-2]
    return items[-1] if items else None


def _plural(item: GlossItem) -> bool:
    return item.lemma in _PLURAL or item.role in ("few", "quant")


def _word(token: Token, previous: GlossItem | None, following: str, opens: bool, tables: Tables) -> GlossItem:
    text = token.text
    if text[0].isupper() and _is_name(token, previous, following, tables):
        return copied(token)
    following = following.lower()
    if text[0].isupper() and not opens:
        return _capitalised(token, previous, following, tables)
    return _choose(token, text.lower(), previous, following, tables) or _exact(token, tables) or copied(token)


def _is_name(token: Token, previous: GlossItem | None, following: str, tables: Tables) -> bool:
    """After a title; or before an unknown capitalised word, unless it is a title itself (Président Xi)."""
    if len(token.text) <= 2 or (previous is not None and previous.source in ("M.", "MM.", "Mme", "Mlle")):
        return True  # Xi, Li: no common word is that short
    known = tables.lexicon.entry(following) or tables.src.analyse(following.lower())
    if not following[:1].isupper() or known:
        return False
    common = next((r.lemma for r in tables.src.analyse(token.text.lower()) if r.pos == "n"), "")
    title = tables.lexicon.get(common, "n")
    return not title or "1" not in tables.tgt.kinds(title, "n")


def _capitalised(token: Token, previous: GlossItem | None, following: str, tables: Tables) -> GlossItem:
    """A name, if the dictionary has it as written or no common word fits."""
    exact = _exact(token, tables)
    if exact is not None:
        return exact
    in_name = previous is not None and previous.role in ("copy", "name") and previous.source[:1].isupper()
    if in_name or (token.text.isupper() and len(token.text) > 1):
        return copied(token)
    chosen = _choose(token, token.text.lower(), previous, following, tables)
    after_noun = previous is not None and previous.role == "noun" and previous.source[:1].isupper()
    fitting = chosen is not None and (chosen.role == "noun" or (chosen.role == "adj" and after_noun))
    return chosen if chosen is not None and fitting else copied(token)


def _exact(token: Token, tables: Tables) -> GlossItem | None:
    """A headword spelled just so: names of places and people, foreign words."""
    entry = tables.lexicon.entry(token.text)
    for pos in "nxar":
        if pos in entry:
            role = ROLES[pos]
            reading = next((r for r in tables.src.analyse(token.text) if r.pos == pos), None)
            tag = reading.tag if reading else "es"
            return GlossItem(token.text, token.spaced, role, token.text, tag, entry[pos])
    nouns = (r for r in tables.src.analyse(token.text.lower()) if r.pos == "n")
    plural = next((r for r in nouns if r.tag[1] == "p"), None)
    if plural is not None:
        lemma = plural.lemma[:1].upper() + plural.lemma[1:]
        target = tables.lexicon.get(lemma, "n")
        if target and token.text[0].isupper():
            return GlossItem(token.text, token.spaced, "noun", lemma, plural.tag, target)
    return None


def _choose(
    token: Token, form: str, previous: GlossItem | None, following: str, tables: Tables
) -> GlossItem | None:
    """The best reading with a translation; a form that is itself a headword beats its lemma."""
    best: tuple[int, GlossReading, str] | None = None
    for reading in tables.src.analyse(form) or _guessed(form, tables):
        # "actrice" is a headword beside "acteur", but "années" (an age) is not what "année" is.
        plural = reading.tag[1:2] == "p"
        own = reading.lemma if reading.pos == "v" or plural else form
        target = tables.translation(own, reading.pos)
        if target is None:
            own = form if plural else reading.lemma
            target = tables.translation(own, reading.pos)
        if target is None:
            continue
        score = _fit(reading, previous, following, tables)
        if best is None or score > best[0]:
            best = score, GlossReading(own, reading.pos, "", reading.tag), target
    if best is None:
        return None
    _, reading, target = best
    return GlossItem(token.text, token.spaced, ROLES[reading.pos], reading.lemma, reading.tag, target)


def _guessed(form: str, tables: Tables) -> list[GlossReading]:
    """Readings for a form that the inflection table lacks: as a headword, or by a lemmatizer."""
    for lemma in (form, _lemma(form)):
        found = [GlossReading(lemma, pos, "", "es") for pos in "nar" if tables.lexicon.get(lemma, pos)]
        if found:
            return found
    return []


def _lemma(form: str) -> str:
    from simplemma import lemmatize

    return str(lemmatize(form, lang="fr"))


def _fit(reading: GlossReading, previous: GlossItem | None, following: str, tables: Tables) -> int:
    """How well a reading goes with its neighbours; ties keep the table's order."""
    role = previous.role if previous else ""
    after = tables.words.get(following, _NOTHING).role
    before_noun = role in _BEFORE_NOUN
    score = {"n": 4, "a": 3, "r": 4, "v": 3}[reading.pos]
    if reading.pos in "na":
        score += 4 * before_noun - 6 * (role in _BEFORE_VERB)
        noun_follows = not after and any(r.pos == "n" for r in tables.src.analyse(following))
        if reading.pos == "a":
            return score + 2 * (role == "noun") + 2 * noun_follows + 2 * (role in ("adv", "verb"))
        return score - 2 * (role == "noun") + 2 * (role == "adj")
    if reading.pos == "r":
        return score
    if reading.lemma in ("être", "avoir"):
        score += 0 if role in ("drop", "det", "fixed") else 6
    if reading.tag[0] == "Q":
        return score + 3 * (role == "verb") + 2 * (role == "adv") + (role == "noun") - 3 * before_noun
    if reading.tag == "inf":
        return score + 3 * (role in ("prep", "verb", "of")) - 3 * (role in ("drop", "det"))
    if reading.tag == "ppr":
        return score + (role == "prep")
    score += 4 * (role in _BEFORE_VERB or role == "rel") - 6 * before_noun - 3 * (role == "verb")
    score += 2 * (role in ("noun", "copy") and after in ("drop", "det", "fixed", "that", "of", "prep"))
    score += reading.tag[1:] in ("3s", "3p")
    return score + {"P": 1, "I": 1, "F": 1, "K": 1, "J": 0}.get(reading.tag[0], -1)
