"""Cuts that no splitter should have made, undone by form: abbreviations, ordinals, quoted speech."""

from __future__ import annotations

import re

from harness.text.cues import Cues, cues, listed
from harness.text.cut import opens_after_name, small_start
from harness.text.dates import goes_on
from harness.text.lexicon import is_agent, is_counted, is_not_counted
from harness.text.marks import (
    CLOSERS,
    OPENERS,
    begins_sentence,
    first_letter,
    first_word,
    is_small,
    last_token,
)
from harness.text.speech import reports

_LEADING_CLOSERS = re.compile(rf"([{CLOSERS}]+[.!?…]*)\s+(?=\S)")
_TRAILING_OPENERS = re.compile(r"(?<=\S)\s(?:[\"„«‚‹(\[]|``)+$")
_LIST_NUMBER = re.compile(r"(?:^|[:;]\s)\(?(?:\d{1,3}|[^\W\d_]|[ivx]{1,4}|[IVXL]{1,6})[.)]$")
_ONLY_CLOSERS = re.compile(r"[\W_]+\Z")
_ACRONYM = re.compile(r"[^\W\d_](?:\.-?[^\W\d_])*")
_ROMAN = re.compile(r"[IVXLC]+\b(?![.'’])")
_SHORT_NUMBER = re.compile(r"(?<!\w)\d{1,2}\.$")
_ORDINAL = re.compile(r"(?<!\w)(?:\d{1,2}|[IVX]{1,5})\.$")
_AROUND = 200  # characters looked at on either side of a cut
_FEWEST_WORDS = 5  # of a sentence that begins as `W 1850 r.` does
# German writes its ordinals with a full stop, before a noun with a capital: `im 19. Jahrhundert`.
_GERMAN_ORDINAL = re.compile(
    r"(?:^|\s)(?:der|die|das|dem|den|des|im|am|vom|zum|zur|beim|ins|jede[rsmn]?|[ds]?ein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?)"
    r"\s\d{1,3}\.$",
    re.IGNORECASE,
)
# Polish decades, likewise: `w latach 90. Kraków …`.
_POLISH_DECADE = re.compile(r"(?<!\w)lat(?:a|ach|ami|om)?\s\d0\.$", re.IGNORECASE)
_COMPANY = re.compile(r"(?:Inc|Ltd|Corp|LLC|GmbH|plc)\b")  # `Yahoo! Inc.`
_NUMERAL = re.compile(r"(?:[IVXLC]{2,}\b(?!['’])|[IVXLC]\.?$)")  # `cap. IV.`, at the end of a sentence too
_TITLE_END = re.compile(r"[。！？!?…]》$")
_FIRST_TOKEN = re.compile(r"[^\s,;:()]+")


def rejoin(text: str, spans: list[tuple[int, int]], lang: str) -> list[tuple[int, int]]:
    """Consecutive spans of `text` with wrong cuts removed; quotation marks go with what they enclose."""
    known = cues(lang)
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined:
            first, last = joined[-1]
            if closers := _LEADING_CLOSERS.match(text, start, end):
                last, start = closers.end(1), closers.end()
            elif (openers := _TRAILING_OPENERS.search(text, max(first, last - _AROUND), last)) and (
                last == start or openers.group().strip() != '"'  # else a closing mark behind a space
            ):
                last, start = openers.start(), openers.start() + 1
            joined[-1] = (first, last)
            before, after = text[max(first, last - _AROUND) : last], text[start : start + _AROUND]
            if _inside_token(text, last, start) or _one(before, text[start:end], after, lang, known):
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return joined


def _inside_token(text: str, last: int, start: int) -> bool:
    """Whether a cut without white space divides a token: `J.|-C.`, `CONFIG.|SYS`, `î.|Hr.`, not `fin.|Le`."""
    if last < start or text[last - 1] != "." or text[last - 2] == ".":
        return False
    if text[last - 2 : last - 1].isalpha() and not text[max(0, last - 3) : last - 2].isalnum():
        return True  # one letter
    return not (
        text[last - 2 : last - 1].islower()
        and text[start].isupper()
        and text[start + 1 : start + 2].islower()
    )


