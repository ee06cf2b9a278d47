"""Scripts that put no spaces between words, so that a tokenizer that splits at spaces fails on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal

_CJK = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Thai, Lao, Tibetan, Burmese, Khmer, New Tai Lue
_OTHER = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1980-\u19df"
_LOOKED_AT = 1000
_SCRIPTS = {"cjk": re.compile(f"[{_CJK}]"), "other": re.compile(f"[{_OTHER}]")}


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
