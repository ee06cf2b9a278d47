"""Gold files: what they hold, what is refused, the aligner that repeats them, and how far two agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.align.golden import Gold
from harness.align.goldfile import GoldFile, GoldHeader, GoldSide, GoldText, complete, read_gold
from harness.cli.main import main
from harness.errors import ConfigError, DataError
from harness.types import Bead


def side(lang: str, texts: list[str], furniture: tuple[int, ...] = ()) -> GoldSide:
    segments = [GoldText(text, "byline" if k in furniture else None) for k, text in enumerate(texts)]
    return GoldSide(f"doc-{lang}", lang, segments)


SRC = side("fr", ["a", "par X", "b", "c", "d"], (1,))
TGT = side("pl", ["A", "B", "C", "D"])
BEADS = [Bead((0, 2), (0,)), Bead((4,), (2, 3), flags=("partial",))]


def gold(beads: list[Bead], author: str | None = "ann", src: GoldSide = SRC) -> GoldFile:
    header = GoldHeader(gold=1, src=src, tgt=TGT, author=author, saved="2026-01-01T00:00:00+00:00")
    return GoldFile(header, complete([(f"bead {k}", bead) for k, bead in enumerate(beads)], src, TGT))


def write(folder: Path, beads: list[Bead], author: str = "ann", src: GoldSide = SRC) -> Path:
    path = folder / f"{author}.jsonl"
    path.write_text(gold(beads, author, src).jsonl(), encoding="utf-8")
    path.with_suffix(".txt").write_text(gold(beads, author, src).vecalign(), encoding="utf-8")
    return path


def test_every_segment_is_in_one_bead_in_order(tmp_path: Path) -> None:
    found = read_gold(write(tmp_path, BEADS[::-1]))
    shapes = [(bead.src, bead.tgt) for bead in found.beads]
    assert shapes == [((0, 2), (0,)), ((1,), ()), ((3,), ()), ((), (1,)), ((4,), (2, 3))]
    assert found.beads[-1].flags == ("partial",) and found.header.author == "ann"
    lines = [json.loads(line) for line in (tmp_path / "ann.jsonl").read_text().splitlines()]
    assert lines[1]["src_text"] == "a b" and lines[-1]["tgt_text"] == "C D"
    assert (tmp_path / "ann.txt").read_text().startswith("[0, 2]:[0]\n")


@pytest.mark.parametrize(
    ("beads", "said"),
    [
        ([Bead((0,), (0,)), Bead((0,), (1,))], "source segment 0 is in another bead"),
        ([Bead((0,), (2,)), Bead((2,), (1,))], "target segment 1 is in another bead, or crosses"),
        ([Bead((9,), (0,))], "source segment 9 does not exist"),
        ([Bead((1,), (0,))], "source segment 1 is page furniture"),
        ([Bead((0, 3), (0,))], "do not follow one another"),
        ([Bead((2, 0), (0,))], "do not follow one another"),
        ([Bead((0,), (0, 0))], "do not follow one another"),
        ([Bead((-1,), (0,))], "source segment -1 does not exist"),
    ],
)
def test_what_is_no_alignment_is_refused_with_its_place(beads: list[Bead], said: str) -> None:
    with pytest.raises(DataError, match=said) as error:
        gold(beads)
    assert "bead " in str(error.value)


def test_links_may_cross_where_the_text_was_moved() -> None:
    links = [("a", Bead((0,), (2, 3))), ("b", Bead((2,), (0,))), ("c", Bead((4,), (1,)))]
    found = complete(links, SRC, TGT, free=True)
    assert [(b.src, b.tgt) for b in found if not b.is_null] == [((0,), (2, 3)), ((2,), (0,)), ((4,), (1,))]
    for wrong in (("d", Bead((3,), (3,))), ("d", Bead((3,), (0, 2))), ("d", Bead((0,), (1,)))):
        with pytest.raises(DataError, match="d: "):
            complete([*links[:2], wrong], SRC, TGT, free=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: not the header of a gold alignment (it is empty)"),
        ("[0]:[0]\n", "not valid JSON"),
        ('{"src": [0], "tgt": [0]}\n', ":1: not the header"),
        (gold(BEADS).jsonl() + '{"src": "x", "tgt": []}\n', ":7: not a bead"),
        (gold(BEADS).jsonl() + '{"src": [4], "tgt": [1]}\n', ":7: "),
        (gold(BEADS).jsonl().replace('"gold": 1', '"gold": 2'), "of another version"),
    ],
)
def test_damaged_files_name_the_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_gold(path)
    assert said in str(error.value) and str(path) in str(error.value)


def test_the_aligner_repeats_it_without_the_furniture(tmp_path: Path) -> None:
    other = side("fr", ["x", "y"])
    write(tmp_path, [Bead((0, 1), (0,))], "other", other)
    write(tmp_path, BEADS)
    for path in (tmp_path, tmp_path / "ann.jsonl"):
        beads = Gold(str(path)).align(["a", "b", "c", "d"], ["A", "B", "C", "D"])
        shapes = [(bead.src, bead.tgt) for bead in beads]
        assert shapes == [((0, 1), (0,)), ((2,), ()), ((), (1,)), ((3,), (2, 3))]
    assert beads[-1].flags == ("partial",)
    names = [item.name for item in Gold(str(tmp_path)).inputs]
    assert names == ["gold of doc-fr and doc-pl by ann", "gold of doc-fr and doc-pl by other"]


def test_other_segments_are_refused_with_the_first_difference(tmp_path: Path) -> None:
    aligner = Gold(str(write(tmp_path, BEADS)))
    with pytest.raises(DataError, match=r"segment 1 \(fr\) is 'b', here it is 'bb'; were cleaning"):
        aligner.align(["a", "bb", "c", "d"], ["A", "B", "C", "D"])
    with pytest.raises(DataError, match=r"4 of doc-fr and doc-pl \(pl\), here 3"):
        aligner.align(["a", "b", "c", "d"], ["A", "B", "C"])
    with pytest.raises(ConfigError, match="aligner.path=FILE"):
        Gold()


def test_the_verb_align_scores_against_the_text_beside_it(tmp_path: Path, capsys) -> None:
    write(tmp_path, BEADS)
    for name, found in (("fr", SRC), ("pl", TGT)):
        (tmp_path / name).write_text("".join(f"{s.text}\n" for s in found.segments))
    words = ["align", str(tmp_path / "fr"), str(tmp_path / "pl"), "--src", "fr", "--tgt", "pl", "--segmented"]
    assert main([*words, "--aligner", "gale-church", "--gold", str(tmp_path / "ann.txt")]) == 0
    assert "against gold" in capsys.readouterr().out


def test_two_annotators_agree_by_hand_computed_numbers(tmp_path: Path, capsys) -> None:
    a = write(tmp_path, BEADS, "ann")
    b = write(tmp_path, [BEADS[0], Bead((3,), (1,)), Bead((4,), (2,))], "ben")
    assert main(["agree-gold", str(a), str(b), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["beads"] == pytest.approx(2 * 1 / (2 + 3))
    # Of a b c d A B C D the same: a b A; a has linked 6 of 8, b 7 of 8, and both decided alike on 5.
    assert found["counterparts"] == pytest.approx(4 / 8)
    observed, expected = 5 / 8, 6 / 8 * 7 / 8 + 2 / 8 * 1 / 8
    assert found["kappa"] == pytest.approx((observed - expected) / (1 - expected))
    assert main(["agree-gold", str(a), str(b)]) == 0
    out = capsys.readouterr().out
    assert "ben against ann" in out and "only ann: [4]:[2, 3]  d | C D" in out and "only ben: [3]:[1]" in out
    assert main(["agree-gold", str(a), str(a), "--format", "json"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert (same["beads"], same["counterparts"], same["kappa"]) == (1.0, 1.0, 1.0)


def test_annotations_of_other_documents_cannot_be_compared(tmp_path: Path, capsys) -> None:
    a, b = write(tmp_path, BEADS, "ann"), write(tmp_path, [], "ben", side("fr", ["x"]))
    assert main(["agree-gold", str(a), str(b)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "different segments" in err
