"""`clean FILE --lang fr`: what cleaning finds in a document, as a coloured diff."""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import registry
from harness.common import files, langs
from harness.common.named import named
from harness.common.progress import console, note
from harness.common.terminal import visible_json
from harness.errors import DataError, UserError
from harness.types import Cleaned, Document, Edit, Furniture

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

EXAMPLES = """\
Several files form one collection: words intact in one are evidence for repairs in the others.
In a terminal, removed text is red and added text green; elsewhere [-removed-]{+added+}.

examples:
  python -m harness clean seeds/000_532dd5c1d2c6d955/fr.txt --lang fr
  python -m harness clean seeds/*/fr.txt --lang fr --json
  python -m harness clean seeds/004_5c3bf428830880ba/pl.txt --lang pl -o cleaned.txt
"""

_CONTEXT = 40  # characters of the line shown on either side of an edit
_VISIBLE = {" ": "␣", "\n": "↵", "\r": "", "\t": "⇥", "\u00a0": "⍽", "\u202f": "⍽"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="UTF-8 texts in one language")
    parser.add_argument("--lang", required=True, help="their language: fr, pl, pol, sr-Cyrl …")
    parser.add_argument(
        "--clean", "--cleaner", default="rules", metavar="NAME",
        help="a config of conf/clean, or a YAML file of your own (default: rules)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT",
        help="write the cleaned text to OUT (a folder when there are several files)",
    )  # fmt: skip
    parser.add_argument(
        "--drop-furniture",
        action="store_true",
        help="omit from OUT the furniture that is kept out of alignment",
    )
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help="your own YAML files and classes")
    parser.add_argument("--json", action="store_true", help="print everything found as JSON")


def main(args: argparse.Namespace) -> int:
    if args.drop_furniture and not args.output:
        raise UserError("--drop-furniture changes what -o writes: add -o OUT")
    lang = langs.language(args.lang)
    folders = [args.config_dir.expanduser()] if args.config_dir else []
    cleaner = registry.build("cleaner", named("clean", args.clean, folders))
    documents = [_document(path, lang.code) for path in args.files]
    outputs = _outputs(args.files, args.output)
    cleaned: list[Cleaned] = cleaner.clean(documents)
    if args.json:
        print(visible_json(json.dumps([report(item) for item in cleaned], indent=2, ensure_ascii=False)))
    else:
        out = console(stderr=False)
        for item in cleaned:
            _show(item, out)
    for item, path in zip(cleaned, outputs, strict=False):
        files.write_atomic(path, without_furniture(item) if args.drop_furniture else item.text)
        note(f"cleaned text: {path}")
    return 0


def _document(path: Path, lang: str) -> Document:
    text = files.read_text(path, (lang,))
    if not text.strip():
        raise DataError(f"{path}: empty, there is nothing to clean")
    return Document(str(path), lang, text, str(path))


def _outputs(sources: Sequence[Path], output: Path | None) -> list[Path]:
    """Where each cleaned text goes. Refuses to write over a source or two texts into one file."""
    if output is None:
        return []
    if len(sources) == 1 and not output.is_dir():
        paths = [output]
    elif output.is_file():
        raise UserError(f"{output}: is a file; with several texts, -o must name a folder")
    else:
        names = [path.name for path in sources]
        repeated = len(set(names)) < len(names)
        paths = [output / (f"{path.parent.name}-{path.name}" if repeated else path.name) for path in sources]
    if len(set(paths)) < len(paths):
        raise UserError(f"{output}: two of the texts would get the same name there; clean them one by one")
    for source, path in zip(sources, paths, strict=True):
        if path.exists() and path.samefile(source):
            raise UserError(f"{path}: is the input itself, which is never overwritten; name another file")
    return paths


def without_furniture(item: Cleaned) -> str:
    """The cleaned text without the furniture that is kept out of alignment, nor lines left empty by it."""
    from harness.text.offsets import lines, within

    raw = item.document.text
    spans = [piece for piece in item.furniture if piece.kept_out]
    kept, number = [], 0
    for line in lines(raw, item.edits):
        parts, position = [], line.start
        while number < len(spans) and spans[number].start < max(line.end, line.start + 1):
            parts.append((position, spans[number].start))
            position = spans[number].end
            number += 1
        parts.append((position, line.end))
        text = "".join(_edited(raw, within(line.edits, *part), *part) for part in parts)
        if len(parts) == 1 or text.strip():
            kept.append(text if len(parts) == 1 else text.strip())
    return "\n".join(kept)


def _edited(raw: str, edits: Sequence[Edit], start: int, end: int) -> str:
    from harness.text.offsets import OffsetMap

    return OffsetMap(raw, start, end, edits).text


