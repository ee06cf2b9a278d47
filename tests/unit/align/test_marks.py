"""Numbers and sentence ends as evidence, against a count bead by bead."""

from __future__ import annotations

import numpy as np
import pytest

from harness.align.evidence.marks import MOST, Marks, is_finished, marks, numbers
from harness.align.search.lattice import SHAPES

SRC = [
    "En 1949, il y a 75 ans.",
    "Titre sans point",
    "Il vaut 1 200 euros.",
    "Fin de 2024 ?",
    "Oui.",
]
TGT = ["W 1949 roku.", "75 lat temu", "Wart jest 1.200 euro, 48 razy!", "Koniec 2024", "Tak.", "٢٠٢٤ و ١٩٤٩."]


@pytest.mark.parametrize(("rows", "columns"), [((0, 5), (0, 6)), ((2, 4), (1, 5)), ((4, 5), (5, 6))])
def test_marks_of_every_bead(rows: tuple[int, int], columns: tuple[int, int]) -> None:
    ends, alone = marks(Marks(SRC), Marks(TGT), rows, columns)
    for s, (a, b) in enumerate(SHAPES):
        for i in range(rows[0], min(rows[1], len(SRC) - a + 1)):
            for j in range(columns[0], min(columns[1], len(TGT) - b + 1)):
                own, other = " . ".join(SRC[i : i + a]), " . ".join(TGT[j : j + b])
                place = s, i - rows[0], j - columns[0]
                assert ends[place] == (is_finished(own) != is_finished(other))
                assert alone[place] == min(len(numbers(own) ^ numbers(other)), MOST)


def test_numbers_are_the_same_in_any_writing() -> None:
    assert numbers("1.200, 1 200 et 1\u00a0200; 2024 ٢٠٢٤") == {1200, 2024}
    assert numbers("le 5 mai") == frozenset(), "a single digit may be a word in the other text"
    assert numbers("9" * 5000) == frozenset()


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("Oui.", True),
        ("« Oui ? »", True),
        ("„Tak!”", True),
        ("是。", True),
        ("Lire aussi", False),
        ("", False),
    ],
)
def test_what_ends_as_a_sentence(text: str, finished: bool) -> None:
    assert is_finished(text) is finished


def test_texts_without_numbers_cost_nothing() -> None:
    _, alone = marks(Marks(["a"] * 3), Marks(["b"] * 4), (0, 3), (0, 4))
    assert not np.any(alone)


def test_a_text_without_punctuation_is_not_held_against_its_links() -> None:
    thai = Marks(["สวัสดีครับ", "ผมชื่อสมชาย", "ยินดีที่ได้รู้จัก"])
    ends, _ = marks(Marks(["Hello.", "I am Somchai.", "Nice to meet you."]), thai, (0, 3), (0, 3))
    assert not np.any(ends)
