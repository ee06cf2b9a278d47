"""Gold files, scores, and the files that an alignment is written to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from harness.align.gold import GoldCounts, count, format_bead, read_alignment, score
from harness.align.output.writers import WRITERS, Aligned, writer
from harness.errors import ConfigError, DataError
from harness.types import Bead

DTD = Path(__file__).parents[2] / "data" / "tmx14.dtd"


def beads(*pairs: tuple[tuple[int, ...], tuple[int, ...]]) -> list[Bead]:
    return [Bead(src, tgt) for src, tgt in pairs]


GOLD = beads(((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((), (2,)), ((4,), (3,)))


def test_scores_follow_the_definition() -> None:
    test = beads(((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), ()), ((), (2,)), ((4,), (3,)))
    values = score(count(GOLD, test))
    assert values.strict.precision == pytest.approx(4 / 6)  # 0-0, 3-, -2, 4-3
    assert values.strict.recall == pytest.approx(2 / 3)  # nulls do not count in recall
    assert values.lax.precision == pytest.approx(5 / 6)  # 1-1 shares both sides with the gold's 1,2-1
    assert values.lax.recall == pytest.approx(1.0)
    assert values.null.precision == pytest.approx(2 / 3)
    assert values.null.recall == pytest.approx(1.0)


def test_perfect_empty_and_summed() -> None:
    assert score(count(GOLD, GOLD)).strict.f1 == 1.0
    assert score(GoldCounts()).strict.f1 is None
    both = score(count(GOLD, GOLD) + count(GOLD, beads(((0, 1, 2, 3, 4), (0, 1, 2, 3)))))
    assert both.strict.recall == pytest.approx(0.5)
    assert score(count(GOLD, beads(((0, 1, 2, 3, 4), (0, 1, 2, 3))))).null.f1 == 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[0]:[0]\n[1,x]:[1]\n", "gold.txt:2: not a bead"),
        ("[0]:[0]\n\n[1]:[7]\n", r"gold.txt:3: target sentence 7 does not exist, the text has 2"),
        ("[0]:[0]\n[0,1]:[1]\n", "gold.txt:2: source sentence 0 is already in line 1"),
        ("[0]:[0]\n[]:[1]\n", "gold.txt:2: the file ends, but source sentences from 1"),
        ("", "gold.txt:0: the file ends"),
    ],
)
def test_bad_gold_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gold.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_alignment(path, 2, 2)


def test_gold_is_read_as_vecalign_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_bytes("\ufeff[0]:[0]:0.1234\r\n[1, 2]:[2]:0.5\r\n".encode())
    assert read_alignment(path, 3, 3) == beads(((0,), (0,)), ((1, 2), (2,)), ((), (1,)))
    path.write_text("\n".join(format_bead(bead) for bead in GOLD))
    assert read_alignment(path, 5, 4) == GOLD


ALIGNED = Aligned(
    src=["Un <b>&\tdeux\x00", "Trois\u2028quatre", "Cinq"],
    tgt=["Raz & \"dwa\" ]]>", "Trzy\x0b"],
    beads=[
        Bead((0, 1), (0,), 2.0, 0.9, ("partial",)),
        Bead((2,), (), 0.0, 0.4, ("low-margin",)),
        Bead((), (1,), None, None),
    ],
    src_lang="fr",
    tgt_lang="pl",
    src_name="a<i>.txt",
    tgt_name="b.txt",
)  # fmt: skip


def test_tmx_is_valid_and_says_what_was_aligned() -> None:
    root = etree.fromstring(WRITERS[".tmx"](ALIGNED).encode())
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(root), dtd.error_log
    units = root.findall(".//tu")
    assert len(units) == 1
    assert units[0].xpath("string(tuv[1]/seg)") == "Un <b>&\tdeux Trois\u2028quatre"
    assert units[0].xpath("string(tuv[2]/seg)") == 'Raz & "dwa" ]]>'
    assert units[0].xpath("string(prop[@type='flags'])") == "partial"


def test_tsv_and_jsonl_hold_every_bead_in_one_line() -> None:
    lines = WRITERS[".tsv"](ALIGNED).splitlines()
    assert len(lines) == 4
    assert lines[1].split("\t")[:2] == ["0,1", "0"]
    assert all(line.count("\t") == 5 for line in lines)
    objects = [json.loads(line) for line in WRITERS[".jsonl"](ALIGNED).split("\n")[:-1]]
    assert [(o["src"], o["tgt"], o["flags"]) for o in objects][1] == ([2], [], ["low-margin"])
    assert objects[0]["src_text"].startswith("Un <b>&\tdeux\x00 Trois")
    assert objects[2]["confidence"] is None


def test_text_can_be_read_back(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text(WRITERS[".txt"](ALIGNED))
    assert [(b.src, b.tgt) for b in read_alignment(tmp_path / "out.txt", 3, 2)] == [
        (b.src, b.tgt) for b in ALIGNED.beads
    ]


def test_html_escapes_texts_and_shows_null_beads() -> None:
    page = WRITERS[".html"](ALIGNED)
    assert "Un &lt;b&gt;&amp;" in page
    assert "<b>&\t" not in page
    assert "a&lt;i&gt;.txt" in page
    assert page.count('<tr class="null">') == 2
    assert "2 sentences left alone" in page


def test_unknown_ending() -> None:
    with pytest.raises(ConfigError, match=r"Did you mean '\.tmx'"):
        writer("out.tmz")
