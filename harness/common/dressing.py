"""What stands around an output as a whole and not around its source: quotes, tags, labels, lists.

Each sign needs the source: a text may begin with a bullet, a tag or `Answer:`, and its translation then does,
too.
"""

from __future__ import annotations

import re

from harness.common.json_text import json_value

QUOTES = (('"', '"'), ("“", "”"), ("„", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("「", "」"), ("`", "`"))
_EDGE_QUOTE = re.compile(r"^[-–—\s]*[\"“”„«»「『`'‘’‚‹›]|[\"“”„«»」』`'‘’‚‹›][\s.,!?;:…]*$")

_TAGS = re.compile(r"<([A-Za-z][\w.-]{0,40})>\s*(.*?)\s*</\1>", re.S)
_JSON = re.compile(r'\{\s*"[\w -]{1,40}"\s*:\s*"(.*)"\s*,?\s*\}', re.S)
_BOXED = re.compile(r"\$*\s*\\boxed\s*\{(?:\\text\s*\{(.*)\}|(.*))\}\s*\$*", re.S)
_LABEL = re.compile(
    r"[*_#\s]*(?:(?:the |my )?(?:final )?(?:target|output|answer|response|result|translation)"
    r"|antwort|endgültige übersetzung|réponse|respuesta|risposta|odpowiedź|ответ|答案|回答"
    r"|assistant)(?: text)?[*_\s]*[:：][*_ ]*|assistant\s*\n",
    re.I,
)
_ANY_LABEL = re.compile(r"[*_#\s]*(?:[^\s:：]{1,24}\s+){0,2}[^\s:：]{1,24}\s*[:：]|.{1,12}[:：]")
_BULLET = re.compile(r"\s*(?:[-*•]\s+)(?:\*\*[^*\n]{1,40}\*\*\s*)?([^\n]+)\n+\s*[-*•]\s+\S")
_BEHIND_ECHO = re.compile(r"[\s→*_]*(?:=>|->)?\s*")
_MOST_OF_ECHO = 4  # words from which a source within an output is no accident


def dressed(source: str, text: str) -> bool:
    """Whether one of the signs of this module holds for an output of the source."""
    text = text.strip()
    return (
        quoted(source, text)
        or enclosed(source, text) is not None
        or labelled(source, text) is not None
        or listed(source, text) is not None
        or echoed(source, text) is not None
    )


def quoted(source: str, text: str) -> bool:
    """Whether one pair of quotation marks stands around the whole, of which the source has none at its ends.

    A quotation of several sentences opens in one segment and closes in another; translators give each
    segment both marks, so one mark in the source is enough.
    """
    if _EDGE_QUOTE.search(source.strip()):
        return False
    text = text.strip()
    for opening, closing in QUOTES:
        inside = text[len(opening) : -len(closing)]
        if text.startswith(opening) and text.endswith(closing) and len(text) > 2:
            return opening not in inside and closing not in inside
    return False


def enclosed(source: str, text: str) -> str | None:
    """What is within `<translation>…</translation>`, `{"translation": "…"}` or `\\boxed{…}`; else None.

    A source that has a tag, a brace or a backslash itself excuses the same in its output.
    """
    if "<" not in source and (match := _TAGS.fullmatch(text)):
        return match[2]
    if "{" in source or "\\" in source:
        return None
    if match := _BOXED.fullmatch(text):
        return match[1] if match[1] is not None else match[2]
    if not (match := _JSON.fullmatch(text)):
        return None
    try:
        (value,) = json_value(text).values()
        return value if isinstance(value, str) else match[1]
    except ValueError:  # quotation marks that were not escaped; or more than one value
        return match[1]


def labelled(source: str, text: str) -> str | None:
    """What is behind `Answer:`, `Target:`, `Output:` where the source has no label; else None."""
    match = _LABEL.match(text)
    return text[match.end() :] if match and not _ANY_LABEL.match(source.strip()) else None


def listed(source: str, text: str) -> str | None:
    """The first of several translations in a list with bullets, of a source in one line; else None."""
    source = source.strip()
    if "\n" in source or source[:1] in "-–—*•":
        return None
    match = _BULLET.match(text)
    return match[1] if match else None


def echoed(source: str, text: str) -> str | None:
    """What is behind the source where an output repeats it and goes on; else None."""
    source = source.strip()
    if len(source.split()) < _MOST_OF_ECHO and len(source) < 40:
        return None
    before, found, behind = text.rpartition(source)
    behind = behind[_BEHIND_ECHO.match(behind).end() :]  # type: ignore[union-attr]
    enough = sum(char.isalpha() for char in behind) * 3 > sum(char.isalpha() for char in source)
    return behind if found and enough and len(before) < 400 else None
