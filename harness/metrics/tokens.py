"""Texts as numbered tokens: sacreBLEU's tokenizers, asked once a word where every line splits it alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Split = Callable[[str], list[str]]


class Numbers(dict[str, int]):
    """A number for each token, from 1."""

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self) + 1
        return number


class Lines:
    """Lines as numbers of their tokens; equal tokens have equal numbers, whichever line they are in."""

    def __init__(self, split: Split) -> None:
        self.numbers = Numbers()
        self._split = split

    def __call__(self, lines: Sequence[str]) -> list[list[int]]:
        new = list(dict.fromkeys(lines))  # an output may equal its reference, and references repeat
        known = dict(zip(new, self._new(new), strict=True))
        return [known[line] for line in lines]

    def _new(self, lines: list[str]) -> list[list[int]]:
        return [[self.numbers[token] for token in self._split(line)] for line in lines]


class Words(Lines):
    """Lines cut at spaces, and each word split once, for tokenizers to which its neighbours do not matter.

    The rules of `13a` look at one character before or after, and to them a space is like any character that
    is neither digit nor punctuation.
    """

    def __init__(self, split: Split) -> None:
        super().__init__(split)
        self._words: dict[str, list[int]] = {}

    def _new(self, lines: list[str]) -> list[list[int]]:
        cut = [line.split() for line in lines]
        words = self._words
        for word in {word for line in cut for word in line} - words.keys():
            words[word] = self._word(word, f" {word} ")
        return [self._line(line, found) for line, found in zip(lines, cut, strict=True)]

    def _line(self, line: str, cut: list[str]) -> list[int]:
        words = self._words
        return [number for word in cut for number in words[word]]

    def _word(self, word: str, text: str) -> list[int]:
        # Letters and digits only: no rule splits them.
        tokens = [word] if word.isalnum() else self._split(text)
        return [self.numbers[token] for token in tokens]


class _Western(Words):
    """`13a` joins what stands around `-` and newline: such lines are split whole."""

    def _line(self, line: str, cut: list[str]) -> list[int]:
        if "\n" in line:
            return [self.numbers[token] for token in self._split(line)]
        return super()._line(line, cut)


class _Edged(Words):
    """For a tokenizer that sees no character before the line and none after it."""

    def __init__(self, split: Split) -> None:
        super().__init__(split)
        self._edges: dict[str, list[int]] = {}

    def _edge(self, word: str, text: str) -> list[int]:
        found = self._edges.get(text)
        if found is None:
            self._edges[text] = found = self._word(word, text)
        return found

    def _line(self, line: str, cut: list[str]) -> list[int]:
        if len(cut) < 2:
            return [self.numbers[token] for token in self._split(line)]
        first, *inner, last = cut
        before, after = " " * line[0].isspace(), " " * line[-1].isspace()
        return [
            *self._edge(first, f"{before}{first} "),
            *super()._line(line, inner),
            *self._edge(last, f" {last}{after}"),
        ]


class _Chinese(_Edged):
    """`zh`: spaces around each Chinese character, then the rules of `13a` up to the edges of the line."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__(_split_by(tokenizer._post_tokenizer))
        self._is_chinese = tokenizer._is_chinese_char
        self._spaced = _Spaced(self._is_chinese)

    def _new(self, lines: list[str]) -> list[list[int]]:
        chinese = {character for character in set().union(*lines) if self._is_chinese(character)}
        cut = [line.strip() for line in lines]
        return super()._new(
            [line if chinese.isdisjoint(line) else line.translate(self._spaced) for line in cut]
        )


class _Spaced(dict[int, str]):
    """For `str.translate`: a Chinese character with spaces around it, any other as it is."""

    def __init__(self, is_chinese: Callable[[str], bool]) -> None:
        self._is_chinese = is_chinese

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = found = f" {character} " if self._is_chinese(character) else character
        return found


class _Pieces(Lines):
    """SentencePiece's own numbers, and others for what the model does not know."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__(_split_by(tokenizer))
        self._model = tokenizer.sp
        self._pieces: dict[int, list[int]] = {}

    def _new(self, lines: list[str]) -> list[list[int]]:
        found = self._model.encode(lines, out_type=int, num_threads=1)
        unknown, pieces = self._model.unk_id(), self._pieces
        for one in {one for line in found for one in line} - pieces.keys():
            pieces[one] = [self.numbers[token] for token in self._model.id_to_piece(one).split()]
        return [
            [self.numbers[token] for token in self._split(line)]
            if unknown in ids
            else [number for one in ids for number in pieces[one]]
            for line, ids in zip(lines, found, strict=True)
        ]


def tokens(tokenizer: Any) -> Lines:
    """Lines without trailing space as `tokenizer(line).split()` has them, for a tokenizer of sacreBLEU."""
    name = type(tokenizer).__name__
    if name == "Tokenizer13a":
        return _Western(_split_by(tokenizer))
    if name == "TokenizerV14International":
        return _Edged(_split_by(tokenizer))
    if name == "TokenizerZh":
        return _Chinese(tokenizer)
    if name in ("TokenizerSPM", "Flores101Tokenizer", "Flores200Tokenizer"):
        return _Pieces(tokenizer)
    return Lines(_split_by(tokenizer))


def _split_by(tokenize: Callable[[str], str]) -> Split:
    return lambda text: tokenize(text).split()
