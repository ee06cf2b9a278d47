"""The baseline of lengths: what it makes of books, and of Chinese."""

from __future__ import annotations

import pytest

from harness.align.galechurch import GaleChurch
from harness.common.width import WIDE, width
from harness.types import Bead

WORD = "abcdefghi "


def sentences(*words: int) -> list[str]:
    return [(WORD * count).strip() for count in words]


def pairs(beads: list[Bead]) -> list[tuple[int, int]]:
    return [(len(b.src), len(b.tgt)) for b in beads]


def test_one_long_sentence_is_linked_with_the_three_of_its_length() -> None:
    src, tgt = sentences(5, 30, 6, 20), sentences(5, 10, 10, 10, 6, 20)
    assert pairs(GaleChurch().align(src, tgt)) == [(1, 1), (1, 3), (1, 1), (1, 1)]


def test_texts_that_scatter_more_in_length_are_not_torn_apart() -> None:
    plain, free = [12, 30, 9, 25, 14, 28, 8, 31] * 6, [15, 24, 12, 20, 18, 23, 11, 26] * 6
    assert pairs(GaleChurch().align(sentences(*plain), sentences(*free))) == [(1, 1)] * len(plain)


@pytest.mark.parametrize("text", ["雨", "ひらがな", "한국", "漢字かな"])
def test_wide_characters_count_more(text: str) -> None:
    assert width(f" {text}\n") == WIDE * len(text)


def test_letters_count_one_each() -> None:
    assert width(" Où est l’été ? ") == len("Où est l’été ?")


def test_chinese_with_latin_names_is_weighed_by_what_it_says() -> None:
    src = ["字" * 20, "abcdefghij" * 5, "字" * 12, "字" * 8 + "abcdefghij" * 3]
    tgt = ["x" * 50, "x" * 50, "x" * 30, "x" * 50]
    beads = GaleChurch().align(src, tgt)
    assert pairs(beads) == [(1, 1)] * 4
    assert all(bead.score is not None and bead.score > -1.0 for bead in beads)
