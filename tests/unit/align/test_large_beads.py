"""A paragraph against one sentence is one bead; beads with a hole pass through every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import harness
from harness.align.gold import count, read_alignment, score
from harness.align.output.writers import Aligned, to_jsonl, to_tmx, to_tsv, to_vecalign
from harness.cli.main import main
from harness.encode.use import Use
from harness.run.corrected import read_corrected
from harness.types import Bead

EN = [
    "The town council met on Tuesday evening.", "The harbour was closed after the storm.",
    "Fishermen lost most of their boats.", "Two bridges were damaged by the water.",
    "The hospital had no electricity for a day.", "Children could not go to school this week.",
    "The army brought food and blankets.", "A new dam will be built next year.",
    "The mayor thanked all the volunteers.",
]  # fmt: skip
DE = [
    "Der Stadtrat tagte am Dienstagabend.", "Der Hafen wurde nach dem Sturm geschlossen.",
    "Die Fischer verloren die meisten ihrer Boote.", "Zwei Brücken wurden vom Wasser beschädigt.",
    "Das Krankenhaus hatte einen Tag lang keinen Strom.",
    "Die Kinder konnten diese Woche nicht zur Schule gehen.",
    "Die Armee brachte Lebensmittel und Decken.", "Ein neuer Damm wird im nächsten Jahr gebaut.",
    "Der Bürgermeister dankte allen Freiwilligen.",
]  # fmt: skip


def test_a_paragraph_that_is_one_sentence_on_the_other_side_is_one_bead() -> None:
    merged = [DE[0], " ".join(DE[1:8]), DE[8]]
    expected = [((0,), (0,)), (tuple(range(1, 8)), (1,)), ((8,), (2,))]
    beads = harness.align(EN, merged, encoder=Use())
    assert [(bead.src, bead.tgt) for bead in beads] == expected
    back = harness.align(merged, EN, encoder=Use())
    assert [(bead.tgt, bead.src) for bead in back] == expected
    assert all(0.0 < (bead.confidence or 0.0) <= 1.0 for bead in beads)


def test_what_has_no_counterpart_is_not_joined() -> None:
    beads = harness.align(EN, [DE[0], DE[1], DE[8]], encoder=Use())
    assert all(len(bead.src) + len(bead.tgt) <= 6 for bead in beads)
    assert sum(bead.is_null for bead in beads) >= 5


HOLED = [Bead((0, 2), (1,)), Bead((1,), ()), Bead((), (0,)), Bead((3,), (2,))]


def test_gold_with_a_hole_is_read_written_and_scored(tmp_path: Path, capsys: Any) -> None:
    aligned = Aligned(EN[:4], DE[:3], HOLED, "en", "de", "a", "b", "1")
    (tmp_path / "beads.txt").write_text(to_vecalign(aligned), encoding="utf-8")
    assert (tmp_path / "beads.txt").read_text().startswith("[0, 2]:[1]\n")
    assert read_alignment(tmp_path / "beads.txt", 4, 3) == HOLED
    (tmp_path / "beads.tsv").write_text(to_tsv(aligned), encoding="utf-8")
    for name in ("beads.txt", "beads.tsv"):
        (lines,) = read_corrected(str(tmp_path / name)).lines.values()
        assert [(line.bead.src, line.bead.tgt) for line in lines] == [(b.src, b.tgt) for b in HOLED]
    first = json.loads(to_jsonl(aligned).splitlines()[0])
    assert first["src"] == [0, 2] and first["src_text"] == f"{EN[0]} {EN[2]}"
    assert f"<seg>{EN[0]} {EN[2]}</seg>" in to_tmx(aligned)
    right = score(count(HOLED, HOLED))
    assert (right.strict.f1, right.null.f1) == (1.0, 1.0)
    closed = [Bead((0,), (1,)), Bead((1,), ()), Bead((2,), ()), Bead((), (0,)), Bead((3,), (2,))]
    partly = score(count(HOLED, closed))
    assert partly.lax.recall == 1.0 and partly.strict.recall == 0.5

    for name, lines in (("s", EN[:4]), ("t", DE[:3])):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(tmp_path / "s"), str(tmp_path / "t"), "--segmented", "--no-cache"]
    gold = ["--gold", str(tmp_path / "beads.txt")]
    assert main(["align", *files, "--src", "en", "--tgt", "de", *gold]) == 0
    assert "strict" in capsys.readouterr().out
