"""Lists of documents that belong together: `data.pairs=LIST.tsv`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.common.files import digest, read_lines
from harness.common.paths import user_path
from harness.errors import DataError, did_you_mean
from harness.types import Document, Input


@dataclass(frozen=True, slots=True)
class ListedPair:
    """A line of a list: a source and a target document, by name or file."""

    at: str
    folder: Path
    names: tuple[str, str]

    def file(self, side: int) -> Path:
        """The file of one side (0: source) if the names are those of files, seen from the list's folder."""
        return self.folder / user_path(self.names[side])

    def position(self, side: int, documents: Sequence[Document]) -> int:
        """Which of the documents a side names. Raises DataError naming the line and what is near."""
        name = self.names[side]
        known = [document.id for document in documents]
        if name in known:
            return known.index(name)
        wanted = self.file(side).resolve()
        for index, document in enumerate(documents):
            if Path(document.source).resolve() == wanted:
                return index
        which = ("source", "target")[side]
        raise DataError(
            f"{self.at}: no {which} document '{name}'.{did_you_mean(name, known)}"
            f" Documents: {', '.join(known)}"
        )


def read_pairs(path: str) -> list[ListedPair]:
    """The lines of a list: two names with a tab between; a third field (gold for `align`) is ignored."""
    where = user_path(path)
    found: list[ListedPair] = []
    for number, line in enumerate(read_lines(where), start=1):
        if not line.strip():
            continue
        fields = [part.strip() for part in line.split("\t")]
        if len(fields) not in (2, 3) or not all(fields[:2]):
            raise DataError(f"{path}:{number}: expected a source and a target document with a tab between")
        found.append(ListedPair(f"{path}:{number}", where.parent, (fields[0], fields[1])))
    if not found:
        raise DataError(f"{path}: the list is empty")
    return found


def positions(
    path: str, src: Sequence[Document], tgt: Sequence[Document]
) -> tuple[tuple[tuple[int, int], ...], Input]:
    """The pairs of a list as positions in `src` and `tgt`, and the list as an input of the run."""
    found: dict[tuple[int, int], str] = {}
    for line in read_pairs(path):
        pair = line.position(0, src), line.position(1, tgt)
        if pair in found:
            raise DataError(f"{line.at}: the pair is in {found[pair]} already")
        found[pair] = line.at
    names = [[src[s].id, tgt[t].id] for s, t in found]
    return tuple(found), Input(Path(path).name, path, digest(names), len(found))
