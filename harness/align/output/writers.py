"""Alignments as files: vecalign text, TSV, JSON lines, TMX 1.4b, HTML; the ending of the name decides."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from harness.align.gold import format_bead
from harness.align.output.page import to_html
from harness.errors import ConfigError, did_you_mean
from harness.types import Bead

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two aligned texts: the sentences of either side, and the beads over their numbers."""

    src: Sequence[str]
    tgt: Sequence[str]
    beads: Sequence[Bead]
    src_lang: str
    tgt_lang: str
    src_name: str
    tgt_name: str
    tool_version: str = "0"  # for the header of TMX

    def texts(self, bead: Bead) -> tuple[str, str]:
        """Both sides of a bead, sentences joined by a space; "" for the empty side."""
        return " ".join(self.src[i] for i in bead.src), " ".join(self.tgt[j] for j in bead.tgt)


def to_vecalign(aligned: Aligned) -> str:
    """`[0, 1]:[2]:0.9731` a line, the confidence (else the score) last, as vecalign writes its cost."""
    lines = []
    for bead in aligned.beads:
        number = bead.confidence if bead.confidence is not None else bead.score
        lines.append(format_bead(bead) + (f":{number:.4f}" if number is not None else ""))
    return "".join(f"{line}\n" for line in lines)


def to_tsv(aligned: Aligned) -> str:
    """A header, then src numbers, tgt numbers, both texts, confidence, flags; tabs in texts become spaces."""
    rows = [("src_ids", "tgt_ids", "src", "tgt", "confidence", "flags")]
    for bead in aligned.beads:
        src, tgt = (
            re.sub(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", " ", text) for text in aligned.texts(bead)
        )
        sure = f"{bead.confidence:.4f}" if bead.confidence is not None else ""
        rows.append((_ids(bead.src), _ids(bead.tgt), src, tgt, sure, ",".join(bead.flags)))
    return "".join("\t".join(row) + "\n" for row in rows)


def to_jsonl(aligned: Aligned) -> str:
    """One object per bead: src, tgt (numbers), src_text, tgt_text, shape, score, confidence, flags."""
    lines = []
    for bead in aligned.beads:
        src, tgt = aligned.texts(bead)
        lines.append(
            json.dumps(
                {
                    "src": list(bead.src),
                    "tgt": list(bead.tgt),
                    "src_text": src,
                    "tgt_text": tgt,
                    "shape": bead.shape,
                    "score": None if bead.score is None else round(bead.score, 6),
                    "confidence": None if bead.confidence is None else round(bead.confidence, 6),
                    "flags": list(bead.flags),
                },
                ensure_ascii=False,
                allow_nan=False,
            )
        )
    return "".join(f"{line}\n" for line in lines)


def to_tmx(aligned: Aligned) -> str:
    """TMX 1.4b: one translation unit per bead with text on both sides, confidence and flags as properties.

    Null beads are not in it. Characters that XML cannot hold are left out.
    """
    units = [_unit(aligned, number, bead) for number, bead in enumerate(aligned.beads) if not bead.is_null]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
        '<tmx version="1.4">\n'
        f'<header creationtool="mt-harness" creationtoolversion={quoteattr(aligned.tool_version)}'
        ' segtype="sentence" o-tmf="vecalign" adminlang="en"'
        f' srclang={quoteattr(aligned.src_lang)} datatype="plaintext"/>\n'
        f"<body>\n{''.join(units)}</body>\n</tmx>\n"
    )


def _unit(aligned: Aligned, number: int, bead: Bead) -> str:
    def variant(language: str, text: str) -> str:
        return f"<tuv xml:lang={quoteattr(language)}><seg>{escape(_NOT_XML.sub('', text))}</seg></tuv>\n"

    src, tgt = aligned.texts(bead)
    properties = ""
    if bead.confidence is not None:
        properties += f'<prop type="confidence">{bead.confidence:.4f}</prop>\n'
    if bead.flags:
        properties += f'<prop type="flags">{escape(",".join(bead.flags))}</prop>\n'
    return (
        f'<tu tuid="{number}">\n{properties}'
        f"{variant(aligned.src_lang, src)}{variant(aligned.tgt_lang, tgt)}</tu>\n"
    )


def _ids(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))


def _html(aligned: Aligned) -> str:
    return to_html(
        aligned.src, aligned.tgt, aligned.beads, (aligned.src_lang, aligned.tgt_lang),
        (aligned.src_name, aligned.tgt_name),
    )  # fmt: skip


WRITERS: dict[str, Callable[[Aligned], str]] = {
    ".txt": to_vecalign,
    ".tsv": to_tsv,
    ".jsonl": to_jsonl,
    ".tmx": to_tmx,
    ".html": _html,
}


def writer(path: str | Path) -> Callable[[Aligned], str]:
    """The writer for a file name's ending. Raises ConfigError naming the known endings."""
    ending = Path(path).suffix.lower()
    if ending not in WRITERS:
        raise ConfigError(
            f"{path}: no output format '{ending}'.{did_you_mean(ending, WRITERS)} Known: {', '.join(WRITERS)}"
        )
    return WRITERS[ending]
