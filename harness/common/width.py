"""How much a text says, by its characters: those of Chinese, Japanese and Korean say more than letters do."""

from __future__ import annotations

import re

WIDE = 2.5  # letters that a wide character stands for; Gale-Church and the aligner need only the size
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
    "\U00020000-\U0003ffff]"
)


def width(text: str) -> float:
    """The characters of a text without surrounding white space, Han, kana and Hangul counted `WIDE` times."""
    plain = text.strip()
    return len(plain) if plain.isascii() else len(plain) + (WIDE - 1.0) * len(_WIDE.findall(plain))
