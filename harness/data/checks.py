"""Oddities in the data: counted, and reported in one line each; nothing is changed."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from harness.common import mojibake
from harness.common.langid import identify, label
from harness.data.direction import misplaced
from harness.errors import DataError
from harness.types import Document, Item

# Below this many letters, and below this probability, the language of a line is anybody's guess.
LETTERS = 40
SURE = 0.95
# Lines looked at for their language, evenly spread; a share of foreign lines below the second is common.
LOOKED_AT = 2000
FOREIGN_SHARE = 0.02


def check_items(
    items: Sequence[Item], src: str, tgt: str, name: str = "the set", sources: bool = True
) -> tuple[dict[str, Any], list[str]]:
    """Counts of a bitext for its record, and the warnings that follow from them.

    `empty_source`, `empty_reference`: lines without text; `duplicates`: lines whose source and
    references stood before; `identical`: source and a reference are the same text with letters in it;
    `foreign_source`, `foreign_reference`: of the `language_checked` lines, those plainly in another language.

    Without `sources` there are references alone, and an empty source is nothing odd.

    One pass that keeps 16 bytes a line: 64-bit hashes. `duplicates` and `documents` are counts of those, one
    too high or low with a probability of n²/2⁶⁵ (3 in a million for 10 million lines). A duplicate id
    raises DataError, after a look at the ids themselves.
    """
    counts: dict[str, Any] = {"lines": len(items)}
    counts |= dict.fromkeys(("empty_source", "empty_reference", "duplicates", "identical"), 0)
    ids, lines, documents = array("Q"), array("Q"), array("Q")
    last: str | None = None
    misread: list[str] = []
    for item in items:
        ids.append(_hash(item.id))
        lines.append(_hash(repr((item.source, item.references))))
        if item.doc is not None and item.doc != last:
            documents.append(_hash(item.doc))
        last = item.doc
        counts["empty_source"] += sources and not item.source.strip()
        counts["empty_reference"] += not any(reference.strip() for reference in item.references)
        counts["identical"] += _identical(item)
    _refuse_repeated_ids(ids, items, name)
    counts["duplicates"] = len(items) - _different(lines)
    if documents:
        counts["documents"] = _different(documents)
    for side, lines_of in (
        ("source", (item.source for item in items)),
        ("reference", (" ".join(item.references) for item in items)),
    ):
        if found := mojibake.warning(lines_of, side):
            misread.append(found)
    step = max(1, -(-len(items) // LOOKED_AT))
    looked_at = items[::step]
    looked_at_of = {
        "source": [item.source for item in looked_at],
        "reference": [reference for item in looked_at for reference in item.references[:1]],
    }
    foreign_sides: list[str] = []
    for side, code, texts in zip(looked_at_of, (src, tgt), looked_at_of.values(), strict=True):
        foreign = foreign_lines(texts, code)
        if foreign is None:
            continue
        others, checked = foreign
        counts[f"foreign_{side}"] = sum(others.values())
        counts[f"language_checked_{side}"] = checked
        if others and sum(others.values()) >= max(2, FOREIGN_SHARE * checked):
            most = ", ".join(f"{n} in '{other}'" for other, n in others.most_common(3))
            foreign_sides.append(
                f"{sum(others.values())} of {checked} {side} lines are clearly not in '{code}' ({most})"
            )
    references = [
        list(texts) for texts in zip_longest(*(item.references for item in looked_at), fillvalue="")
    ]
    whole = misplaced(looked_at_of["source"] if sources else [], references, src, tgt)
    told = [whole] if whole else foreign_sides
    return counts, [*_line_warnings(counts), *misread, *told]


def _hash(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def _different(hashes: array[int]) -> int:
    return len(np.unique(np.frombuffer(hashes, dtype=np.uint64))) if hashes else 0


def _refuse_repeated_ids(hashes: array[int], items: Sequence[Item], name: str) -> None:
    if _different(hashes) == len(hashes):
        return
    values, times = np.unique(np.frombuffer(hashes, dtype=np.uint64), return_counts=True)
    suspects, seen = set(values[times > 1].tolist()), set[str]()
    for item, hashed in zip(items, hashes, strict=True):
        if hashed in suspects:
            if item.id in seen:
                raise DataError(f"{name}: duplicate id '{item.id}'; ids must be unique")
            seen.add(item.id)


def _line_warnings(counts: dict[str, Any]) -> list[str]:
    n = counts["lines"]
    texts = {
        "empty_source": "have no source text; data.empty=drop leaves them out",
        "empty_reference": "have no reference; data.empty=drop leaves them out",
        "duplicates": "repeat an earlier line",
        "identical": "have the same text as source and reference",
    }
    return [f"{counts[key]} of {n} lines {text}" for key, text in texts.items() if counts[key]]


def left_out(meta: Mapping[str, Any]) -> list[str]:
    """A warning for each kind of text that reading the set left out or changed, from the counts in `meta`."""
    counts, subset = meta.get("counts", {}), meta.get("subset", {})
    found = {
        "{n} blank references are left out: those segments are scored against the others": meta.get(
            "blank_references"
        ),
        "{n} texts contained line breaks, each replaced by a space": counts.get("joined_lines"),
        "{n} of {of} lines without text on one side are left out (data.empty=drop)": subset.get(
            "dropped_empty"
        ),
    }
    return [text.format(n=n, of=subset.get("of")) for text, n in found.items() if n]


def _identical(item: Item) -> bool:
    source = item.source.strip()
    return any(reference.strip() == source for reference in item.references) and any(
        character.isalpha() for character in source
    )


def foreign_lines(texts: Sequence[str], code: str) -> tuple[Counter[str], int] | None:
    """How many long enough lines are plainly in which other language, of how many; None if `code` is unknown.

    Plainly: at least LETTERS letters, and another language has a probability of at least SURE. On the
    French, Polish, German and English of NTREX this calls no line foreign.
    """
    expected = label(code)
    if expected is None:
        return None
    others: Counter[str] = Counter()
    checked = 0
    for text in texts:
        if sum(character.isalpha() for character in text) < LETTERS:
            continue
        checked += 1
        other, probability = identify(text)
        if other not in (expected, "zxx") and probability >= SURE:
            others[other] += 1
    return others, checked


def check_documents(src: Sequence[Document], tgt: Sequence[Document]) -> list[str]:
    """A warning for each document that is clearly not in its declared language, or one for a side."""
    if src and tgt:
        sides = [[d.text for d in side] for side in (src, tgt)]
        if whole := misplaced(sides[0], [sides[1]], src[0].lang, tgt[0].lang):
            return [whole]
    warnings = []
    for document in (*src, *tgt):
        found = foreign_lines([document.text[:20_000]], document.lang)
        for other in found[0] if found else ():
            warnings.append(f"{document.source}: is clearly in '{other}', not in '{document.lang}'")
    return warnings
