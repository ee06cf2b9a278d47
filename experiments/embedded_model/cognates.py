"""Guess the Polish for a French word that no dictionary has, by the endings international words share.

A guess counts only when SGJP inflects it as the same part of speech and people use it (Zipf ≥ 2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

ENDINGS = {
    "n": [("iation", "jacja"), ("isation", "izacja"), ("isation", "yzacja"), ("tion", "cja"), ("ssion", "sja"), ("sion", "zja"),
          ("sion", "sja"), ("xion", "ksja"), ("isme", "izm"), ("isme", "yzm"), ("iste", "ista"), ("iste", "ysta"),
          ("logie", "logia"), ("logue", "log"), ("graphie", "grafia"), ("ique", "yka"), ("ité", "yzm"), ("ité", "ość"),
          ("té", "tet"), ("ence", "encja"), ("ance", "ancja"), ("ie", "ia"), ("ie", "a"), ("eur", "or"), ("teur", "tor"),
          ("ateur", "ator"), ("aire", "ariusz"), ("aire", "arz"), ("ive", "ywa"), ("age", "aż"), ("ure", "ura"),
          ("ème", "em"), ("e", "a"), ("e", ""), ("", "")],
    "adj": [("ique", "yczny"), ("ique", "iczny"), ("ique", "yjny"), ("ionnel", "yjny"), ("tionnel", "cjonalny"),
            ("el", "alny"), ("al", "alny"), ("aire", "arny"), ("if", "ywny"), ("eux", "yczny"), ("able", "alny"),
            ("ible", "ibilny"), ("ant", "ancki"), ("ain", "ański"), ("ien", "ijski"), ("ais", "ski"), ("iste", "istyczny"),
            ("ent", "entny"), ("ide", "idny"), ("e", "ny")],
    "v": [("iser", "izować"), ("iser", "yzować"), ("ifier", "yfikować"), ("quer", "kować"), ("er", "ować")],
}  # fmt: skip
LETTERS = [("ph", "f"), ("th", "t"), ("qu", "k"), ("x", "ks"), ("ch", "ch"), ("y", "y"), ("v", "w"), ("ce", "ce"),
           ("ci", "cy"), ("c", "k"), ("é", "e"), ("è", "e"), ("ê", "e"), ("ï", "i"), ("ou", "u"), ("ss", "s"),
           ("ll", "l"), ("mm", "m"), ("nn", "n"), ("pp", "p"), ("tt", "t"), ("ff", "f"), ("rr", "r"), ("gn", "gn"),
           ("â", "a"), ("ô", "o"), ("û", "u"), ("î", "i"), ("œ", "e"), ("æ", "e"), ("eu", "eu")]  # fmt: skip


def _respell(stem: str) -> str:
    out, i = "", 0
    while i < len(stem):
        for old, new in LETTERS:
            if stem.startswith(old, i):
                out, i = out + new, i + len(old)
                break
        else:
            out, i = out + stem[i], i + 1
    return out


def _variants(word: str) -> Iterator[str]:
    yield word
    # ti, di, ri, si, ci, zi → ty, dy, ry, sy, cy, zy before a consonant (politique → polityka)
    hard = re.sub(r"(?<=[tdrscz])i(?=[^aeouyąęó])", "y", word)
    yield hard
    yield re.sub(r"(?<=[aeiouy])s(?=[aeiouy])", "z", word)
    yield re.sub(r"(?<=[aeiouy])s(?=[aeiouy])", "z", hard)


def guess(lemma: str, pos: str, fits: Callable[[str, str], bool], zipf: Callable[[str], float]) -> str | None:
    """The most frequent Polish word that the rules make of `lemma`, or None."""
    found: set[str] = set()
    if "-" in lemma:
        return None
    for old, new in ENDINGS.get(pos, []):
        if lemma.endswith(old) and len(lemma) - len(old) >= 3:
            stem = _respell(lemma[: len(lemma) - len(old)] if old else lemma)
            found.update(v for v in _variants(stem + new) if len(v) > 4 and zipf(v) >= 2.0 and fits(v, pos))
    return max(sorted(found), key=zipf) if found else None
