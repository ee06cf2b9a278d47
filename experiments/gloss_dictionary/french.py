"""French inflected forms with their grammar, from the affix rules of Dicollecte's spelling dictionary.

`fr.dic` and `fr.aff` (MPL-2.0) carry morphology: `po:nom is:fem is:pl`, `po:ipre po:3sg`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TENSES = {
    "ipre": "P",
    "iimp": "I",
    "ipsi": "J",
    "ifut": "F",
    "cond": "K",
    "spre": "S",
    "simp": "T",
    "impe": "E",
}
PERSONS = {"1sg": "1s", "2sg": "2s", "3sg": "3s", "1pl": "1p", "2pl": "2p", "3pl": "3p", "3pl!": "3p"}


class Form(NamedTuple):
    form: str
    lemma: str
    pos: str  # n noun, a adjective, v verb, r adverb
    tag: str  # nouns and adjectives: gender m f e, number s p i; verbs: see `verb_tags`


def read_affixes(path: Path) -> dict[str, list[tuple[str, str, re.Pattern[str], list[str]]]]:
    """Suffix rules by flag: (strip, add, condition, morphology)."""
    rules: dict[str, list[tuple[str, str, re.Pattern[str], list[str]]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        part = line.split()
        if len(part) >= 5 and part[0] == "SFX":
            strip, add = part[2].replace("0", ""), part[3].split("/")[0]
            add = "" if add == "0" else add
            rules[part[1]].append((strip, add, re.compile(f"(?:{part[4]})$"), part[5:]))
    return rules


def verb_tags(values: list[str]) -> Iterator[str]:
    """`inf`, `ppr`, `Qms` (past participle), or tense letter + person: `P3s` present, `I` imperfect, …"""
    if "infi" in values:
        yield "inf"
    if "ppre" in values:
        yield "ppr"
    for tense, letter in TENSES.items():
        if tense in values:
            yield from (letter + person for name, person in PERSONS.items() if name in values)


def gender_number(fields: list[str]) -> str:
    """`ms`, `fp`, …; gender e for epicene, number i for invariable."""
    values = {field[3:] for field in fields if field.startswith("is:")}
    gender = next(
        (letter for name, letter in (("epi", "e"), ("mas", "m"), ("fem", "f")) if name in values), "e"
    )
    number = next(
        (letter for name, letter in (("inv", "i"), ("sg", "s"), ("pl", "p")) if name in values), "s"
    )
    return gender + number


def tagged(form: str, lemma: str, word_fields: list[str], affix_fields: list[str]) -> Iterator[Form]:
    """The readings of one form; closed classes (`mg`) are left to the hand-made list."""
    word_pos = [field[3:] for field in word_fields if field.startswith("po:")]
    affix_pos = [field[3:] for field in affix_fields if field.startswith("po:")]
    fields = word_fields + affix_fields
    if any(p.startswith("v") and len(p) > 3 for p in word_pos) or "infi" in word_pos:
        if "ppas" in affix_pos:
            yield Form(form, lemma, "v", "Q" + gender_number(affix_fields))
        yield from (Form(form, lemma, "v", tag) for tag in verb_tags(affix_pos))
        return
    if "mg" in word_pos:
        return
    if "nom" in word_pos:
        yield Form(form, lemma, "n", gender_number(fields))
    if "adj" in word_pos:
        yield Form(form, lemma, "a", gender_number(fields))
    if "adv" in word_pos:
        yield Form(form, lemma, "r", "")


def read(folder: Path) -> set[Form]:
    """Every form of every noun, adjective, verb and adverb."""
    rules = read_affixes(folder / "fr.aff")
    forms: set[Form] = set()
    for line in (folder / "fr.dic").read_text("utf-8").splitlines()[1:]:
        head, *fields = line.split()
        lemma, _, flags = head.partition("/")
        pairs = [flags[i : i + 2] for i in range(0, len(flags), 2)]
        if "()" not in pairs:
            forms.update(tagged(lemma, lemma, fields, fields))
        for flag in pairs:
            for strip, add, condition, affix in rules.get(flag, ()):
                if condition.search(lemma):
                    form = lemma[: len(lemma) - len(strip)] + add
                    forms.update(tagged(form, lemma, fields, affix))
    return forms
