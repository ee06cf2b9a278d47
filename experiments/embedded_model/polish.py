"""Polish inflection by Morfeusz 2 with the SGJP dictionary (BSD-2-Clause): lemma + features → form."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

CASES = ("nom", "gen", "dat", "acc", "inst", "loc", "voc")
GENDERS = ("m1", "m2", "m3", "f", "n")
Key = tuple[str, ...]


@lru_cache(maxsize=1)
def _morfeusz() -> Any:
    import morfeusz2

    return morfeusz2.Morfeusz()


def _number(value: str) -> list[str]:
    return [v for v in value.split(".") if v in ("sg", "pl")]


def _keys(parts: list[list[str]]) -> list[Key]:
    """The features of the tags we use; [] for the others (voc, negated gerunds, …)."""
    kind = parts[0][0]
    if kind == "subst":
        return [("n", n, c) for n in parts[1] for c in parts[2] if c != "voc"]
    if kind in ("adj", "ppas", "pact") and parts[-1] in (["pos"], ["aff"]):
        cell = [(n, c, g) for n in parts[1] for c in parts[2] for g in parts[3] if c != "voc"]
        return [("adj" if kind == "adj" else kind, *triple) for triple in cell]
    if kind == "fin":
        return [("fin", n, p) for n in parts[1] for p in parts[2]]
    if kind == "praet" and len(parts) >= 4:
        people = parts[3] if set(parts[3]) & {"pri", "sec", "ter"} else ["ter"]
        return [("praet", n, g, p) for n in parts[1] for g in parts[2] for p in people]
    if kind == "inf":
        return [("inf",)]
    if kind == "pcon":
        return [("pcon",)]
    if kind == "imps":
        return [("imps",)]
    if kind == "impt":
        return [("impt", n, p) for n in parts[1] for p in parts[2]]
    return []


@lru_cache(maxsize=100_000)
def paradigm(lemma: str, pos: str) -> dict[Key, str]:
    """Features → form of a noun (n), adjective (adj) or verb (v); empty when SGJP has none.

    The key ("gender",) of a noun holds its gender, ("aspect",) of a verb perf or imperf.
    """
    wanted = {"n": {"subst"}, "adj": {"adj"}, "v": {"fin", "praet", "inf", "pcon", "imps", "ppas", "impt"}}[pos]
    try:
        generated = _morfeusz().generate(lemma)
    except RuntimeError:  # Morfeusz refuses text with a space
        return {}
    # Homonyms (zamek:Sm3~ku, prezydent:Sf) are told apart by base and gender.
    homonyms: dict[Key, dict[Key, list[str]]] = {}
    for form, base, tag, _names, _labels in generated:
        parts = [part.split(".") for part in tag.split(":")]
        kind = parts[0][0]
        if kind not in wanted or (kind == "ppas" and "neg" in tag) or base.split(":")[0] != lemma:
            continue
        group = (base, tag.split(":")[3]) if kind == "subst" else ("",)
        table = homonyms.setdefault(group, {})
        if kind == "subst":
            table[("gender",)] = [parts[3][0]]
        if kind == "inf":
            table.setdefault(("aspect",), [parts[1][0]])
        for key in _keys(parts):
            table.setdefault(key, []).append(form)
    if not homonyms:
        return {}
    # The homonym with the richest paradigm is the plain one; of two forms, the more frequent.
    best = max(homonyms.values(), key=lambda t: len({form for forms in t.values() for form in forms}))
    return {key: max(forms, key=_zipf) if len(forms) > 1 else forms[0] for key, forms in best.items()}


@lru_cache(maxsize=100_000)
def _zipf(word: str) -> float:
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, "pl"))


def gender(lemma: str) -> str:
    """m1, m2, m3, f or n; m3 for a noun that is not in SGJP."""
    return paradigm(lemma, "n").get(("gender",), "m3")


def inflect(lemma: str, pos: str, key: Key) -> str | None:
    """The form of that cell, or None."""
    return paradigm(lemma, pos).get(key)
