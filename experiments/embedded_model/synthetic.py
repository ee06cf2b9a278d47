"""French sentences made by a grammar from the lexicon, for the syntax of news that manuals lack.

They need not make sense: they show the model each word in each construction, with the teacher's answer.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator

from .teacher import Teacher

VOWELS = "aeiouyhâàéèêëîïôœ"
PREPOSITIONS = [
    "dans",
    "sur",
    "avec",
    "pour",
    "par",
    "contre",
    "entre",
    "depuis",
    "pendant",
    "après",
    "avant",
    "selon",
    "malgré",
    "sans",
    "sous",
    "vers",
    "lors de",
    "au cours de",
    "à cause de",
    "en raison de",
    "grâce à",
    "face à",
    "au sein de",
    "afin de",
    "près de",
    "en faveur de",
]
TAILS = [
    "mardi",
    "en 2018",
    "cette semaine",
    "l'année dernière",
    "en septembre",
    "hier",
    "aujourd'hui",
    "à Paris",
    "en France",
    "le 12 mai",
    "dimanche dernier",
    "aux États-Unis",
    "ce mois-ci",
    "pour la première fois",
]


class Grammar:
    """Words by category, drawn by the square root of their frequency."""

    def __init__(
        self, teacher: Teacher, words: list[str], zipf: Callable[[str], float], names: list[str], seed: int
    ) -> None:
        self._random = random.Random(seed)
        self._names = names
        pools: dict[str, dict[str, float]] = defaultdict(dict)
        numbers = {"s": "sg", "p": "pl", "i": "sg"}
        genders = {"m": "mas", "f": "fem", "e": "epi"}
        moods = {"P": "ipre", "I": "iimp", "J": "ipsi", "F": "ifut", "K": "cond"}
        for word in words:
            if word in teacher.tables.words:
                continue
            weight = 10 ** (zipf(word) / 2.5)
            usual = self._usual(teacher, word, zipf)
            for pos, tag, _ in teacher.meanings(word):
                if usual and pos not in usual:
                    continue
                key = "name" if word[:1].isupper() else {"r": "adv"}.get(pos, "")
                if not key and pos in "na" and tag[:1] in genders:
                    name = "n" if pos == "n" else "adj"
                    key = f"{name} {numbers.get(tag[1:2], 'sg')} {genders[tag[0]]}"
                elif pos == "v" and tag[:1] == "Q":
                    key = f"v ppas {numbers.get(tag[2:3], 'sg')} {genders.get(tag[1:2], 'mas')}"
                elif pos == "v" and tag in ("inf", "ppr"):
                    key = {"inf": "v infi", "ppr": "v ppre"}[tag]
                elif pos == "v" and tag[:1] in moods and tag[1:] in ("1s", "1p", "3s", "3p"):
                    key = f"v {moods[tag[0]]} {tag[1]}{numbers[tag[2]]}"
                if key:
                    pools[key][word] = weight
        self._pools = {key: (list(pool), list(pool.values())) for key, pool in pools.items()}

    @staticmethod
    def _usual(teacher: Teacher, word: str, zipf: Callable[[str], float]) -> set[str]:
        """The parts of speech that a form mostly has: est is hardly the east, devons not the Devonian.

        A reading is as strong as the other forms of its word are frequent.
        """
        table = teacher.tables.src
        strength: dict[str, float] = {}
        for reading in table.analyse(word):
            tags = (
                ("inf", "P3s", "P3p", "Qms") if reading.pos == "v" else ("ms", "fs", "mp", "fp", "ep", "es")
            )
            forms = {table.inflect(reading.lemma, reading.pos, tag) for tag in tags} - {word, None}
            own = max((zipf(form) for form in forms if form), default=0.0)
            strength[reading.pos] = max(own, strength.get(reading.pos, 0.0))
        best = max(strength.values(), default=0.0)
        return {pos for pos, own in strength.items() if own >= best - 1.2}

    def _draw(self, *keys: str) -> str:
        found = [key for key in keys if key in self._pools]
        if not found:
            return ""
        words, weights = self._pools[self._random.choice(found)]
        return self._random.choices(words, weights)[0]

    def _maybe(self, chance: float) -> bool:
        return self._random.random() < chance

    def _noun(self) -> tuple[str, str, str]:
        number = "pl" if self._maybe(0.35) else "sg"
        gender = "fem" if self._maybe(0.5) else "mas"
        return self._draw(f"n {number} {gender}", f"n {number} {gender}", f"n {number} epi"), number, gender

    def _adjective(self, number: str, gender: str) -> str:
        return self._draw(f"adj {number} {gender}", f"adj {number} epi", f"v ppas {number} {gender}")

    def phrase(self, depth: int = 0) -> tuple[str, str, str]:
        """A noun phrase without determiner contraction, its number and gender."""
        if self._maybe(0.18):
            name = self._random.choice(self._names) if self._maybe(0.6) else self._draw("name")
            return name, "sg", "mas"
        noun, number, gender = self._noun()
        plural = number == "pl"
        dets = [
            "les",
            "des",
            "ces",
            "ses",
            "leurs",
            "nos",
            "plusieurs",
            "deux",
            "trois",
            "certains",
            "les autres",
        ]
        single = (
            ["la", "une", "cette", "sa", "notre", "leur", "toute la", "chaque"]
            if gender == "fem"
            else ["le", "un", "ce", "son", "notre", "leur", "tout le", "chaque"]
        )
        det = self._random.choice(dets if plural else single)
        if self._maybe(0.5):
            det = "les" if plural else ("la" if gender == "fem" else "le")
        words = [det]
        if self._maybe(0.12):
            words.append(
                self._random.choice(
                    {
                        "sgmas": ["nouveau", "grand", "petit", "premier", "dernier"],
                        "sgfem": ["nouvelle", "grande", "petite", "première", "dernière"],
                        "plmas": ["nouveaux", "grands", "petits", "premiers", "derniers"],
                        "plfem": ["nouvelles", "grandes", "petites", "premières", "dernières"],
                    }[number + gender]
                )
            )
        words.append(noun)
        if self._maybe(0.35):
            words.append(self._adjective(number, gender))
        text = " ".join(words)
        if depth < 2 and self._maybe(0.4):
            text += " " + contract("de", self.phrase(depth + 1)[0])
        elif depth < 1 and self._maybe(0.08):
            text += " qui " + self._predicate(number, gender, 2)[0]
        elif depth < 1 and self._maybe(0.08):
            text += f" et {self.phrase(2)[0]}"
        return text, number, gender

    def _predicate(self, number: str, gender: str, depth: int = 0) -> tuple[str, str]:
        person = f"3{number}"
        roll = self._random.random()
        avoir, etre = ("a", "est") if number == "sg" else ("ont", "sont")
        adverb = f" {self._draw('adv')}" if self._maybe(0.12) else ""
        if roll < 0.3:
            verb = f"{avoir}{adverb} {self._draw('v ppas sg mas')}"
        elif roll < 0.42:
            aux = self._random.choice(
                [
                    etre,
                    f"{avoir} été",
                    "était" if number == "sg" else "étaient",
                    "sera" if number == "sg" else "seront",
                ]
            )
            verb = f"{aux}{adverb} {self._draw(f'v ppas {number} {gender}')}"
            return f"{verb} par {self.phrase(depth + 1)[0]}" if self._maybe(0.5) else verb, number
        elif roll < 0.5:
            copula = self._random.choice(
                [etre, "était" if number == "sg" else "étaient", "reste", "ne sont pas"]
            )
            return f"{copula} {self._adjective(number, gender)}", number
        elif roll < 0.58:
            modal = self._random.choice(
                ["peut", "doit", "veut"] if number == "sg" else ["peuvent", "doivent", "veulent"]
            )
            verb = f"{modal} {self._draw('v infi')}"
        elif roll < 0.64:
            verb = f"{'ne' if self._maybe(0.5) else 'se'} {self._draw(f'v ipre {person}')}"
        elif roll < 0.7:
            verb = (
                f"{avoir} {self._random.choice(['déclaré', 'annoncé', 'indiqué', 'ajouté', 'affirmé'])} que"
            )
            if depth < 1:
                return f"{verb} {self.clause(1)}", number
            verb = verb.removesuffix(" que")
        else:
            mood = self._random.choice(["ipre", "ipre", "iimp", "ipsi", "ifut", "cond"])
            verb = f"{self._draw(f'v {mood} {person}')}{adverb}"
        return f"{verb} {self.phrase(depth + 1)[0]}" if self._maybe(0.75) else verb, number

    def clause(self, depth: int = 0) -> str:
        """Subject, predicate and perhaps a prepositional phrase."""
        if self._maybe(0.2):
            subject, number, gender = self._random.choice(
                [
                    ("il", "sg", "mas"),
                    ("elle", "sg", "fem"),
                    ("ils", "pl", "mas"),
                    ("elles", "pl", "fem"),
                    ("on", "sg", "mas"),
                ]
            )
        else:
            subject, number, gender = self.phrase(depth + 1)
        text = f"{subject} {self._predicate(number, gender, depth)[0]}"
        for _ in range(2):
            if self._maybe(0.3):
                text += " " + self.prepositional()
        return text + (f" {self._random.choice(TAILS)}" if self._maybe(0.15) else "")

    def prepositional(self) -> str:
        preposition = self._random.choice(
            [*PREPOSITIONS, "dans", "sur", "avec", "pour", "à", "à", "de", "de"]
        )
        phrase = self.phrase(1)[0]
        head, _, last = preposition.rpartition(" ")
        if last in ("de", "à"):
            return f"{head} {contract(last, phrase)}".strip()
        return f"{preposition} {phrase}"

    def sentence(self) -> str:
        """One sentence with capital and full stop; sometimes two clauses, a quotation or a lone phrase."""
        roll = self._random.random()
        text = self.clause()
        if roll < 0.12:
            text += self._random.choice(
                [", mais ", " et ", " parce que ", " alors que ", ", tandis que ", " si "]
            ) + (self.clause(1))
        elif roll < 0.2:
            text = f"« {text} », a {self._random.choice(['déclaré', 'dit', 'expliqué'])} {self.phrase(2)[0]}"
        elif roll < 0.3:
            text = f"{self.prepositional()}, {text}"
        elif roll < 0.36:
            text = self.phrase()[0]
        text = elide(text)
        return text[:1].upper() + text[1:] + ("." if self._maybe(0.9) else "")

    def sentences(self, count: int) -> Iterator[str]:
        for _ in range(count):
            yield self.sentence()


def contract(preposition: str, phrase: str) -> str:
    table = {"de": {"le": "du", "les": "des"}, "à": {"le": "au", "les": "aux"}}[preposition]
    first, _, rest = phrase.partition(" ")
    if first in table and rest and rest[0] not in VOWELS:
        return f"{table[first]} {rest}"
    if first == "les" and rest:
        return f"{table[first]} {rest}"
    return f"{preposition} {phrase}"


def elide(text: str) -> str:
    words = text.split(" ")
    out: list[str] = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        vowel = following[:1].lower() in VOWELS and following[:1] != ""
        if vowel and word in ("le", "la", "de", "ne", "se", "je", "que"):
            out.append(word[:-1] + "'")
        else:
            out.append(word + " ")
    return "".join(out).strip()