def _one(before: str, piece: str, after: str, lang: str, known: Cues) -> bool:
    """Whether two consecutive pieces are one sentence; `after` is the text from the second on."""
    if _ONLY_CLOSERS.match(piece) or piece[0] in ",;:":
        return True
    first = first_letter(after)
    if is_small(first):  # `100. rocznicę`, `Chin.” – podkreślił`, `« Non ! » dit-il`
        return not small_start(before, after, lang)
    if first.isalpha() and not first.isupper() and before[-1] in '»”"' and after.split()[0] in known.carry:
        return True  # a script without capitals: `«لا أعرف.» ثم خرج`
    if _LIST_NUMBER.search(before) or _TITLE_END.search(before):
        return True
    if reports(before, after, lang):
        return True
    if before.endswith("!") and _COMPANY.match(after):
        return True
    if not before.endswith(".") or before.endswith(".."):
        return False
    return _is_ordinal(before, after, lang) or _is_abbreviation(before, after, lang, known)


def _is_ordinal(before: str, after: str, lang: str) -> bool:
    """`latach 90. XX w.`, `im 19. Jahrhundert`."""
    if _SHORT_NUMBER.search(before) and _ROMAN.match(after):
        return True
    if _ORDINAL.search(before) and first_word(after) in cues(lang).then:
        return True
    if lang == "pl" and _POLISH_DECADE.search(before[-20:]):
        return not begins_sentence(after, cues(lang))
    return lang == "de" and first_letter(after).isupper() and bool(_GERMAN_ORDINAL.search(before[-20:]))


def _is_abbreviation(before: str, after: str, lang: str, known: Cues) -> bool:
    """Whether `before` ends with the full stop of a short form after which the sentence goes on."""
    token, first = last_token(before[-40:-1], known), first_letter(after)
    if listed(token, known.inside) or _divided(token, after, known):
        return True
    if goes_on(before, after, token, lang, known):
        return True
    if listed(token, known.number) and (first.isdigit() or _ROMAN.match(after) or _NUMERAL.match(after)):
        return True
    if not first.isupper():
        return listed(token, known.name)
    if listed(token, known.end):
        counted = _counted(before, token)
        word = first_word(after)
        if word in known.then or (counted and is_counted(word, lang)) or is_agent(word, lang):
            return True
        if listed(token, known.unit) and not counted:
            return True  # `min. Nowak`, but `15 min. Potem`
        return not begins_sentence(after, known) and _only_opens(before, token, known)
    if _ACRONYM.fullmatch(token) and token[0].isupper() and opens_after_name(before, token, after, lang):
        return False
    if listed(token, known.name):
        if _counted(before, token) and is_not_counted(first_word(after), lang):
            return False
        return not begins_sentence(after, known)
    if _ACRONYM.fullmatch(token) and token[0].isupper():
        return not begins_sentence(after, known) and (bool(known.start) or _follows_name(before, token))
    return False


def _divided(token: str, after: str, known: Cues) -> bool:
    """Whether the next word goes on with a short form of several parts: `î.|Hr.`, `p.|ex.`, `M.|Ö.`"""
    following = _FIRST_TOKEN.match(after)
    if not token or not following or not following.group().endswith("."):
        return False
    whole = f"{token}.{following.group()[:-1]}"
    return any(listed(whole, words) for words in (known.inside, known.number, known.name, known.end))


def _counted(before: str, token: str) -> bool:
    """Whether a number stands before the short form."""
    words = before[: -len(token) - 1].split()
    return bool(words) and (words[-1][-1].isdigit() or bool(_ROMAN.fullmatch(words[-1])))


def _only_opens(before: str, token: str, known: Cues) -> bool:
    """Whether what ends with a final short form is no sentence yet: `W 1850 r.`, `10, 7, itd.`"""
    words = before.split()
    if len(token) == 1 and token.islower() and len(words) > 1:
        counted = words[-2]
        if not (counted[-1].isdigit() or _ROMAN.fullmatch(counted)):
            return True
    opens = words[0] in known.opens or not words[0][0].isalpha()
    dated = any(word[0].isdigit() or _ROMAN.fullmatch(word) for word in words)
    if len(words) >= _FEWEST_WORDS:
        return dated and all(word[0].isdigit() or word.lower().rstrip(".,") in known.date for word in words)
    return len(words) > 1 and opens and dated


def _follows_name(before: str, token: str) -> bool:
    """Whether a capital before a full stop is an initial: `George W. Bush`, not `vitamin C.`"""
    words = before[: -len(token) - 1].split()
    word = words[-1].lstrip(OPENERS) if words else ""
    return not word or word[0].isupper()
