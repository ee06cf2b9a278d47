"""A second look at pieces: sentences that stand twice, and pieces that are unlike their segment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.common.tokens import Token, ends_whole_sentence, tokens
from harness.realign.leftover import ENOUGH, Shared
from harness.types import Piece

WORDS = 3
"""Words of a sentence at least that may be named as repeated."""
LONG = 4
"""Words of a segment at least whose piece should be like it."""
UNLIKE = 0.15
"""Share of the words of a piece, by weight, that a reference must have, in some form."""
DOUBTFUL = 0.4
"""Confidence at most of a piece unlike its segment.

Of 100 true pieces 1 to 5 are unlike it, of 100 that belong to the next segment about 70 (NTREX, TED): where
one in twenty is wrong, .95 · .025 / (.95 · .025 + .05 · .7) of those that are unlike are right.
"""


def reviewed(pieces: Sequence[Piece], output: str, references: Sequence[Sequence[str]]) -> list[Piece]:
    """The pieces of `output`, with what is repeated in `nowhere`, and a lower confidence where doubtful.

    A sentence is repeated where a piece has it more often than any reference of its segment has one, or where
    another piece has it, too, whose segment it belongs to rather than to this one. A piece is doubtful if no
    reference of its segment has words of it.
    """
    cut = [list(_sentences(piece, output)) for piece in pieces]
    everywhere = Counter(key for found in cut for _, key in found)
    own: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, sentences in enumerate(cut):
        for key in dict.fromkeys(key for _, key in sentences if everywhere[key] > 1):
            own[key].append(k)
    said = [output[piece.start : piece.end] for piece in pieces]
    likeness = _Likeness(references, [*said, *(" ".join(key) for key in own)])
    numbers = {key: len(pieces) + at for at, key in enumerate(own)}
    found = []
    for k, piece in enumerate(pieces):
        allowed = 1 if not own else _most(references[k])
        times: Counter[tuple[str, ...]] = Counter()
        extra = []
        for span, key in cut[k]:
            known = any(start < span[1] and span[0] < stop for start, stop in piece.nowhere)
            if key not in own or known:
                continue
            times[key] += 1
            here = likeness.of(numbers[key], k)
            elsewhere = max((likeness.of(numbers[key], at) for at in own[key] if at != k), default=0.0)
            if times[key] > allowed or (here < ENOUGH <= elsewhere):
                extra.append(span)
        doubtful = any(word.isalnum() for word in said[k]) and likeness.doubts(k)
        sure = piece.confidence if piece.confidence is not None else 1.0
        found.append(
            replace(
                piece,
                nowhere=tuple(sorted([*piece.nowhere, *extra])),
                confidence=min(sure, DOUBTFUL) if doubtful else piece.confidence,
            )
        )
    return found


class _Likeness:
    """How much of a text, the pieces first, is in the references of a segment."""

    def __init__(self, references: Sequence[Sequence[str]], said: Sequence[str]) -> None:
        self._of: list[list[int]] = []
        texts: list[str] = []
        for own in references:
            self._of.append(list(range(len(texts), len(texts) + len(own))))
            texts += own
        self._lengths = [sum(word.is_word for word in tokens(text)) for text in texts]
        self._shared = Shared(texts, said)

    def of(self, text: int, k: int) -> float:
        """The share of a text, by weight, that the reference of segment k nearest to it has, 0 to 1."""
        return max((self._shared.with_group(text, [at], []) for at in self._of[k]), default=0.0)

    def doubts(self, k: int) -> bool:
        """Whether piece k is unlike its segment, whose references are all long enough to tell."""
        lengths = [self._lengths[at] for at in self._of[k]]
        if not lengths or min(lengths) < LONG:
            return False
        if any(self._shared.same_words(k, at) >= UNLIKE for at in self._of[k]):
            return False
        return self.of(k, k) < UNLIKE


def _sentences(piece: Piece, output: str) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """The sentences and lines of a piece that are long enough: their span in the output, and their words."""
    text = output[piece.start : piece.end]
    words = tokens(text)
    start = 0
    for at in range(1, len(words) + 1):
        if at < len(words) and not _ends(words, at, text):
            continue
        own = words[start:at]
        key = tuple(word.form for word in own if word.is_word)
        if len(key) >= WORDS:
            yield (piece.start + own[0].start, piece.start + own[-1].end), key
        start = at


def _ends(words: list[Token], at: int, text: str) -> bool:
    if "\n" in text[words[at - 1].end : words[at].start]:
        return True
    return ends_whole_sentence(words, at)


def _most(references: Sequence[str]) -> int:
    """How often a reference of a segment has the same sentence at most, 1 at least."""
    counts = (Counter(key for _, key in _sentences(Piece(0, len(text)), text)) for text in references)
    return max([1, *(times for found in counts for times in found.values())])
