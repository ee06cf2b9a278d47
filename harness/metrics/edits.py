"""The edits that TER counts (Snover et al. 2006, aclanthology.org/2006.amta-papers.25).

Blocks of words are moved as long as a move brings the hypothesis nearer to the reference; moves and remaining
edits count one each. Which moves are tried and which of equally good ones is made follows Tercom through
`sacrebleu.metrics.lib_ter`, with its limits; what cannot change the choice is not computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.metrics.edit_matrix import EditMatrix

# The limits of sacrebleu.metrics.lib_ter
MAX_LENGTH, MAX_DISTANCE, MAX_TRIED = 10, 50, 1000


class Move(NamedTuple):
    """`-minus_length` words at `start` go before word `target`; the smallest of equally good ones is made."""

    minus_length: int
    start: int
    target: int


def count_edits(hypothesis: Sequence[str], reference: Sequence[str]) -> int:
    """Moves and edits between the words of a hypothesis and of a reference, as sacreBLEU counts them."""
    if hypothesis == reference:
        return 0
    if not hypothesis or not reference:
        return len(hypothesis) + len(reference)
    places: dict[str, int] = {}
    for j, word in enumerate(reference):
        places[word] = places.get(word, 0) | 1 << j
    matrix = EditMatrix([places.get(word, 0) for word in hypothesis], len(reference))
    common = (Counter(hypothesis) & Counter(reference)).total()
    fewest = max(len(hypothesis), len(reference)) - common  # in whichever order the words stand
    made = tried = 0
    while matrix.distance > fewest:
        moves: list[Move] = []
        for found in _moves(matrix):
            moves += found
            if tried + len(moves) >= MAX_TRIED:
                return made + matrix.distance
        tried += len(moves)
        best = _best(matrix, sorted(set(moves)), matrix.distance - fewest)
        if best is None:
            break
        words, start, _ = _moved(matrix.words, best)
        matrix.rearrange(words, start)
        made += 1
    return made + matrix.distance


def _best(matrix: EditMatrix, moves: Sequence[Move], most: int) -> Move | None:
    """The first of the moves that save most edits; None where none saves any. No move saves over `most`."""
    best, saved = None, 0
    for move in moves:
        if saved >= most:
            break
        length, target = -move.minus_length, move.target
        over = move.start - target if target < move.start else target - move.start
        # The words moved, or those they pass, are deleted and inserted: two edits each, if there is no beam.
        if saved >= 2 * min(length, over) and matrix.beams is None:
            continue
        words, start, stop = _moved(matrix.words, move)
        saves = matrix.distance - matrix.distance_of(words, start, stop)
        if saves > saved:
            best, saved = move, saves
    return best


def _moves(matrix: EditMatrix) -> Iterator[list[Move]]:
    """Moves of blocks with an error to where the reference has them, and an error: a list for each place.

    The targets are before the place, and after each word of the block there, as far as the words there are
    aligned. Some moves are found more than once, and count as often.
    """
    words, n_reference = matrix.words, matrix.n_reference
    places, reference_errors, hypothesis_errors = matrix.align()
    for start, word in enumerate(words):
        if not hypothesis_errors >> start & ((1 << MAX_LENGTH) - 1):
            continue
        nearest = max(0, start - MAX_DISTANCE)
        window = word >> nearest & ((1 << start + MAX_DISTANCE + 1 - nearest) - 1)
        while window:
            lowest = window & -window
            window ^= lowest
            there = nearest + lowest.bit_length() - 1
            most = min(MAX_LENGTH, len(words) - start, n_reference - there)
            for length in range(1, most + 1):
                if not words[start + length - 1] >> (there + length - 1) & 1:
                    break
                block = (1 << length) - 1
                if not (hypothesis_errors >> start & block and reference_errors >> there & block):
                    continue
                if start <= places[there] < start + length:
                    continue
                before = places[there - 1] if there else -1
                targets = dict.fromkeys(place + 1 for place in (before, *places[there : there + length]))
                yield [Move(-length, start, target) for target in targets]


def _moved(words: list[int], move: Move) -> tuple[list[int], int, int]:
    """The words after a move, and from where to before where they differ."""
    minus_length, start, target = move
    end = start - minus_length
    if target < start:
        return words[:target] + words[start:end] + words[target:start] + words[end:], target, end
    # A target within the block moves it on by so many words, as sacreBLEU has it.
    after = min(target if target > end else target - minus_length, len(words))
    return words[:start] + words[end:after] + words[start:end] + words[after:], start, after
