"""What the documents themselves say about spelling: their words, counted for each language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from harness.types import Document

LETTER = r"[^\W\d_]"
WORD = re.compile(rf"{LETTER}+")
_NUMBERED = re.compile(rf"(?<![^\W_])({LETTER}+)([ \u00a0\u202f]?)(\d+{LETTER}{{0,4}})(?![^\W_])")
_COUNTED = re.compile(rf"(?<![^\W_])(\d+)([ \u00a0\u202f]?)({LETTER}{{3,}})(?![^\W_])")
_FOLD = str.maketrans("łŁđĐøØıħ", "lLdDoOih")


def fold(word: str) -> str:
    """The word without accents and strokes: `"bâtir"` → `"batir"`."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_FOLD)


def skeleton(word: str) -> str:
    """The word with `?` for every letter beyond ASCII: what `Toka?ev` and `Tokaïev` share."""
    return "".join(c if c.isascii() else "?" for c in word)


def shape(number: str) -> str:
    """`"100e"` → `"#e"`."""
    return re.sub(r"\d+", "#", number)


class SpellingEvidence:
    """The vocabulary of a collection in one language."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.words: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()  # in how many documents each word stands
        self.spaced: Counter[tuple[str, str]] = Counter()  # ("le", "#e"): number and word, a space between
        self.joined: Counter[tuple[str, str]] = Counter()  # the same, written together
        for document in documents:
            text = document.text
            words = Counter(WORD.findall(text))
            self.words.update(words)
            self.documents.update(words.keys())
            for before, gap, number in _NUMBERED.findall(text):
                (self.spaced if gap else self.joined)[before.lower(), shape(number)] += 1
            for number, gap, after in _COUNTED.findall(text):
                (self.spaced if gap else self.joined)[shape(number), after.lower()] += 1
        self._by_skeleton: defaultdict[str, list[str]] = defaultdict(list)
        self._by_fold: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if not word.isascii():
                self._by_skeleton[skeleton(word)].append(word)
                self._by_fold[fold(word)].append(word)

    def intact(self, damaged: str) -> list[str]:
        """The words that `damaged` may have been, a `?` in it standing for one lost letter."""
        return [
            word
            for word in self._by_skeleton.get(skeleton(damaged), ())
            if all(d == w or (d in "?\ufffd" and not w.isascii()) for d, w in zip(damaged, word, strict=True))
        ]

    def accented(self, word: str) -> list[str]:
        """The words that differ from `word` only by accents it lacks."""
        return [
            other
            for other in self._by_fold.get(fold(word), ())
            if other != word
            and len(other) == len(word)
            and all(a == b or a == fold(b) for a, b in zip(word, other, strict=True))
        ]

    def separate(self, before: str, after: str) -> bool:
        """Whether these two are usually written with a space between (`le 100e`, `30 ans`)."""
        pair = shape(before.lower()), shape(after.lower())
        return self.spaced[pair] >= 2 * max(1, self.joined[pair])
