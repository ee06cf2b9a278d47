"""Rows as tables: for the terminal (rich) and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.common.terminal import visible, visible_line

if TYPE_CHECKING:
    from rich.table import Table

BROKEN = "‼ "
"""Prefix of a cell that should stand out: a system that does not translate."""


def rich_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A terminal table; numbers to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        numeric = name == "n" or name.endswith(("↑", "↓"))
        table.add_column(
            name, justify="right" if numeric else "left", no_wrap=name != "health", overflow="fold"
        )
    for row in rows:
        # Text: a tag may hold rich's [markup]
        table.add_row(*(Text(visible(cell), "bold red" if cell.startswith(BROKEN) else "") for cell in row))
    return table


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A GitHub-flavoured Markdown table ending in a newline."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(markdown_text(cell) for cell in line) + " |\n" for line in lines)


def markdown_text(text: str) -> str:
    """Untrusted text in a cell or line of Markdown: no column, tag, image or link begins in it."""
    escaped = visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return escaped.replace("![", "!\\[").replace("](", "]\\(").replace("\n", " ")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print to stdout: as wide as the table, or as the terminal where the table is wider."""
    from rich.console import Console

    lines = text_table(header, rows)
    console = Console(highlight=False)
    if console.is_terminal and len(lines[0]) > console.width:
        console.print(rich_table(header, rows))
        return
    for line in lines:
        print(line)


def width_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Characters of a line of the table."""
    return 2 + sum(3 + max(map(cell_width, column)) for column in zip(header, *rows, strict=True)) - 3


def cell_width(text: str) -> int:
    """Characters of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(visible_line(text))


def without(
    header: Sequence[str], rows: Sequence[Sequence[str]], at: int
) -> tuple[list[str], list[list[str]]]:
    """The table without one column."""
    return [*header[:at], *header[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows]


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None where it is none, and no table need fit."""
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else None


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, one row per line. Looks as `rich` draws it, in a tenth of the time."""
    from rich.cells import cell_len

    def width(cell: str) -> int:
        return len(cell) if cell.isascii() else cell_len(cell)

    cells = [[visible_line(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    right = [name == "n" or name.endswith(("↑", "↓")) for name in header]
    lines = []
    for row in cells:
        spaces = [" " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        parts = [pad + cell if end else cell + pad for cell, pad, end in zip(row, spaces, right, strict=True)]
        lines.append(f" {'   '.join(parts)} ")
    empty = " " * len(lines[0])
    return [empty, lines[0], f" {'─' * (sum(widths) + 3 * len(widths) - 3)} ", *lines[1:], empty]
