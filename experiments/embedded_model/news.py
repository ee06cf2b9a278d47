"""The constructions of news reports that neither manuals nor the plain grammar show."""

from __future__ import annotations

from .synthetic import Grammar, contract, elide

SAID = [
    "déclaré",
    "dit",
    "expliqué",
    "ajouté",
    "affirmé",
    "indiqué",
    "souligné",
    "estimé",
    "annoncé",
    "précisé",
]
DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
]  # fmt: skip
TITLES = ["M.", "M.", "Mme", "le président", "le ministre", "la présidente", "le professeur", "le directeur"]
COUNTS = [
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "dix",
    "vingt",
    "cent",
    "les deux",
    "les trois",
    "ces deux",
]
MANY = ["beaucoup de", "peu de", "des milliers de", "la plupart de les", "un grand nombre de", "plus de 200"]
LINKS = ["lorsque", "quand", "car", "puisque", "alors que", "où", "tandis que", "parce que", "pendant que"]
AIMS = ["afin de", "pour", "sans", "avant de", "prêt à", "prêts à", "prête à", "invité à", "en train de"]


class NewsGrammar(Grammar):
    """Half of its sentences are the plain grammar's, half are put together as reports are."""

    def _pick(self, options: list[str]) -> str:
        return self._random.choice(options)

    def person(self) -> str:
        """A person by title or office, with a name."""
        names = [self._pick(self._names) for _ in range(1 + self._maybe(0.4))]
        return " ".join([self._pick(TITLES) if self._maybe(0.7) else self._draw("name"), *names])

    def when(self) -> str:
        """A date, a day or a part of one."""
        year, day = self._random.randint(1950, 2025), self._random.randint(2, 30)
        return self._pick(
            [
                self._pick(DAYS), self._pick(DAYS), f"{self._pick(DAYS)} soir", f"{self._pick(DAYS)} dernier",
                f"le {day} {self._pick(MONTHS)}", f"le {day} {self._pick(MONTHS)} {year}", f"en {year}",
                f"en {self._pick(MONTHS)} {year}", f"depuis {year}", "l'an dernier", "cette année", "hier",
                f"il y a {self._pick(COUNTS[:8])} ans", "à ce jour", "ces dernières années", "aujourd'hui",
            ]
        )  # fmt: skip

    def counted(self) -> str:
        """A number of things."""
        noun = self._draw(f"n pl {self._pick(['mas', 'fem'])}")
        figure = f"{self._random.randint(1, 99)},{self._random.randint(1, 9)}"
        return self._pick(
            [
                f"{self._pick(COUNTS)} {noun}", f"{self._pick(COUNTS)} {noun}",
                f"{self._random.randint(2, 900)} {noun}",
                f"{self._pick(MANY)} {noun}".replace("de les", "des"), f"{figure} % des {noun}",
                f"{figure} millions de {noun}", f"{figure} milliards d'euros", f"les {noun}",
            ]
        )  # fmt: skip

    def aim(self) -> str:
        """An infinitive with what governs it, or a gerund."""
        if self._maybe(0.25):
            return f"en {self._draw('v ppre')} {self.thing()}"
        second = f" et {self._draw('v infi')} {self.thing()}" if self._maybe(0.25) else ""
        return f"{self._pick(AIMS)} {self._draw('v infi')} {self.thing()}{second}"

    def thing(self) -> str:
        """Any noun phrase."""
        roll = self._random.random()
        return self.person() if roll < 0.15 else self.counted() if roll < 0.35 else self.phrase(1)[0]

    def verb(self, number: str, gender: str) -> str:
        """A finite verb with negation, reflexive or object pronouns, in a simple or compound tense."""
        plural = number == "pl"
        has, be = ("ont", "sont") if plural else ("a", "est")
        simple = self._draw(f"v {self._pick(['ipre', 'ipre', 'iimp', 'ifut', 'cond'])} 3{number}")
        done = self._draw("v ppas sg mas")
        agreed = self._draw(f"v ppas {number} {gender}")
        return self._pick(
            [
                f"ne {simple} {self._pick(['pas', 'pas', 'plus', 'jamais'])}", f"ne {has} pas {done}",
                f"se {be} {agreed}", f"se {simple}",
                f"{self._pick(['le', 'la', 'les', 'lui', 'leur'])} {simple}",
                f"{has} également {done}", f"{'avaient' if plural else 'avait'} {done}",
                f"{be} {self._pick(['plus', 'moins', 'très', 'trop'])} {self._adjective(number, gender)} que",
                f"{'ont' if plural else 'a'} été {agreed} par", f"{be} {self._adjective(number, gender)} et",
                f"{'seront' if plural else 'sera'} {agreed} à", f"{be} {agreed} dans", f"{simple} de",
                simple, simple,
            ]
        )  # fmt: skip

    def statement(self) -> str:
        """Subject, verb and what follows it."""
        roll = self._random.random()
        if roll < 0.15:
            start = self._pick(["il y a", "il s'agit de", "c'est", "il faut", "voici", "on compte"])
            return f"{start} {self._draw('v infi') if start == 'il faut' else ''} {self.thing()}"
        if roll < 0.3:
            who, person = self._random.choice([("nous", "1pl"), ("je", "1sg")])
            mood = self._pick(["ipre", "ipre", "iimp", "ifut"])
            return f"{who} {self._draw(f'v {mood} {person}')} {self.thing()}"
        if roll < 0.5:
            subject, number, gender = self.person(), "sg", "mas"
        elif roll < 0.6:
            subject, number, gender = self.counted(), "pl", "mas"
        else:
            subject, number, gender = self.phrase(1)
        roll = self._random.random()
        if roll < 0.1:
            subject += f", {self.phrase(2)[0]},"
        elif roll < 0.2:
            subject += f" qui {self.verb(number, gender)} {self.thing()}"
        elif roll < 0.27:
            subject += f" dont {self.phrase(2)[0]} {self._draw('v ipre 3sg')}"
        elif roll < 0.34:
            subject += f" que {self.person()} a {self._draw(f'v ppas {number} {gender}')}"
        adverb = f" {self.when()}" if self._maybe(0.2) else ""
        return f"{subject} {self.verb(number, gender)}{adverb} {self.thing()}"

    def sentence(self) -> str:
        if self._maybe(0.5):
            return super().sentence()
        text = self.statement()
        for _ in range(2):
            if self._maybe(0.35):
                text += f" {self._pick([self.when, self.aim, self.prepositional, self.prepositional])()}"
        roll = self._random.random()
        who = self._pick(["il", "elle"])
        if roll < 0.12:
            text += f", a-t-{who} {self._pick(SAID)}"
        elif roll < 0.2:
            text += f", a {self._pick(SAID)} {self.person()}"
        elif roll < 0.3:
            source = f"{self.person()} a {self._pick(SAID)}"
            text = f"{source}{' ' + self.when() if self._maybe(0.4) else ''} que {text}"
        elif roll < 0.4:
            text = f"{self.when()}, {text}"
        elif roll < 0.55:
            text += f"{self._pick(['', ','])} {self._pick(LINKS)} {self.statement()}"
        elif roll < 0.65:
            text += f", {self.thing()} et {self.thing()}"
        elif roll < 0.75:
            text = self._quoted(text)
        return self._finish(text)

    def _quoted(self, text: str) -> str:
        opening, closing = self._random.choice([("« ", " »"), ('"', '"'), ("“", "”")])
        speech = f"{opening}{text}{closing}"
        return (
            f"{speech}, a {self._pick(SAID)} {self.person()}"
            if self._maybe(0.5)
            else f"{self.person()} : {speech}"
        )

    def _finish(self, text: str) -> str:
        text = elide(contract_all(" ".join(text.split())))
        return text[:1].upper() + text[1:] + ("." if self._maybe(0.9) else "")


def contract_all(text: str) -> str:
    """de le → du, à les → aux, wherever they meet."""
    for preposition in ("de", "à"):
        head, *rest = f" {text}".split(f" {preposition} ")
        text = head + "".join(f" {contract(preposition, part)}" for part in rest)
        text = text.strip()
    return text
