"""Cuts that no splitter should have made, undone by form: abbreviations, ordinals, quoted speech."""

from __future__ import annotations

import re

_DASH = re.compile(r"^[-–—]\s*")
_OPENERS = "\"'“„«‘‹([{¿¡ "
_LEADING_CLOSERS = re.compile(r"([”’»“‘\"')\]]+)\s+(?=\S)")
_LIST_NUMBER = re.compile(r"^\(?(?:\d{1,3}|[^\W\d_])[.)]$")
_ONLY_CLOSERS = re.compile(r"^[\W_]+$")
_INITIAL = re.compile(r"(?:^|[\s(\"“„«'’-])([^\W\d_])\.$")
# Titles and abbreviations that stand before a name or a number, never at the end of a sentence.
_BEFORE_NAME = re.compile(
    r"(?:^|[\s(\"“„«'’])(?:MM|Mme|Mmes|Mlle|Mgr|Me|Mr|Mrs|Ms|Dr|Prof|St|Ste|Sr|Jr|Gen|Col|Lt|Capt|Sgt|Rev|Hon"
    r"|prof|dr|gen|płk|ks|bp|abp|św|ul|al|im|inż|mgr|hab|doc|red|pl|str|tzw|np|nr|art|ust|p|s|t|ds|pt|vol|no|v|n°|fig|cf|ca|vs"
    r"|Hr|Fr|Frau|bzw|Nr|Str|ing|Ing|Mag|Dipl|Sra|Srta|Dra|Sig|Dott|pan|tj|resp)\.$"
)
# German writes its ordinals with a full stop, before a noun with a capital: `im 19. Jahrhundert`.
_GERMAN_ORDINAL = re.compile(
    r"(?:^|\s)(?:der|die|das|dem|den|des|im|am|vom|zum|zur|beim|ins|jede[rsmn]?|[ds]?ein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?)"
    r"\s\d{1,2}\.$",
    re.IGNORECASE,
)


def rejoin(text: str, spans: list[tuple[int, int]], lang: str) -> list[tuple[int, int]]:
    """Consecutive spans of `text` with wrong cuts removed; closing marks go with what they close."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined:
            closers = _LEADING_CLOSERS.match(text, start, end)
            if closers:
                joined[-1] = (joined[-1][0], closers.end(1))
                start = closers.end()
            if _one(text[joined[-1][0] : joined[-1][1]], text[start:end], lang):
                joined[-1] = (joined[-1][0], end)
                continue
        joined.append((start, end))
    return joined


def _one(before: str, after: str, lang: str) -> bool:
    """Whether two consecutive pieces are one sentence."""
    if _ONLY_CLOSERS.match(after) or after[0] in ",;:":
        return True
    first = _DASH.sub("", after).lstrip(_OPENERS)[:1]
    if first.islower():  # `100. rocznicę`, `Chin.” – podkreślił`, `« Non ! » dit-il`
        return True
    if _LIST_NUMBER.match(before):
        return True
    tail = before[-20:]
    if _BEFORE_NAME.search(tail) or (lang == "de" and first.isupper() and _GERMAN_ORDINAL.search(tail)):
        return True
    initial = _INITIAL.search(tail)
    if initial and first.isupper():
        return _is_initial(before[: len(before) - 2].rstrip(), initial.group(1), lang)
    return False


def _is_initial(before: str, letter: str, lang: str) -> bool:
    """`M. Xi`, `George W. Bush`, but not `la vitamine C. Puis`."""
    if not letter.isupper():
        return False
    if letter == "M" and lang == "fr":
        return True
    word = before.rsplit(None, 1)[-1].lstrip(_OPENERS) if before else ""
    return not word or word[0].isupper()
