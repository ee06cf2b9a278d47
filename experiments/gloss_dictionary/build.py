"""Builds the tables of the gloss engine: python build.py DICTIONARIES HUNSPELL OUT (see README.md)."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import bilingual
import cognates
import compress
import french
import names
import polish
from wordfreq import word_frequency

Totals = dict[tuple[str, str], float]  # (word, part of speech) → sum of its evidence
POS_TAGGED = "nvar"
NAMED = 5  # weight of a CLDR name: above any dictionary's
CLOSED = [
    "ten", "który", "każdy", "żaden", "jaki", "taki", "wszystek", "niektóry", "pewien", "cały", "sam",
    "inny", "mój", "twój", "nasz", "wasz", "swój", "zostać",
]  # fmt: skip
LEAST = 0.03  # pivot-only pairs below this weight are noise


def polish_fits(word: str, pos: str) -> bool:
    known = polish.part_of_speech(word) if pos in POS_TAGGED and " " not in word else set()
    return not known or pos in known


@cache
def polish_commonness(word: str) -> float:
    """log10 of the frequency per billion of all forms of a lemma (of the rarest word of a phrase)."""

    def one(part: str) -> float:
        forms = {form for paradigm in polish.paradigms(part) for form, _ in paradigm.forms} | {part}
        return max(0.0, math.log10(sum(word_frequency(form, "pl") for form in forms) * 1e9 + 1))

    return min(one(part) for part in word.split())


FRENCH_FORMS: dict[str, set[str]] = defaultdict(set)


@cache
def french_commonness(word: str) -> float:
    def one(part: str) -> float:
        forms = FRENCH_FORMS.get(part, set()) | {part}
        return max(0.0, math.log10(sum(word_frequency(form, "fr") for form in forms) * 1e9 + 1))

    return min((one(part) for part in word.replace("'", " ").split()), default=0.0)


def rank(
    options: dict[str, float], pos: str, totals: Totals, commonness: Callable[[str], float]
) -> list[str]:
    """Best first. The score of a translation is its evidence, times the root of the share of its own
    evidence that is for this word (nom is nazwa rather than imię, which is prénom), times 2 to the
    power of log10 of its frequency, times 0.3 for each further word of a phrase."""

    def score(word: str) -> float:
        share = options[word] / totals.get((word, pos), options[word])
        return options[word] * min(share, 1) ** 0.5 * 2 ** commonness(word) * 0.3 ** word.count(" ")

    return sorted(options, key=lambda word: (-score(word), word))


def sums(votes: bilingual.Votes) -> Totals:
    return {key: sum(options.values()) for key, options in votes.items()}


def aspect(word: str) -> str:
    return next((p.kind for p in polish.paradigms(word.split()[0]) if p.pos == "v"), "")


def related(first: str, second: str) -> bool:
    """Aspect partners share their stem: proponować/zaproponować, podkreślać/podkreślić."""
    a, b = first.split()[0], second.split()[0]
    return compress.common_prefix([a, b]) >= max(4, len(a) - 4) or a.endswith(b) or b.endswith(a)


SUFFIXES = [
    ("ywać", "ać"), ("iwać", "ać"), ("awać", "ać"), ("iać", "ić"), ("dzać", "dzić"),
    ("czać", "czyć"), ("cać", "cić"),
    ("szać", "sić"), ("żać", "zić"), ("żać", "żyć"), ("rzać", "rzyć"), ("lać", "lić"),
    ("kać", "knąć"), ("kać", "czyć"),
    ("ywać", "yć"), ("iwać", "ić"), ("ewać", "ać"), ("mować", "jąć"), ("nosić", "nieść"), ("wodzić", "wieść"),
    ("chodzić", "jść"), ("stępować", "stąpić"), ("kazywać", "kazać"), ("mykać", "mknąć"), ("rywać", "rwać"),
]  # fmt: skip
# Loans take one of these prefixes and keep their meaning; pracować/opracować does not.
PREFIXES = ("z", "s", "za", "o")
LOANS = ("izować", "yzować", "ikować", "entować", "ponować", "ceptować")


@cache
def partner(verb: str) -> str:
    """The verb of the other aspect by regular derivation, if the lexicon has it; "" without one."""
    if " " in verb:
        head, _, rest = verb.partition(" ")
        own = partner(head)
        return f"{own} {rest}" if own else ""
    kind = aspect(verb)
    found = []
    for imperfective, perfective in SUFFIXES:
        here, there = (imperfective, perfective) if kind == "i" else (perfective, imperfective)
        if verb.endswith(here) and len(verb) > len(here) + 1:
            found.append(verb[: len(verb) - len(here)] + there)
    if kind == "i" and verb.endswith(LOANS):
        found += [prefix + verb for prefix in PREFIXES]
    fitting = [word for word in found if aspect(word) == {"i": "p", "p": "i"}.get(kind)]
    return max(fitting, key=polish_commonness, default="")


def verb_pair(options: dict[str, float], totals: Totals) -> str:
    """`imperfective|perfective`; either may be empty. The partner of the best verb is preferred."""
    best = rank(options, "v", totals, polish_commonness)[0]
    chosen = {aspect(best) or "b": best}
    if "b" in chosen:
        return best
    boosted = {word: weight * (8 if related(word, best) else 1) for word, weight in options.items()}
    other = {"i": "p", "p": "i"}[aspect(best)]
    ranked = [word for word in rank(boosted, "v", totals, polish_commonness) if aspect(word) == other]
    derived = partner(best)
    chosen[other] = ranked[0] if ranked and related(ranked[0], best) else derived or (ranked or [""])[0]
    return f"{chosen.get('i', '')}|{chosen.get('p', '')}"


def add_cognates(table: dict[tuple[str, str], str], lexemes: Iterable[tuple[str, str]]) -> int:
    count = 0
    for lemma, pos in lexemes:
        if (lemma, pos) not in table and lemma.islower():
            found = [c for c in cognates.candidates(lemma, pos) if pos in polish.part_of_speech(c)]
            found = [c for c in found if polish_commonness(c) >= 1.5]
            if found:
                best = found[0]
                table[lemma, pos] = f"{best}|{partner(best)}" if pos == "v" else best
                count += 1
    return count


def adverbs(table: dict[tuple[str, str], str], french_adjectives: dict[str, set[str]]) -> int:
    """-ment adverbs from their adjective: officiel → oficjalny, so officiellement → oficjalnie."""
    count = 0
    for form, lemmas in sorted(french_adjectives.items()):
        word = form[:-2] + "mment" if form.endswith(("ant", "ent")) else form + "ment"
        word = word.replace("antmment", "amment").replace("entmment", "emment").replace("nmment", "mment")
        for lemma in sorted(lemmas):
            adjective = table.get((lemma, "a"), "")
            if (
                (word, "r") in table
                or " " in adjective
                or not adjective.endswith(("y", "i"))
                or word not in KNOWN_ADVERBS
            ):
                continue
            stem = adjective[:-1]
            for ending in ("ie", "o", "e", "io"):
                if "r" in polish.part_of_speech(stem + ending):
                    table[word, "r"] = stem + ending
                    count += 1
                    break
    return count


KNOWN_ADVERBS: set[str] = set()


def polish_lexemes(words: Iterable[str]) -> dict[tuple[str, str, str], compress.Lexeme]:
    """Paradigms of every word, and of the lemmas of every word of a phrase; an undeclined twin is dropped."""
    lexemes: dict[tuple[str, str, str], compress.Lexeme] = {}
    for word in sorted(words):
        lemmas = {word}
        if " " in word:
            lemmas = {
                lemma.split(":")[0]
                for part in word.split()
                for *_, (_f, lemma, *_r) in polish.ENGINE.analyse(part)
            }
        for lemma in sorted(lemmas):
            own = list(polish.paradigms(lemma))
            nouns = [p for p in own if p.pos == "n"]
            declined = [p for p in nouns if len({form for form, _ in p.forms}) > 1]
            for paradigm in own:
                if paradigm in nouns and declined and paradigm not in declined:
                    continue
                key = (paradigm.lemma, paradigm.pos, paradigm.kind)
                lexemes[key] = (*key, frozenset(paradigm.forms))
    return lexemes


def main(dictionaries: Path, hunspell: Path, out: Path) -> None:
    forms = french.read(hunspell)
    by_lexeme: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    adjectives: dict[str, set[str]] = defaultdict(set)
    for form, lemma, pos, tag in forms:
        by_lexeme[lemma, pos].add((form, tag))
        FRENCH_FORMS[lemma].add(form)
        if pos == "a" and tag[0] in "fe" and tag[1] in "si":
            adjectives[form].add(lemma)
        if pos == "a" and tag == "ms" and form.endswith(("ant", "ent")):
            adjectives[form].add(lemma)
        if pos == "r":
            KNOWN_ADVERBS.add(form)
    forward, backward = bilingual.votes(dictionaries, polish_fits)
    for fr, pl, pos in names.pairs():
        for votes, word, translation in ((forward, fr, pl), (backward, pl, fr)):
            options = votes.setdefault((word, pos), {})
            options[translation] = options.get(translation, 0) + NAMED
    to_polish: dict[tuple[str, str], str] = {}
    totals = sums(backward)
    for (word, pos), options in forward.items():
        good = {w: weight for w, weight in options.items() if weight >= LEAST}
        if good and pos == "v":
            to_polish[word, pos] = verb_pair(good, totals)
        elif good:
            to_polish[word, pos] = rank(good, pos, totals, polish_commonness)[0]
    to_french: dict[tuple[str, str], str] = {}
    totals = sums(forward)
    for (word, pos), options in backward.items():
        good = {w: weight for w, weight in options.items() if weight >= LEAST}
        if good:
            to_french[word, pos] = rank(good, pos, totals, french_commonness)[0]
    print("pairs", len(to_polish), len(to_french))
    print("cognates", add_cognates(to_polish, sorted(by_lexeme)))
    print("adverbs", adverbs(to_polish, adjectives))
    for (word, pos), translation in sorted(to_polish.items()):
        if pos != "v":
            to_french.setdefault((translation, pos), word)
        else:
            for verb in translation.split("|"):
                if verb:
                    to_french.setdefault((verb, pos), word)
    for (word, pos), translation in sorted(to_french.items()):
        if pos == "v" and partner(word):
            to_french.setdefault((partner(word), pos), translation)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in (("fr-pl", to_polish), ("pl-fr", to_french)):
        rows = [f"{word}\t{pos}\t{translation}" for (word, pos), translation in sorted(table.items())]
        compress.write_gzip(out / f"{name}.tsv.gz", "\n".join(rows) + "\n")
    wanted = {word for word, _ in to_polish} | {part for word, _ in to_polish for part in word.split()}
    wanted |= {part for word in to_french.values() for part in (word, *word.split())}
    french_lexemes = [
        (lemma, pos, "", frozenset(own)) for (lemma, pos), own in by_lexeme.items() if lemma in wanted
    ]
    compress.write_gzip(out / "fr.forms.tsv.gz", compress.inflection(french_lexemes))
    targets = {
        verb for (_, pos), t in to_polish.items() for verb in (t.split("|") if pos == "v" else [t]) if verb
    }
    lexemes = polish_lexemes(targets | {word for word, _ in to_french} | set(CLOSED))
    compress.write_gzip(out / "pl.forms.tsv.gz", compress.inflection(lexemes.values()))
    print("lexemes", len(french_lexemes), len(lexemes))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
