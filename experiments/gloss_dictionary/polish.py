"""Polish inflected forms with their grammar, from SGJP through morfeusz2 (BSD-2)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import morfeusz2
from wordfreq import word_frequency

CASES = {"nom": "n", "gen": "g", "dat": "d", "acc": "a", "inst": "i", "loc": "l"}
PERSONS = {"pri": "1", "sec": "2", "ter": "3"}
ENGINE = morfeusz2.Morfeusz(expand_tags=False)


class Paradigm(NamedTuple):
    lemma: str
    pos: str  # n a v r
    kind: str  # nouns: gender 1 2 3 f n p; verbs: i imperfective, p perfective, b both
    forms: tuple[tuple[str, str], ...]  # (form, tag)


def noun_forms(parts: list[str]) -> list[str]:
    return [n[0] + CASES[c] for n in parts[1].split(".") for c in parts[2].split(".") if c in CASES]


def adjective_forms(parts: list[str]) -> list[str]:
    """Singular by gender (`snm snf snn`, `sam` inanimate, `sah` animate); plural `pn1 pnx`, then by case."""
    if len(parts) > 4 and parts[4] not in ("pos", "imperf", "perf"):
        return []
    genders = parts[3].split(".")
    tags = []
    for case in (CASES[c] for c in parts[2].split(".") if c in CASES):
        if parts[1] == "sg":
            if case == "a" and "m3" in genders:
                tags.append("sam")
            elif case == "a" and "m1" in genders:
                tags.append("sah")
            elif "m3" in genders:
                tags.append(f"s{case}m")
            if "f" in genders:
                tags.append(f"s{case}f")
            if "n" in genders:
                tags.append(f"s{case}n")
        else:
            if "m1" in genders and case in "na":
                tags.append(f"p{case}1")
            if "f" in genders:
                tags.append(f"p{case}x" if case in "na" else f"p{case}")
    return tags


def verb_forms(parts: list[str]) -> list[str]:
    """inf; `P3s` present or perfective future, `B3s` of być; `E2s` imperative; past `Lsm Lsf Lsn Lp1 Lpx`."""
    kind = parts[0]
    if kind in ("inf", "pcon", "pant", "imps"):
        return [kind]
    if kind in ("fin", "bedzie"):
        return [f"{'P' if kind == 'fin' else 'B'}{PERSONS[parts[2]]}{parts[1][0]}"]
    if kind == "impt":
        return [f"E{PERSONS[parts[2]]}{parts[1][0]}"]
    if kind == "praet":
        genders = parts[2].split(".")
        if parts[1] == "sg":
            return [
                f"Ls{letter}" for name, letter in (("m1", "m"), ("f", "f"), ("n", "n")) if name in genders
            ]
        return [f"Lp{letter}" for name, letter in (("m1", "1"), ("f", "x")) if name in genders]
    if kind in ("ppas", "pact") and parts[-1] == "aff" and "snm" in adjective_forms([*parts[:4]]):
        return [kind]
    if kind == "ger" and parts[-1] == "aff" and "sg" in parts[1] and "nom" in parts[2]:
        return ["ger"]
    return []


POS = {"subst": "n", "depr": "", "adj": "a", "adv": "r"}
VERBAL = ("inf", "fin", "bedzie", "praet", "impt", "imps", "pcon", "pant", "pact", "ppas", "ger")
POS |= dict.fromkeys(VERBAL, "v")


@cache
def paradigms(lemma: str) -> tuple[Paradigm, ...]:
    """Every paradigm of a lemma; of two forms the first stands, unless the other is over twice as common."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    if " " in lemma:
        return ()
    for form, own, tag, _names, qualifiers in ENGINE.generate(lemma):
        parts = tag.split(":")
        pos = POS.get(parts[0], "")
        if (
            not pos
            or own.split(":")[0] != lemma
            or any(q in ("arch.", "daw.", "przest.", "gwar.") for q in qualifiers)
        ):
            continue
        if pos == "n":
            kind = gender(parts)
            tags = noun_forms(parts)
        elif pos == "a":
            kind, tags = "", adjective_forms(parts)
        elif pos == "v":
            kind = "b" if "imperf.perf" in tag else "i" if "imperf" in tag else "p" if "perf" in tag else ""
            tags = verb_forms(parts)
        else:
            kind, tags = "", ["pos"] if parts[-1] in ("adv", "pos") else []
        for name in tags:
            forms = found.setdefault((pos, kind), {})
            if name not in forms or word_frequency(form, "pl") > 2 * word_frequency(forms[name], "pl"):
                forms[name] = form
    return tuple(
        Paradigm(lemma, pos, kind, tuple(sorted((form, tag) for tag, form in forms.items())))
        for (pos, kind), forms in found.items()
        if forms and (pos != "v" or "inf" in forms)
    )


def gender(parts: list[str]) -> str:
    genders = parts[3].split(".")
    if "pt" in parts[4:]:
        return "p"
    return {"m1": "1", "m2": "2", "m3": "3", "f": "f", "n": "n"}[genders[0]]


def part_of_speech(word: str) -> set[str]:
    """The parts of speech of a lemma."""
    return {paradigm.pos for paradigm in paradigms(word)}
