"""The aligner that repeats what a person decided, so that a run is scored on it."""

from __future__ import annotations

from collections.abc import Sequence

from harness.align.goldfile import GoldFile, read_gold
from harness.common.files import sha256_text
from harness.common.paths import is_dir, user_path
from harness.errors import ConfigError, DataError
from harness.protocols import Aligner
from harness.types import Bead, Input


class Gold(Aligner):
    """The beads of gold files, for the documents whose segments they hold.

    `path`: a `.jsonl` gold file of the workbench, or a folder of them, one a pair of documents.
    """

    def __init__(self, path: str | None = None) -> None:
        if not path:
            raise ConfigError("aligner=gold needs aligner.path=FILE, a gold file of the workbench (.jsonl)")
        place = user_path(path)
        files = sorted(place.glob("*.jsonl")) if is_dir(place) else [place]
        if not files:
            raise DataError(f"{path}: no .jsonl file in this folder")
        self.path = path
        self._files: list[GoldFile] = []
        inputs = []
        for file in files:
            found = read_gold(file)
            self._files.append(found)
            name = f"gold of {found.header.src.id} and {found.header.tgt.id}"
            if found.header.author:
                name += f" by {found.header.author}"
            text = file.read_text(encoding="utf-8")
            inputs.append(Input(name, str(file), sha256_text(text), len(found.beads)))
        self._inputs = tuple(inputs)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The gold files, so that the record says what its numbers rest on."""
        return self._inputs

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """The gold's beads over these segments. Raises DataError where no file holds exactly them."""
        for found in self._files:
            sides = found.header.src, found.header.tgt
            texts = [[side.segments[k].text for k in side.content] for side in sides]
            if texts == [list(src), list(tgt)]:
                at = [{k: place for place, k in enumerate(side.content)} for side in sides]
                return [
                    Bead(tuple(at[0][i] for i in b.src), tuple(at[1][j] for j in b.tgt), flags=b.flags)
                    for b in found.beads
                    if all(i in at[0] for i in b.src) and all(j in at[1] for j in b.tgt)
                ]
        raise DataError(f"aligner.path={self.path}: {self._difference(src, tgt)}")

    def _difference(self, src: Sequence[str], tgt: Sequence[str]) -> str:
        """Where the nearest gold differs from the texts at hand."""

        def alike(found: GoldFile) -> int:
            sides = (found.header.src, src), (found.header.tgt, tgt)
            return sum(len({s.text for s in side.segments} & set(texts)) for side, texts in sides)

        found = max(self._files, key=alike)
        name = f"{found.header.src.id} and {found.header.tgt.id}"
        for side, texts in ((found.header.src, src), (found.header.tgt, tgt)):
            own = [side.segments[k].text for k in side.content]
            for number, (there, here) in enumerate(zip(own, texts, strict=False)):
                if there != here:
                    return (
                        f"made for other segments: of {name}, segment {number} ({side.lang}) is"
                        f" '{there[:40]}', here it is '{here[:40]}'; were cleaning or splitting different?"
                    )
            if len(own) != len(texts):
                return f"made for other segments: {len(own)} of {name} ({side.lang}), here {len(texts)}"
        return "no gold for these documents"
