"""What a language model is shown beside the text: translated examples, and the terms of a glossary."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.langs import Language
from harness.common.texts import Text
from harness.common.unspaced import is_unspaced
from harness.errors import ConfigError, DataError, did_you_mean

Pair = tuple[str, str]

_KEYS = ("path", "src", "tgt", "pairs", "n", "seed")
_MOST = 50  # examples taken without being counted: more is a development set, of which some are drawn


def read_examples(options: Mapping[str, Any], src: Language, tgt: Language) -> tuple[Pair, ...]:
    """The examples that `model.examples` describes, in the order in which they are shown.

    path      a file with `source TAB translation` lines; or
    src, tgt  the two files of a development set, a segment a line; or
    pairs     the examples themselves, [[source, translation], …]
    n, seed   how many are drawn, and by which seed (0); without `n` all are taken, in their order

    Raises ConfigError for options that do not go together, DataError for files that do not.
    """
    for name in options:
        if name not in _KEYS:
            raise ConfigError(f"model.examples.{name}: no such option.{did_you_mean(name, _KEYS)}")
    if options.get("pairs") is not None:
        return _given(options)
    path, sides = options.get("path"), [options.get("src"), options.get("tgt")]
    if bool(path) == any(sides) or any(sides) != all(sides):
        raise ConfigError(
            "model.examples takes path=FILE (source, tab, translation) or src=FILE and tgt=FILE, one of them"
        )
    pairs = _rows(str(path), src, tgt) if path else _parallel(str(sides[0]), str(sides[1]), src, tgt)
    pairs = [(source, target) for source, target in pairs if source and target]
    place = path or sides[0]
    if not pairs:
        raise DataError(f"{place}: no example with a source and a translation")
    n = options.get("n")
    if n is None:
        if len(pairs) > _MOST:
            raise ConfigError(
                f"model.examples: {len(pairs)} in {place}; say how many are drawn: model.examples.n=5"
            )
        return tuple(pairs)
    if not isinstance(n, int) or not 1 <= n <= len(pairs):
        raise ConfigError(f"model.examples.n={n}: from 1 to {len(pairs)}, the examples in {place}")
    return tuple(random.Random(f"{options.get('seed') or 0}").sample(pairs, n))


def _given(options: Mapping[str, Any]) -> tuple[Pair, ...]:
    """The examples written out in the options."""
    pairs, others = options["pairs"], [name for name in options if name != "pairs"]
    if others:
        raise ConfigError(f"model.examples: pairs stand for themselves; leave out {others[0]}")
    if not isinstance(pairs, list | tuple) or not pairs:
        raise ConfigError("model.examples.pairs: expected [[source, translation], …]")
    for pair in pairs:
        if (
            not isinstance(pair, list | tuple)
            or len(pair) != 2
            or not all(isinstance(t, str) and t for t in pair)
        ):
            raise ConfigError(f"model.examples.pairs: not a source with its translation: {str(pair)[:60]}")
    return tuple((source, translation) for source, translation in pairs)


def read_glossary(path: str, src: Language, tgt: Language) -> Glossary:
    """The terms of a file with `term TAB translation` lines. DataError for a term with two translations."""
    terms: dict[str, str] = {}
    for number, (term, translation) in enumerate(_rows(path, src, tgt), start=1):
        if not term or not translation:
            continue
        if terms.setdefault(term, translation) != translation:
            raise DataError(
                f"{path}:{number}: '{term}' is '{terms[term]}' in a line before; a term has one translation"
            )
    if not terms:
        raise DataError(f"{path}: no term with a translation")
    return Glossary(tuple(terms.items()), not is_unspaced(src.short))


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms with their translations. `spaced`: the source language puts spaces between words."""

    terms: tuple[Pair, ...]
    spaced: bool = True

    def found(self, source: str) -> list[Pair]:
        """The terms that occur in a source as whole words, in any case, in their order there."""
        folded = source.casefold()
        places = {}
        for term, translation in self.terms:
            word = term.casefold()
            if word not in folded:
                continue
            pattern = rf"(?<!\w){re.escape(word)}(?!\w)" if self.spaced else re.escape(word)
            if match := re.search(pattern, folded):
                places[term, translation] = match.start()
        return sorted(places, key=places.__getitem__)


def overlap(shown: Sequence[Pair]) -> tuple[dict[str, int], dict[str, int]]:
    """The examples by what is compared with a test set: their sources and their translations, from 1."""
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for number, pair in enumerate(shown, start=1):
        for side, text in zip(sides, pair, strict=True):
            if said := bare(text):
                side.setdefault(said, number)
    return sides


def bare(text: str) -> str:
    """A text without case, punctuation and spaces: two segments that say the same word for word are equal."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _rows(path: str, src: Language, tgt: Language) -> list[Pair]:
    rows = []
    for number, line in enumerate(_text(path, src, tgt).lines(), start=1):
        fields = line.split("\t")
        if len(fields) != 2 and line.strip():
            raise DataError(
                f"{path}:{number}: {len(fields)} columns; a line is a text, a tab and its translation"
            )
        rows.append((fields[0].strip(), fields[1].strip()) if line.strip() else ("", ""))
    return rows


def _parallel(src_path: str, tgt_path: str, src: Language, tgt: Language) -> list[Pair]:
    sources, targets = (list(_text(p, lang).lines()) for p, lang in ((src_path, src), (tgt_path, tgt)))
    if len(sources) != len(targets):
        raise DataError(f"{src_path} has {len(sources)} lines, {tgt_path} {len(targets)}: no pairs of lines")
    return [(source.strip(), target.strip()) for source, target in zip(sources, targets, strict=True)]


def _text(path: str, *langs: Language) -> Text:
    return Text(Path(path).expanduser(), langs=tuple(lang.code for lang in langs))
