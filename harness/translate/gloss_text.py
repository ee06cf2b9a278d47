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
    r"\d+(?:[\s\u00a0\u202f.,:]\d+)*(?:er|re|ère|e|es|ème|h)?\b"  # 1 000,5  9:45  1er
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
    line = _NO_SPACE_AFTER.sub(r"\1", _NO_SPACE_BEFORE.sub(r"\1", re.sub(r"\s+", " ", line)))
    line = re.sub(r'"([^"]*)"', r"„\1”", line.replace("«", "„").replace("»", "”").replace("“", "„"))
    return line.strip()


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


def sentence_case(line: str, source: str) -> str:
    """The first letter of `line` as the first letter of `source`; a line that opens with a number stays."""
    first = next((letter for letter in source if letter.isalnum()), "")
    for index, letter in enumerate(line):
        if letter.isdigit():
            break
        if letter.isalpha():
            return line[:index] + (letter.upper() if first.isupper() else letter) + line[index + 1 :]
    return line
