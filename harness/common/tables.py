"""Records as tables: the terminal (rich) and Markdown, from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.common.terminal import visible, visible_line

if TYPE_CHECKING:
    from rich.table import Table

LABELS = {
    "bleu": "BLEU",
    "spbleu": "spBLEU",
    "chrf": "chrF2",
    "chrfpp": "chrF2++",
    "ter": "TER",
    "length_ratio": "length",
}


def newest(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest record of each configuration (config hash), oldest first."""
    last = {record.get("config_hash") or record["run_id"]: record for record in records}
    return list(last.values())


def half_interval(score: dict[str, Any]) -> str:
    """`"29.6 ± 1.2"`: the value and half its 95 % interval, with the decimals of the metric's scale."""
    if score["value"] is None:
        return "–"
    digits = digits_of(score)
    if not score["ci"]:
        return f"{score['value']:.{digits}f}"
    low, high = score["ci"]
    return f"{score['value']:.{digits}f} ± {(high - low) / 2:.{digits}f}"


BROKEN = "‼ "
"""What a health cell begins with where the system does not translate."""

# Good translations get this flag too: people round, and write numbers as words.
_MINOR = ("numbers",)

# Metrics on a scale of 100 or so.
_HUNDRED = ("bleu", "spbleu", "chrf", "chrfpp", "ter")


def digits_of(score: dict[str, Any]) -> int:
    """Decimals by the metric, so that 0 and 100 are written alike; by the value of any other metric."""
    if str(score["metric"]) in _HUNDRED:
        return 1
    return 3 if max(map(abs, [score["value"], *(score["ci"] or [])])) <= 2 else 1


def score_rows(records: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Header and rows: run, model, pair, data, n, a column a metric, health."""
    metrics: dict[str, bool] = {}
    for record in records:
        for score in record["scores"]:
            if score["level"] == "corpus":
                metrics.setdefault(score["metric"], score["higher_is_better"])
    header = ["run", "model", "pair", "data", "n"]
    header += [LABELS.get(name, name) + (" ↑" if up else " ↓") for name, up in metrics.items()]
    rows = []
    for record in records:
        scores = {s["metric"]: s for s in record["scores"] if s["level"] == "corpus"}
        rows.append(
            [
                record["run_id"],
                record["model"]["name"] + (f" ({record['tag']})" if record.get("tag") else ""),
                f"{record['pair']['src']}-{record['pair']['tgt']}",
                f"{record['data']['name']}:{str(record['data'].get('hash'))[:8]}",
                str(record["data"]["n"]),
                *(half_interval(scores[name]) if name in scores else "–" for name in metrics),
                _health(record),
            ]
        )
    return [*header, "health"], rows


def _health(record: dict[str, Any]) -> str:
    """`"12 copied"`: the counts of unhealthy segments, the most frequent first.

    `BROKEN` goes before them where a fifth of all outputs has a flag that a working system hardly gets.
    """
    flags = record.get("health") or {}
    worst = sorted(flags.items(), key=lambda flag: (-flag[1], flag[0]))
    text = ", ".join(f"{count} {name}" for name, count in worst) or "ok"
    grave = max((count for name, count in worst if name not in _MINOR), default=0)
    return f"{BROKEN}{text}" if grave and grave >= record["data"]["n"] / 5 else text


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


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, a row a line. Looks as `rich` draws it, and is made in a tenth of the time."""
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
