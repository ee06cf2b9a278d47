"""Sentences at the edge of a piece that its segment does not have: output that belongs nowhere.

The edit distance hides them where the segment has as many other words to substitute. They are told by their
words: hardly one is in a reference of the segment or of its neighbours, whose text is there without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.common.tokens import Token, ends_whole_sentence
from harness.realign.likeness import Weights
from harness.types import Piece

FOREIGN = 0.16
"""Share of the words of a sentence, by weight, that references may have at most."""
WORDS = 4
"""Words of such a sentence at least."""
WHOLE = 0.75
"""Share of the words of the shortest reference that must be there without it."""


def with_additions(
    pieces: Sequence[Piece], words: Sequence[Token], references: Sequence[Sequence[Sequence[Token]]],
    weights: Weights,
) -> list[Piece]:  # fmt: skip
    """The pieces, with their first or last sentence in `nowhere` where it is an addition.

    `words` are those of the output, `references[k]` those of each reference of segment k. Pieces that have
    output of nowhere already are left as they are.
    """
    known = [{word.form for text in texts for word in text if word.is_word} for texts in references]
    found, at = [], 0
    for k, piece in enumerate(pieces):
        own: list[Token] = []
        while at < len(words) and words[at].start < piece.end:
            own.append(words[at])
            at += 1
        near = set().union(*known[max(0, k - 1) : k + 2])
        shortest = min((sum(word.is_word for word in text) for text in references[k]), default=0)
        extra = None if piece.nowhere or not shortest else _addition(own, near, shortest, weights)
        found.append(piece if extra is None else replace(piece, nowhere=(extra,)))
    return found


def _addition(own: list[Token], near: set[str], shortest: int, weights: Weights) -> tuple[int, int] | None:
    ends = [at for at in range(1, len(own)) if ends_whole_sentence(own, at)]
    if not ends:
        return None
    total = sum(word.is_word for word in own)
    for sentence in (own[: ends[0]], own[ends[-1] :]):
        said = [word for word in sentence if word.is_word]
        if len(said) < WORDS or total - len(said) < WHOLE * shortest:
            continue
        whole = sum(weights.of(word.form) for word in said)
        shared = sum(weights.of(word.form) for word in said if word.form in near)
        if shared <= FOREIGN * whole:
            return sentence[0].start, sentence[-1].end
    return None
