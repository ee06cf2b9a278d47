"""Your own classes: an engine and a metric. A YAML names them as `my_parts:Glossary`.

What each kind of class must define, and what it may, is in `harness.protocols`: a loader, splitter, cleaner,
aligner or encoder of your own works in the same way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.metrics.base import Mean
from harness.protocols import Batch, Engine, Statistics, Translated
from harness.types import Translation


class Glossary(Engine):
    """Translates word by word with the words of its YAML; other words stay as they are."""

    def __init__(
        self, model: Mapping[str, Any], src: str, tgt: str, words: Mapping[str, str], lowercase: bool = False
    ) -> None:
        self.lowercase, self.key = lowercase, str.lower if lowercase else str
        self.words = {self.key(word): translation for word, translation in words.items()}

    @property
    def identity(self) -> dict[str, Any]:
        """Whatever changes a translation: outputs are stored under it, and not made twice."""
        return {"engine": "glossary", "words": self.words, "lowercase": self.lowercase}

    def translate(self, batch: Batch) -> Translated:
        """Finished batches of (position in `batch.sources`, translation)."""
        for index, source in enumerate(batch.sources):
            words = (self.words.get(self.key(word), word) for word in source.rstrip(".").split())
            yield [(index, Translation(source, " ".join(filter(None, words)) + "."))]


class WordRecall(Mean):
    """Words of the (first) reference that a translation has, in percent; mean over segments."""

    name = "word recall"
    signature = "word_recall|tok:space|version:2"
    decimals = 1

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        scores = []
        for hypothesis, (reference, *_) in zip(hypotheses, references, strict=True):
            words = reference.split()
            found = sum(word in hypothesis.split() for word in words)
            scores.append(100 * found / len(words) if words else None)
        return self.rows(scores)
