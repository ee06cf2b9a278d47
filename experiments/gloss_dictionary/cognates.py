"""Polish candidates for an international French word, by the regular spelling of loans.

Only a candidate that the Polish lexicon has counts, so a wrong guess costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

STEM = [
    (r"(?<=[aeiou])tio(?=n)", "cjo"), (r"qu", "k"), (r"gu(?=[eiéè])", "g"), (r"ph", "f"),
    (r"th", "t"), (r"rh", "r"),
    (r"ch", "ch"), (r"c(?=[aouàâôlrtkns]|$)", "k"), (r"ç", "s"), (r"x", "ks"), (r"v", "w"), (r"ou", "u"),
    (r"œ", "e"), (r"[éèêë]", "e"), (r"[àâ]", "a"), (r"[îï]", "i"), (r"ô", "o"), (r"[ûù]", "u"), (r"cc", "kc"),
    (r"([bdfglmnprst])\1", r"\1"), (r"(?<=[bcdfghklmnprstwz])y(?=[bcdfghklmnprstwz])", "y"),
]  # fmt: skip
ENDINGS = {
    "n": [("ation", "acja"), ("ition", "ycja"), ("tion", "cja"), ("ssion", "sja"), ("sion", "zja"),
    ("isme", "izm"),
          ("isme", "yzm"), ("iste", "ista"), ("iste", "ysta"), ("logie", "logia"), ("logue", "log"),
          ("graphie", "grafia"),
          ("ie", "ia"), ("ie", "ja"), ("eur", "or"), ("eur", "er"), ("ique", "yka"),
          ("ique", "ika"), ("ance", "ancja"),
          ("ence", "encja"), ("age", "aż"), ("ure", "ura"), ("ade", "ada"), ("ien", "yk"),
          ("ien", "ik"), ("aire", "ariusz"),
          ("té", "tet"), ("té", "t"), ("ème", "em"), ("ine", "yna"), ("ine", "ina"), ("e", ""),
          ("e", "a"), ("", "")],
    "a": [("ique", "yczny"), ("ique", "iczny"), ("al", "alny"), ("el", "alny"), ("el", "yjny"),
    ("if", "ywny"),
          ("aire", "arny"), ("iste", "istyczny"), ("iste", "ystyczny"), ("ent", "entny"),
          ("ant", "ancki"), ("ien", "yjski"),
          ("ain", "ański"), ("able", "abilny"), ("e", "ny"), ("", "ny"), ("e", "owy")],
    "v": [("iser", "izować"), ("iser", "yzować"), ("ifier", "yfikować"), ("ifier", "ifikować"),
    ("er", "ować")],
    "r": [("iquement", "ycznie"), ("iquement", "icznie"), ("alement", "alnie"),
    ("ellement", "alnie"), ("ivement", "ywnie")],
}  # fmt: skip


def candidates(word: str, pos: str) -> Iterator[str]:
    """Polish spellings, likeliest first; they may not exist."""
    for french, polish in ENDINGS.get(pos, ()):
        if word.endswith(french) and len(word) - len(french) >= 3:
            stem = word[: len(word) - len(french)]
            marked = stem + "\0"
            for pattern, replacement in STEM:
                marked = re.sub(pattern, replacement, marked)
            stem = marked.removesuffix("\0")
            if polish[:1] not in ("e", "i", "y"):
                stem = re.sub(r"c$", "k", stem)
            yield stem + polish
