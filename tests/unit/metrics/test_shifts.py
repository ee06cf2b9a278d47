"""Outputs of a neighbouring line are found and named; good, poor, repeated, reordered ones are left alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.metrics.shifts import Shift, shift

_WORDS = [
    a + b
    for a in ("ka", "mo", "ri", "se", "tu", "vel", "dor", "pin")
    for b in ("lan", "tes", "mir", "gost", "pek")
]


def _texts(n: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(["the", *rng.sample(_WORDS, 7), "is"]) for _ in range(n)]


def _made(references: list[str], share: float, seed: int = 2) -> list[str]:
    """Outputs that have `share` of the words right."""
    rng = random.Random(seed)
    return [
        " ".join(word if rng.random() < share else rng.choice(_WORDS) for word in text.split())
        for text in references
    ]


REFERENCES = _texts(40)
WANTED = [[text] for text in REFERENCES]


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_a_lost_and_an_added_line_are_found(share: float) -> None:
    outputs = _made(REFERENCES, share)
    assert shift([*outputs[:12], *outputs[13:], ""], WANTED) == Shift(12, 39, 1)
    assert shift([*outputs[:12], "Note", *outputs[12:-1]], WANTED) == Shift(13, 40, -1)
    assert shift([*outputs[:12], *outputs[14:], "", ""], WANTED) == Shift(12, 38, 2)


def test_a_stretch_that_ends_is_found() -> None:
    outputs = _made(REFERENCES, 0.8)
    assert shift([*outputs[:10], *outputs[11:25], "Extra", *outputs[25:]], WANTED) == Shift(10, 24, 1)


def test_any_of_several_references_counts() -> None:
    outputs = _made(REFERENCES, 0.9)
    several = [[other, text] for other, text in zip(_texts(40, 9), REFERENCES, strict=True)]
    assert shift([*outputs[:12], *outputs[13:], ""], several) == Shift(12, 39, 1)
    assert shift(outputs, several) is None


def test_scripts_without_spaces() -> None:
    rng = random.Random(3)
    chinese = ["".join(chr(rng.randrange(0x4E00, 0x5000)) for _ in range(12)) for _ in range(20)]
    assert shift([*chinese[:5], *chinese[6:], ""], [[text] for text in chinese]) == Shift(5, 19, 1)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2, 0.0])
def test_good_and_poor_systems_are_left_alone(share: float) -> None:
    for seed in range(20):
        assert shift(_made(REFERENCES, share, seed), WANTED) is None


def test_other_orders_repetitions_and_short_sets_are_left_alone() -> None:
    rng = random.Random(4)
    assert shift(rng.sample(REFERENCES, 40), WANTED) is None
    assert shift(REFERENCES[::-1], WANTED) is None
    assert shift(["Yes, of course."] * 40, [["Yes, of course."]] * 40) is None
    assert shift([*REFERENCES[1:6], ""], WANTED[:6]) is None
    assert shift([""] * 40, WANTED) is None


def test_two_swapped_neighbours_far_apart_are_no_shift() -> None:
    outputs = ["" for _ in REFERENCES]
    outputs[3], outputs[9], outputs[15] = REFERENCES[4], REFERENCES[10], REFERENCES[16]
    assert shift(outputs, WANTED) is None


def test_score_names_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outputs = _made(REFERENCES, 0.9)
    Path("ref").write_text("\n".join(REFERENCES) + "\n", encoding="utf-8")
    Path("good").write_text("\n".join(outputs) + "\n", encoding="utf-8")
    Path("late").write_text("\n".join([*outputs[:12], *outputs[13:], "-"]) + "\n", encoding="utf-8")
    score = ["--pair", "de-cs", "--metrics", "chrf"]
    assert main(["score", "ref", "good", *score]) == 0
    assert "shifted" not in capsys.readouterr().err
    assert main(["score", "ref", "late", *score]) == 0
    assert "outputs of late are shifted from segment 13 on (to 39, 27 segments)" in capsys.readouterr().err
