"""Sentence starts that sentencex misses, found by form; `join` then undoes those that lists speak against."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from harness.text.cues import Cues, cues, listed
from harness.text.lexicon import known as known_word
from harness.text.lexicon import no_name
from harness.text.marks import (
    CLOSERS,
    begins_sentence,
    first_letter,
    is_small,
    is_uncased_georgian,
    last_token,
)

_END = re.compile(rf"(?<![.!?…])(?P<stop>[.!?…]++)[{CLOSERS}.!?…]{{0,9}}+(?:\s[»›]++[.!?…]*+)?\s++(?=\S)")
_QUOTED = re.compile(r"„[^„”“\"]*[”“\"]|“[^“”]*”|«[^«»]*»|(?<![^\s(])\"(?=\S)[^\"]*\"(?!\w)|\([^()]*\)")
_LONGEST_QUOTE = 1000  # characters: beyond, the marks are more likely mismatched
_GOES_ON = re.compile(r"\s*[,;]|\s*(?:[-–—]\s*)?(?P<next>[^\W\d_])")
_NO_STOP = re.compile(
    r"(?:(?<![\w'’])(?P<last>[^\W\d_][\w'’-]*)|\d|(?:(?<=[^\W\d_])|(?<=\d{3}))\s?[)\]])"  # no mere `[1]`
    r"(?P<semicolon>\s?;)?\s+(?=(?P<word>[^\W\d_]+['’]?))"
)
_SPEECH = re.compile(r"^[-–—]|\s[-–—]\s|[\"”“»«„]")
_CJK = "\u3040-\u30ff\u3400-\u9fff"
_CJK_END = re.compile(
    rf"(?:(?:[。！？]|(?<=[{_CJK}])[!?])+[」』”’）)]*|(?<=…)[」』”]+)\s*(?=[{_CJK}“‘「『《（\d])|(?<=…)(?=[“「『])"
)
_CJK_EMBEDDED = re.compile(
    rf"「[^「」]*」(?=[\u3040-\u309f])|『[^『』]*』|《[^《》]*》|(?<=[{_CJK}])“[^“”]*”(?=[{_CJK}])"
)
# The full stops of Khmer, Burmese and Tibetan, which sentencex does not know.
_OTHER_STOP = re.compile(r"[\u17d4\u17d5\u104b]+[»”\"’)]*\s*(?=\w)|[\u0f0d-\u0f11]+\s+(?=\w)")
_LIST_ITEM = re.compile(r";\s+(?=[-–—•]\s[^\W\d_])")
_ITEM = re.compile(r"\(?(?:[a-z]|[ivx]{1,4})\)\s+[^\W\d_a-z]")
_STOPS = (".", "!", "?", "…")
_SHORT_NUMBER = re.compile(r"\d{1,2}|[IVXLC]{2,}")
_OPENING_WORD = re.compile(r"(?P<word>[^\W\d_]{2,})\s+[^\W\d_A-Z]")
_ADDRESS = re.compile(  # of a page or mailbox
    r"\S+@\S+|www\.\S+|[\w-]{2,}(?:\.[\w-]{2,})*"
    r"\.(?:com|org|net|edu|gov|info|eu|io|co|de|fr|pl|it|es|uk|cz|at|ch|be|nl|ua|ru|pt|jp|cn)(?:/\S*)?"
)
_FEWEST_LETTERS = 5  # of a word that is certainly no abbreviation
_AROUND = 200  # characters looked at on either side of a place


def starts(text: str, lang: str) -> set[int]:
    """Offsets at which a sentence of the line may begin, beyond those that a splitter found.

    After `!`, `?`, `…` and full stops that belong to no short form, before a capital or a figure; and
    where a word that opens sentences has a capital though no stop comes before it (lost headings).
    """
    known = cues(lang)
    return {*_after_stops(text, lang, known), *_without_stops(text, known), *_after_wide_stops(text)}


def _after_wide_stops(text: str) -> Iterator[int]:
    """After the stops of Chinese and Japanese, within speech too, but not within titles and mentions."""
    embedded = [m.span() for m in _CJK_EMBEDDED.finditer(text)]
    for match in _CJK_END.finditer(text):
        if not _within(embedded, match):
            yield match.end()
    for match in _OTHER_STOP.finditer(text):
        yield match.end()


def _within(spans: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Whether a match lies inside one of the spans, which are in order and do not overlap."""
    at = bisect_right(spans, (match.start(), 0)) - 1
    return at >= 0 and match.end() < spans[at][1]


