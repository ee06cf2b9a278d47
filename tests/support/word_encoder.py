"""An encoder for tests: a text is the sum of one random direction a word, the same in every language."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.protocols import Encoder, Matrix


class Words(Encoder):
    def __init__(self) -> None:
        self.encoded: list[str] = []

    @property
    def identity(self) -> dict[str, Any]:
        return {"name": "words"}

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.encoded += texts
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(256)
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows
