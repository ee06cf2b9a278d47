"""Page furniture: lines, or beginnings of lines, that belong to the page and not to the text.

Decided by the form of a line and its place among the others, never by the name of a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.text import buttons
from harness.text import vocabulary as words
from harness.text.notice import is_notice, is_sentence
from harness.text.offsets import LineOffsets
from harness.types import Furniture

KINDS = (
    "navigation", "dateline", "byline", "caption", "teaser", "copyright", "registration", "bullet", "heading",
    "title",
)  # fmt: skip
_BULLET = re.compile(r"^\s*([-*•·▪▫■□●○◦‣►▶➤»>])\s+(?=\S)")
_CLOSERS = "\"'”’»“)]}›"
_ENDS = ".!?…。！？；;:：,،؟।։።|"
_SEPARATOR = re.compile(r"\s*(?:[|>»›/•·]|\s{2,})\s*")
_MOST_SMALL = 1  # words in small letters of a byline that ends with a full stop
_TITLE_WORDS, _HEADING_WORDS, _SHORT_WORDS = 45, 12, 14
_BARE_WORDS, _BARE_RATIO = 4, 4  # of a heading that no blank line sets off; its neighbours' length to its own
# A text that mostly lacks end punctuation (subtitles, lists, scripts without it) has no headings to find.
_UNPUNCTUATED_SHARE = 0.4


def find(lines: Sequence[LineOffsets], kept_out: frozenset[str]) -> list[Furniture]:
    """The furniture of a document in order; spans are raw offsets without surrounding spaces."""
    kinds: list[str | None] = [_kind(line.text) for line in lines]
    _repeated_captions(lines, kinds)
    _teased(lines, kinds)
    _edges(lines, kinds)
    _headings(lines, kinds)
    found: list[Furniture] = []
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        text = line.text
        if kind is None:
            marker = _marker(lines, number)
            if marker:
                found += _span(line, *marker, kept_out)
        elif kind == "navigation" and (bullet := _BULLET.match(text)):
            found += _span(line, "bullet", *bullet.span(1), kept_out)
            found += _span(line, kind, bullet.end(), len(text), kept_out)
        else:
            found += _span(line, kind, 0, len(text), kept_out)
    return found


def _span(line: LineOffsets, kind: str, start: int, end: int, kept_out: frozenset[str]) -> list[Furniture]:
    text = line.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
    raw_start, raw_end = line.map.raw(start, closing=False), line.map.raw(end, closing=True)
    if (
        start >= end or raw_start is None or raw_end is None
    ):  # within a replacement: no such place in the raw text
        return []
    return [Furniture(kind, raw_start, raw_end, kept_out=kind in kept_out)]


def _kind(line: str) -> str | None:
    """The kind of a line that its own words give away."""
    text = line.strip()
    count = len(text.split())
    if not text or count > 80:
        return None
    if words.REGISTRATION.search(text) and count <= _SHORT_WORDS and not is_sentence(text, 2):
        return "registration"
    if words.COPYRIGHT.search(text) and count <= 40 and is_notice(text):
        return "copyright"
    if words.TEASER.match(text) and count <= 30 and not _says(text):
        return "teaser"
    if buttons.ACTION.match(text) or buttons.COOKIES.match(text):
        return "navigation"
    if buttons.TIMES.match(text):
        return "dateline"
    if buttons.AGENCY.match(text):
        return "byline"
    if (
        (words.BYLINE.match(text) or words.SIGNED.match(text))
        and count <= _SHORT_WORDS
        and not is_sentence(text, _MOST_SMALL)
    ):
        return "byline"
    credit = words.CREDIT.search(text)
    if credit and len((credit["owner"] or "").split()) <= 6 and not _punctuated(text):
        return "caption"
    if _dated(text, count):
        return "dateline"
    return "navigation" if _menu(text, count) else None


def _says(text: str) -> bool:
    """Whether a sentence follows one word: `Related: it rains.`, not `Lire aussi : comment vivre.`"""
    header = words.TEASER.match(text)
    return (
        header is not None
        and len(header.group().split()) == 1
        and is_sentence(text[header.end() :].lstrip(" :|"), _MOST_SMALL)
    )


def _dated(text: str, count: int) -> bool:
    """A date with little else: `fmprc.gov.cn| Mis à jour : 2021-01-22`."""
    date = words.DATE.search(text)
    if date is None or count > _SHORT_WORDS or text.endswith(tuple(".!?。！？")):
        return False
    rest = len(text) - len(date.group())
    return words.PUBLISHED.search(text) is not None or "|" in text or rest <= 0.5 * len(text)


def _menu(text: str, count: int) -> bool:
    """Menu entries: `中文 English Contactez-nous`, `Accueil > Monde > Asie`, `- Plus`."""
    if count > _SHORT_WORDS or text.rstrip(_CLOSERS).endswith(tuple(".!?…;")):
        return False
    bullet = _BULLET.match(text)
    entries = [e.strip(" :|>»›-•·").lower() for e in (text[bullet.end() :] if bullet else text).split()]
    entries = [e for e in entries if e]
    listed = sum(e in words.MENU for e in entries)
    if entries and listed >= 2 and 2 * listed >= len(entries):
        return True
    if listed == len(entries) == 1:
        return True
    parts = [p for p in re.split(r"\s+[|>›»]\s+|\s*\|\s*", text) if p]
    return len(parts) >= 3 and all(len(p.split()) <= 4 for p in parts)


def _repeated_captions(lines: Sequence[LineOffsets], kinds: list[str | None]) -> None:
    """A caption is often given again without its credit, or twice."""
    captions = set()
    for line, kind in zip(lines, kinds, strict=True):
        if kind == "caption":
            credit = words.CREDIT.search(line.text)
            captions.add(_plain(line.text[: credit.start()] if credit else line.text))
    captions.discard("")
    for number, line in enumerate(lines):
        if kinds[number] is None and captions and _plain(line.text) in captions:
            kinds[number] = "caption"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _teased(lines: Sequence[LineOffsets], kinds: list[str | None]) -> None:
    """The titles of other articles that follow `A lire également` on lines of their own."""
    following = 0
    for number, line in enumerate(lines):
        text = line.text.strip()
        if kinds[number] == "teaser":
            header = words.TEASER.match(text)
            following = 5 if header and len(text) - header.end() <= 2 else 0
        elif text and following:
            if kinds[number] is None and not _punctuated(text) and len(text.split()) <= 25:
                kinds[number] = "teaser"
                following -= 1
            else:
                following = 0


def _edges(lines: Sequence[LineOffsets], kinds: list[str | None]) -> None:
    """The first line of content without end punctuation, before prose, is the title."""
    content = [i for i, line in enumerate(lines) if kinds[i] is None and line.text.strip()]
    if len(content) >= 2:
        first, second = (lines[i].text.strip() for i in content[:2])
        if (
            not _punctuated(first)
            and _punctuated(second)
            and len(first.split()) <= _TITLE_WORDS
            and _wordy(first)
        ):
            kinds[content[0]] = "title"


def _headings(lines: Sequence[LineOffsets], kinds: list[str | None]) -> None:
    """Short lines without end punctuation between lines of prose.

    Set off by a blank line one may be a clause; without, only a few words between lines many times as long,
    without a subject, are surely no sentence that lost its full stop.
    """
    content = [i for i, line in enumerate(lines) if kinds[i] is None and line.text.strip()]
    open_ended = [not _punctuated(lines[i].text.strip()) for i in content]
    if not content or sum(open_ended) > _UNPUNCTUATED_SHARE * len(content):
        return
    for place in range(1, len(content) - 1):
        text = lines[content[place]].text.strip()
        between = not open_ended[place - 1] and not open_ended[place + 1]
        before, after = (lines[content[place + step]].text for step in (-1, 1))
        if (
            open_ended[place]
            and between
            and len(text) < min(100, len(before), len(after))
            and (
                len(text.split()) <= _HEADING_WORDS
                if _set_off(lines, content[place])
                else len(text.split()) <= _BARE_WORDS
                and len(text) * _BARE_RATIO <= min(len(before), len(after))
                and not words.CLAUSE.search(text)
            )
            and _wordy(text)
            and not text[0].islower()
            and not _BULLET.match(text)
        ):
            kinds[content[place]] = "heading"


def _set_off(lines: Sequence[LineOffsets], number: int) -> bool:
    """Whether a blank line stands before or after a line."""
    return not (lines[number - 1].text.strip() and lines[number + 1].text.strip())


def _marker(lines: Sequence[LineOffsets], number: int) -> tuple[str, int, int] | None:
    """A list bullet or an agency's dateline at the beginning of a line of content."""
    text = lines[number].text
    if dateline := words.AGENCY_DATELINE.match(text):
        return "dateline", 0, dateline.end()
    bullet = _BULLET.match(text)
    if bullet is None:
        return None
    # A hyphen before a sentence may open direct speech; before fragments it makes a list.
    if bullet.group(1) == "-" and _punctuated(text.strip()):
        near = (lines[i].text for i in (number - 1, number + 1) if 0 <= i < len(lines))
        if not any(_BULLET.match(t) and not _punctuated(t.strip()) for t in near):
            return None
    return "bullet", *bullet.span(1)


def _punctuated(text: str) -> bool:
    return text.rstrip(_CLOSERS + " ").endswith(tuple(_ENDS))


def _wordy(text: str) -> bool:
    return any(c.isalpha() for c in text)
