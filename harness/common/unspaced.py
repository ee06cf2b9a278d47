"""Languages and scripts that are written without spaces between words."""

from __future__ import annotations

import re

_LANGUAGES = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my", "bo", "dz"})

_CJK = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_OTHER = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1980-\u19df"
CJK = re.compile(f"[{_CJK}]")
"""A Han or kana character."""
OTHER = re.compile(f"[{_OTHER}]")
"""A character of Thai, Lao, Tibetan, Burmese, Khmer or New Tai Lue."""
EITHER = re.compile(f"[{_CJK}{_OTHER}]")


def is_unspaced(lang: str) -> bool:
    """Whether a language, by any code that begins with its ISO 639 one, puts no spaces between words."""
    return lang.split("-")[0] in _LANGUAGES
