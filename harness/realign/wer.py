"""The re-segmenter `wer`: minimum edit distance to the references."""

from __future__ import annotations

from collections.abc import Sequence

from harness.common.tokens import Token, tokens
from harness.protocols import Realigner
from harness.realign.additions import with_additions
from harness.realign.band import EXACT, RADIUS, windows
from harness.realign.boundaries import Places, edges
from harness.realign.edit import Reference, Table
from harness.realign.likeness import Weights
from harness.realign.pieces import pieces
from harness.realign.review import reviewed
from harness.realign.segmentation import cheapest
from harness.types import Piece, Realigned


class Wer(Realigner):
    """Cut an output where the edit distance to the references, over words or characters, is least.

    All references are read, each segment by the one nearest to the output. Time grows with the square of the
    length for outputs of up to `band.EXACT` words, and in proportion to it beyond.
    """

    def realign(self, output: str, sources: Sequence[str], references: Sequence[Sequence[str]]) -> Realigned:
        return Realigned(reviewed(self.cut(output, references), output, references), "wer")

    def cut(self, output: str, references: Sequence[Sequence[str]]) -> list[Piece]:
        """The pieces before they are looked at again (`review`). Raises ValueError without segments."""
        if not references:
            raise ValueError("there are no segments to cut the output for")
        words = tokens(output)
        forms = [word.form for word in words]
        read = [[tokens(text) for text in texts] or [[]] for texts in references]
        known = [{word.form for text in texts for word in text} for texts in read]
        weights = Weights(known, forms)
        places = Places(words, output)
        segments = _segments(references, read, places)
        bands = windows([texts[0].words for texts in segments], forms, EXACT, RADIUS)
        found = cheapest(segments, Table(forms, weights, places.final), bands, len(words))

        def prefers(start: int, stop: int, k: int) -> bool:
            stretch = set(forms[start:stop])
            here, before = (sum(map(weights.of, stretch & known[at])) for at in (k, k - 1))
            return here > before

        cut = pieces(found, words, output, prefers)
        return with_additions(cut, words, read, weights)


def _segments(
    references: Sequence[Sequence[str]], read: Sequence[Sequence[list[Token]]], places: Places
) -> list[list[Reference]]:
    """Each segment's references, with what it costs to end them at each place.

    How the next segment begins is looked up in the same reference, or in the first where it lacks that one.
    """
    pairs = [
        [(words, text) for words, text in zip(found, [*texts, ""], strict=False)]
        for found, texts in zip(read, references, strict=True)
    ]
    found = []
    for k, segment in enumerate(pairs):
        following = pairs[k + 1] if k + 1 < len(pairs) else [([], "")]
        after = [following[r] if r < len(following) else following[0] for r in range(len(segment))]
        found.append(
            [
                Reference([word.form for word in words], places.costs(edges(words, text, *others)))
                for (words, text), others in zip(segment, after, strict=True)
            ]
        )
    return found
