"""A progress bar over whatever an encoder is asked to encode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.common.progress import bar
from harness.protocols import Encoder, Matrix

_LONG = 400  # texts from which there is a bar
_STEP = 64  # texts between two of its steps


class Watched(Encoder):
    """An encoder that shows its progress on a terminal where there is much to encode."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.languages = encoder.languages

    @property
    def identity(self) -> dict[str, Any]:
        return self._encoder.identity

    def encode(self, texts: Sequence[str]) -> Matrix:
        if len(texts) < _LONG:
            return self._encoder.encode(texts)
        parts = []
        with bar("encoding", len(texts), "texts") as ticker:
            for start in range(0, len(texts), _STEP):
                parts.append(self._encoder.encode(texts[start : start + _STEP]))
                ticker.advance(len(parts[-1]))
        return np.concatenate(parts)
