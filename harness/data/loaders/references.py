"""References without their source: all that scoring finished outputs needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.data.loaders.bitext import read_parallel
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.errors import DataError
from harness.types import Input, Item


class References(ParallelSet):
    """One or more text files of references, a line a segment, for outputs that exist already (`model=file`).

    `tgt` is one file or a list of them, one a reference. The source of every segment is empty.
    """

    def __init__(
        self,
        tgt: str | Sequence[str] | None = None,
        name: str = "references",
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not tgt:
            raise DataError("data=references needs data.tgt: a text file with one segment a line")
        self.tgt = [tgt] if isinstance(tgt, str) else [str(path) for path in tgt]
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(path, (tgt,)) for path in self.tgt]

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin)

        meta: dict[str, Any] = {"sourceless": True}
        return Reading(self.name, _items(files), inputs, meta)


def _items(files: Sequence[TextFile]) -> Iterator[Item]:
    for item in read_parallel(files):  # the first file takes the place of a source there
        yield Item(item.id, None, "", (item.source, *item.references))
