"""Hard-wrapped text: lines broken at a column, as in e-mail, made whole again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from harness.types import Edit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_ITEM = re.compile(r"[-*•·▪►‣]\s|\(?\d{1,3}[.)]\s")
_NARROWEST, _WIDEST = 30, 120  # columns
_FEWEST_BREAKS = 5
_SHARE = 0.6  # of the line ends within paragraphs that must be where the next word did not fit
_SMALL = 0.3  # of those that must go on with a small letter


def unwrap(text: str, is_word: Callable[[str], bool]) -> Iterator[Edit]:
    """The line ends of a hard-wrapped text that become a space (or nothing, after a hyphen).

    Text is wrapped where every line is at most `w` wide and, at most line ends within
    paragraphs, the next word would not have fitted into `w`. A word cut by a hyphen is made whole
    where `is_word` knows it.
    """
    breaks, pairs = _breaks(text)
    small = sum(text[after].islower() for _, after in breaks)
    if len(breaks) < max(_FEWEST_BREAKS, _SHARE * pairs) or small < _SMALL * len(breaks):
        return
    for before, after in breaks:
        if _hyphenated(text, before, after):
            left, right = _last_word(text, before - 1), _first_word(text, after)
            cut = before - 1 if is_word(left + right) else before
            yield Edit("wrap", cut, after, text[cut:after], "")
        else:
            yield Edit("wrap", before, after, text[before:after], " ")


def _breaks(text: str) -> tuple[list[tuple[int, int]], int]:
    """(Where text stops, where it goes on) at each line end that a full line explains; and how many
    line ends there are within paragraphs."""
    spans = []  # of each line without the spaces around it, and its indentation
    for match in _LINE.finditer(text):
        line = match.group()
        indent = len(line) - len(line.lstrip())
        spans.append((match.start() + indent, match.start() + len(line.rstrip()), indent))
    width = max((end - start + indent for start, end, indent in spans if " " in text[start:end]), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return [], 0
    breaks, pairs = [], 0
    for (start, end, indent), (next_start, next_end, next_indent) in pairwise(spans):
        if end <= start or next_end <= next_start:
            continue
        pairs += 1
        if next_indent > indent or _ITEM.match(text, next_start, next_end):
            continue
        word = text.find(" ", next_start, next_end)
        word_length = (word if word >= 0 else next_end) - next_start
        if end - start + indent + 1 + word_length > width or _hyphenated(text, end, next_start):
            breaks.append((end, next_start))
    return breaks, pairs


def _hyphenated(text: str, before: int, after: int) -> bool:
    """Whether a line ends in a letter and a hyphen, and the next begins with a small letter."""
    return text[before - 1] == "-" and text[max(0, before - 2)].isalpha() and text[after].islower()


def _last_word(text: str, end: int) -> str:
    start = end
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    return text[start:end]


def _first_word(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[start:end]
