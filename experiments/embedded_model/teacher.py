"""A small rule-based French→Polish translator, one Polish unit a French unit: what the model learns from.

It reads a sentence left to right, keeps the case that the last preposition or verb governs, and
agrees adjectives and verbs with their noun. It is the teacher of the model, not part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import function_words as fw
from . import polish
from .french import Analysis
from .lexicon import Lexicon

PHRASES = fw.phrases()
CLITICS = {"ne", "n'", "se", "s'", "je", "j'", "tu", "il", "elle", "ils", "elles", "on", "nous", "vous", "y", "me", "m'",
           "te", "t'", "qui"}  # fmt: skip
SUBJECTS = {"je": ("sg", "pri"), "j'": ("sg", "pri"), "tu": ("sg", "sec"), "nous": ("pl", "pri"), "vous": ("pl", "sec")}
PERSONS = {"1": "pri", "2": "sec", "3": "ter"}
PARTS = ("name", "n", "adv", "other", "adj", "v")
PAST = {"iimp", "ipsi"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a phrase, a punctuation mark or something to copy, as the source text has it."""

    text: str
    kind: str  # word, phrase, punct, copy


@dataclass(slots=True)
class State:
    """What has been read so far in the clause."""

    case: str = "nom"
    head: tuple[str, str] | None = None  # number and gender of the last noun
    subject: tuple[str, str] = ("sg", "m1")
    person: str = "ter"
    verb: bool = False
    copula: bool = False
    aux: str = ""  # "avoir" or "être" waiting for its participle
    negated: bool = False
    counted: bool = False


