"""Sentence splitters behind one interface: `boundaries(text, lang)` gives the spans of one line."""

from __future__ import annotations

from collections.abc import Iterable

from harness.errors import StageError, missing_package


class Line:
    """One line is one segment."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """The line without surrounding white space."""
        return _spans(text, [text])


class Sentencex:
    """sentencex, Wikimedia's rule-based splitter for all languages of Wikipedia."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Spans of the sentences; abbreviations and ordinals are rejoined by `segment`."""
        import sentencex

        return _spans(text, sentencex.segment(lang, text))


class Pysbd:
    """pySBD, rule-based, 22 languages (extra `pysbd`)."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Spans of the sentences. Raises UnavailableError without the package or the language."""
        try:
            import pysbd
        except ModuleNotFoundError:
            raise missing_package("splitter 'pysbd'", "pysbd", "pysbd") from None
        return _spans(text, pysbd.Segmenter(language=lang, clean=False).segment(text))


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
