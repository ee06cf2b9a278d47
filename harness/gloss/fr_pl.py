"""French to Polish: gives every item its Polish form by the words around it.

Rules of general grammar only: prepositions govern cases, a noun after `de` is a genitive,
adjectives agree, compound tenses become the past.
"""

from __future__ import annotations

from harness.gloss.french import read
from harness.gloss.french_forms import MOVES
from harness.gloss.items import GlossItem
from harness.gloss.polish import PolishForms, past_gender
from harness.gloss.tables import Tables
from harness.gloss.text import Capitals, join_polish, tokens

# Nouns whose `que` opens their content, not a relative clause.
_OF_CONTENT = {"fait", "idée", "espoir", "crainte", "certitude", "preuve", "avis", "impression", "doute"}
_DAYS = {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
_MONTHS = {
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
}  # fmt: skip
_NEGATIVE = {"rien", "jamais", "personne", "aucun", "aucune", "ni"}
_WHICH = "który"


class FrenchToPolish:
    """Translates line by line; holds no state between lines."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._forms = PolishForms(tables.tgt)

    def line(self, source: str) -> str:
        items = read(tokens(source, "fr"), self._tables)
        clause = _Clause(items, self._forms)
        capitals = Capitals()
        words: list[tuple[str, bool]] = []
        for index, item in enumerate(items):
            text = capitals.apply(clause.render(index), item.source, item.first, item.role == "copy")
            words.append((text, item.spaced))
        return join_polish(words)


class _Clause:
    """Walks the items once, left to right, with the state that agreement and government need."""

    def __init__(self, items: list[GlossItem], forms: PolishForms) -> None:
        self._items = items
        self._forms = forms
        self._case = "n"  # of the next noun
        self._noun: tuple[str, str, str] | None = None  # gender, number, case of the noun before
        self._nouns: list[tuple[str, str, str, str]] = []  # the same + French tag, since the last verb
        self._subject = ("m", "s", "3")  # gender class, number, person
        self._plural_only = False  # the subject is Chiny, wybory, …
        self._negated = False
        self._reflexive = False

    def render(self, index: int) -> str:
        """The Polish of one item, "" where it has none; call in order."""
        item = self._items[index]
        if item.done:
            return ""
        method = getattr(self, f"_render_{item.role}", None)
        return str(method(index, item)) if method else item.target

    # Function words -------------------------------------------------------------------------

    def _render_drop(self, index: int, item: GlossItem) -> str:
        return ""

    def _render_pas(self, index: int, item: GlossItem) -> str:
        negated = any(other.role == "ne" for other in self._items[max(0, index - 8) : index])
        return "" if negated else "nie"

    def _render_ne(self, index: int, item: GlossItem) -> str:
        """ne … pas → nie; ne … plus → już nie; ne … que → tylko, at the place of `que`."""
        for other in self._items[index + 1 : index + 8]:
            if other.lemma == "plus":
                other.done = self._negated = True
                return "już nie"
            if other.role == "that":
                other.role, other.target = "adv", "tylko"
                return ""
            if other.role in ("pas", "sign") or other.lemma in _NEGATIVE:
                break
        self._negated = True
        return "nie"

    def _render_of(self, index: int, item: GlossItem) -> str:
        """`de` governs a genitive; `des`, `du` do after a noun and are articles elsewhere."""
        previous = self._items[index - 1].role if index else "sign"
        following = self._items[index + 1].role if index + 1 < len(self._items) else "sign"
        if previous == "verb" and following == "adj":
            return ""  # de véritables partenaires
        if item.lemma in ("de", "d'") or previous in ("noun", "copy", "adj", "phrase", "number"):
            self._case = "g"
        return ""

    def _render_prep(self, index: int, item: GlossItem) -> str:
        following = self._next(index)
        if following is not None and following.role == "verb" and following.tag in ("inf", "ppr"):
            return {"dla": "aby", "w": "", "do": ""}.get(item.target, item.target)
        if (
            item.lemma == "en"
            and following is not None
            and following.role == "verb"
            and following.tag[0] != "Q"
        ):
            return ""  # the pronoun
        self._case, self._noun = item.feature, None
        head = self._head_after(index)
        if item.lemma in ("à", "au", "aux") and head is not None and self._grammar(head)[0] == "1":
            self._case = "d"  # to a person
            return ""
        return item.target

    def _render_degree(self, index: int, item: GlossItem) -> str:
        """plus, si, aussi: one word before an adjective or adverb, another elsewhere."""
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        if following is not None and (following.role in ("adj", "adv") or following.tag[:1] == "Q"):
            return item.feature
        if item.lemma in ("si", "s'"):
            return self._render_conj(index, item)
        return item.target

    def _render_few(self, index: int, item: GlossItem) -> str:
        """dwa, trzy, cztery in the case and gender of what they count."""
        head = self._head_after(index)
        gender = self._grammar(head)[0] if head is not None else "3"
        forms = dict(form.split("=") for form in item.feature.split())
        return forms.get(self._case) or (forms["f"] if gender == "f" and "f" in forms else item.target)

    def _render_subj(self, index: int, item: GlossItem) -> str:
        person, number, gender = item.feature[0], item.feature[1], item.feature[2:] or "m"
        self._subject = (gender, number, person)
        self._plural_only = False
        self._case = "n"
        return ""

    def _render_this(self, index: int, item: GlossItem) -> str:
        self._subject = ("n", "s", "3")
        return "to"

    def _render_refl(self, index: int, item: GlossItem) -> str:
        self._reflexive = True
        return ""

    def _render_conj(self, index: int, item: GlossItem) -> str:
        if item.target not in ("i", "lub", "oraz", "ani"):
            self._clause_ends()
        return item.target

    def _render_that(self, index: int, item: GlossItem) -> str:
        previous = self._items[index - 1] if index else None
        comma = self._comma(index)
        closed = previous is not None and previous.lemma in (_OF_CONTENT | _DAYS)
        if previous is not None and previous.role in ("noun", "copy") and not closed:
            return comma + self._relative("a")
        self._clause_ends()
        return comma + "że"

    def _comma(self, index: int) -> str:
        """Polish sets a comma before a clause."""
        previous = self._items[index - 1] if index else None
        return "" if previous is None or previous.role in ("sign", "prep", "conj") else ", "

    def _render_rel(self, index: int, item: GlossItem) -> str:
        text = self._relative(item.feature)
        return self._comma(index) + f"{item.target} {text}".strip()

    def _relative(self, case: str) -> str:
        gender, number, _ = self._noun or ("3", "s", "n")
        self._subject = (past_gender(gender, number), number, "3")
        self._case, self._negated, self._reflexive = "n", False, False
        return self._forms.adjective(_WHICH, gender, number, case)

    def _render_quant(self, index: int, item: GlossItem) -> str:
        self._case, self._noun = item.feature, None
        self._subject = ("n", "s", "3")
        return item.target

    def _render_number(self, index: int, item: GlossItem) -> str:
        """3 marca; pięć and more take the genitive where the numeral stands in nominative or accusative."""
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        last = item.source[-1:]
        few = last in "234" and item.source[-2:-1] != "1"
        counted = item.source.isdigit() and item.source != "1" and not few and self._case in "na"
        if counted or (following is not None and following.lemma in _MONTHS):
            self._case = "g"
        return item.target

    def _render_det(self, index: int, item: GlossItem) -> str:
        head = self._head_after(index)
        gender, number = self._grammar(head) if head is not None else ("3", "s")
        target = "wszystek" if item.target == "cały" and number == "p" else item.target
        return " ".join(self._forms.adjective(word, gender, number, self._case) for word in target.split())

    def _render_sign(self, index: int, item: GlossItem) -> str:
        if item.source in ",;:.!?()–—-":
            self._clause_ends()
        return item.target

    def _clause_ends(self) -> None:
        self._plural_only = False
        self._case, self._noun, self._negated, self._reflexive = "n", None, False, False

    # Nouns and adjectives -------------------------------------------------------------------

    def _render_noun(self, index: int, item: GlossItem) -> str:
        gender, number = self._grammar(item)
        previous = self._items[index - 1].role if index else "sign"
        if (
            item.lemma in _DAYS
            and self._case in "na"
            and previous not in ("drop", "det", "adj", "conj", "sign")
        ):
            return "w " + self._forms.noun(item.target, gender, number, "a")  # mercredi → w środę
        self._noun = (gender, number, self._case)
        self._nouns.append((*self._noun, item.tag))
        if self._case == "n":
            self._subject = (past_gender(gender, number), number, "3")
            self._plural_only = gender == "p"
        return self._forms.noun(item.target, gender, number, self._case)

    def _grammar(self, item: GlossItem) -> tuple[str, str]:
        gender, number = self._forms.gender_number(item.target)
        return gender, "p" if item.tag[1:2] == "p" else number

    def _render_copy(self, index: int, item: GlossItem) -> str:
        if item.source[:1].isupper():
            self._noun = self._noun or ("1", "s", self._case)
            if self._case == "n":
                self._subject, self._plural_only = ("m", "s", "3"), False
        return item.target

    def _render_adj(self, index: int, item: GlossItem) -> str:
        if " " in item.target:
            return item.target
        return self._forms.adjective(item.target, *self._agree(index, item.tag))

    def _agree(self, index: int, tag: str) -> tuple[str, str, str]:
        """Grammar of a noun before whose French form agrees, else of the noun after, else the subject's."""
        if self._noun is not None:
            fitting = (own[:3] for own in reversed(self._nouns[-3:]) if _french_agree(tag, own[3]))
            return next(fitting, self._noun)
        head = self._head_after(index)
        if head is not None:
            return (*self._grammar(head), self._case)
        gender, number, _ = self._subject
        return {"m": "1", "x": "f"}.get(gender, gender), number, "n"

    def _head_after(self, index: int) -> GlossItem | None:
        for item in self._items[index + 1 : index + 5]:
            if item.role == "noun":
                return item
            if item.role not in ("adj", "adv", "number", "fixed", "det", "drop", "quant", "conj"):
                return None
        return None

    def _next(self, index: int) -> GlossItem | None:
        skipped = ("refl", "obj", "ne", "pas", "drop")
        return next((item for item in self._items[index + 1 :] if item.role not in skipped), None)

    # Verbs ----------------------------------------------------------------------------------

    def _render_verb(self, index: int, item: GlossItem) -> str:
        following = self._items[index + 1] if index + 1 < len(self._items) else None
        if following is not None and following.role == "subj" and len(item.tag) == 3:
            self._render_subj(index + 1, following)  # a-t-il dit
        verb, tense, passive = self._compound(index, item)
        if tense == "Q":
            return self._forms.participle(verb.target, *self._agree(index, item.tag[1:]))
        verb = self._caused(verb, item.tag)
        person = self._person(item.tag[1:])
        if passive:
            text = self._forms.passive(verb.target, tense, person, self._subject[0])
        else:
            text = self._forms.finite(verb.target, tense, person, self._subject[0])
        if self._reflexive and "się" not in text.split():
            text += " się"
        self._case = "g" if self._negated else "a"
        if passive or verb.lemma in ("être", "devenir"):
            self._case = "n" if self._subject[0] == "n" else "i"
        self._noun, self._nouns, self._negated, self._reflexive = None, [], False, False
        return text

    def _compound(self, index: int, item: GlossItem) -> tuple[GlossItem, str, bool]:
        """(verb, tense, passive?): avoir or être and a participle are one verb."""
        tense = item.tag if item.tag in ("inf", "ppr") else item.tag[:1]
        if item.feature == "phrase" or item.lemma not in ("avoir", "être") or tense == "Q":
            return item, tense, False
        verb = self._participle_after(index)
        if verb is None or tense in ("inf", "ppr"):
            return item, tense, False
        verb.done = True
        passive = item.lemma == "être" and verb.lemma not in MOVES and not self._reflexive
        if verb.lemma == "être":
            # By identity: another "été" of the line is an equal item.
            place = next(i for i, other in enumerate(self._items) if other is verb)
            second = self._participle_after(place)
            if second is not None:
                second.done = passive = True
                verb = second
        past = tense in ("I", "J") or (tense == "P" and not (passive and item.lemma == "être"))
        return verb, "L" if past else tense, passive

    def _participle_after(self, index: int) -> GlossItem | None:
        for item in self._items[index + 1 : index + 6]:
            if item.role == "verb" and item.tag[:1] == "Q":
                return item
            if item.role not in ("adv", "pas", "subj", "det"):
                return None
        return None

    def _caused(self, verb: GlossItem, tag: str) -> GlossItem:
        """`faire` with an infinitive is left out: a fait remarquer → zauważył."""
        position = next((i for i, item in enumerate(self._items) if item is verb), -1)
        following = self._items[position + 1] if 0 <= position < len(self._items) - 1 else None
        if verb.lemma != "faire" or following is None or following.tag != "inf" or not following.lemma:
            return verb
        following.done = True
        return following

    def _person(self, person: str) -> str:
        """A form that fits several persons (mange: 1s, 3s) is what its subject says."""
        if len(person) != 2 or person[0] not in "123":
            return "3" + self._subject[1]
        gender, number, own = self._subject
        if own != "3":
            return own + number
        if self._plural_only:
            return "3p"  # la Chine est → Chiny są
        if person[1] != number:
            self._subject = (past_gender("1" if gender == "m" else "f", person[1]), person[1], "3")
        return "3" + person[1]


def _french_agree(adjective: str, noun: str) -> bool:
    """French tags agree: gender m f e(picene), number s p i(nvariable)."""
    same_gender = "e" in (adjective[:1], noun[:1]) or adjective[:1] == noun[:1]
    same_number = "i" in (adjective[1:2], noun[1:2]) or adjective[1:2] == noun[1:2]
    return same_gender and same_number
