"""Full stops within dates, where no sentence ends: `2020. 5. 3. 서울에서`, `Le 24 déc. Paul est parti`."""

from __future__ import annotations

import re

from harness.text.cues import Cues, listed

# Year, month and day, each with a full stop.
_YEAR_FIRST = {"ko", "hu"}
_BEGUN = re.compile(r"(?<!\w)\d{4}\.(?:\s?\d{1,2}\.)?$")
_WHOLE = re.compile(r"(?<!\w)\d{4}\.\s?\d{1,2}\.\s?\d{1,2}\.$")
# A year takes a full stop, as ordinals do.
_ORDINAL_YEAR = {"hr", "bs", "sr"}
_YEAR = re.compile(r"(?<!\w)\d{3,4}\.$")
_NUMBER = re.compile(r"\d{1,4}(?:er|re|st|nd|rd|th|[ºª°e])?")
_DAY = re.compile(r"(?<!\w)\d{1,2}\.$")  # `3. Feb.`
_MONTH_AND_YEAR = re.compile(r"\d{1,2}\.\s?\d{4}\b")  # `25. 6. 1991`
_DAY_AND_MONTH = re.compile(r"(?<!\w)\d{1,2}\.\s?\d{1,2}\.$")
_YEAR_ALONE = re.compile(r"\d{4}\b")
_MONTH = re.compile(r"(?P<month>[^\W\d_]+)\.")
_FEWEST, _LONGEST = 2, 8  # words of a date, its preposition and the day of the week


def goes_on(before: str, after: str, token: str, lang: str, known: Cues) -> bool:
    """Whether the full stop at the end of `before`, whose last word is `token`, is within a date, or behind
    one with which the sentence only begins.
    """
    if lang in _YEAR_FIRST and (_WHOLE.search(before) or (_BEGUN.search(before) and after[:1].isdigit())):
        return True
    if _DAY.search(before) and _MONTH_AND_YEAR.match(after):
        return True
    if _DAY_AND_MONTH.search(before) and _YEAR_ALONE.match(after):
        return True
    following = _MONTH.match(after)
    if following and _DAY.search(before) and listed(following["month"], known.month):
        return True
    if listed(token, known.month):
        return _only_date(before, known)
    return lang in _ORDINAL_YEAR and bool(_YEAR.search(before)) and _only_date(before, known)


def _only_date(before: str, known: Cues) -> bool:
    """Whether all words are numbers, months and words of dates, the first perhaps one of [start]."""
    words = [word.rstrip(".,") for word in before.split()]
    if not _FEWEST <= len(words) <= _LONGEST:
        return False
    if words[0] in known.opens:
        words = words[1:]
    return all(
        _NUMBER.fullmatch(word) or word.lower() in known.date or listed(word, known.month) for word in words
    )
