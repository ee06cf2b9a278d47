"""Sentence splitters behind one interface: `boundaries(text, lang)` gives the spans of one line."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from harness.errors import StageError, UnavailableError, missing_package
from harness.protocols import Splitter
from harness.text.codes import primary
from harness.text.cut import starts
from harness.text.join import rejoin


class Line(Splitter):
    """One line is one segment."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """The line without surrounding white space."""
        return _spans(text, [text])


class Sentencex(Splitter):
    """sentencex, Wikimedia's rules for every language of Wikipedia, with `cut` for what it misses."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Spans of the sentences, wrong cuts rejoined."""
        import sentencex

        spans = _spans(text, sentencex.segment(primary(lang), text))
        cuts = sorted({start for start, _ in spans} | starts(text, primary(lang)))
        pieces = _spans(text, [text[start:end] for start, end in pairwise([*cuts, len(text)])])
        return rejoin(text, pieces, primary(lang))


class Pysbd(Splitter):
    """pySBD, rule-based, 23 languages (extra `pysbd`)."""

    def __init__(self) -> None:
        self._segmenters: dict[str, Any] = {}

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Spans of the sentences. Raises UnavailableError without the package or the language."""
        code = primary(lang)
        if code not in self._segmenters:
            self._segmenters[code] = self._segmenter(code)
        return _spans(text, self._segmenters[code].segment(text))

    @staticmethod
    def _segmenter(code: str) -> Any:
        try:
            import pysbd
            from pysbd.languages import LANGUAGE_CODES
        except ModuleNotFoundError:
            raise missing_package("splitter 'pysbd'", "pysbd", "pysbd") from None
        if code not in LANGUAGE_CODES:
            known = " ".join(sorted(LANGUAGE_CODES))
            raise UnavailableError(f"pysbd has no rules for '{code}' ({known}); use splitter=sentencex")
        return pysbd.Segmenter(language=code, clean=False)


def _spans(text: str, pieces: Iterable[str]) -> list[tuple[int, int]]:
    """Where the consecutive pieces of a text lie, white space outside."""
    spans, position = [], 0
    for piece in pieces:
        stripped = piece.strip()
        if not stripped:
            continue
        start = text.find(stripped, position)
        if start < 0:
            raise StageError(f"the sentence splitter changed the text: {stripped[:40]!r} is not in the line")
        position = start + len(stripped)
        spans.append((start, position))
    return spans
