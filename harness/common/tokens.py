"""A text as words and punctuation marks with their offsets; in scripts without spaces, as characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from harness.common.unspaced import EITHER

FINAL = frozenset(".!?…。！？．؟।։")
"""Marks that end a sentence."""
CLOSING = frozenset("\"'”“»«’‘)]}›‹」』）】》")
"""Marks that may follow the end of a sentence and belong to it."""
OPENING = frozenset("\"'“”„‟«»‚‘‹›([{¿¡-–—「『（【《*#•")
"""Marks with which a sentence may begin."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]`; `form` is what is compared: NFKC, without distinction of case."""

    form: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.form[:1].isalnum()


def tokens(text: str) -> list[Token]:
    """The tokens of a text in order; together they hold every character that is not white space."""
    found: list[Token] = []
    start: int | None = None
    for at, char in enumerate(text):
        alone = EITHER.match(char) is not None  # no spaces between words: a token of its own
        inside = not alone and unicodedata.category(char)[0] in "LMN"
        if not inside and start is not None:
            found.append(_token(text, start, at))
            start = None
        if inside:
            start = at if start is None else start
        elif alone or not char.isspace():
            found.append(_token(text, at, at + 1))
    if start is not None:
        found.append(_token(text, start, len(text)))
    return found


def _token(text: str, start: int, end: int) -> Token:
    raw = text[start:end]
    return Token(unicodedata.normalize("NFKC", raw).casefold() or raw, start, end)


def is_unspaced_char(char: str) -> bool:
    """Whether a character is of a script that puts no spaces between words."""
    return EITHER.match(char) is not None


def ends_sentence(words: list[Token], stop: int) -> bool:
    """Whether the tokens before position `stop` end with a final mark, quotes and brackets after it apart."""
    at = stop - 1
    while at > 0 and words[at].form in CLOSING:
        at -= 1
    return at >= 0 and words[at].form[-1:] in FINAL


def is_unspaced(words: list[Token]) -> bool:
    """Whether most words are characters of a script that puts no spaces between words."""
    letters = [word for word in words if word.is_word]
    return sum(EITHER.match(word.form) is not None for word in letters) > len(letters) / 2
