"""Sentences → (source ids, target ids) by the teacher; both of one length, "<eps>" where nothing is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .pieces import CLOSING, MARK, OPENING, SPACE
from .teacher import Teacher, Unit
from .vocabulary import as_target

SPECIAL = ("</s>", "<unk>", "<pad>", "<eps>")
EOS, UNK, PAD, EPS = range(4)


def target_piece(unit: Unit, text: str) -> str:
    """The target piece of what the teacher says for a unit (not for copied units)."""
    if not text:
        return "<eps>"
    if unit.kind == "punct" and (text in CLOSING):
        return text
    if text.startswith(", "):
        return text.replace(" ", SPACE)
    if unit.kind == "punct" and text in OPENING:
        return SPACE + text
    return SPACE + text.replace(" ", SPACE)


@dataclass(slots=True)
class Labeller:
    """Applies SentencePiece and the teacher."""

    processor: Any  # the source SentencePiece model
    table: dict[str, Unit]
    teacher: Teacher
    source_ids: dict[str, int]
    target_ids: dict[str, int]
    missing: int = 0

    def units(self, text: str) -> tuple[list[str], list[Unit], list[int]]:
        """Pieces, the units they form (copied pieces of one word are one unit), and the unit of each piece."""
        pieces: list[str] = self.processor.encode(text, out_type=str)
        units: list[Unit] = []
        owner: list[int] = []
        inside = False
        for piece in pieces:
            unit = self.table.get(piece, Unit(piece, "copy"))
            if unit.kind == "copy":
                bare = piece.replace(MARK, "").replace(SPACE, "")
                if inside and not piece.startswith(MARK):
                    units[-1] = Unit(units[-1].text + bare, "copy")
                else:
                    units.append(Unit(bare, "copy"))
                inside = not piece.endswith(SPACE)
            else:
                bare = piece.replace(MARK, "").replace(SPACE, "") if unit.kind == "punct" else unit.text
                units.append(Unit(bare, unit.kind))
                inside = False
            owner.append(len(units) - 1)
        return pieces, units, owner

    def pairs(self, text: str) -> list[tuple[str, str]]:
        """(source piece, target piece), one a source piece."""
        pieces, units, owner = self.units(text)
        said = self.teacher.translate(units)
        out = []
        for piece, index in zip(pieces, owner, strict=True):
            unit = units[index]
            target = as_target(piece) if unit.kind == "copy" else target_piece(unit, said[index])
            if unit.kind == "copy" and not target:
                target = "<eps>"
            out.append((piece, target))
        return out

    def encode(self, sentences: Iterable[str], longest: int = 120) -> Iterator[tuple[list[int], list[int]]]:
        """Ids with the end mark. A target that has no entry becomes <unk> (and is left out of the loss)."""
        for text in sentences:
            pairs = self.pairs(text)
            if 1 < len(pairs) < longest:
                source = [self.source_ids.get(piece, UNK) for piece, _ in pairs] + [EOS]
                target = [self.target_ids.get(piece, UNK) for _, piece in pairs] + [EOS]
                self.missing += target.count(UNK)
                yield source, target
