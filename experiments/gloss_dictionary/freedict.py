"""Reads a FreeDict dictionary in dictd format (index + gzip) into (headword, part of speech, senses)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class Entry(NamedTuple):
    word: str
    pos: str  # n, v, adj, adv, …; "" where the dictionary names none
    gender: str  # masc, fem, neut or ""
    senses: list[list[str]]  # translations, sense by sense, in the dictionary's order


def number(text: str) -> int:
    """A number of a dictd index: base 64, most significant digit first."""
    value = 0
    for letter in text:
        value = value * 64 + DIGITS.index(letter)
    return value


def split_list(text: str) -> list[str]:
    """The members of "a, b (remark), c", without remarks and the gloss counter the format leaves behind."""
    text = re.sub(r"\s+\d+\.$", "", text.strip())
    text = re.sub(r"\([^()]*\)|\[[^\][]*\]", "", text)
    return [re.sub(r"\s+", " ", part).strip() for part in re.split(r"[,;]", text) if part.strip()]


def parse(text: str) -> Entry | None:
    """One entry: head line, then translations ("1. a, b" where there are several senses) and glosses."""
    head, _, body = text.strip("\n").partition("\n")
    match = re.match(r"(?P<word>.+?)(?: (?:/[^/]*/ ?)+)?(?: ?<(?P<tag>[^>]*)>)?$", head.strip())
    if match is None or not body:
        return None
    pos, _, gender = (match["tag"] or "").partition(", ")
    lines = body.split("\n")
    senses: list[list[str]] = []
    for line in lines:
        numbered = re.match(rf"{len(senses) + 1}\. (.+)", line)
        if numbered:
            senses.append(split_list(numbered[1]))
    if not senses:
        senses = [split_list(lines[0])]
    return Entry(match["word"].strip(), pos, gender, [sense for sense in senses if sense])


def read(folder: Path, pair: str) -> Iterator[Entry]:
    """Every entry of FOLDER/freedict-PAIR.{index,dict.dz}, once, in the file's order."""
    data = gzip.decompress((folder / f"freedict-{pair}.dict.dz").read_bytes())
    spans = set()
    for line in (folder / f"freedict-{pair}.index").read_text("utf-8").splitlines():
        word, start, length = line.split("\t")[:3]
        if not word.startswith("00"):
            spans.add((number(start), number(length)))
    for start, length in sorted(spans):
        entry = parse(data[start : start + length].decode("utf-8"))
        if entry is not None:
            yield entry
