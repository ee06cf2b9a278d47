"""Edit distances from one reference to the rearrangements of a hypothesis, a row of the matrix at a time.

Cell j of row i is the distance of the first i words of the hypothesis to the first j of the reference. A row
is kept as the differences between neighbouring cells, one bit for +1 and one for -1, and the next row follows
in a dozen operations on whole numbers of any length (Myers 1999, doi:10.1145/316542.316550; Hyyrö 2003, "A
bit-vector algorithm for computing Levenshtein and Damerau edit distances"). sacreBLEU fills it cell by cell.

Like Tercom's, the matrix has a beam: cells far from the diagonal do not exist. Here they are one more than
their neighbour nearer to the beam, and no word matches there: then no path gains by leaving the beam, and
the cells inside are sacreBLEU's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

BEAM_WIDTH = 25  # sacrebleu.metrics.lib_ter._BEAM_WIDTH


Row = tuple[int, int, int, int, int]
"""up, down, first, level, more. Bit j-1 for cell j: one more than the cell before; one less; (first is the
value of cell 0;) equal to the cell before in the row above; one more than the same cell of the row above."""


class Beam(NamedTuple):
    """What exists of a row: cells `low` to `high` - 1; and bit masks (bit j-1 for cell j)."""

    low: int
    high: int
    matches: int  # cells that a match may enter: they exist, and so does the cell it comes from
    below: int  # cells up to `low`
    above: int  # cells from `high` on


class Alignment(NamedTuple):
    """The cheapest edits of a hypothesis, as Tercom chooses among equal ones."""

    places: list[int]  # for each word of the reference the last word of the hypothesis used by then, from -1
    reference_errors: int  # bit j: word j of the reference is not matched
    hypothesis_errors: int


@lru_cache(maxsize=4096)
def beams(n_words: int, n_reference: int) -> tuple[Beam, ...] | None:
    """The beam of each row; None where every row has all its cells.

    As in `sacrebleu.metrics.lib_ter.BeamEditDistance`, in the same floating-point operations.
    """
    ratio = n_reference / n_words
    width = math.ceil(ratio / 2 + BEAM_WIDTH) if ratio / 2 > BEAM_WIDTH else BEAM_WIDTH
    full = (1 << n_reference) - 1
    rows = [Beam(0, n_reference + 1, full, 0, 0)]
    for i in range(1, n_words + 1):
        diagonal = math.floor(i * ratio)
        low = max(0, diagonal - width)
        high = n_reference + 1 if i == n_words else min(n_reference + 1, diagonal + width)
        first, last = max(low, rows[-1].low + 1), min(high - 1, rows[-1].high)
        matches = ((1 << last) - 1) >> (first - 1) << (first - 1)
        rows.append(Beam(low, high, matches, (1 << low) - 1, full >> (high - 1) << (high - 1)))
    return tuple(rows) if any(row.below or row.above for row in rows) else None


class EditMatrix:
    """The matrix of one hypothesis and one reference, neither empty.

    `words`: for each word of the hypothesis the places where it stands in the reference, bit j for place j;
    0 for a word that the reference lacks.
    """

    def __init__(self, words: Sequence[int], n_reference: int) -> None:
        self.n_reference = n_reference
        self.beams = beams(len(words), n_reference)
        self._full = (1 << n_reference) - 1
        self._rows: list[Row] = [(self._full, 0, 0, 0, 0)]
        self.words: list[int] = []
        self.rearrange(list(words), 0)

    def rearrange(self, words: list[int], start: int) -> None:
        """Make this the matrix of `words`, which begin with the first `start` of the present ones."""
        self.words = words
        self._rows[start + 1 :] = self._below(start, words, len(words))
        self.distance = self._last(self._rows[-1])

    def distance_of(self, words: list[int], start: int, stop: int) -> int:
        """The distance of `words`, which differ from the present ones from `start` to before `stop` only."""
        rows = self._below(start, words, stop)
        return self._last(rows[-1]) if start + len(rows) == len(words) else self.distance

    def _last(self, row: Row) -> int:
        return row[2] + row[0].bit_count() - row[1].bit_count()

    def _below(self, start: int, words: list[int], stop: int) -> list[Row]:
        """The rows after row `start`; they end early at one that is the present one, from row `stop` on."""
        full, beams, present = self._full, self.beams, self._rows
        up, down, first, _, _ = present[start]
        rows: list[Row] = []
        for i in range(start, len(words)):
            if beams is None:
                word = words[i]
            else:
                low, _, matches, below, above = beams[i + 1]
                word = words[i] & matches
            level = ((((word & up) + up) ^ up) | word | down) & full
            more = down | (full ^ (level | up))
            before = (more << 1 | 1) & full
            up, down, first = (level & up) << 1 & full | full ^ (level | before), before & level, first + 1
            if beams is not None:
                if below:
                    first += (up & below).bit_count() - (down & below).bit_count() + low
                    up, down = up & ~below, down | below
                if above:
                    up, down = up | above, down & ~above
            row = (up, down, first, level, more)
            rows.append(row)
            if stop <= i < len(words) - 1 and row == present[i + 1]:
                break
        return rows

    def align(self) -> Alignment:
        """Read the edits back from the last cell: a match or a substitution before all, then a deletion."""
        i, j = len(self.words), self.n_reference
        places = [-1] * j
        reference_errors = hypothesis_errors = 0
        low, high = 0, j + 1
        while i and j:
            if self.beams is not None:
                low, high, *_ = self.beams[i - 1]
            _, _, _, level, more = self._rows[i]
            bit = 1 << (j - 1)
            places[j - 1] = i - 1
            if low < j <= high and (self.words[i - 1] & bit or not level & bit):
                i, j = i - 1, j - 1
                if not self.words[i] & bit:
                    reference_errors |= bit
                    hypothesis_errors |= 1 << i
            elif more & bit:  # never where the cell above is outside the beam
                i -= 1
                hypothesis_errors |= 1 << i
            else:
                j -= 1
                reference_errors |= bit
        return Alignment(places, reference_errors | (1 << j) - 1, hypothesis_errors | (1 << i) - 1)
