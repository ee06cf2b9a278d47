"""French full forms with their analyses, expanded from the Hunspell dictionary of Dicollecte (MPL-2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MOODS = ("infi", "ppre", "ppas", "ipre", "iimp", "ipsi", "ifut", "cond", "spre", "simp", "impe")
PROPER = {"npr", "prn", "patr", "geo"}
Rules = dict[str, list[tuple[str, str, "re.Pattern[str]", tuple[str, ...]]]]


class Analysis(NamedTuple):
    """One reading of a form. `person` is "1sg" … "3pl" or "", `gender` mas, fem, epi or ""."""

    lemma: str
    pos: str  # n, name, adj, v, adv, other
    number: str  # sg, pl, inv or ""
    gender: str
    mood: str
    person: str


def _affixes(path: Path) -> Rules:
    """The suffix rules by flag; prefixes only add elisions (l', d'), which the tokenizer splits off."""
    rules: Rules = {}
    for line in path.read_text("utf-8").splitlines():
        parts = line.split()
        if len(parts) >= 5 and parts[0] == "SFX" and not parts[3].isdigit():
            flag, strip, add, condition = parts[1:5]
            strip = "" if strip == "0" else strip
            add = add.split("/")[0]
            pattern = re.compile(f"(?:{condition})$" if condition != "." else "$")
            rules.setdefault(flag, []).append((strip, "" if add == "0" else add, pattern, tuple(parts[5:])))
    return rules


def _readings(lemma: str, tags: list[str]) -> Iterator[Analysis]:
    """The readings that a set of Hunspell morphological fields stands for."""
    po = [tag[3:].rstrip("!") for tag in tags if tag.startswith("po:")]
    values = {tag[3:] for tag in tags if tag.startswith("is:")}
    number = next((v for v in ("sg", "pl", "inv") if v in values), "sg")
    gender = next((v for v in ("mas", "fem", "epi") if v in values), "")
    moods = [tag for tag in po if tag in MOODS]
    if any(tag[0] == "v" and tag[1:2].isdigit() for tag in po):
        persons = [re.sub("^1i", "1", tag) for tag in po if re.fullmatch(r"[123]i?(sg|pl)", tag)]
        for mood in moods:
            if mood in ("infi", "ppre"):
                yield Analysis(lemma, "v", "", "", mood, "")
            elif mood == "ppas":
                yield Analysis(lemma, "v", number, gender or "mas", mood, "")
            else:
                for person in persons:
                    yield Analysis(lemma, "v", "", "", mood, person)
        return
    for tag in po:
        if tag in PROPER:
            yield Analysis(lemma, "name", number, gender, "", "")
        elif tag == "nom":
            yield Analysis(lemma, "name" if lemma[:1].isupper() else "n", number, gender, "", "")
        elif tag == "adj":
            yield Analysis(lemma, "adj", number, gender or "epi", "", "")
        elif tag == "adv":
            yield Analysis(lemma, "adv", "", "", "", "")
        elif tag in ("prep", "det", "cj", "cjco", "cjsub", "mg"):
            yield Analysis(lemma, "other", number, gender, "", "")


def expand(dic: Path, aff: Path) -> dict[str, list[Analysis]]:
    """Every form of the dictionary → its readings, in the dictionary's order."""
    rules = _affixes(aff)
    forms: dict[str, list[Analysis]] = {}

    def add(form: str, lemma: str, tags: list[str]) -> None:
        known = forms.setdefault(form, [])
        known.extend(reading for reading in _readings(lemma, tags) if reading not in known)

    for line in dic.read_text("utf-8").splitlines()[1:]:
        head, *tags = line.split()
        lemma, _, flags = head.partition("/")
        # Two characters a flag ("FLAG long").
        suffixes = [flag for flag in re.findall("..", flags) if flag in rules]
        if not suffixes:
            add(lemma, lemma, tags)
        for flag in suffixes:
            for strip, ending, condition, fields in rules[flag]:
                if lemma.endswith(strip) and condition.search(lemma):
                    stem = lemma[: len(lemma) - len(strip)] if strip else lemma
                    add(stem + ending, lemma, [*tags, *fields])
    return forms
