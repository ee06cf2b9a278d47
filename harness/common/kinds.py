"""A file's format by its beginning: markup, subtitles and binary formats are not plain text."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from harness.common.json_text import json_value
from harness.errors import DataError


@dataclass(frozen=True, slots=True)
class Kind:
    """A format that is not one segment or paragraph a line. `remedy`: what reads it, or how to convert it."""

    name: str
    description: str
    remedy: str


_EXTRACT = "extract its text first, for example with pandoc -t plain"
_CUES = "no loader reads subtitles: extract their text, one segment a line"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("tmx", "a TMX translation memory", "data=tmx reads it"),
        Kind("xliff", "XLIFF", "data=xliff reads it"),
        Kind("wmt-xml", "a WMT test set in XML", "data=wmt-xml reads it"),
        Kind("sgm", "SGML of WMT or NIST", "data=sgm reads it"),
        Kind("html", "an HTML page", _EXTRACT),
        Kind("ttml", "TTML subtitles", _CUES),
        Kind("xml", "XML", _EXTRACT),
        Kind("po", "a gettext catalogue (PO)", "data=po reads it"),
        Kind("srt", "SubRip subtitles (SRT)", _CUES),
        Kind("vtt", "WebVTT subtitles", _CUES),
        Kind("json-lines", "JSON lines", "data=jsonl reads it"),
        Kind("json", "a JSON array", "data=json reads it"),
        Kind("pdf", "a PDF", "extract its text first, for example with pdftotext"),
        Kind("rtf", "Rich Text (RTF)", "save it as plain text in UTF-8 first"),
        Kind("office", "an old Office document (DOC, XLS or PPT)", "save it as plain text in UTF-8 first"),
        Kind("parquet", "a Parquet file", "data=parquet reads it"),
        Kind("arrow", "an Arrow file", "data=hf reads the folder of a data set"),
        Kind("binary", "binary data", "name a text file"),
    )
}

_BINARY = {
    b"%PDF-": "pdf",
    b"{\\rtf": "rtf",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "office",
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"SQLite format 3\x00": "binary",
    b"\x89PNG": "binary",
    b"\xff\xd8\xff": "binary",
    b"GIF8": "binary",
    b"\x7fELF": "binary",
    b"\x93NUMPY": "binary",
}
# Root elements; a namespace prefix does not change what they are.
_ROOTS = {
    "tmx": "tmx",
    "xliff": "xliff",
    "dataset": "wmt-xml",
    "srcset": "sgm",
    "refset": "sgm",
    "tstset": "sgm",
    "mteval": "sgm",
    "html": "html",
    "head": "html",
    "body": "html",
    "tt": "ttml",
}
# Names of tags that the first line of a plain text may begin with: markup only with attributes or a prolog.
_NEEDS_DECLARATION = {"dataset", "head", "body", "tt", "tmx"}
_PROLOG = re.compile(r"\s*(?:<\?xml\b[^>]*\?>|<!--.*?-->|\s)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:.-]+)[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)([^<>]*)>")
_SEGMENTS = re.compile(r"<seg\b[^>]*>", re.IGNORECASE)
_DOC = re.compile(r"<doc\b[^>]*\bdocid\s*=", re.IGNORECASE)
_PO = re.compile(
    r"\s*(?:(?:#[^\n]*|msgctxt[ \t]+\"[^\n]*)\n\s*)*msgid[ \t]+\"[^\n]*\n"
    r"(?:[ \t]*\"[^\n]*\n)*msgstr(?:\[0\])?[ \t]+\""
)
_ARRAY = re.compile(r"\s*\[\s*\{\s*\"")
_TIMES = r"(?:\d+:)?\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s+-->\s+(?:\d+:)?\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}"
_SRT = re.compile(rf"\s*\d+[ \t]*\n{_TIMES}")
_VTT = re.compile(r"WEBVTT(?:[ \t][^\n]*)?(?:\n|$)")


MARKUP = frozenset({"tmx", "xliff", "wmt-xml", "sgm", "html", "ttml", "xml"})
"""What a loader of XML or SGML reads: its parser says what it expected instead."""


def binary_kind(head: bytes) -> Kind | None:
    """The binary format that a file's first bytes announce."""
    return next((KINDS[name] for magic, name in _BINARY.items() if head.startswith(magic)), None)


def text_kind(head: str) -> Kind | None:
    """The format that the beginning of a text shows; None for plain text."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    if _VTT.match(head):
        return KINDS["vtt"]
    if _SRT.match(head):
        return KINDS["srt"]
    if _PO.match(head):
        return KINDS["po"]
    if head.lstrip().startswith("<"):
        return _markup_kind(head)
    if _ARRAY.match(head):
        return KINDS["json"]
    return KINDS["json-lines"] if _is_json_lines(head) else None


def _markup_kind(head: str) -> Kind | None:
    declared = head.lstrip().startswith("<?xml")
    at = _PROLOG.match(head)
    rest = head[at.end() if at else 0 :]
    if doctype := _DOCTYPE.match(rest):
        declared = True
        if doctype[1].lower() in _ROOTS:
            return KINDS[_ROOTS[doctype[1].lower()]]
        rest = rest[doctype.end() :].lstrip()
    root = _ROOT.match(rest)
    tag, attributes = (root[1].lower(), root[2]) if root else ("", "")
    known = _ROOTS.get(tag)
    if known and (declared or attributes.strip() or tag not in _NEEDS_DECLARATION):
        return KINDS[known]
    if _DOC.match(rest) and _SEGMENTS.search(rest):
        return KINDS["sgm"]
    return KINDS["xml"] if declared else None


def _is_json_lines(head: str) -> bool:
    """Whether every complete line of the beginning is a JSON object: two, or the only line there is."""
    lines = [line for line in head.split("\n")[:-1] if line.strip()][:5]
    if len(lines) < 2:
        lines = [line for line in head.split("\n") if line.strip()]
    if not lines or not all(line.lstrip().startswith("{") for line in lines):
        return False
    try:
        return all(isinstance(json_value(line), dict) for line in lines)
    except ValueError:
        return False


def refuse(kind: Kind | None, name: str, reads: Collection[str], instead: str | None = None) -> None:
    """Raise DataError where a reader of `reads` is given another kind; `instead`: its own remedy."""
    if kind is not None and kind.name not in reads:
        raise DataError(f"{name}: is {kind.description}, not plain text; {instead or kind.remedy}")
