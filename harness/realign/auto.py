"""The re-segmenter `auto`: `wer` where output and references share words, else `embed`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.common.tokens import tokens
from harness.protocols import Aligner, Realigner, Splitter
from harness.realign.embed import Embed
from harness.realign.wer import Wer
from harness.types import Realigned

SHARED = 0.15
"""Share of the references' words, of whose forms the output must have as many, for `wer`."""


class Auto(Realigner):
    """`wer` for an output that has at least .15 of the words of its references, else `embed`.

    The share is counted over the whole document, each word as often as it occurs (clipped), case apart.
    """

    def __init__(self, aligner: Aligner, splitter: Splitter, tgt: str) -> None:
        self._wer = Wer()
        self._embed = Embed(aligner, splitter, tgt)

    def realign(self, output: str, sources: Sequence[str], references: Sequence[Sequence[str]]) -> Realigned:
        chosen: Realigner = self._wer if shared(output, references) >= SHARED else self._embed
        return chosen.realign(output, sources, references)


def shared(output: str, references: Sequence[Sequence[str]]) -> float:
    """Share of the words of the (first) references that the output has too, 0 to 1; 1 without any words."""
    had = Counter(word.form for word in tokens(output) if word.is_word)
    wanted = Counter(
        word.form for texts in references for word in tokens(texts[0] if texts else "") if word.is_word
    )
    return sum((had & wanted).values()) / wanted.total() if wanted else 1.0
