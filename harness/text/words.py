"""Repairs of words: letters lost as `?`, accents lost silently, spaces lost. Each needs evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, product

from harness.text import lexicon
from harness.text.evidence import LETTER, WORD, SpellingEvidence, fold
from harness.types import Edit

_LOST = r"(?:\?{1,3}|\ufffd{1,3})"
_DAMAGED = re.compile(
    rf"(?<![\w?\ufffd])(?:(?:[?\ufffd]{LETTER}+|{LETTER}+{_LOST}{LETTER}+)(?:{_LOST}{LETTER}+)*[?\ufffd]?"
    rf"|{LETTER}+[?\ufffd])(?![\w?\ufffd])"
)
_RUN = re.compile(_LOST)
_TECHNICAL = re.compile(r"[=&/@_\\#%<>]|www\.|\w\.\w")  # URLs, addresses, code: a ? in them is meant
_TECHNICAL_BUT_DOTS = re.compile(r"[=&/@_\\#%<>]|www\.|\.\w+\.\w")
_NUMBER = re.compile(rf"(?<![^\W_])(?:({LETTER}{{2,}})(\d+{LETTER}{{0,4}})|(\d+)({LETTER}{{3,}}))(?![^\W_])")
_STOP = re.compile(rf"(?<=[^\W\d_A-Z]{{2}})([.;,])(?={LETTER}{{2}})")
_ELIDED = {
    "fr": ("c d j l m n s t qu jusqu lorsqu puisqu quoiqu aujourd presqu", None),
    "it": ("l d un all dell nell sull dall c quell sant n s m t v", None),
    "ca": ("l d m n s t", None),
    "en": (None, "s t re ve ll d m"),
}
# The 1990 reform made î and û optional in French: `connaitre` and `gout` are no damage.
_OPTIONAL = {"fr": {"î", "û"}}
_ATTACHED = r"\w?\ufffd\xad\u0300-\u036f\u200b-\u200d"
_WHOLE = re.compile(rf"(?<![{_ATTACHED}]){LETTER}+(?![{_ATTACHED}])")
_TOKEN = 200  # characters looked at on either side for the signs of an address
_LONGEST = 40  # letters of a word; longer runs are no words
_ESTABLISHED = 3  # a form in this many documents is a word, whatever the lexicon says
_MOST_LETTERS = 3  # lost in one word; more leave too little of it to be sure


class Words:
    """Repairs words of one document. `evidence` is of all documents in its language."""

    def __init__(self, text: str, lang: str, evidence: SpellingEvidence) -> None:
        self.text, self.lang, self.evidence = text, lang, evidence
        self.intact = {c for c in set(text.lower()) if not c.isascii() and c.isalpha()}
        self.apostrophe = "’" if text.count("’") > text.count("'") else "'"
        self._accents = _accents(lang, self.intact)
        self._lost: dict[str, str | None] = {}

    def lost_letters(self) -> Iterator[Edit]:
        """`Toka?ev` → `Tokaïev`. What cannot be decided comes back with `after == before`."""
        for match in _DAMAGED.finditer(self.text):
            if self._technical(match.start(), match.end()):
                continue
            word = self._unasked(match.group(), match.end())
            if word and not self._question(word):
                if word not in self._lost:
                    self._lost[word] = self._restore(word)
                after = self._lost[word]
                if after or "\ufffd" in word or _RUN.search(word[1:-1]):
                    yield Edit("lost-letter", match.start(), match.start() + len(word), word, after or word)

    def lost_accents(self, use_lexicon: bool) -> Iterator[Edit]:
        """`batir` → `bâtir`: no word as it stands, and exactly one when accents are added.

        Without the lexicon, only where the intact form is elsewhere in the collection.
        """
        decided: dict[str, str | None] = {}
        for match in _WHOLE.finditer(self.text):
            word = match.group()
            capital = word[0].isupper()
            if not 4 <= len(word) <= _LONGEST or not word[1:].islower() or (capital and not use_lexicon):
                continue
            if word not in decided:
                decided[word] = self._accent(word, use_lexicon and not capital)
            after = decided[word]
            if after is not None and not self._technical(match.start(), match.end()):
                yield Edit("lost-accent", match.start(), match.end(), word, after)

    def lost_spaces(self) -> Iterator[Edit]:
        """`le100e` → `le 100e`, where the collection writes such a pair apart; `fin.Le` → `fin. Le`."""
        for match in _NUMBER.finditer(self.text):
            before, after = match.group(1) or match.group(3), match.group(2) or match.group(4)
            if self.evidence.separate(before, after) and not self._technical(match.start(), match.end()):
                yield Edit("lost-space", match.start(), match.end(), match.group(), f"{before} {after}")
        for match in _STOP.finditer(self.text):
            if self._technical(match.start(), match.end(), dots=False):
                continue
            left = _last_word(self.text, match.start())
            right = WORD.match(self.text, match.end())
            if right is None or (match.group() == "." and not right.group()[0].isupper()):
                continue
            if self.is_word(left) and self.is_word(right.group().lower()):
                yield Edit("lost-space", match.end(), match.end(), "", " ")

    def _technical(self, start: int, end: int, dots: bool = True) -> bool:
        """Whether the characters around, up to white space, look like an address or code."""
        first, last = max(0, start - _TOKEN), min(len(self.text), end + _TOKEN)
        while start > first and not self.text[start - 1].isspace():
            start -= 1
        while end < last and not self.text[end].isspace():
            end += 1
        token = self.text[start:end]
        return bool((_TECHNICAL if dots else _TECHNICAL_BUT_DOTS).search(token))

    def is_word(self, word: str) -> bool:
        """Whether the lexicon knows it, or the collection has it more than once."""
        return lexicon.known(word, self.lang) or self.evidence.words[word] > 1

    def _unasked(self, word: str, end: int) -> str | None:
        """The damaged word without the question marks at its edges that may be real; None when none is left.

        One at the end is a lost letter only where the sentence goes on and the rest is no word
        (`a déclar? que`); one at the beginning, only where the rest is no word (`une ?glise`).
        """
        if word[-1] == "?":
            shorter = word[:-1]
            if _RUN.search(shorter):
                if not self._goes_on(end) or (self._restore(word) is None and self._restore(shorter)):
                    word = shorter
            elif not self._goes_on(end) or self.is_word(shorter):
                return None
        if word[0] == "?" and not _RUN.search(word[1:]) and self.is_word(word[1:]):
            return None
        return word

    def _goes_on(self, end: int) -> bool:
        """Whether the sentence goes on here: a comma or full stop, or a space and a small letter."""
        following = self.text[end : end + 2]
        return following[:1] in {",", ";", ":", ".", ")"} or (
            following[:1].isspace() and following[1:].islower()
        )

    def _question(self, word: str) -> bool:
        """A real question mark before a forgotten space: `Vraiment?Qui`, two words that make no other."""
        parts = _RUN.split(word)
        if len(parts) != 2 or not all(parts) or "\ufffd" in word:
            return False
        left, right = parts
        if right[0].isupper() and not left.isupper():
            return True
        both = len(left) > 1 and len(right) > 1 and self.is_word(left.lower()) and self.is_word(right)
        return both and self._restore(word) is None

    def _restore(self, word: str) -> str | None:
        """The one word this was, or None when there are none or several."""
        seen: dict[str, int] = {}
        for reading in _readings(word):
            for candidate in self.evidence.intact(reading):
                seen[candidate] = self.evidence.words[candidate]
        if seen:
            best, *others = sorted(seen, key=lambda w: -seen[w])
            if not others or seen[best] >= 3 * seen[others[0]]:
                return best
            return None
        elided = self._elision(word)
        if elided:
            return elided
        found = {c for reading in _readings(word) for c in self._candidates(reading)}
        return self._only(found)

    def _candidates(self, word: str) -> Iterator[str]:
        """Words of the lexicon that fit, capitals as in the damaged word."""
        gaps = [i for i, c in enumerate(word) if c in "?\ufffd"]
        if len(gaps) > _MOST_LETTERS or len(word) > _LONGEST:
            return
        upper = sum(c.isupper() for c in word) > 1 and not any(c.islower() for c in word)
        for letters in product(lexicon.letters(self.lang), repeat=len(gaps)):
            restored = list(word)
            for gap, letter in zip(gaps, letters, strict=True):
                restored[gap] = letter.upper() if upper else letter
            candidate = "".join(restored)
            if lexicon.known(candidate.lower(), self.lang):
                yield candidate

    def _only(self, found: Iterable[str]) -> str | None:
        """The single candidate; of several, the single one whose letters never occur intact.

        A wrong encoding loses some letters of a language and keeps others: where é stands all
        over a text and ê never does, `t?te` was `tête`.
        """
        candidates = sorted(set(found))
        if len(candidates) > 1 and len(self.intact) >= 3:
            candidates = [
                c for c in candidates if not any(x in self.intact for x in c.lower() if not x.isascii())
            ] or candidates
        return candidates[0] if len(candidates) == 1 else None

    def _elision(self, word: str) -> str | None:
        """`l?amitié` → `l'amitié`, by the language's elided words."""
        before, after = _ELIDED.get(self.lang, (None, None))
        parts = _RUN.split(word)
        if len(parts) != 2 or not all(parts):
            return None
        left, right = parts
        if before and left.lower() in before.split() and fold(right[0].lower()) in "aeiouyh":
            whole = f"{left}{self.apostrophe}{right}"
            return whole if self.is_word(right) or self.is_word(whole.lower()) else None
        if after and right in after.split() and self.is_word(left.lower()):
            return f"{left}{self.apostrophe}{right}"
        return None

    def _accent(self, word: str, use_lexicon: bool) -> str | None:
        """The accented word that `word` was; `word` when several fit; None when it is right as it is.

        A wrong encoding loses a letter everywhere: an accented letter that stands intact anywhere
        in the document was not lost here, and `nadal` beside many an ł is not `nadał`.
        """
        elsewhere = [w for w in self.evidence.accented(word) if self._lost_in(word, w)]
        if not elsewhere and not use_lexicon:
            return None
        if lexicon.known(word, self.lang) or not lexicon.covered(self.lang):
            return None
        if elsewhere:
            return elsewhere[0] if len(elsewhere) == 1 else word
        if self.evidence.documents[word] >= _ESTABLISHED:
            return None
        found = [w for w in _accentuations(word, self._accents) if lexicon.known(w, self.lang)]
        return None if not found else found[0] if len(found) == 1 else word

    def _lost_in(self, word: str, accented: str) -> bool:
        """Whether a wrong encoding can have made one of the other; `Etat` beside `État` is typography."""
        added = {b for a, b in zip(word, accented, strict=True) if a != b}
        return (
            self.intact.isdisjoint(added)
            and not (accented[0].isupper() and accented[0] != word[0])
            and not (added & _OPTIONAL.get(self.lang, set()))
        )


def _last_word(text: str, end: int) -> str:
    start = end
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    return text[start:end]


def _readings(word: str) -> Iterator[str]:
    """`Toka??ev`: two lost letters, or the two bytes of one."""
    yield word
    collapsed = _RUN.sub("?", word)
    if collapsed != word:
        yield collapsed


def _accents(lang: str, intact: set[str]) -> dict[str, list[str]]:
    """Letter → the accented letters it may have been."""
    table: dict[str, list[str]] = {}
    for letter in lexicon.letters(lang):
        plain = fold(letter)
        if plain.isascii() and letter not in intact | _OPTIONAL.get(lang, set()):
            table.setdefault(plain, []).append(letter)
    return table


def _accentuations(word: str, table: dict[str, list[str]]) -> Iterator[str]:
    """The word with one or two accents added."""
    places = [i for i, c in enumerate(word) if c in table]
    for chosen in (*combinations(places, 1), *combinations(places, 2)):
        for letters in product(*(table[word[i]] for i in chosen)):
            restored = list(word)
            for place, letter in zip(chosen, letters, strict=True):
                restored[place] = letter
            yield "".join(restored)
