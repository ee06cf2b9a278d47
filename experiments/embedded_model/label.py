"""Sentences → (source ids, target ids) by the teacher; both of one length, "<eps>" where nothing is said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .pieces import JOINED, MARK, QUOTES, SLOT, SPACE
from .teacher import Said, Teacher
from .vocabulary import as_target

SPECIAL = ("</s>", "<unk>", "<pad>", "<eps>")
EOS, UNK, PAD, EPS = range(4)


def bare(piece: str) -> str:
    """The characters of a source piece without its marks."""
    return piece.replace(SLOT, "").replace(MARK, "").replace(SPACE, "")


def target_piece(text: str, lang: str = "pl") -> str:
    """The target piece of what the teacher says."""
    text = QUOTES[lang].get(text, text)
    if not text:
        return "<eps>"
    if text in JOINED[lang] or text.startswith(", "):
        return text.replace(" ", SPACE)
    return SPACE + text.replace(" ", SPACE)


def lay(pieces: list[str], kinds: list[str], said: list[Said], lang: str = "pl") -> list[str] | None:
    """The target piece (in `lang`) of every source piece; None when the two do not spell the same text."""
    if "".join(map(bare, pieces)) != "".join(item.source for item in said):
        return None
    starts: list[int] = []
    total = 0
    for item in said:
        starts.append(total)
        total += len(item.source)
    ends = [*starts[1:], total]
    out = [as_target(piece) or "<eps>" if not bare(piece) else "<eps>" for piece in pieces]
    spans = []
    at = 0
    for piece in pieces:
        spans.append((at, at + len(bare(piece))))
        at = spans[-1][1]
    number = 0
    while number < len(said):
        low, high = starts[number], ends[number]
        covering = [i for i, (a, b) in enumerate(spans) if a < high and b > low and pieces[i] != SLOT]
        last = number
        if len(covering) == 1:  # a piece may hold several items (a phrase)
            while last + 1 < len(said) and ends[last + 1] <= spans[covering[0]][1]:
                last += 1
        before = said[number].before
        if before and covering and pieces[covering[0] - 1] == SLOT:
            out[covering[0] - 1], before = target_piece(before, lang), ""
        own = [item.target for item in said[number : last + 1] if item.target]
        texts = [before, *own] if before else own
        copies = all(kinds[i] == "copy" for i in covering)
        if covering and (copies or (said[number].copied and kinds[covering[0]] == "copy")):
            for i in covering:
                out[i] = as_target(pieces[i]) or "<eps>"
        elif len(covering) == 1:
            out[covering[0]] = target_piece(" ".join(texts), lang)
        elif covering and texts:
            words = texts[0].split(" ") if not texts[0].startswith(", ") else [texts[0]]
            spare = max(0, len(words) - len(covering))
            parts = [" ".join(words[: spare + 1]), *words[spare + 1 :]]
            for i, part in zip(covering, parts, strict=False):
                out[i] = target_piece(part, lang)
        number = last + 1
    return out


def lower(piece: str) -> str:
    """The piece with its first letter small."""
    for at in (0, 1, 2):
        if piece[at : at + 1].isalpha():
            return piece[:at] + piece[at].lower() + piece[at + 1 :]
    return piece


def find(piece: str, ids: dict[str, int]) -> int:
    """The id of a target piece, else of the same in lower case, else <unk> (left out of the loss)."""
    return ids.get(piece, ids.get(lower(piece), UNK))


class Labeller:
    """Applies a source SentencePiece model and the teacher. `kinds`: word, phrase, punct or copy, a piece."""

    def __init__(self, model: Path, kinds: dict[str, str], teacher: Teacher) -> None:
        import sentencepiece

        self._processor = sentencepiece.SentencePieceProcessor(str(model))
        self.kinds = kinds
        self._teacher = teacher

    def pairs(self, text: str) -> list[tuple[str, str]]:
        """(source piece, target piece), one a source piece; [] when they cannot be laid together."""
        pieces: list[str] = self._processor.encode(text, out_type=str)
        kinds = [self.kinds.get(piece, "copy") for piece in pieces]
        targets = lay(pieces, kinds, self._teacher.say(text), self._teacher.tgt)
        return list(zip(pieces, targets, strict=True)) if targets is not None else []

    def lay_all(self, sentences: Iterable[str], longest: int = 120) -> list[list[tuple[str, str]]]:
        """The sentences that can be laid and are neither empty nor too long."""
        laid = (self.pairs(text) for text in sentences)
        return [sentence for sentence in laid if 1 < len(sentence) < longest]
