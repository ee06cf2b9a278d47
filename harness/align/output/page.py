"""An alignment as a self-contained HTML page: two columns, a link between what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from harness.types import Bead

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
  color: #1d2733; background: #fff; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; } h1 small { font-weight: normal; color: #5a6675; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; border-bottom: 2px solid #8894a3; padding: .3rem .6rem; }
td { vertical-align: top; padding: .45rem .6rem; width: 43%; border-bottom: 1px solid #e3e8ee; }
td p { margin: 0 0 .3rem; } td p b { color: #5a6675; font-weight: normal; font-size: .8rem; }
td.link { width: 14%; text-align: center; font-size: .85rem; vertical-align: middle; }
td.link i { display: block; height: 3px; margin: .2rem 0; background: #1668a8; }
td.link span { background: #fbe7b2; color: #5b4300; border-radius: 3px; padding: 0 .3rem;
  white-space: nowrap; }
tr.null td.text:not(:empty) { background: #f6eef0; } tr.null td.link { color: #96304a; }
@media (max-width: 40rem) { body { margin: 1rem auto; padding: 0 .5rem; } td, th { padding: .4rem .2rem; } }
@media (prefers-color-scheme: dark) {
  body { background: #14181d; color: #dce3ea; } td { border-color: #2b333c; }
  td p b, h1 small { color: #93a0ae; } td.link i { background: #5aa9e6; }
  td.link span { background: #4a3c12; color: #f4dc9b; }
  tr.null td.text:not(:empty) { background: #2d1f24; } tr.null td.link { color: #f08ba3; }
}
"""


def to_html(
    src: Sequence[str],
    tgt: Sequence[str],
    beads: Sequence[Bead],
    languages: tuple[str, str],
    names: tuple[str, str],
) -> str:
    """The page; every text is escaped. A bead is a row; the link's strength shows its confidence."""
    title = f"{names[0]} – {names[1]}"
    rows = "\n".join(_row(src, tgt, bead, languages) for bead in beads)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{_STYLE}</style>
<h1>{escape(title)} <small>{counted(beads)}</small></h1>
<table>
<tr><th>{escape(languages[0])}</th><th></th><th>{escape(languages[1])}</th></tr>
{rows}
</table>
</html>
"""


def counted(beads: Sequence[Bead]) -> str:
    """`"15 links, 1 sentence left alone"`."""
    linked = sum(not bead.is_null for bead in beads)
    alone = len(beads) - linked
    return f"{linked} link{'s' * (linked != 1)}, {alone} sentence{'s' * (alone != 1)} left alone"


def _row(src: Sequence[str], tgt: Sequence[str], bead: Bead, languages: tuple[str, str]) -> str:
    kind = ' class="null"' if bead.is_null else ""
    return (
        f"<tr{kind}>{_cell(src, bead.src, languages[0])}<td class=link>{_link(bead)}</td>"
        f"{_cell(tgt, bead.tgt, languages[1])}</tr>"
    )


def _cell(texts: Sequence[str], numbers: tuple[int, ...], language: str) -> str:
    lines = "".join(f"<p><b>{number}</b> {escape(texts[number])}</p>" for number in numbers)
    return f'<td class="text" lang="{escape(language)}">{lines}</td>'


def _link(bead: Bead) -> str:
    flags = " ".join(f"<span>{escape(flag)}</span>" for flag in bead.flags)
    sure = "" if bead.confidence is None else f"{bead.confidence:.2f}"
    if bead.is_null:
        return f"alone {sure} {flags}".strip()
    strength = 0.8 if bead.confidence is None else 0.15 + 0.85 * bead.confidence
    return f'<i style="opacity:{strength:.2f}"></i>{sure} {flags}'
