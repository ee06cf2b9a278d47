"""sacreBLEU's tokenizers, asked once for each word where a word is split alike in every line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Split = Callable[[str], list[str]]


def splitter(tokenizer: Any) -> Split:
    """What `tokenizer(line).split()` gives for a line without trailing space and a tokenizer of sacreBLEU."""
    name = type(tokenizer).__name__
    if name == "Tokenizer13a":
        return _ByWord(tokenizer)
    if name == "TokenizerV14International":
        return _ByWordAndEdge(tokenizer)
    if name == "TokenizerZh":
        return _Chinese(tokenizer)
    return lambda line: tokenizer(line).split()


class _ByWord(dict[str, list[str]]):
    """Cuts a line at spaces, and asks the tokenizer once for each word.

    The rules of `13a` look at one character before or after, and a space counts as any character that is
    neither digit nor punctuation; so the neighbours of a word do not matter. Lines with a newline are split
    whole: `13a` joins what stands around `-` and newline.
    """

    def __init__(self, tokenize: Callable[[str], str]) -> None:
        self._tokenize = tokenize

    def __missing__(self, word: str) -> list[str]:
        self[word] = tokens = self._split(word, f" {word} ")
        return tokens

    def __call__(self, line: str) -> list[str]:
        if "\n" in line:
            return self._tokenize(line).split()
        tokens: list[str] = []
        for word in line.split():
            tokens += self[word]
        return tokens

    def _split(self, word: str, text: str) -> list[str]:
        # Letters and digits only: no rule splits them.
        return [word] if word.isalnum() else self._tokenize(text).split()


class _ByWordAndEdge(_ByWord):
    """As `_ByWord`, for a tokenizer that sees no character before the line and none after it."""

    def __call__(self, line: str) -> list[str]:
        words = line.split()
        if len(words) < 2:
            return self._tokenize(line).split()
        first, *inner, last = words
        before, after = " " * line[0].isspace(), " " * line[-1].isspace()
        tokens = [*self._split(first, f"{before}{first} ")]
        for word in inner:
            tokens += self[word]
        tokens += self._split(last, f" {last}{after}")
        return tokens


class _Chinese(dict[int, str]):
    """`zh`: spaces around each Chinese character, then the rules of `13a` up to the edges of the line."""

    def __init__(self, tokenizer: Any) -> None:
        self._is_chinese = tokenizer._is_chinese_char
        self._split = _ByWordAndEdge(tokenizer._post_tokenizer)

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = spaced = f" {character} " if self._is_chinese(character) else character
        return spaced

    def __call__(self, line: str) -> list[str]:
        return self._split(line.strip().translate(self))
