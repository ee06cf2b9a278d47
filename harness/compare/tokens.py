"""Words and n-grams of a text, for analyses that count them; scores have the tokenizers of their metrics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from harness.common.langs import language
from harness.common.unspaced import is_unspaced

_NUMBER = r"\d+(?:[.,:]\d+)+"


def unspaced(lang: str) -> bool:
    """Whether a language is written without spaces between words."""
    return is_unspaced(language(lang).short)


def tokenizer(lang: str) -> Callable[[str], list[str]]:
    """A function from a text to its tokens: words, numbers, and every other character on its own.

    Case is kept. In scripts without spaces every character is a token, with the marks that follow it;
    words in Latin letters stay whole there.
    """
    marks = _marks()
    word = rf"[A-Za-z\u00c0-\u024f]+|\d+|\S[{marks}]*" if unspaced(lang) else rf"[\w{marks}]+|[^\w\s{marks}]"
    return re.compile(f"{_NUMBER}|{word}").findall


def is_word(token: str) -> bool:
    """Whether a token is more than punctuation."""
    return any(character.isalnum() for character in token)


def ngrams(tokens: Sequence[str], order: int) -> Iterator[str]:
    """The n-grams of one order, in the order of the text, their tokens joined with spaces."""
    return map(" ".join, zip(*(tokens[k:] for k in range(order)), strict=False))


@lru_cache(maxsize=1)
def _marks() -> str:
    """Combining marks as ranges of a character class: Python's `\\w` has none of them.

    Those of the basic plane; with others, `re` would search the ranges one by one.
    """
    points = [p for p in range(0x300, 0x10000) if _is_mark(p)]
    ranges = []
    for _, run in groupby(enumerate(points), key=lambda pair: pair[1] - pair[0]):
        found = [point for _, point in run]
        ranges.append(f"\\u{found[0]:04x}-\\u{found[-1]:04x}")
    return "".join(ranges)


def _is_mark(point: int) -> bool:
    return unicodedata.category(chr(point)).startswith("M")
