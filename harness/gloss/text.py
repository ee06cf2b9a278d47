"""Text to words and back: elision, hyphens, numbers; spacing, quotes and capitals of the target."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words that lose their vowel before another; the apostrophe stays with them.
_ELIDED = {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "lorsqu", "puisqu", "jusqu", "quoiqu"}
_ENCLITIC = re.compile(
    r"(?<=\w)-(?:t-)?(ils?|elles?|on|je|tu|nous|vous|ce|le|la|les|lui|leur|moi|toi|y|en|ci|là)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\d+(?:[\s\u00a0\u202f.,:]\d+)*(?:er|re|ère|e|è|es|ème|h)?\b"  # 1 000,5  9:45  1er
    r"|(?:[^\W\d_]\.){2,}"  # U.S.
    r"|(?:M|Mme|Mlle|Dr|St|MM)\.(?=\s+[A-ZÀ-Ý])"
    r"|\w+(?:[-'.]\w+)*'?"
    r"|\.\.\.|--|[^\w\s]"
)


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    spaced: bool  # white space before it


def tokens(text: str, lang: str) -> list[Token]:
    """Words, numbers and signs of a line; apostrophes become straight, elided words are split off."""
    text = text.replace("’", "'").replace("ʼ", "'")
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        spaced = match.start() > end or not found
        end = match.end()
        parts = _split_french(match.group()) if lang == "fr" else [match.group()]
        for number, part in enumerate(parts):
            found.append(Token(part, spaced if number == 0 else True))
    return found


def _split_french(word: str) -> list[str]:
    parts: list[str] = []
    while "'" in word.rstrip("'"):
        head, _, rest = word.partition("'")
        if head.lower() not in _ELIDED:
            break
        parts.append(head + "'")
        word = rest
    enclitic = _ENCLITIC.search(word)
    if enclitic and enclitic.end() == len(word):
        return [*parts, word[: enclitic.start()], enclitic.group(1)]
    return [*parts, word]


_NO_SPACE_BEFORE = re.compile(r"\s+([.,;:!?%)\]”»…])")
_NO_SPACE_AFTER = re.compile(r"([(\[„«])\s+")


def join_polish(words: list[tuple[str, bool]]) -> str:
    """Words with "space before" flags as a Polish line: „quotes”, no space before signs."""
    line = "".join((" " if spaced else "") + word for word, spaced in words if word)
    line = re.sub(r'"([^"]*)"', r"„\1”", line.replace("«", "„").replace("»", "”").replace("“", "„"))
    return _NO_SPACE_AFTER.sub(r"\1", _NO_SPACE_BEFORE.sub(r"\1", re.sub(r"\s+", " ", line))).strip()


def join_french(words: list[tuple[str, bool]]) -> str:
    """Words with "space before" flags as a French line: « quotes », a space before ; : ! ?"""
    line = "".join((" " if spaced else "") + word for word, spaced in words if word)
    line = re.sub(r"\s*([;:!?»])", r" \1", line.replace("„", "« ").replace("”", " »"))
    line = re.sub(r"\s+([.,)\]…])", r"\1", re.sub(r"([(\[])\s+", r"\1", line))
    line = re.sub(r"(?<=\d) :(?=\d)", ":", line)
    return re.sub(r"\s+", " ", line.replace("' ", "'")).strip()


def cased(word: str, like: str) -> str:
    """`word` with the capitals of `like`."""
    if len(like) > 1 and like.isupper() and like.isalpha():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


class Capitals:
    """Carries the capital of a sentence's first word to the first word of its translation."""

    def __init__(self) -> None:
        self._due = False

    def apply(self, text: str, source: str, first: bool, copied: bool) -> str:
        """`text` with the capitals that `source` has; a first word may have none of its own (an article)."""
        if first:
            self._due = source[:1].isupper()
        elif text and not copied:
            text = cased(text, source)
        if self._due and text:
            self._due = False
            start = next((i for i, letter in enumerate(text) if letter.isalnum()), 0)
            text = text[:start] + text[start : start + 1].upper() + text[start + 1 :]
        return text
