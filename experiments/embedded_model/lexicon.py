"""The bilingual lexicon: (French lemma, part of speech) → Polish lemmas, best first."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from . import cognates, polish
from . import function_words as fw
from .french import Analysis

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
Lexicon = dict[tuple[str, str], list[str]]


def _number(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 64 + DIGITS.index(letter)
    return value


def _members(text: str) -> list[str]:
    text = re.sub(r"\([^()]*\)|\[[^\][]*\]", "", re.sub(r"\s+\d+\.$", "", text.strip()))
    return [re.sub(r"\s+", " ", part).strip() for part in re.split(r"[,;]", text) if part.strip()]


def freedict(folder: Path, pair: str) -> Iterator[tuple[str, str, list[list[str]]]]:
    """(headword, part of speech, senses) of a dictd file; senses hold translations in its order."""
    data = gzip.decompress((folder / f"freedict-{pair}.dict.dz").read_bytes())
    index = (folder / f"freedict-{pair}.index").read_text("utf-8").splitlines()
    spans = {tuple(map(_number, line.split("\t")[1:3])) for line in index if not line.startswith("00")}
    for start, length in sorted(spans):
        head, _, body = data[start : start + length].decode("utf-8").strip("\n").partition("\n")
        match = re.match(r"(.+?)(?: (?:/[^/]*/ ?)+)?(?: ?<([^>]*)>)?$", head.strip())
        if match is None or not body:
            continue
        lines = body.split("\n")
        senses: list[list[str]] = []
        for line in lines:
            numbered = re.match(rf"{len(senses) + 1}\. (.+)", line)
            if numbered:
                senses.append(_members(numbered[1]))
        yield match[1].strip(), (match[2] or "").partition(",")[0], senses or [_members(lines[0])]


def _fits(word: str, pos: str) -> bool:
    """Whether Polish morphology knows the word (its first one, and "się") as that part of speech."""
    if pos == "n":
        return ("n", "sg", "nom") in polish.paradigm(word, "n") or ("n", "pl", "nom") in polish.paradigm(word, "n")
    if pos == "v":
        return ("inf",) in polish.paradigm(word.removesuffix(" się"), "v")
    if pos == "adj":
        return ("adj", "sg", "nom", "m3") in polish.paradigm(word, "adj")
    return True


def build(
    folder: Path, gloss: Path, forms: dict[str, list[Analysis]], zipf: Callable[[str], float]
) -> Lexicon:
    """Merge FreeDict fra-pol and pol-fra, the shipped gloss dictionary and the hand-written choices.

    A candidate earns 1, 1/2, … by sense in fra-pol, 1 from pol-fra, 1 from the gloss dictionary and
    0.3 times its Zipf frequency; it must inflect as the part of speech. Lemmas of `forms` that no
    dictionary has get a cognate where there is one.
    """
    scores: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    kinds: dict[str, set[str]] = defaultdict(set)
    for word, tag, senses in freedict(folder, "fra-pol"):
        pos = {"n": "n", "v": "v", "adj": "adj", "adv": "adv", "pn": "name"}.get(tag, "other")
        if pos == "n" and word[:1].isupper():
            pos = "name"
        kinds[word].add(pos)
        for rank, sense in enumerate(senses):
            for place, candidate in enumerate(sense):
                scores[word, pos][candidate] += 1 / (1 + rank) / (1 + 0.3 * place)
    for word, tag, senses in freedict(folder, "pol-fra"):
        pos = {"n": "n", "v": "v", "adj": "adj", "adv": "adv", "pn": "name"}.get(tag, "other")
        for sense in senses:
            for place, french in enumerate(sense):
                kind = "name" if french[:1].isupper() and pos == "n" else pos
                scores[french, kind][word] += 1 / (1 + 0.5 * place)
                kinds[french].add(kind)
    for row in gzip.decompress(gloss.read_bytes()).decode("utf-8").splitlines():
        french, best = row.split("\t", 1)
        guesses = kinds.get(french) or ({"name"} if french[:1].isupper() else {"n", "adj", "v", "adv"})
        for kind in guesses:
            if kind in ("name", "other", "adv") or _fits(best, kind):
                scores[french, kind][best] += 1.0
    lexicon: Lexicon = {}
    for key, candidates in scores.items():
        good = [c for c in candidates if key[1] not in ("n", "v", "adj") or " " in key[0] or _fits(c, key[1])]
        value = {c: candidates[c] + 0.3 * zipf(c) for c in good}
        if good:
            lexicon[key] = sorted(good, key=lambda c: (-value[c], c))[:4]
    lemmas = {(r.lemma, r.pos) for readings in forms.values() for r in readings if r.pos in ("n", "adj", "v")}
    for lemma, pos in sorted(lemmas - lexicon.keys()):
        guessed = cognates.guess(lemma, pos, _fits, zipf)
        if guessed:
            lexicon[lemma, pos] = [guessed]
    for key, best in fw.PREFERRED.items():
        lexicon[key] = [best, *(c for c in lexicon.get(key, []) if c != best)]
    return lexicon
