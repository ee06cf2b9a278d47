"""The aligner that repeats what a person decided; `alignment=PATH` of a run takes its beads."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob
from pathlib import Path

from harness.align.goldfile import GoldFile, read_gold
from harness.common.files import sha256_text
from harness.common.paths import is_dir, user_path
from harness.errors import ConfigError, DataError
from harness.protocols import Aligner
from harness.types import Bead, Input


class Gold(Aligner):
    """The beads of gold files, for the documents whose segments they hold.

    `path`: a `.jsonl` gold file of the workbench, a folder of them, or a pattern such as
    `results/gold/*/ann.jsonl`, one a pair of documents. In a run, `aligner=gold aligner.path=PATH` is another
    spelling of `alignment=PATH`.
    """

    def __init__(self, path: str | None = None) -> None:
        if not path:
            raise ConfigError("aligner=gold needs aligner.path=FILE, a gold file of the workbench (.jsonl)")
        files = gold_paths(path)
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
    def documents(self) -> list[tuple[str, str]]:
        """The names of both documents of each file."""
        return [(found.header.src.id, found.header.tgt.id) for found in self._files]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The gold files, so that the record says what its numbers rest on."""
        return self._inputs

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """The gold's beads over these segments. Raises DataError unless one file holds exactly them."""
        wanted = [list(src), list(tgt)]
        fitting = [k for k, found in enumerate(self._files) if _texts(found) == wanted]
        if not fitting:
            raise DataError(f"{self.path}: {self._difference(src, tgt)}")
        if len(fitting) > 1:
            names = ", ".join(self._inputs[k].path for k in fitting)
            raise DataError(f"{self.path}: several files are about the same documents: {names}; name one")
        found = self._files[fitting[0]]
        sides = found.header.src, found.header.tgt
        at = [{k: place for place, k in enumerate(side.content)} for side in sides]
        return [
            Bead(tuple(at[0][i] for i in b.src), tuple(at[1][j] for j in b.tgt), flags=b.flags)
            for b in found.beads
            if all(i in at[0] for i in b.src) and all(j in at[1] for j in b.tgt)
        ]

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


def _texts(found: GoldFile) -> list[list[str]]:
    """The segments of both sides that are no page furniture."""
    return [[side.segments[k].text for k in side.content] for side in (found.header.src, found.header.tgt)]


def gold_paths(path: str) -> list[Path]:
    """The files that a path, a folder or a pattern names. Raises DataError where it names none."""
    place = user_path(path)
    if is_dir(place):
        found = sorted(place.glob("*.jsonl"))
        missing = "no .jsonl file in this folder"
    elif "*" in path:
        found = sorted(Path(name) for name in glob(str(place)))  # noqa: PTH207 (it may be absolute)
        missing = "no file fits this pattern"
    else:
        return [place]
    if not found:
        raise DataError(f"{path}: {missing}; the workbench writes results/gold/DOCUMENTS/AUTHOR.jsonl")
    return found
