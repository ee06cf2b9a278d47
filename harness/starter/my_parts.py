"""Your own classes: an engine and a metric. A YAML names them as `my_parts:Glossary`.

What each must offer is in `harness.protocols`; a loader, splitter, cleaner, aligner or encoder of
your own works in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.types import Translation


class Glossary:
    """Translates word by word with the words of its YAML; other words stay as they are."""

    def __init__(
        self,
        model: Mapping[str, Any],  # the model YAML
        src: str,
        tgt: str,
        words: Mapping[str, str],
        lowercase: bool = False,
    ) -> None:
        self.lowercase = lowercase
        self.words = {self._key(word): translation for word, translation in words.items()}

    @property
    def identity(self) -> dict[str, Any]:
        """Whatever changes a translation: translations are kept under it and not made twice."""
        return {"engine": "glossary", "words": self.words, "lowercase": self.lowercase}

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        """Finished batches of (position in `sources`, translation)."""
        for index, source in enumerate(sources):
            yield [(index, Translation(source, self._sentence(source)))]

    def _sentence(self, source: str) -> str:
        words = [self.words.get(self._key(word), word) for word in source.rstrip(".").split()]
        return " ".join(word for word in words if word) + "."

    def _key(self, word: str) -> str:
        return word.lower() if self.lowercase else word


class WordRecall:
    """The share of the words of the (first) reference that the translation has, from 0 to 100."""

    name = "word recall"
    higher_is_better = True
    signature = "word_recall|tok:space|version:1"

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """One row a segment; sums of rows are all a score needs, so intervals cost nothing more."""
        rows = []
        for hypothesis, found in zip(hypotheses, references, strict=True):
            words = found[0].split()
            rows.append([sum(word in hypothesis.split() for word in words), len(words)])
        return np.array(rows, dtype=np.float64).reshape(-1, 2)

    def aggregate(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores from summed rows; NaN where there is nothing to score."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(sums[:, 1] > 0, 100 * sums[:, 0] / sums[:, 1], np.nan)

    def segment_scores(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.aggregate(statistics)
