"""Which language a text is in: py3langid behind one function.

py3langid 0.4 (a maintained langid.py: byte n-grams, naive Bayes, 140 languages) loads once per process.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from harness.common.langs import language
from harness.errors import ConfigError

# Codes of the language table whose label in the model is another one.
_LABELS = {"nb": "no", "cmn": "zh", "fil": "tl", "arb": "ar"}
UNKNOWN = "und"


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(_model().labels)


@lru_cache(maxsize=64)
def _restricted(labels: frozenset[str]) -> Any:
    model = copy.copy(_model())
    model.set_languages(labels)
    return model


@lru_cache(maxsize=512)
def label(code: str) -> str | None:
    """The model's label of a language code (`"pol"` → `"pl"`), None where it does not know the language."""
    try:
        short = language(code).short
    except ConfigError:
        short = code
    for name in (_LABELS.get(short, short), _LABELS.get(code, code)):
        if name in _labels():
            return name
    return None


def identify(text: str, candidates: Sequence[str] | None = None) -> tuple[str, float]:
    """The most probable language of `text` and its probability in [0, 1].

    With `candidates` (codes as the user writes them: `"pl"`, `"pol"`, `"zh-Hant"`) the choice is among
    those the model knows, and the code comes back as it was given. `("und", 0.0)` for a text without a
    letter and where no candidate is known. Short texts are uncertain: look at the probability.
    """
    if not any(character.isalpha() for character in text):
        return UNKNOWN, 0.0
    if candidates is None:
        code, probability = _model().classify(text)
        return str(code), float(probability)
    codes: dict[str, str] = {}
    for candidate in candidates:
        known = label(candidate)
        if known is not None:
            codes.setdefault(known, candidate)
    if not codes:
        return UNKNOWN, 0.0
    code, probability = _restricted(frozenset(codes)).classify(text)
    return codes[str(code)], float(probability)


# Languages that identifiers confuse because their written forms hardly differ.
_NEAR: dict[str, tuple[str, ...]] = {}
for _group in (
    ("bs", "hr", "sr", "sh", "sl"), ("no", "nb", "nn", "da"), ("cs", "sk"), ("id", "ms"),
    ("pt", "gl"), ("es", "gl", "ast", "an"), ("bg", "mk"), ("ru", "uk", "be"), ("hi", "mr", "ne"),
    ("af", "nl"), ("zh", "yue"), ("fa", "prs"), ("ur", "pnb"),
):  # fmt: skip
    for _one in _group:
        _NEAR[_one] = (*_NEAR.get(_one, ()), *(other for other in _group if other != _one))


def near(name: str) -> tuple[str, ...]:
    """The labels that identifiers confuse with the label `name`."""
    return _NEAR.get(name, ())
