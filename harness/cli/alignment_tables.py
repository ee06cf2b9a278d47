"""Alignments and their scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.align.output.page import counted
from harness.common.progress import console, note
from harness.common.terminal import visible_line
from harness.types import Bead

if TYPE_CHECKING:
    from rich.text import Text

    from harness.align.gold import AlignmentScore, GoldCounts
    from harness.align.output.writers import Aligned


def show(aligned: Aligned) -> None:
    """The alignment as a table on stdout."""
    from rich.table import Table
    from rich.text import Text

    def side(texts: Sequence[str], numbers: tuple[int, ...]) -> Text:
        return Text("\n".join(f"{number} {visible_line(texts[number])}" for number in numbers))

    table = Table(show_lines=True)
    table.add_column(aligned.src_lang, ratio=1)
    table.add_column("sure", justify="right")
    table.add_column(aligned.tgt_lang, ratio=1)
    for bead in aligned.beads:
        table.add_row(side(aligned.src, bead.src), _link(bead), side(aligned.tgt, bead.tgt))
    console(stderr=False).print(table)
    note(counted(aligned.beads))


def _link(bead: Bead) -> str:
    sure = "–" if bead.confidence is None else f"{bead.confidence:.2f}"
    return "\n".join([sure, *bead.flags])


def show_scores(scored: Sequence[tuple[str, GoldCounts]]) -> None:
    """Precision, recall and F1: strict, lax, and of null beads; of each named pair, and over all of them."""
    from rich.table import Table
    from rich.text import Text

    from harness.align.gold import GoldCounts, score

    out = console(stderr=False)
    if len(scored) > 1:
        each = Table("pair", "strict F1", "lax F1", "null F1")
        for name, counts in scored:
            one = score(counts)
            each.add_row(Text(visible_line(name)), *_cells(one.strict.f1, one.lax.f1, one.null.f1))
        out.print(each)
    show_score("against gold", score(sum((counts for _, counts in scored), GoldCounts())))


def show_score(title: str, values: AlignmentScore) -> None:
    """One measurement as a table on stdout."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(escape(visible_line(title)), "P", "R", "F1")
    for kind, prf in (("strict", values.strict), ("lax", values.lax), ("null", values.null)):
        table.add_row(kind, *_cells(prf.precision, prf.recall, prf.f1))
    console(stderr=False).print(table)


def _cells(*values: float | None) -> list[str]:
    return ["–" if value is None else f"{value:.3f}" for value in values]
