"""Rows as tables: for the terminal, however narrow, and as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from harness.common.progress import note
from harness.common.terminal import visible, visible_line

BROKEN = "‼ "
"""Prefix of a cell that should stand out: a system that does not translate."""


def counted(n: int, noun: str) -> str:
    """`"1 run"`, `"2,000 runs"`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A GitHub-flavoured Markdown table ending in a newline."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(markdown_text(cell) for cell in line) + " |\n" for line in lines)


def markdown_text(text: str) -> str:
    """Untrusted text in a cell or line of Markdown: no column, tag, image or link begins in it."""
    escaped = visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return escaped.replace("![", "!\\[").replace("](", "]\\(").replace("\n", " ")


def print_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str] = (), wide: bool = False
) -> None:
    """Print to stdout; on a terminal that is too narrow as `narrowed` makes it, unless `wide`."""
    width = terminal_width()
    hidden: list[str] = []
    if width is None or wide or width_of(header, rows) <= width:
        lines = text_table(header, rows)
    else:
        header, rows, hidden = without_spare(header, rows, width, spare)
        lines = wrapped_table(header, rows, _narrowed(header, rows, width))
    for line in lines:
        print(line)
    if hidden:
        note(f"left out to fit {width} columns: {', '.join(hidden)}")


_LEAST = 14
"""What is left of a column of text at least, where it must be broken."""


def without_spare(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int, spare: Sequence[str]
) -> tuple[Sequence[str], Sequence[Sequence[str]], list[str]]:
    """The table without columns for which there is no room even broken, and their names.

    Those of `spare` go in their order, then the others from the right. The first column always stays.
    """
    hidden: list[str] = []
    for name in (*spare, *(name for name in reversed(header[1:]) if name not in spare)):
        if sum(_narrowest(header, rows)) + 3 * len(header) - 1 <= width:
            break
        header, rows = without(header, rows, header.index(name))
        hidden.append(name)
    return header, rows, hidden


def _narrowest(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The widths below which columns are not broken: the first not at all, no word of a heading."""
    found: list[int] = []
    for name, *column in zip(header, *rows, strict=True):
        full = max(map(cell_width, [name, *column]))
        word = max(map(cell_width, name.replace(" ↑", "_↑").replace(" ↓", "_↓").split() or [""]))
        body = max(map(cell_width, column), default=0)
        found.append(max(word, min(body, _LEAST)) if found else full)
    return found


def _narrowed(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widths of all columns, the widest made smaller until the table fits."""
    least = _narrowest(header, rows)
    widths = [max(map(cell_width, column)) for column in zip(header, *rows, strict=True)]
    while sum(widths) + 3 * len(widths) - 1 > width:
        room = [have if have > floor else 0 for have, floor in zip(widths, least, strict=True)]
        if not any(room):
            break
        widths[room.index(max(room))] -= 1
    return widths


def _rule() -> str:
    """What a line is drawn of: ASCII where stdout can show no more."""
    try:
        "─".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "-"
    return "─"


def wrapped_table(header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """The lines of a table whose cells are broken where they are wider than their column."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=1000)

    def broken(cell: str, width: int) -> list[str]:
        lines = Text(visible_line(cell)).wrap(console, max(width, 1), overflow="fold")
        return [line.plain.rstrip() for line in lines] or [""]

    out = [" " * (sum(widths) + 3 * len(widths) - 1)]
    for number, row in enumerate([header, *rows]):
        parts = [broken(cell, width) for cell, width in zip(row, widths, strict=True)]
        for k in range(max(map(len, parts))):
            line = [part[k] if k < len(part) else "" for part in parts]
            padded = [
                text + " " * (width - cell_width(text)) for text, width in zip(line, widths, strict=True)
            ]
            out.append(f" {'   '.join(padded)} ".rstrip())
        if number == 0:
            out.append(f" {_rule() * (sum(widths) + 3 * len(widths) - 3)} ")
    return [*out, out[0]]


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
    """The lines of a table, one row per line."""
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
    return [empty, lines[0], f" {_rule() * (sum(widths) + 3 * len(widths) - 3)} ", *lines[1:], empty]
