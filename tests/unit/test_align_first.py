"""The aligner on vectors made for the test: no model is loaded."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.align.aligners import Comparable
from harness.align.pairing import pair_documents
from harness.align.segments import align_segments
from harness.interfaces import Matrix
from harness.types import Segment


class Words:
    """A text is the sum of one random direction a word; equal words are equal in both languages."""

    identity: dict[str, Any] = {"name": "words"}  # noqa: RUF012

    def encode(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for i, text in enumerate(texts):
            for word in text.split():
                rows[i] += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(256)
            rows[i] /= max(float(np.linalg.norm(rows[i])), 1e-9)
        return rows


def test_nulls_and_merges() -> None:
    src = ["a b c d", "e f g h i j k l", "x y z", "m n o"]
    tgt = ["a b c d", "e f g h", "i j k l", "m n o", "q r s"]
    beads = Comparable(Words()).align(src, tgt)
    assert [(b.src, b.tgt) for b in beads] == [
        ((0,), (0,)),
        ((1,), (1, 2)),
        ((2,), ()),
        ((3,), (3,)),
        ((), (4,)),
    ]


def test_one_side_empty_leaves_everything_alone() -> None:
    aligner = Comparable(Words())
    assert aligner.align([], []) == []
    assert [b.shape for b in aligner.align(["a", "b"], [])] == ["1-0", "1-0"]
    assert [b.shape for b in aligner.align([], ["a"])] == ["0-1"]


def test_furniture_is_kept_out_and_comes_back() -> None:
    def segments(texts: list[str], furniture: set[int]) -> list[Segment]:
        return [Segment("d", i, t, 0, 0, "heading" if i in furniture else None) for i, t in enumerate(texts)]

    beads = align_segments(
        segments(["a b", "c d", "e f"], {0}), segments(["a b", "c d", "e f"], {2}), Comparable(Words())
    )
    assert [(b.src, b.tgt) for b in beads] == [((0,), ()), ((), (0,)), ((1,), (1,)), ((2,), ()), ((), (2,))]


def test_pairing_needs_a_gap_and_sure_sentences() -> None:
    texts = [["a b", "c d", "e f"], ["g h", "i j"], ["a b", "k l", "m n"]]
    found = pair_documents(texts, [["a b", "c d", "e f"]], Words())
    assert [(c.src, c.accepted) for c in found if c.accepted] == [(0, True)]
    assert len(found) == 3
    assert "another candidate" in found[1].reason
