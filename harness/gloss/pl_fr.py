"""Polish to French: gives every item its French form by the words around it.

Rules of general grammar only: a genitive after a noun takes `de`, common nouns take the definite
article, the perfective past becomes the compound past, persons get their pronoun.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.gloss.french_forms import FrenchForms, join_elided
from harness.gloss.items import GlossItem
from harness.gloss.polish_reader import read
from harness.gloss.tables import Tables
from harness.gloss.text import Capitals, join_french, tokens

_PRONOUNS = {"1s": "je", "2s": "tu", "1p": "nous", "2p": "vous"}
_INSIDE = ("adj", "adv", "number", "participle")  # what may stand between a determiner and its noun


class PolishToFrench:
    """Translates line by line; holds no state between lines."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._forms = FrenchForms(tables.tgt)

    def line(self, source: str) -> str:
        items = read(tokens(source, "pl"), self._tables)
        clause = _Clause(items, self._forms)
        capitals = Capitals()
        words: list[tuple[str, bool]] = []
        for index, item in enumerate(items):
            article, text = clause.render(index)
            if not item.first and article and item.source[:1].isupper():
                text = capitals.apply(text, item.source, False, item.role == "copy")
                words.append((f"{capitals.apply(article, '', False, True)} {text}", item.spaced))
                continue
            whole = f"{article} {text}".strip()
            words.append((capitals.apply(whole, item.source, item.first, item.role == "copy"), item.spaced))
        return join_elided(join_french(words))


