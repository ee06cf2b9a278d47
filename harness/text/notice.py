"""Legal notices (`© AFP 2020. Tous droits réservés.`), and sentences that only have such words in them.

What tells them apart is how many words in small letters stand beside the notice: a notice has names and
years, a sentence has a verb and what was said.
"""

from __future__ import annotations

import re

from harness.text import vocabulary as words

_SMALL = "a-zß-öø-ÿœšžłąćęńśźżčřěа-яёієїґ"
_STOPS = (".", "!", "?", "…", "。", "！", "？")
_CLOSERS = "\"'”’»“)]}› "
_CHUNK = re.compile(rf"(?<=[.!?…])[\"'”’»)]*\s+(?=[^\W{_SMALL}])|(?<=[。！？])")
_SIGN = re.compile(r"\W*(?:copyright\W*)?(?:©|\(c\))|\W*copyright", re.IGNORECASE)
_YEAR = re.compile(
    r"\W*(?:19|20)\d\d(?:\s?[-–/,]\s?(?:19|20)?\d\d)?"
    rf"(?=\W*$|\s?[.,;:|–—-]|\s+(?:by|par|von|di|de)\s|\s+\W*[^\W{_SMALL}])"
)
_GOES_ON = re.compile(rf"\s?[»”\"]?\s*(?P<comma>,)?\s+(?P<word>[{_SMALL}][\w-]*)")
_OWNER = re.compile(rf"\W*(?:\d{{4}}\b|by\s|[^\W{_SMALL}]|$)")
# What a notice forbids or covers: it may be a long sentence.
_TERMS = re.compile(
    r"reprodu|includ|compris|auch|einschl|vervielf|incluid|inclus|copia|copie|copying|w tym|kopiow|powiel"
    r"|rozpowsz|zabron|interdit|prohib|verbot|vietat|proibid|verbod|kopír|zakáz|šíř|запрещ|воспроизв|копир|заборон"
    r"|未经|不得|禁止|转载",
    re.IGNORECASE,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_MOST_SMALL, _MOST_SMALL_OPEN = 3, 6  # words of a notice: of one with a full stop, and of one without


def small_words(text: str) -> list[str]:
    """The words in small letters that are no mere particles of names."""
    found = (word.strip("\"'“”«»„‚‘’()[].,;:!?…–—-") for word in text.split())
    return [word for word in found if word[:1].islower() and word not in words.PARTICLES]


def is_sentence(text: str, most: int) -> bool:
    """Whether a line is a sentence that only contains a word of a list: it ends as one, and more than `most`
    of its words are in small letters; in scripts without capitals, it ends as one and has a comma.
    """
    text = text.rstrip(_CLOSERS)
    if not text.endswith(_STOPS):
        return False
    return "，" in text if _CJK.search(text) else len(small_words(text)) > most


def is_notice(text: str) -> bool:
    """Whether a line is a notice of copyright: the first of its sentences with a notice's words is one."""
    chunk = next((piece for piece in _CHUNK.split(text) if words.COPYRIGHT.search(piece)), "")
    found = words.COPYRIGHT.search(chunk)
    if found is None:
        return False
    begins = len(chunk[: found.start()].strip()) <= 3
    sign = _SIGN.match(found.group())
    after = chunk[found.end() :]
    if sign and begins:
        after = chunk[_SIGN.match(chunk, found.start()).end() :]  # type: ignore[union-attr]
        if _YEAR.match(after):
            return True
    if found.group().lower() == "copyright" and "©" not in chunk and not _OWNER.match(after):
        return False
    if _CJK.search(chunk):
        return bool(_TERMS.search(chunk)) or not is_sentence(chunk, 0)
    if begins and not sign and _TERMS.search(after):
        return True
    beside = small_words(words.COPYRIGHT.sub(" ", chunk))
    ended = chunk.rstrip(_CLOSERS).endswith(_STOPS)
    goes_on = _GOES_ON.match(after) if ended and len(beside) > 1 else None
    if goes_on and (goes_on["comma"] or goes_on["word"] not in words.PARTICLES):
        return False
    if "©" not in chunk and not begins and len(chunk) > 2 * len(found.group()):
        return False
    return len(beside) <= (_MOST_SMALL if ended else _MOST_SMALL_OPEN)
