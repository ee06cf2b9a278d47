"""Cleaning: repairs with evidence, furniture flagged. The raw text stays; every change is data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from harness.common.limits import OneOf
from harness.protocols import Cleaner
from harness.text import furniture, lexicon, repairs
from harness.text.codes import primary
from harness.text.evidence import SpellingEvidence
from harness.text.offsets import apply, lines
from harness.text.words import Words
from harness.text.wrapped import unwrap
from harness.types import Cleaned, Document, Edit

KEPT_OUT = tuple(kind for kind in furniture.KINDS if kind != "title")
_LETTERS_TO_JUDGE = (
    500  # a text of this many letters without one accent, in a language that has them, lost them
)


class NoCleaner(Cleaner):
    """Leaves every text as it is and flags nothing."""

    def clean(self, documents: Sequence[Document]) -> list[Cleaned]:
        """The documents, unchanged."""
        return [Cleaned(document, document.text) for document in documents]


class Rules(Cleaner):
    """Cleaning by rules; each group of rules can be switched off.

    `unwrap` lines broken at a column; `characters` mojibake, control characters and decomposed letters;
    `spaces`; `quotes`; `letters` lost as `?`; `accents` lost silently (`always`, or only in texts
    that show `damage` otherwise, or `never`); `missing_spaces`; `furniture`; `keep_out` names the
    kinds of furniture that are kept out of alignment.
    """

    def __init__(
        self,
        *,
        unwrap: bool = True,
        characters: bool = True,
        spaces: bool = True,
        quotes: bool = True,
        letters: bool = True,
        accents: Literal["always", "damage", "never"] = "damage",
        missing_spaces: bool = True,
        furniture: bool = True,
        keep_out: Sequence[Annotated[str, OneOf(furniture.KINDS)]] = KEPT_OUT,
    ) -> None:
        self.unwrap, self.characters, self.spaces, self.quotes = unwrap, characters, spaces, quotes
        self.letters, self.missing_spaces, self.furniture = letters, missing_spaces, furniture
        self.accents = accents
        self.keep_out = frozenset(keep_out)

    def clean(self, documents: Sequence[Document]) -> list[Cleaned]:
        """Clean a collection: documents in one language are evidence for each other's repairs."""
        by_language: defaultdict[str, list[Document]] = defaultdict(list)
        for document in documents:
            by_language[primary(document.lang)].append(document)
        evidence = {lang: SpellingEvidence(group) for lang, group in by_language.items()}
        return [self._clean(document, evidence[primary(document.lang)]) for document in documents]

    def _clean(self, document: Document, evidence: SpellingEvidence) -> Cleaned:
        found = list(self._edits(document.text, primary(document.lang), evidence))
        edits = _disjoint(edit for edit in found if edit.after != edit.before)
        unrepaired = _disjoint(edit for edit in found if edit.after == edit.before)
        pieces = furniture.find(list(lines(document.text, edits)), self.keep_out) if self.furniture else ()
        return Cleaned(document, apply(document.text, edits), edits, tuple(pieces), unrepaired)

    def _edits(self, text: str, lang: str, evidence: SpellingEvidence) -> Iterable[Edit]:
        words = Words(text, lang, evidence)
        lost = list(words.lost_letters()) if self.letters else []
        if self.unwrap:
            yield from unwrap(text, words.is_word)
        if self.characters:  # before the others: what looks odd may be half of a character
            yield from repairs.mojibake(text)
        if self.spaces:  # before `characters`: a run of both is one edit
            yield from repairs.spaces(text, lang)
        if self.characters:
            yield from repairs.characters(text, lang)
        yield from lost
        if self.missing_spaces:
            yield from words.lost_spaces()
        if self.accents != "never":
            yield from words.lost_accents(self.accents == "always" or bool(lost) or _stripped(text, lang))
        if self.quotes:
            yield from repairs.quotes(text, lang)


def _stripped(text: str, lang: str) -> bool:
    """Whether a text in a language with accents has none at all."""
    if not lexicon.letters(lang) or any(c.isalpha() for c in text if not c.isascii()):
        return False
    return sum(map(str.isalpha, text)) >= _LETTERS_TO_JUDGE


def _disjoint(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sorted, the earlier rule first where two overlap."""
    ranked = sorted(enumerate(edits), key=lambda pair: (pair[1].start, pair[0]))
    kept: list[Edit] = []
    for _, edit in ranked:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)
