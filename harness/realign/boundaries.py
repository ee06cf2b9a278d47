"""What speaks against a boundary at each place of the output, given how the reference goes on there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.common.tokens import CLOSING, OPENING, Token, ends_sentence, is_unspaced, paired

Costs = NDArray[np.float64]

# In units of the edit costs: a substitution of two words without likeness is about 1.
_BAD_START = 4.0  # a piece that begins with a comma
_INSIDE_WORD = 3.0  # no white space at the boundary
_INSIDE_UNSPACED = 0.5  # the same in scripts that need none, where the output has some
_INSIDE_SENTENCE = 2.5  # the reference ends a sentence, the output does not
_INSIDE_CLAUSE = 1.0  # as little as that after a comma, or before a bracket or quotation
_SENTENCE_END = 0.3  # the output ends a sentence, the reference does not
_CASE = 0.7  # the one goes on with a capital, the other without
_LINE_END = -0.5  # a line break of the output is evidence for a boundary
_SAME_MARK = -0.4  # both go on with the same mark: a bracket, a dash
_EARLIER = 1e-6  # a word: of a sentence that stands twice, the second stays with the first


@dataclass(frozen=True, slots=True)
class Edges:
    """How a segment of a reference ends and the next begins."""

    final: bool
    capital: bool | None
    mark: str | None


def edges(words: list[Token], text: str, following: list[Token], following_text: str) -> Edges:
    """The edges between two segments of a reference, given as tokens, the second also as text."""
    first = following[0].form if following and not following[0].is_word else None
    return Edges(
        ends_sentence(words, len(words), paired(words, text)), _capital(following, 0, following_text), first
    )


class Places:
    """The places of an output where a boundary may be: before each of its `m` tokens, and at its end."""

    def __init__(self, words: list[Token], text: str) -> None:
        m = len(words)
        unspaced = is_unspaced(words)
        spaces = any(char.isspace() for char in text.strip())
        self.final = np.zeros(m + 1, dtype=bool)  # a sentence or a line ends here
        self.fixed: Costs = np.arange(m + 1, dtype=np.float64) * _EARLIER  # costs whatever the reference
        self._clause = np.zeros(m + 1, dtype=bool)
        self._capital = np.full(m + 1, np.nan)
        self._marks: dict[str, list[int]] = {}
        self.final[m] = True
        pairs = paired(words, text)
        self.final[1:m] = [ends_sentence(words, at, pairs) for at in range(1, m)]
        # spaces are all that ends a sentence in Thai, where there are no marks
        inside = _INSIDE_UNSPACED if unspaced and self.final[1:m].any() else _INSIDE_WORD
        lines = _line_ends(words, text, self.final)
        for at in range(1, m):
            before, here = words[at - 1], words[at]
            gap = text[before.end : here.start]
            line = at in lines
            self.final[at] |= line
            mark = not here.is_word
            opens = mark and pairs.get(at, here.form in OPENING and (bool(gap) or here.form not in CLOSING))
            after = not before.is_word and not pairs.get(at - 1, before.form in OPENING)
            self._clause[at] = after or (opens and (bool(gap) or at in pairs))
            if mark and not opens:
                self.fixed[at] += _BAD_START
            if not gap and (spaces or not unspaced) and not (unspaced and self.final[at]):
                self.fixed[at] += inside
            if line:
                self.fixed[at] += _LINE_END
            capital = _capital(words, at, text)
            self._capital[at] = np.nan if capital is None or line else float(capital)
            if mark:
                self._marks.setdefault(here.form, []).append(at)

    def costs(self, at: Edges) -> Costs:
        """`(m + 1,)` cost of a boundary at each place; none at the beginning and the end of the output."""
        found: Costs = self.fixed.copy()
        if at.final:
            within = np.where(self._clause, _INSIDE_CLAUSE, _INSIDE_SENTENCE)
            found += np.where(self.final, 0.0, within)
        else:
            found += np.where(self.final, _SENTENCE_END, 0.0)
        if at.capital is not None:
            found += _CASE * (np.abs(np.nan_to_num(self._capital, nan=float(at.capital)) - at.capital))
        if at.mark is not None:
            found[self._marks.get(at.mark, [])] += _SAME_MARK
        found[0], found[-1] = 0.0, self.fixed[-1]
        return found


def _line_ends(words: Sequence[Token], text: str, final: NDArray[np.bool_]) -> set[int]:
    """The places where a line ends; none where lines are wrapped at a width, which says nothing.

    They are if most lines end within a sentence, though sentences end within lines. Text without marks at
    the ends of sentences (subtitles, Thai) is trusted.
    """
    places = range(1, len(words))
    found = {at for at in places if "\n" in text[words[at - 1].end : words[at].start]}
    broken = sum(not final[at] for at in found)
    within = sum(bool(final[at]) for at in places if at not in found)
    return set() if broken > len(found) / 2 and within > len(found) / 10 else found


def _capital(words: Sequence[Token], at: int, text: str) -> bool | None:
    """Whether the first word from position `at` on begins with a capital; None in scripts without case."""
    for word in words[at : at + 4]:
        if word.is_word:
            char = text[word.start]
            return char.isupper() if char.isupper() or char.islower() else None
    return None
