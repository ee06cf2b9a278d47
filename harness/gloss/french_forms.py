"""French forms: number and agreement, tenses with their auxiliaries, articles, elision."""

from __future__ import annotations

import re

from harness.gloss.tables import Inflection

# Verbs whose compound tenses take être.
MOVES = {
    "aller", "venir", "arriver", "partir", "entrer", "sortir", "monter", "descendre", "naître", "mourir",
    "rester", "tomber", "retourner", "revenir", "devenir", "parvenir", "rentrer", "intervenir", "survenir",
    "décéder", "passer", "redevenir", "provenir",
}  # fmt: skip
_HAVE = {"1s": "ai", "2s": "as", "3s": "a", "1p": "avons", "2p": "avez", "3p": "ont"}
_BE = {"1s": "suis", "2s": "es", "3s": "est", "1p": "sommes", "2p": "êtes", "3p": "sont"}
_VOWEL = "aeiouyhâàéèêëîïôœûAEIOUYHÂÀÉÈÊÎÔŒÛ"
_CONTRACTED = {"de le": "du", "de les": "des", "à le": "au", "à les": "aux"}
_DETERMINERS = {
    "ce": ("ce", "cette", "ces"),
    "mon": ("mon", "ma", "mes"),
    "ton": ("ton", "ta", "tes"),
    "son": ("son", "sa", "ses"),
    "notre": ("notre", "notre", "nos"),
    "votre": ("votre", "votre", "vos"),
    "leur": ("leur", "leur", "leurs"),
    "un": ("un", "une", "des"),
    "un certain": ("un certain", "une certaine", "certains"),
    "aucun": ("aucun", "aucune", "aucun"),
    "certains": ("certains", "certaines", "certains"),
    "tous les": ("tout le", "toute la", "tous les"),
    "le": ("le", "la", "les"),
}


_DAY = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"


def join_elided(text: str) -> str:
    """de le → du, le accord → l'accord (h counts as mute); en Pologne, au Canada, à Paris, en mars."""
    text = re.sub(r", (?=que )", " ", text)
    text = re.sub(rf"(?i)\bdans (?:le )?(?=(?:{_MONTH})\b)", "en ", text)
    text = re.sub(rf"(?i)\bdans (?:le )?(?=(?:{_DAY})\b)", "", text)
    text = re.sub(r"\b([Dd])ans la (?=[A-ZÀ-Ý])", lambda match: "En " if match[1] == "D" else "en ", text)
    text = re.sub(r"\bdans (?=(?:les? )?[A-ZÀ-Ý])", "à ", text)
    for pair, one in _CONTRACTED.items():
        if one in ("du", "au"):  # before a vowel the article elides instead
            text = re.sub(rf"(?i)\b{pair}(?= [^{_VOWEL}])", one, text)
        else:
            text = re.sub(rf"(?i)\b{pair}\b", one, text)
    text = re.sub(rf"\b([Cc])e (?=[{_VOWEL}]\w*\b)(?=est|était|a\b)", r"\1'", text)
    text = re.sub(r"\b([Ss])i (?=ils?\b)", r"\1'", text)
    return re.sub(rf"\b([LlDdJjMmTtSsNn]|[Qq]u)[ea] (?=[{_VOWEL}])", r"\1'", text)


class FrenchForms:
    """Forms of dictionary translations; a word that the table lacks stays as it is."""

    def __init__(self, table: Inflection) -> None:
        self._table = table

    def gender(self, noun: str) -> str | None:
        """m or f of a noun or of the head of a phrase; None for a word that is no common noun."""
        head = re.split(r"[ -]", noun)[0]
        for word in (noun, head):
            for reading in self._table.analyse(word):
                if reading.pos == "n":
                    return "f" if reading.tag[0] == "f" else "m"
        return None

    def noun(self, target: str, number: str) -> str:
        """A noun or the head of a phrase in the singular or plural."""
        if number == "s":
            return target
        head, _, rest = target.partition(" ")
        tags = [gender + own for own in "pi" for gender in "mfe"]
        if any(r.pos == "n" and r.tag[1] == "p" for r in self._table.analyse(head)):
            return target
        gender = self.gender(head) or "m"
        tags.sort(key=lambda tag: tag[0] != gender)
        form = self._table.inflect(head, "n", *tags)
        return f"{form or head} {rest}".strip()

    def adjective(self, target: str, gender: str, number: str) -> str:
        if " " in target:
            return target
        tags = [g + n for g in (gender, "e") for n in (number, "i")]
        return self._table.inflect(target, "a", *tags) or target

    def determiner(self, word: str, gender: str, number: str) -> str:
        forms = _DETERMINERS.get(word)
        if forms is None:
            return word
        return forms[2] if number == "p" else forms[1] if gender == "f" else forms[0]

    def participle(self, verb: str, gender: str, number: str) -> str:
        head, rest = _split(verb)
        form = self._table.inflect(head, "v", f"Q{gender}{number}", f"Q{gender}i", "Qms", "Qmi", "Qes", "Qei")
        return f"{form or head} {rest}".strip()

    def verb(self, verb: str, tense: str, person: str, gender: str, negated: bool, reflexive: bool) -> str:
        """Tense letters: inf, ppr, P present, I imperfect, F future, K conditional, E imperative, L past."""
        head, rest = _split(verb)
        reflexive = reflexive or verb.startswith(("se ", "s'"))
        pronoun = {"1s": "me", "2s": "te", "1p": "nous", "2p": "vous"}.get(person, "se") if reflexive else ""
        if tense == "inf":
            negation = "ne pas" if negated else ""
            return " ".join(part for part in (negation, "se" if reflexive else "", head, rest) if part)
        if tense == "L":
            being = reflexive or head in MOVES
            finite = (_BE if being else _HAVE)[person]
            agreeing = (f"Q{gender}{person[1]}", f"Q{gender}i") if being else ()
            participle = self._table.inflect(head, "v", *agreeing, "Qms", "Qmi", "Qes", "Qei") or head
            tail = f"{participle} {rest}".strip()
        else:
            form = self._table.inflect(head, "v", tense if tense == "ppr" else tense + person, f"P{person}")
            finite, tail = form or head, rest
        parts = ["ne" if negated else "", pronoun, finite, "pas" if negated else "", tail]
        return " ".join(part for part in parts if part)


def _split(verb: str) -> tuple[str, str]:
    """The verb that inflects, without its reflexive pronoun, and the words after it."""
    head, _, rest = re.sub(r"^(?:se |s')", "", verb).partition(" ")
    return head, rest