@dataclass(slots=True)
class Teacher:
    """French forms, the bilingual lexicon, and which Polish strings may be used (None: all)."""

    forms: dict[str, list[Analysis]]
    lexicon: Lexicon
    usable: Callable[[str], bool] | None = None
    _cache: dict[str, list[Analysis]] = field(default_factory=dict)

    def readings(self, word: str) -> list[Analysis]:
        """The analyses of a form whose lemma the lexicon knows (participles count as verbs)."""
        found = self._cache.get(word)
        if found is None:
            found = [a for a in self.forms.get(word, []) if self._known(a)]
            if not found:
                for pos in PARTS:
                    if (word, pos) in self.lexicon:
                        found.append(Analysis(word, pos, "sg", "mas", "infi" if pos == "v" else "", ""))
            self._cache[word] = found
        return found

    def _known(self, reading: Analysis) -> bool:
        return (reading.lemma, reading.pos) in self.lexicon

    def knows(self, word: str) -> bool:
        """Whether the teacher translates the (lower-case, unless a name) word rather than copying it."""
        return word in fw.PREPOSITIONS or word in fw.FIXED or word in fw.DETERMINERS or bool(self.readings(word))

    def _key(self, unit: Unit) -> str:
        """The form under which the unit is known: as it stands, else in lower case."""
        if unit.kind == "phrase":
            for text in (unit.text, unit.text[:1].lower() + unit.text[1:]):
                if text in PHRASES or any((text, pos) in self.lexicon for pos in PARTS):
                    return text
            return unit.text.lower()
        if unit.text[:1].isupper() and any(r.pos == "name" for r in self.readings(unit.text)):
            return unit.text
        return unit.text.lower()

    # -- choosing a reading ---------------------------------------------------------------------
    def _choose(self, keys: Sequence[str], units: Sequence[Unit], i: int, chosen: list[Analysis | None],
                state: State) -> Analysis | None:  # fmt: skip
        readings = self.readings(keys[i])
        if not readings:
            return None
        previous = keys[i - 1] if i else ""
        before = chosen[i - 1] if i else None
        after_noun = before is not None and before.pos in ("n", "name")
        after_det = (previous in fw.FIXED and previous in {"le", "la", "les", "l'", "un", "une", "son", "sa", "ses",
                     "leur", "leurs", "plusieurs", "quelques"}) or previous in fw.DETERMINERS and previous not in (
                     "qui", "dont") or previous in {"au", "aux", "du", "des"}  # fmt: skip

        def value(reading: Analysis) -> float:
            score = 0.0
            verb = reading.pos == "v" and reading.mood not in ("ppas", "infi", "ppre")
            if reading.pos == "name":
                score += 3 if units[i].text[:1].isupper() and i else 1
            if verb:
                score += -3 if after_det else 0
                score += 3 if previous in CLITICS else 0
                score -= 1.5 if state.verb else 0
                score -= 2 if previous in fw.PREPOSITIONS else 0
                score -= 1 if reading.mood in ("spre", "simp", "impe") or not reading.person.startswith("3") else 0
                score += 1 if reading.lemma in ("être", "avoir") else 0
            elif reading.pos == "v" and reading.mood == "ppas":
                score += 4 if state.aux else (1 if after_noun else -1)
            elif reading.pos == "v" and reading.mood == "infi":
                score += 1.5 if not after_det else -2
            elif reading.pos == "v":
                score += 1 if previous == "en" else -0.5
            elif reading.pos == "n":
                score += 2 if after_det else (1 if previous in fw.PREPOSITIONS else 0.2)
                score -= 1 if after_noun else 0
            elif reading.pos == "adj":
                score += 1.5 if after_noun or state.copula else (1.2 if reading.lemma in fw.PREPOSED else -0.2)
                following = self.readings(keys[i + 1]) if i + 1 < len(keys) else []
                if reading.lemma in fw.PREPOSED and any(r.pos == "n" for r in following):
                    score += 2
            elif reading.pos in ("adv", "other"):
                score += 0.6
            return score

        return max(readings, key=value)

    # -- realising ------------------------------------------------------------------------------
    def _form(self, lemma: str, pos: str, keys: Sequence[polish.Key]) -> str | None:
        for key in keys:
            found = polish.inflect(lemma, pos, key)
            if found and (self.usable is None or self.usable(found)):
                return found
        return None

    def _noun_ahead(self, keys: Sequence[str], i: int) -> tuple[str, str] | None:
        """Number and gender of the noun that an adjective or determiner before position i+1 belongs to."""
        for j in range(i + 1, min(i + 4, len(keys))):
            if keys[j] in fw.PREPOSITIONS and keys[j] not in ("des", "de"):
                return None
            nouns = [r for r in self.readings(keys[j]) if r.pos == "n"]
            if nouns and not (any(r.lemma in fw.PREPOSED for r in self.readings(keys[j])) and j < i + 3):
                lemma = self.lexicon[nouns[0].lemma, "n"][0]
                return self._number(nouns[0], lemma), polish.gender(lemma)
        return None

    @staticmethod
    def _number(reading: Analysis, lemma: str, default: str = "sg") -> str:
        table = polish.paradigm(lemma, "n")
        number = reading.number if reading.number in ("sg", "pl") else default
        if table and ("n", number, "gen") not in table:
            number = "pl" if number == "sg" else "sg"
        return number

    def _noun(self, reading: Analysis, state: State, plural: bool) -> str:
        lemma = self.lexicon[reading.lemma, reading.pos][0]
        number = "pl" if state.counted else self._number(reading, lemma, "pl" if plural else "sg")
        case = "gen" if state.counted and state.case in ("nom", "acc") else state.case
        found = self._form(lemma, "n", [("n", number, case), ("n", number, "gen"), ("n", number, "nom")])
        gender = polish.gender(lemma) if polish.paradigm(lemma, "n") else ("f" if reading.gender == "fem" else "m1")
        state.head = (number, gender)
        state.counted = False
        if state.case == "nom" and not state.verb:
            state.subject, state.person = state.head, "ter"
        return found or lemma

    def _adjective(self, lemma: str, kind: str, cell: tuple[str, str], case: str) -> str | None:
        number, gender = cell
        pos = "v" if kind == "ppas" else "adj"
        keys = [(kind, number, case, gender), (kind, number, "gen", gender), (kind, "sg", "nom", "m3")]
        return self._form(lemma, pos, keys)

    def _verb(self, reading: Analysis, state: State) -> str:
        perfect = reading.mood in ("ipsi", "ifut", "ppas", "cond")
        candidates = self.lexicon[reading.lemma, "v"]
        lemma = candidates[0]
        wanted = "perf" if perfect else "imperf"
        if reading.mood in ("ipre", "iimp", "spre") or perfect:
            for other in candidates:
                if polish.paradigm(other.removesuffix(" się"), "v").get(("aspect",)) == wanted:
                    lemma = other
                    break
        reflexive = " się" if lemma.endswith(" się") else ""
        lemma = lemma.removesuffix(" się")
        number, gender = state.subject
        person = state.person
        if reading.person:
            person = PERSONS[reading.person[0]]
            number = reading.person[1:]
        past = ("praet", number, gender, "ter")
        keys: list[polish.Key]
        if reading.mood == "infi":
            keys = [("inf",)]
        elif reading.mood == "ppre":
            keys = [("pcon",), ("inf",)]
        elif reading.mood in PAST or reading.mood == "ppas":
            keys = [past, ("praet", number, "m1", "ter")]
        elif reading.mood in ("cond", "simp"):
            keys = [past]
        elif reading.mood == "impe":
            keys = [("impt", number, "sec"), ("inf",)]
        else:
            keys = [("fin", number, person), past]
        found = self._form(lemma, "v", [*keys, ("inf",)]) or lemma
        if reading.mood == "cond" and person == "ter" and found != lemma:
            found += "by"
        return found + reflexive

    # -- the sentence ---------------------------------------------------------------------------
    def translate(self, units: Sequence[Unit]) -> list[str]:
        """One Polish string a unit; "" where the unit has no counterpart; a copied unit as it is."""
        keys = [self._key(unit) for unit in units]
        chosen: list[Analysis | None] = []
        out: list[str] = []
        state = State()
        for i, unit in enumerate(units):
            reading = None
            if unit.kind == "punct":
                result = {"«": "„", "»": "”", "“": "„"}.get(unit.text, unit.text)
                if unit.text in ".;:!?…«»\"":
                    keep = unit.text in "«»\""
                    state = State(subject=state.subject, person=state.person) if not keep else state
            elif unit.kind == "copy":
                result = unit.text
                if state.case == "nom" and not state.verb and state.head is None:
                    state.subject, state.person = ("sg", "m1"), "ter"
            elif unit.kind == "phrase":
                result, case = PHRASES.get(keys[i], ("", ""))
                if keys[i] not in PHRASES:
                    result = self.lexicon[keys[i], self._pos(keys[i])][0]
                elif case:
                    state.case, state.head = case, None
                elif keys[i].endswith((" que", " qu'")):
                    state = State(subject=state.subject)
            else:
                result, reading = self._word(units, keys, i, chosen, state)
            chosen.append(reading)
            out.append(result)
        cased = [self._cased(unit, text) for unit, text in zip(units, out, strict=True)]
        return [self._comma(units, i, text) for i, text in enumerate(cased)]

    def _comma(self, units: Sequence[Unit], i: int, text: str) -> str:
        """Polish sets a comma before a subordinate clause, French does not."""
        plain = i > 0 and units[i - 1].kind != "punct" and text[:1].islower()
        if not plain or not text.startswith(fw.COMMA) or units[i - 1].text.lower() in fw.PREPOSITIONS:
            return text
        opens = text in fw.CONJUNCTIONS or units[i].text.lower() in ("qui", "dont")
        return f", {text}" if opens and units[i - 1].text.lower() not in ("et", "ou", "mais") else text

    def _pos(self, phrase: str) -> str:
        return next(pos for pos in PARTS if (phrase, pos) in self.lexicon)

    def _cased(self, unit: Unit, text: str) -> str:
        if unit.kind in ("word", "phrase") and unit.text[:1].isupper() and text:
            capital = text[0].upper() + text[1:]
            if self.usable is None or self.usable(capital):
                return capital
        return text

    def _word(self, units: Sequence[Unit], keys: Sequence[str], i: int, chosen: list[Analysis | None],
              state: State) -> tuple[str, Analysis | None]:  # fmt: skip
        key = keys[i]
        following = self.readings(keys[i + 1]) if i + 1 < len(keys) and units[i + 1].kind == "word" else []
        next_key = keys[i + 1] if i + 1 < len(keys) else ""
        verb_next = any(r.pos == "v" for r in following) and not any(r.pos in ("n", "name", "adj") for r in following)
        finite_next = any(r.pos == "v" and r.person for r in following) or next_key in ("ne", "n'", "se", "s'", "y")
        if key in ("le", "la", "les", "l'") and verb_next and i and units[i - 1].kind == "word":
            return {"le": "go", "la": "ją", "les": "ich", "l'": "go"}[key], None
        if key in ("leur", "leurs") and verb_next:
            return "im", None
        if key in fw.PREPOSITIONS:
            return self._preposition(key, following, units, i, state), None
        if key in ("qui", "dont"):
            cell = state.head or ("sg", "m3")
            case = "nom" if key == "qui" else "gen"
            state.verb, state.case, state.copula, state.aux = False, "nom", False, ""
            state.subject, state.person = cell, "ter"
            return self._adjective("który", "adj", cell, case) or "który", None
        if key in fw.DETERMINERS:
            return self._determiner(key, keys, i, state), None
        if key in SUBJECTS and finite_next:
            number, state.person = SUBJECTS[key]
            state.subject = (number, "m1")
            return "", None
        if key in ("il", "elle", "ils", "elles"):
            state.subject = ("pl" if key.endswith("s") else "sg", "f" if key.startswith("elle") else "m1")
            state.person = "ter"
            return "", None
        if key in ("nous", "vous") and not finite_next:
            return {"nous": "nas", "vous": "was"}[key], None
        if key in fw.FIXED:
            return self._fixed(key, state), None
        reading = self._choose(keys, units, i, chosen, state)
        if reading is None:
            return units[i].text, None
        return self._content(reading, keys, i, state), reading

    def _fixed(self, key: str, state: State) -> str:
        result = fw.FIXED[key]
        if key in ("ne", "n'"):
            state.negated = True
        elif key == "pas" and not state.negated:
            result = "nie"
        elif key == "plus" and state.negated:
            result = "już"
        elif key in fw.COUNTERS:
            state.counted = True
        elif key in ("que", "qu'", "quand", "lorsque", "lorsqu'", "si", "mais", "car", "puisque", "où", "ou", "et"):
            if key not in ("et", "ou"):
                state.verb, state.case, state.head, state.copula, state.aux = False, "nom", None, False, ""
            state.negated = False
        return result

    def _preposition(self, key: str, following: list[Analysis], units: Sequence[Unit], i: int, state: State) -> str:
        word, case = fw.PREPOSITIONS[key]
        infinitive = any(r.mood == "infi" for r in following)
        participle = any(r.mood == "ppre" for r in following)
        named = i + 1 < len(units) and units[i + 1].text[:1].isupper()
        digit = i + 1 < len(units) and units[i + 1].text[:1].isdigit()
        state.aux = ""
        if key in ("à", "de", "d'") and infinitive:
            return ""
        if key == "pour" and infinitive:
            return "aby"
        if key == "en" and participle:
            return ""
        if key in ("à", "au", "aux") and (named or digit):
            word, case = ("w", "loc") if named else ("o", "loc")
        state.case, state.head = case, None
        return word

    def _determiner(self, key: str, keys: Sequence[str], i: int, state: State) -> str:
        lemma = fw.DETERMINERS[key]
        cell = self._noun_ahead(keys, i) or state.head or ("pl" if key.endswith("s") else "sg", "m3")
        if lemma in fw.NUMERALS:
            row = fw.NUMERALS[lemma]
            plain = 2 if cell[1] == "m1" else (1 if cell[1] == "f" else 0)
            column = {"gen": 3, "loc": 3, "dat": 4, "inst": 5}.get(state.case, plain)
            return row[column]
        return self._adjective(lemma, "adj", cell, state.case) or lemma

    def _content(self, reading: Analysis, keys: Sequence[str], i: int, state: State) -> str:
        previous = keys[i - 1] if i else ""
        if reading.pos in ("n", "name"):
            plural = previous in ("les", "des", "ces", "aux", "ses", "leurs", "nos", "vos", "mes")
            return self._noun(reading, state, plural)
        if reading.pos == "adj":
            return self._agreeing(self.lexicon[reading.lemma, "adj"][0], "adj", reading, keys, i, state)
        if reading.pos != "v":
            return self.lexicon[reading.lemma, reading.pos][0]
        if reading.mood == "ppas":
            return self._participle(reading, keys, i, state)
        if reading.lemma in ("avoir", "être") and reading.person and self._participle_follows(keys, i, reading.lemma):
            state.verb, state.aux = True, reading.lemma
            number = reading.person[1:]
            state.subject, state.person = (number, state.subject[1]), PERSONS[reading.person[0]]
            if reading.lemma == "être" and not self._moves(keys, i):
                past = reading.mood in PAST
                key = ("praet", *state.subject, "ter") if past else ("fin", number, state.person)
                return polish.inflect("zostać" if past else "być", "v", key) or ""
            return ""
        result = self._verb(reading, state)
        if reading.person:
            state.verb = True
            state.copula = reading.lemma == "être"
        state.case = "inst" if state.copula else ("gen" if state.negated else "acc")
        state.head, state.negated = None, False
        return result

    def _participle_follows(self, keys: Sequence[str], i: int, aux: str) -> bool:
        """A participle within the next four words, only adverbs and negation between."""
        for j in range(i + 1, min(i + 5, len(keys))):
            readings = self.readings(keys[j])
            if any(r.mood == "ppas" for r in readings):
                return True
            if keys[j] not in ("pas", "plus", "jamais", "rien", "déjà", "encore", "également", "aussi", "toujours", "bien",
                               "notamment", "tout", "ainsi", "y") and not any(r.pos == "adv" for r in readings):  # fmt: skip
                return False
        return False

    def _moves(self, keys: Sequence[str], i: int) -> bool:
        """Whether the participle after être makes a past tense (est allé, s'est rendu), not a passive."""
        if i and keys[i - 1] in ("s'", "se", "m'", "t'"):
            return True
        for j in range(i + 1, min(i + 5, len(keys))):
            for reading in self.readings(keys[j]):
                if reading.mood == "ppas":
                    return reading.lemma in fw.ETRE_VERBS
        return False

    def _participle(self, reading: Analysis, keys: Sequence[str], i: int, state: State) -> str:
        lemma = self.lexicon[reading.lemma, "v"][0].removesuffix(" się")
        for other in self.lexicon[reading.lemma, "v"]:
            if polish.paradigm(other, "v").get(("aspect",)) == "perf":
                lemma = other
                break
        if state.aux == "avoir" or (state.aux == "être" and self._moves(keys, self._aux_at(keys, i))):
            if reading.lemma == "être" and i + 1 < len(keys) and any(
                r.mood == "ppas" for r in self.readings(keys[i + 1])
            ):
                state.aux, state.copula = "être", True
                return polish.inflect("zostać", "v", ("praet", *state.subject, "ter")) or "został"
            result = self._verb(reading, state)
            state.aux, state.head = "", None
            state.copula = reading.lemma == "être"
            state.case = "inst" if state.copula else ("gen" if state.negated else "acc")
            state.negated = False
            return result
        passive = state.aux == "être"
        cell = state.subject if passive else (state.head or state.subject)
        state.aux = ""
        found = self._adjective(lemma, "ppas", cell, "nom" if passive else state.case)
        return found or self._verb(reading, state)

    @staticmethod
    def _aux_at(keys: Sequence[str], i: int) -> int:
        forms = {"est", "sont", "était", "étaient", "suis", "es", "sommes", "êtes", "fut", "furent", "sera", "seront"}
        return next((j for j in range(i - 1, max(i - 6, -1), -1) if keys[j] in forms), i)

    def _agreeing(self, lemma: str, kind: str, reading: Analysis, keys: Sequence[str], i: int, state: State) -> str:
        before = reading.lemma in fw.PREPOSED or state.head is None
        cell = (self._noun_ahead(keys, i) if before else None) or state.head
        case = state.case
        if state.copula and (cell is None or state.head is None):
            cell, case = state.subject, "nom"
        if cell is None:
            cell = ("pl" if reading.number == "pl" else "sg", "m3")
        return self._adjective(lemma, kind, cell, case) or lemma
