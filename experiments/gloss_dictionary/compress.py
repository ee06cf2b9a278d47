"""Inflection tables: lexemes that inflect alike share one paradigm of (suffix, tags)."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

Lexeme = tuple[str, str, str, frozenset[tuple[str, str]]]  # lemma, pos, kind, {(form, tag)}


def common_prefix(words: Iterable[str]) -> int:
    """How many first letters all words share."""
    length = 0
    for letters in zip(*words, strict=False):
        if len(set(letters)) > 1:
            break
        length += 1
    return length


def write_gzip(path: Path, text: str) -> None:
    """The same bytes for the same text: no time stamp, no name."""
    path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))


def inflection(lexemes: Iterable[Lexeme]) -> str:
    """Lines `=pos TAB kind TAB lemma suffix TAB suffix:tag,tag TAB …` number the paradigms from 0;
    then `stem TAB number,number…`, sorted by stem."""
    numbers: dict[str, int] = {}
    stems: dict[str, set[int]] = defaultdict(set)
    for lemma, pos, kind, forms in sorted(lexemes, key=lambda lexeme: (lexeme[0], lexeme[1], lexeme[2])):
        stem = lemma[: common_prefix([lemma, *(form for form, _ in forms)])]
        endings: dict[str, list[str]] = defaultdict(list)
        for form, tag in sorted(forms):
            endings[form[len(stem) :]].append(tag)
        columns = [f"{ending}:{','.join(tags)}" for ending, tags in sorted(endings.items())]
        line = "\t".join([f"={pos}", kind, lemma[len(stem) :], *columns])
        stems[stem].add(numbers.setdefault(line, len(numbers)))
    rows = [f"{stem}\t{','.join(map(str, sorted(own)))}" for stem, own in sorted(stems.items())]
    return "\n".join([*numbers, *rows]) + "\n"
