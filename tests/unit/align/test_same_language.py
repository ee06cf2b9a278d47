"""Two versions of a text in one language: simplified, revised, and a translation against its reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness
from harness.align.gold import count, score
from harness.align.same import kept
from harness.cli.main import main
from harness.encode.use import Use
from harness.types import Bead

TEXT = [
    "The council met on Tuesday evening to discuss the new budget, which had been postponed twice.",
    "The harbour was closed after the storm because two ships had been damaged.",
    "Fishermen lost most of their boats.",
    "A new dam will be built next year.",
    "Nobody knows how much it will cost.",
    "The mayor thanked all the volunteers who had helped during the night.",
    "Schools stay closed until Monday.",
]
SIMPLIFIED = [
    "The council met on Tuesday evening.", "It discussed the new budget.",
    "The budget had been postponed twice.", "The harbour was closed after the storm.",
    "Two ships had been damaged.", "Fishermen lost most of their boats.",
    "The mayor thanked all the volunteers who helped.", "Schools stay closed until Monday.",
]  # fmt: skip
GOLD_SIMPLIFIED = [
    Bead((0,), (0, 1, 2)), Bead((1,), (3, 4)), Bead((2,), (5,)), Bead((3,), ()), Bead((4,), ()),
    Bead((5,), (6,)), Bead((6,), (7,)),
]  # fmt: skip
RETRANSLATED = [
    "On Tuesday night the town council gathered to talk about the budget that was delayed two times.",
    "Two vessels were damaged in the storm, so the port was shut.",
    "Most of the fishermen's boats were lost.",
    "Next year a new dam is going to be constructed, at unknown cost.",
    "All the volunteers who had assisted overnight were thanked by the mayor.",
    "There will be no school before Monday.",
]  # fmt: skip
GOLD_RETRANSLATED = [
    Bead((0,), (0,)), Bead((1,), (1,)), Bead((2,), (2,)), Bead((3, 4), (3,)),
    Bead((5,), (4,)), Bead((6,), (5,)),
]  # fmt: skip


def test_a_simplified_version_is_aligned_with_its_original() -> None:
    beads = harness.align(TEXT, SIMPLIFIED, encoder=Use())
    assert (score(count(GOLD_SIMPLIFIED, beads)).strict.f1 or 0.0) >= 0.9


def test_another_translation_is_aligned_with_the_reference() -> None:
    beads = harness.align(TEXT, RETRANSLATED, encoder=Use())
    assert (score(count(GOLD_RETRANSLATED, beads)).strict.f1 or 0.0) >= 0.8


def test_sentences_that_stayed_are_linked_and_not_partial() -> None:
    beads = harness.align(TEXT, SIMPLIFIED, encoder=Use())
    stayed = {(bead.src, bead.tgt): bead for bead in beads if bead.src in ((2,), (6,))}
    assert set(stayed) == {((2,), (5,)), ((6,), (7,))}
    assert all(bead.flags == () and (bead.confidence or 0.0) > 0.9 for bead in stayed.values())


def test_the_verbs_take_one_language_on_both_sides(tmp_path: Path, capsys: Any) -> None:
    for name, lines in (("a.txt", TEXT), ("b.txt", SIMPLIFIED)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert main(["align", *files, "--src", "en", "--tgt", "en", "--segmented", "--no-cache"]) == 0
    shown = capsys.readouterr()
    assert "Fishermen lost" in shown.out
    assert "check: 2 sentences are the same" in shown.err and "2 of them are linked" in shown.err


def test_a_sentence_that_stayed_and_is_not_linked_is_counted() -> None:
    beads = [Bead((0,), (0,)), Bead((1,), ()), Bead((), (1,)), Bead((2,), (2,))]
    assert kept(["A b.", "C d.", "E."], ["a  b.", "C d.", "F."], beads) == (2, 1)
    assert kept(["A.", "A."], ["A.", "B."], [Bead((0, 1), (0, 1))]) == (0, 0)