def small_start(before: str, after: str, lang: str) -> bool:
    """Whether a sentence begins with a small letter: after a full stop that ends a word of the lexicon, or
    with `b) Boil`.

    A dash before the small letter begins an item of a list, unless the text before it is speech.
    """
    known = cues(lang)
    token = last_token(before[-40:-1], known)
    if _ITEM.match(after):
        return before.endswith(_STOPS) and not (listed(token, known.inside) or listed(token, known.number))
    if not before.endswith(".") or not token.islower() or len(token) < _FEWEST_LETTERS:
        return False
    if not is_small(first_letter(after)) or (after[0] in "-–—" and _SPEECH.search(before)):
        return False
    return after.split()[0] not in known.carry and known_word(token, lang)


def opens_after_name(before: str, initial: str, after: str, lang: str) -> bool:
    """Whether a sentence is over that ends with the initial of a surname or with capitals: `Rozmawiał z nim
    Jan K. Sprawa trafiła do sądu`, `Pracuje w Orlen S.A. Zarabia dobrze`.

    The word after is no name, and small letters follow it; before an initial there is a name. Where a lexicon
    tells.
    """
    words = before.removesuffix(".")[: -len(initial)].split()
    opening = _OPENING_WORD.match(after)
    if not words or not opening or not no_name(opening["word"], lang):
        return False
    if "." in initial:
        return initial.replace(".", "").isupper()
    return len(words[-1]) > 2 and words[-1][0].isupper() and not no_name(words[-1], lang)


def _after_stops(text: str, lang: str, known: Cues) -> Iterator[int]:
    embedded = [m.span() for m in _QUOTED.finditer(text) if _is_embedded(text, m)]
    for match in _END.finditer(text):
        before = text[max(0, match.start() - _AROUND) : match.start()]
        after = text[match.end() : match.end() + _AROUND]
        first = first_letter(after)
        opens = first.isupper() or first.isdigit() or small_start(before + match["stop"], after, lang)
        opens = opens or (match["stop"] != "." and is_uncased_georgian(first))
        if opens and not _within(embedded, match) and _may_end(before, match, after, lang, known):
            yield match.end()


def _is_embedded(text: str, quoted: re.Match[str]) -> bool:
    """Whether a sentence goes on after the quotation that it contains: `"Gimme! Gimme!" in 1979`."""
    after = _GOES_ON.match(text, quoted.end())
    return len(quoted.group()) <= _LONGEST_QUOTE and after is not None and not (after["next"] or "").isupper()


def _may_end(before: str, match: re.Match[str], after: str, lang: str, known: Cues) -> bool:
    """Whether a sentence may end with the stop of the match, as far as the word before it tells."""
    stop, closed = match["stop"], not match.group()[len(match["stop"])].isspace()
    if stop != ".":
        return before[-1:] not in ("(", "[")  # `[...]` leaves something out
    token = last_token(before[-40:], known)
    if closed:  # `(Patrz str. 5.)`, but not `(prof.)`
        return not any(listed(token, words) for words in (known.inside, known.name, known.number))
    if _SHORT_NUMBER.fullmatch(token) or len(token) == 1 or ("." in token and not _ADDRESS.fullmatch(token)):
        opens = begins_sentence(after, known) or opens_after_name(before, token, after, lang)
        return opens or listed(token, known.end)
    return known.known or len(token) >= _FEWEST_LETTERS


def _without_stops(text: str, known: Cues) -> Iterator[int]:
    """After `;` before an opening word, and where such a word has a capital in the middle of text."""
    for match in _LIST_ITEM.finditer(text):
        if text[match.end() + 2].isupper():
            yield match.end()
    if not known.start:
        return
    for match in _NO_STOP.finditer(text):
        last, word, start = match["last"] or "", match["word"], match.start("word")
        if len(word) == 1 or not word[0].isupper():  # one letter: `I`, `A`, and initials
            continue
        if match["semicolon"]:
            opens = word.replace("’", "'") in known.start
        else:
            is_name = last[:1].isupper() and text.startswith(",", start + len(word))  # `Kim Jong Un, the`
            follows_opening = last.capitalize() in known.start  # a title: `dans Les Misérables`
            opens = not (is_name or follows_opening) and begins_sentence(text[start : start + 40], known)
        if opens:
            yield start
