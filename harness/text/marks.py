"""Tokens and marks at the edges of sentences."""

from __future__ import annotations

import re

from harness.text.cues import Cues, listed

OPENERS = "\"'“„«‘‚‹([{¿¡` "
CLOSERS = "”’»“‘›\"')\\]}"  # for a character class; “ and ‘ close German quotations
_DASH = re.compile(r"^[-–—]+\s*")
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\s(\[{«„“”»\"'’‘/]+(?:['’]s)?$")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_]{1,4}\.\s)+[^\W\d_]{1,4}$")
_MOST_PARTS = 4  # of a spaced short form: `i. a. a. s.`
_OPENING = re.compile(r"(?P<word>[^\W\d_]+)(?:(?P<elided>['’])|,?\s+)(?P<next>\w?)")


def first_letter(text: str) -> str:
    """The first character behind dashes and opening marks, or nothing."""
    return _bare(text)[:1]


def first_word(text: str) -> str:
    """The letters that the text begins with behind dashes and opening marks, or nothing."""
    found = _WORD.match(_bare(text))
    return found.group() if found else ""


def is_small(character: str) -> bool:
    """Whether it is a small letter of a script that has capitals in use: not so in Georgian."""
    return character.islower() and not is_uncased_georgian(character)


def is_uncased_georgian(character: str) -> bool:
    """Whether it is a letter of modern Georgian, with which a sentence may begin."""
    return "\u10d0" <= character <= "\u10ff"


def _bare(text: str) -> str:
    """The text without opening marks and one dash before its first word."""
    return _DASH.sub("", text.lstrip(OPENERS), count=1).lstrip(OPENERS)


def last_token(text: str, known: Cues) -> str:
    """The last run of characters without white space, quotes and brackets; `z. B` is `z.B` where listed."""
    if spaced := _SPACED.search(text):
        parts = spaced.group().split()
        for first in range(max(0, len(parts) - _MOST_PARTS), len(parts) - 1):
            close = "".join(parts[first:])
            if any(listed(close, words) for words in (known.inside, known.end, known.name)):
                return close
    token = _TOKEN.search(text)
    return token.group() if token else ""


def begins_sentence(text: str, known: Cues) -> bool:
    """Whether the text begins with a word that opens sentences and goes on in small letters or figures.

    `Elle est`, `L'acide`, but not `Le Monde`, `La Haye`, `L'Oréal`.
    """
    opening = _OPENING.match(_bare(text))
    if not opening:
        return False
    word = opening["word"] + ("'" if opening["elided"] else "")
    return word in known.opens and not opening["next"].isupper()