class _Clause:
    """Walks the items once, left to right, with the state that articles and agreement need."""

    def __init__(self, items: list[GlossItem], forms: FrenchForms) -> None:
        self._items = items
        self._forms = forms
        self._after_preposition = False
        self._determined = False  # the noun phrase has its article or another determiner
        self._noun: tuple[str, str] | None = None  # gender and number of the noun before
        self._subject: tuple[str, str] | None = None
        self._pronoun = ""
        self._negated = False

    def render(self, index: int) -> tuple[str, str]:
        """(article or pronoun to put before it, French) of one item; call in order."""
        item = self._items[index]
        if item.done:
            return "", ""
        method = getattr(self, f"_render_{item.role}", None)
        if method is None:
            return "", item.target
        article, text = method(index, item)
        return str(article), str(text)

    def _render_prep(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._after_preposition, self._determined, self._noun = True, False, None
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        year = following is not None and following.role == "number" and len(following.source) == 4
        if item.target == "de" and item.source.lower() in ("z", "ze") and following is not None:
            with_ = following.tag[1:2] == "i" and following.role in ("noun", "adj")
            return "", "avec" if with_ else "de"
        return "", "en" if item.target == "dans" and year else item.target

    def _render_det(self, index: int, item: GlossItem) -> tuple[str, str]:
        head = self._head_after(index)
        gender, number = self._grammar(head) if head is not None else ("m", "s")
        article = self._article(head) if item.target in ("plusieurs", "deux", "trois") else self._of(head)
        self._determined = True
        return article if article == "de" else "", self._forms.determiner(item.target, gender, number)

    def _render_number(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._determined = True
        return "", item.target

    def _render_quant(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._determined = True
        return "", item.target

    def _render_sign(self, index: int, item: GlossItem) -> tuple[str, str]:
        if item.source in ",;:.!?()–—-":
            self._clause_ends()
        return "", item.target

    def _render_conj(self, index: int, item: GlossItem) -> tuple[str, str]:
        if item.target in ("et", "ou", "ni"):
            self._determined = False
        else:
            self._clause_ends()
        return "", item.target

    def _render_rel(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._subject = self._noun or ("m", "s")
        self._determined = self._after_preposition = False
        return "", item.target

    def _clause_ends(self) -> None:
        self._after_preposition = self._determined = self._negated = False
        self._noun = self._subject = None

    def _render_subj(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._pronoun = item.target
        gender = "f" if item.target in ("elle", "elles") else "m"
        self._subject = (gender, "p" if item.target in ("ils", "elles", "nous", "vous") else "s")
        return "", ""

    def _render_this(self, index: int, item: GlossItem) -> tuple[str, str]:
        self._subject = ("m", "s")
        return "", item.target

    def _render_refl(self, index: int, item: GlossItem) -> tuple[str, str]:
        return "", ""

    def _render_ne(self, index: int, item: GlossItem) -> tuple[str, str]:
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        if following is not None and following.role in ("verb", "refl", "obj"):
            self._negated = True
            return "", ""
        return "", "pas"

    # Nouns and adjectives -------------------------------------------------------------------

    def _render_noun(self, index: int, item: GlossItem) -> tuple[str, str]:
        gender, number = self._grammar(item)
        article = self._article(item)
        self._noun = (gender, number)
        if item.tag[1:2] in ("n", "s") and not self._after_preposition:
            self._subject = self._noun
        self._after_preposition = self._determined = False
        return article, self._forms.noun(item.target, number)

    def _grammar(self, item: GlossItem) -> tuple[str, str]:
        return self._forms.gender(item.target) or "m", "p" if item.tag[:1] == "p" else "s"

    def _of(self, head: GlossItem | None) -> str:
        """`de` before a genitive that follows a noun."""
        genitive = head is not None and head.tag[1:2] == "g"
        return "de" if self._noun is not None and not self._after_preposition and genitive else ""

    def _article(self, head: GlossItem | None) -> str:
        if head is None or self._determined:
            return ""
        preposition = self._of(head)
        dative = head.tag[1:2] == "d" and not self._after_preposition
        if dative:
            preposition = "à"
        self._determined = True
        if self._forms.gender(head.target) is None and head.target[:1].isupper():
            return preposition
        gender, number = self._grammar(head)
        return f"{preposition} {self._forms.determiner('le', gender, number)}".strip()

    def _render_copy(self, index: int, item: GlossItem) -> tuple[str, str]:
        of = "de" if self._noun is not None and item.feature == "genitive" else ""
        self._after_preposition = self._determined = False
        if self._subject is None:
            self._subject = ("m", "s")
        return of, item.target

    def _render_adj(self, index: int, item: GlossItem) -> tuple[str, str]:
        return self._agreeing(index, item, self._forms.adjective)

    def _render_participle(self, index: int, item: GlossItem) -> tuple[str, str]:
        return self._agreeing(index, item, self._forms.participle)

    def _agreeing(self, index: int, item: GlossItem, form: Callable[[str, str, str], str]) -> tuple[str, str]:
        previous = self._items[index - 1] if index else None
        beside = (
            previous is not None and previous.role in ("noun", "adj") and previous.tag[:2] == item.tag[:2]
        )
        head = None if beside and self._noun else self._head_after(index)
        if head is None:
            return "", form(item.target, *(self._noun or self._subject or ("m", "s")))
        return self._article(head), form(item.target, *self._grammar(head))

    def _head_after(self, index: int) -> GlossItem | None:
        for item in self._items[index + 1 : index + 5]:
            if item.role == "noun":
                return item
            if item.role not in _INSIDE:
                return None
        return None

    # Verbs ----------------------------------------------------------------------------------

    def _subject_follows(self, index: int) -> bool:
        following = next(
            (item for item in self._items[index + 1 :] if item.role not in ("adv", "adj", "det")), None
        )
        return following is not None and (following.role == "copy" or following.tag[1:] == "n")

    def _render_verb(self, index: int, item: GlossItem) -> tuple[str, str]:
        if item.lemma == "być" and item.tag[:1] == "F":
            main = next((other for other in self._items[index + 1 : index + 4] if other.role != "adv"), None)
            if main is not None and main.role == "verb" and main.tag in ("inf", "I3s", "I3p"):
                main.tag = item.tag  # będzie pisać is one future
                return "", ""
        tense, person, gender = item.tag[:1], item.tag[1:3], "m"
        if item.tag in ("inf", "ppr"):
            tense, person = item.tag, "3s"
        elif self._subject is not None:
            gender = self._subject[0]
        around = self._items[max(0, index - 2) : index + 3]
        reflexive = item.feature != "bare" and any(other.role == "refl" for other in around)
        pronoun = ""
        if tense not in ("inf", "ppr", "E"):
            pronoun = self._pronoun or _PRONOUNS.get(person, "")
            if not pronoun and self._subject is None and not self._subject_follows(index):
                pronoun = {"3s": "il", "3p": "ils"}.get(person, "")
            if item.feature == "impersonal":
                pronoun = "on"
        negated, self._negated, self._pronoun = self._negated, False, ""
        self._noun = None
        self._after_preposition = self._determined = False
        return pronoun, self._forms.verb(item.target, tense, person, gender, negated, reflexive)
