"""A text as words and punctuation marks with their offsets; in scripts without spaces, as characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.common.unspaced import EITHER

FINAL = frozenset(".!?…。！？．؟।։")
"""Marks that end a sentence."""
CLOSING = frozenset("\"'”“»«’‘)]}›‹」』）】》")
"""Marks that may follow the end of a sentence and belong to it."""
OPENING = frozenset("\"'“”„‟«»‚‘‹›([{¿¡-–—「『（【《*#•")
"""Marks with which a sentence may begin."""


_CLOSED_BY: dict[str, str] = {"“": "„", "”": "“„”", "„": "", "«": "»", "»": "«", '"': '"'}
_CLOSED_BY |= {mark: mark for mark in "*_~`"}
"""Marks in pairs, and what is open where each closes."""
_PAUSE = frozenset(",.;:!?)，、；：。！？）")
_FAMILY = {"„": 0, "“": 0, "”": 0, "«": 1, "»": 1, '"': 2, "*": 3, "_": 4, "~": 5, "`": 6}
_DOUBLED = frozenset("*_~`")
"""Markdown's marks, of which several together are one."""


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


def ends_sentence(words: list[Token], stop: int, pairs: Mapping[int, bool] = MappingProxyType({})) -> bool:
    """Whether the tokens before position `stop` end with a final mark, quotes and brackets after it apart.

    `pairs` says which marks open and which close (`paired`).
    """
    at = stop - 1
    while at > 0 and not pairs.get(at, words[at].form not in CLOSING):
        at -= 1
    return at >= 0 and words[at].form[-1:] in FINAL


def ends_whole_sentence(words: list[Token], at: int) -> bool:
    """Whether a sentence ends before position `at`, with all of its closing marks."""
    return ends_sentence(words, at) and (words[at].form not in CLOSING or words[at].form in OPENING)


def paired(words: list[Token], text: str) -> dict[int, bool]:
    """The positions of quotation marks and of Markdown's emphasis, and whether each opens.

    White space on one side decides, or a comma behind it; where there is none, or some on both, what is open:
    `“` opens in Chinese and English and closes what `„` opened, `»` closes in French and opens in Danish.
    """
    found: dict[int, bool] = {}
    pending: dict[int, str] = {}
    at = 0
    while at < len(words):
        form = words[at].form
        stop = at + 1
        if (family := _FAMILY.get(form)) is not None:
            while (
                form in _DOUBLED and stop < len(words) and _adjoin(words, stop) and words[stop].form == form
            ):
                stop += 1
            before = at == 0 or not _adjoin(words, at)
            after = stop == len(words) or not _adjoin(words, stop) or words[stop].form in _PAUSE
            opens = before if before != after else pending.get(family, " ") not in _CLOSED_BY[form]
            found |= dict.fromkeys(range(at, stop), opens)
            if opens:
                pending[family] = form
            else:
                pending.pop(family, None)
        at = stop
    return found


def _adjoin(words: list[Token], at: int) -> bool:
    """Whether no white space is before a token that is not the first."""
    return words[at - 1].end == words[at].start


def is_unspaced(words: list[Token]) -> bool:
    """Whether most words are characters of a script that puts no spaces between words."""
    letters = [word for word in words if word.is_word]
    return sum(EITHER.match(word.form) is not None for word in letters) > len(letters) / 2
