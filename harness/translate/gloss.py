"""Word for word through a dictionary: a floor that works on any machine in seconds."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.errors import ConfigError
from harness.types import Translation

_FOLDER = Path(__file__).parent / "dictionaries"
_BATCH = 256
_ELISION = re.compile(r"\b(?:l|d|j|m|t|s|n|c|qu|lorsqu|puisqu|jusqu|quoiqu)['’]", re.IGNORECASE)
_ARTICLES = {
    "fr": {"le", "la", "les", "l'", "un", "une", "des", "du", "de", "d'", "au", "aux"},
    "pl": set(),
}


def pairs() -> list[str]:
    """The pairs that a shipped dictionary covers, as "fr-pl"."""
    return sorted(path.name.removesuffix(".tsv.gz") for path in _FOLDER.glob("??-??.tsv.gz"))


class Gloss:
    """Each word becomes its best dictionary translation; what no dictionary knows is copied."""

    def __init__(self, model: Mapping[str, Any], src: str, tgt: str) -> None:
        pair = f"{src}-{tgt}"
        if pair not in pairs():
            raise ConfigError(
                f"model 'gloss' has no dictionary for {src}→{tgt}; it has {', '.join(pairs())}."
                " model=copy works for any pair"
            )
        self._src, self._tgt = src, tgt
        data = (_FOLDER / f"{pair}.tsv.gz").read_bytes()
        self._sha256 = hashlib.sha256(data).hexdigest()
        rows = gzip.decompress(data).decode("utf-8").splitlines()
        self._words = dict(row.split("\t", 1) for row in rows)

    @property
    def identity(self) -> dict[str, Any]:
        return {
            "engine": "gloss",
            "version": 1,
            "pair": f"{self._src}-{self._tgt}",
            "dictionary": self._sha256,
        }

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        """Batches of 256 in order."""
        for start in range(0, len(sources), _BATCH):
            yield [
                (start + offset, Translation(source, self._line(source)))
                for offset, source in enumerate(sources[start : start + _BATCH])
            ]

    def _line(self, source: str) -> str:
        text = source.replace("’", "'")
        if self._src == "fr":
            text = _ELISION.sub(lambda match: f"{match.group()} ", text)
        tokens = re.findall(r"\w+(?:[-.,]\w+)*'?|\s+|[^\w\s]", text)
        words: list[str] = []
        position = 0
        while position < len(tokens):
            for end in range(min(len(tokens), position + 7), position, -1):
                phrase = "".join(tokens[position:end])
                found = self._look_up(phrase, end - position == 1)
                if found is not None:
                    words.append(found)
                    position = end
                    break
        out = "".join(words)
        out = re.sub(r"\s+([.,;:!?%)»”])", r"\1", re.sub(r"([«(„])\s+", r"\1", out))
        if self._tgt == "pl":
            out = out.replace("«", "„").replace("»", "”")
        return re.sub(r"\s+", " ", out).strip()

    def _look_up(self, phrase: str, single: bool) -> str | None:
        if single and phrase.lower() in _ARTICLES[self._src]:
            return ""
        for form in (phrase, phrase.lower()):
            if form in self._words:
                return _cased(self._words[form], phrase)
        if not single:
            return None
        if phrase[0].isalpha():
            lemma = _lemma(phrase.lower(), self._src)
            if lemma in self._words:
                return _cased(self._words[lemma], phrase)
        return phrase


def _cased(translation: str, source: str) -> str:
    return translation[0].upper() + translation[1:] if source[:1].isupper() else translation


@lru_cache(maxsize=65536)
def _lemma(word: str, lang: str) -> str:
    from simplemma import lemmatize

    return str(lemmatize(word, lang=lang))
