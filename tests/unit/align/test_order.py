"""Blocks that have changed places: told by default, linked when asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.align.api import build
from harness.align.order import free_order, out_of_order, rearranged
from harness.cli.main import main
from harness.types import Bead
from tests.support.word_encoder import Words

SRC = ["the cat sleeps here", "a dog barks loudly", "rain falls today", "birds sing songs", "trains run late",
       "bread costs more"]  # fmt: skip
MOVED = [*SRC[3:], *SRC[:3]]


def aligner(**options: Any) -> Any:
    return build({"kind": "auto", **options}, Words())


def links(beads: list[Bead]) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    return {(bead.src, bead.tgt) for bead in beads if not bead.is_null}


def test_moved_blocks_are_linked_with_order_free() -> None:
    found = aligner(order="free").align(SRC, MOVED)
    assert links(found) == {((i,), ((i + 3) % 6,)) for i in range(6)}
    assert all(bead.confidence is not None for bead in found)


@pytest.mark.parametrize("order", [(6, 7, 8, 3, 4, 5, 0, 1, 2), tuple(range(9))[::-1]])
def test_three_blocks_swapped_and_a_text_reversed(order: tuple[int, ...]) -> None:
    src = [*SRC, "snow covers mountains", "ships cross oceans slowly", "students read novels"]
    found = aligner(order="free").align(src, [src[i] for i in order])
    assert links(found) == {((i,), (order.index(i),)) for i in range(9)}


def test_one_likeness_by_chance_moves_nothing() -> None:
    src, tgt = [*SRC, "rain falls today"], [*SRC[:2], "rain falls", *SRC[3:], "rain falls today"]
    assert rearranged(src, tgt, Words()) == list(range(7))


def test_the_default_stays_monotone_and_counts_what_it_leaves() -> None:
    found = aligner().align(SRC, MOVED)
    targets = [bead.tgt[0] for bead in found if not bead.is_null]
    assert targets == sorted(targets) and len(targets) == 3
    assert out_of_order(SRC, MOVED, found, Words()) == 3
    assert out_of_order(SRC, SRC, aligner().align(SRC, SRC), Words()) == 0


class Faint:
    """An encoder under which a sentence and its translation have a cosine of `alike`, any other two of none.

    Texts are "a3" and "b3": the side and what is said.
    """

    identity: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, alike: float) -> None:
        self.alike = alike

    def encode(self, texts: Any) -> Any:
        out = np.zeros((len(texts), 60), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            said = int(text[1:])
            row[said] = self.alike**0.5
            row[20 + said + 20 * (text[0] == "b")] = (1.0 - self.alike) ** 0.5
        return out


@pytest.mark.parametrize(("alike", "of_links", "told"), [(0.5, 0.5, 3), (0.4, 0.4, 0), (0.5, 0.75, 0)])
def test_how_alike_is_surely_alike_depends_on_the_encoder(alike: float, of_links: float, told: int) -> None:
    src = [f"a{k}" for k in range(9)]
    tgt = [f"b{k}" for k in (3, 4, 5, 6, 7, 8, 0, 1, 2)]
    links = [Bead((k,), (k - 3,)) for k in range(3, 9)]
    alone = [Bead((k,), ()) for k in range(3)] + [Bead((), (k,)) for k in range(6, 9)]

    class Mixed(Faint):
        def encode(self, texts: Any) -> Any:
            both = [Faint(self.alike if int(t[1:]) < 3 else of_links).encode([t]) for t in texts]
            return np.concatenate(both)

    assert out_of_order(src, tgt, alone + links, Mixed(alike)) == told


@given(st.permutations(range(5)))
def test_whatever_the_order_no_sentence_is_lost_or_doubled(order: list[int]) -> None:
    def diagonal(src: Any, tgt: Any) -> list[Bead]:
        """Links equal texts as far as they come in order."""
        beads, start = [], 0
        for i, text in enumerate(src):
            j = next((j for j in range(start, len(tgt)) if tgt[j] == text), None)
            if j is None:
                beads.append(Bead((i,), ()))
                continue
            beads += [Bead((), (k,)) for k in range(start, j)]
            beads.append(Bead((i,), (j,)))
            start = j + 1
        return beads + [Bead((), (k,)) for k in range(start, len(tgt))]

    tgt = [SRC[i] for i in order]
    beads = free_order(SRC[:5], tgt, diagonal, Words())
    assert sorted(i for bead in beads for i in bead.src) == list(range(5))
    assert sorted(j for bead in beads for j in bead.tgt) == list(range(5))
    assert links(beads) == {((i,), (tgt.index(SRC[i]),)) for i in range(5)}


FRENCH = """Le musée ouvre lundi.
Il pleut depuis hier.
Le train est en retard.
Le pain coûte plus cher."""
GERMAN = """Der Zug hat Verspätung.
Das Brot kostet mehr.
Das Museum öffnet am Montag.
Es regnet seit gestern."""


def test_align_says_that_more_matches_out_of_order(tmp_path: Path, capsys: Any) -> None:
    for name, text in (("fr.txt", FRENCH), ("de.txt", GERMAN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / "fr.txt"), str(tmp_path / "de.txt"), "--src", "fr", "--tgt", "de"]
    out = tmp_path / "beads.txt"
    assert main(["align", *files, "-o", str(out)]) == 0
    assert "out of order" in capsys.readouterr().err
    assert main(["align", *files, "-o", str(out), "--set", "order=free"]) == 0
    assert "out of order" not in capsys.readouterr().err
    beads = {line.rpartition(":")[0] for line in out.read_text().splitlines()}
    assert beads == {"[0]:[2]", "[1]:[3]", "[2]:[0]", "[3]:[1]"}