def report(item: Cleaned) -> dict[str, Any]:
    """Everything found in a document, lines and columns counted from 1, offsets from 0."""
    raw, places = item.document.text, Places(item.document.text)
    return {
        "file": item.document.source,
        "lang": item.document.lang,
        "edits": [{**asdict(edit), **places.of(edit.start)} for edit in item.edits],
        "unrepaired": [{**asdict(edit), **places.of(edit.start)} for edit in item.unrepaired],
        "furniture": [
            {**asdict(piece), **places.of(piece.start), "text": raw[piece.start : piece.end]}
            for piece in item.furniture
        ],
        "counts": counts(item),
    }


class Places:
    """Line and column of an offset, both counted from 1; lines end at LF, as editors number them."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def of(self, offset: int) -> dict[str, int]:
        line = self.line(offset)
        return {"line": line, "column": offset - self.starts[line - 1] + 1}


def counts(item: Cleaned) -> dict[str, dict[str, int]]:
    """How many edits of each rule, unrepaired places, and pieces of furniture of each kind."""
    return {
        "edits": dict(sorted(Counter(edit.rule for edit in item.edits).items())),
        "unrepaired": dict(sorted(Counter(edit.rule for edit in item.unrepaired).items())),
        "furniture": dict(sorted(Counter(piece.kind for piece in item.furniture).items())),
    }


def _show(item: Cleaned, out: Console) -> None:
    from rich.text import Text

    raw, places = item.document.text, Places(item.document.text)
    rows: list[tuple[str, Text]] = []
    for number, start, end, edits in _edited_lines(raw, item.edits, places):
        rows.append((str(number), _diff(raw, start, end, edits, out.is_terminal)))
    for edit in item.unrepaired:
        rows.append((str(places.line(edit.start)), Text(f"{edit.before}: damaged, no evidence", "yellow")))
    for piece in item.furniture:
        rows.append((str(places.line(piece.start)), _furniture(raw, piece)))
    for name, found in counts(item).items():
        listed = ", ".join(f"{count} {kind}" for kind, count in found.items())
        rows.append(("", Text(f"{name}: {listed or 'none'}")))
    out.print(Text(_safe(item.document.source), "bold"), soft_wrap=True)
    _print_rows(rows, out)


def _print_rows(rows: Sequence[tuple[str, Text]], out: Console) -> None:
    """Line numbers and texts: wrapped under each other in a terminal, one per line elsewhere."""
    from rich.table import Table
    from rich.text import Text

    if not out.is_terminal:
        for number, text in rows:
            out.print(Text(f"{number:>6}  ") + text, soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", min_width=6)
    grid.add_column()
    for number, text in rows:
        grid.add_row(number, text)
    out.print(grid)


def _furniture(raw: str, piece: Furniture) -> Text:
    from rich.text import Text

    text = _safe(raw[piece.start : piece.end])
    text = text if len(text) <= 70 else text[:69] + "…"
    kind = f"{piece.kind}{'' if piece.kept_out else ' (stays in)'}"
    return Text().append(kind, style="cyan").append(f"  {text}")


def _edited_lines(raw: str, edits: Sequence[Edit], places: Places) -> list[tuple[int, int, int, list[Edit]]]:
    """The edited lines: number, start, end, edits."""
    grouped: list[tuple[int, int, int, list[Edit]]] = []
    for edit in edits:
        number = places.line(edit.start)
        if grouped and grouped[-1][0] == number:
            grouped[-1][3].append(edit)
        else:
            end = raw.find("\n", edit.start)
            grouped.append((number, places.starts[number - 1], len(raw) if end < 0 else end, [edit]))
    return grouped


def _diff(raw: str, start: int, end: int, edits: Sequence[Edit], coloured: bool) -> Text:
    """One line with its edits marked; what is far from any edit is left out."""
    from rich.text import Text

    text, position = Text(), start
    for edit in edits:
        text.append(_context(raw[position : edit.start], first=position == start))
        removed, added = _safe(edit.before, spaces=True), _safe(edit.after, spaces=not edit.after.strip())
        if coloured:
            text.append(removed, style="red strike").append(added, style="green")
        else:
            text.append((f"[-{removed}-]" if removed else "") + (f"{{+{added}+}}" if added else ""))
        position = edit.end
    rest = _safe(raw[position:end])
    return text.append(rest if len(rest) <= _CONTEXT else rest[:_CONTEXT] + "…")


def _context(text: str, first: bool) -> str:
    text = _safe(text)
    if first:
        return text if len(text) <= _CONTEXT else "…" + text[-_CONTEXT:]
    return text if len(text) <= 2 * _CONTEXT else f"{text[:_CONTEXT]} … {text[-_CONTEXT:]}"


def _safe(text: str, spaces: bool = False) -> str:
    """Text a terminal can show: control and bidi characters as escapes, and spaces as marks on request."""
    return "".join(
        _VISIBLE.get(c, c) if spaces and c in _VISIBLE
        else c if c.isprintable() or c == " "
        else " " if c.isspace()
        else f"\\u{ord(c):04x}"
        for c in text
    )  # fmt: skip
