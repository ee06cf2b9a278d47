"""Scripts that put no spaces between words, so that a tokenizer that splits at spaces fails on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Literal

from harness.common.unspaced import CJK, OTHER

_LOOKED_AT = 1000
_SCRIPTS = {"cjk": CJK, "other": OTHER}


def unspaced(references: Sequence[Sequence[str]]) -> Literal["cjk", "other"] | None:
    """ "cjk" where most letters of the references are Chinese or Japanese, "other" for Thai, Lao, Khmer …

    None for scripts with spaces. Looks at the first 1,000 segments.
    """
    text = "".join(reference for found in islice(references, _LOOKED_AT) for reference in found)
    letters = sum(character.isalpha() for character in text)
    for name in ("cjk", "other"):
        if len(_SCRIPTS[name].findall(text)) > letters / 2:
            return name
    return None
