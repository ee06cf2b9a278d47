"""Repairs that need no lexicon: characters that are never meant, odd spaces, typewriter quotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from harness.common.mojibake import repaired
from harness.common.unspaced import is_unspaced
from harness.text.evidence import LETTER
from harness.types import Edit

# Control characters without the line ends and the tab, byte-order marks, soft hyphens, noncharacters.
_NEVER = "\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\xad\ufeff\ufffe\uffff\u2060"
_SPACE = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CONTROL = re.compile(f"[{_NEVER}]+")
_SPACES = re.compile(f"(?<![{_NEVER}\u200b])[{_NEVER}\u200b]*[{_SPACE}][{_SPACE}{_NEVER}\u200b]*")
_ZERO_WIDTH = re.compile("\u200b+")
_DECOMPOSED = re.compile(rf"{LETTER}[\u0300-\u036f]+")
_LOW_QUOTE = re.compile(rf"(?<![^\s(\[«„“—–-]),,(?={LETTER}|\d)")
_LOW_CLOSE = re.compile("[”“\"]|''")
_QUOTED = 2000  # characters of a quotation at most
_BACKTICKS = re.compile("``([^`'\n]{1,2000}?)''")
_ANGLES = re.compile(r"<<(?=[ \u00a0]?\w)([^<>\n]{1,2000}?)>>")
_APOSTROPHE = re.compile(rf"(?<={LETTER})[´`\u2032](?={LETTER})")
# Where „…“ closes with the sixes; elsewhere „…” closes with the nines.
_SIXES = frozenset({"bg", "cs", "da", "de", "et", "is", "lt", "lv", "mk", "ru", "sk", "sl", "sq", "uk"})


def characters(text: str, lang: str) -> Iterator[Edit]:
    """Control characters deleted; decomposed letters composed (`e` + U+0301 → `é`)."""
    for match in _CONTROL.finditer(text):
        yield Edit("control", match.start(), match.end(), match.group(), "")
    if not is_unspaced(lang):  # elsewhere they mean nothing
        for match in _ZERO_WIDTH.finditer(text):
            yield Edit("control", match.start(), match.end(), match.group(), "")
    for match in _DECOMPOSED.finditer(text):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            yield Edit("compose", match.start(), match.end(), match.group(), composed)


def mojibake(text: str) -> Iterator[Edit]:
    """UTF-8 that was once read in another encoding; what is only control characters is for `characters`."""
    start = 0
    for line in text.split("\n"):
        fixed = repaired(line)
        if fixed != line:
            for kind, a, b, c, d in SequenceMatcher(None, line, fixed, autojunk=False).get_opcodes():
                if kind != "equal" and not _CONTROL.fullmatch(line[a:b]):
                    yield Edit("mojibake", start + a, start + b, line[a:b], fixed[c:d])
        start += len(line) + 1


def spaces(text: str, lang: str) -> Iterator[Edit]:
    """Every run of odd or repeated spaces, with the control characters in it, becomes one space."""
    for match in _SPACES.finditer(text):
        run = match.group()
        if run != " " and not (is_unspaced(lang) and ("\u3000" in run or "\u200b" in run)):
            yield Edit("space", match.start(), match.end(), run, " ")


def quotes(text: str, lang: str) -> Iterator[Edit]:
    """Quotes typed with the wrong characters: `,,…”`, ` ``…'' `, `<<…>>`, a backtick as apostrophe."""
    for match in _LOW_QUOTE.finditer(text):
        yield Edit("quote", match.start(), match.end(), ",,", "„")
        limit = text.find("\n", match.end(), match.end() + _QUOTED)
        close = _LOW_CLOSE.search(text, match.end(), limit if limit >= 0 else match.end() + _QUOTED)
        if close and close.group() in ('"', "''"):
            yield Edit("quote", close.start(), close.end(), close.group(), "“" if lang in _SIXES else "”")
    for match in _BACKTICKS.finditer(text):
        yield Edit("quote", match.start(), match.start() + 2, "``", "“")
        yield Edit("quote", match.end() - 2, match.end(), "''", "”")
    for match in _ANGLES.finditer(text):
        yield Edit("quote", match.start(), match.start() + 2, "<<", "«")
        yield Edit("quote", match.end() - 2, match.end(), ">>", "»")
    for match in _APOSTROPHE.finditer(text):
        yield Edit("quote", match.start(), match.end(), match.group(), "'")
