"""A text as words and punctuation marks with their offsets; in scripts without spaces, as characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from harness.common.unspaced import EITHER

FINAL = frozenset(".!?…。！？．؟।։")
"""Marks that end a sentence."""
CLOSING = frozenset("\"'”“»«’‘)]}›‹」』）】》")
"""Marks that may follow the end of a sentence and belong to it."""
OPENING = frozenset("\"'“”„‟«»‚‘‹›([{¿¡-–—「『（【《*#•")
"""Marks with which a sentence may begin."""


_CLOSED_BY: dict[str, str] = {"“": "„", "”": "“„”", "„": "", "«": "»", "»": "«", '"': '"'}
"""Quotation marks, and by what each is preceded where it closes a quotation."""
_PAUSE = frozenset(",.;:!?)，、；：。！？）")
_FAMILY = {"„": 0, "“": 0, "”": 0, "«": 1, "»": 1, '"': 2}


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


def ends_sentence(words: list[Token], stop: int, opening: Container[int] = ()) -> bool:
    """Whether the tokens before position `stop` end with a final mark, quotes and brackets after it apart.

    `opening` are positions of marks that open a quotation (`quotations`): those do not follow a sentence.
    """
    at = stop - 1
    while at > 0 and words[at].form in CLOSING and at not in opening:
        at -= 1
    return at >= 0 and words[at].form[-1:] in FINAL


def quotations(words: list[Token], text: str) -> dict[int, bool]:
    """The positions of quotation marks, and whether each opens a quotation.

    White space on one side decides, or a comma behind it; where there is none, or some on both, what is open:
    `“` opens in Chinese and English and closes what `„` opened, `»` closes in French and opens in Danish.
    """
    found: dict[int, bool] = {}
    pending: dict[int, str] = {}
    for at, word in enumerate(words):
        family = _FAMILY.get(word.form)
        if family is None:
            continue
        before = at == 0 or words[at - 1].end < word.start
        after = at + 1 == len(words) or word.end < words[at + 1].start or words[at + 1].form in _PAUSE
        opens = before if before != after else pending.get(family, " ") not in _CLOSED_BY[word.form]
        found[at] = opens
        if opens:
            pending[family] = word.form
        else:
            pending.pop(family, None)
    return found


def is_unspaced(words: list[Token]) -> bool:
    """Whether most words are characters of a script that puts no spaces between words."""
    letters = [word for word in words if word.is_word]
    return sum(EITHER.match(word.form) is not None for word in letters) > len(letters) / 2
