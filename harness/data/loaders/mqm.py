"""The test set inside an MQM annotation file: its sources, and the human references among its systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.common.files import read_text, sha256_text
from harness.common.mqm import outputs, read_mqm
from harness.common.paths import user_path
from harness.data.parallel import ParallelSet, Reading
from harness.errors import DataError, did_you_mean
from harness.types import Input, Item


class Mqm(ParallelSet):
    """Segments are those that every reference has, in the order of the file; ids are its `seg_id`.

    path       the TSV file
    reference  the system that is a human reference, or a list of them
    """

    def __init__(
        self,
        path: str | None = None,
        reference: str | Sequence[str] = "ref",
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError("data=mqm needs data.path: a TSV file of MQM annotations")
        self.path = path
        self.references = [reference] if isinstance(reference, str) else list(reference)
        self.name = name or Path(path).stem
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        annotations = read_mqm(self.path)
        systems = outputs(annotations)
        for name in self.references:
            if name not in systems:
                raise DataError(
                    f"{self.path}: no system '{name}' to be the reference.{did_you_mean(name, systems)}"
                    f" data.reference=NAME; systems: {', '.join(sorted(systems))}"
                )
        firsts = {one.segment: one for one in reversed(annotations)}
        texts = [systems[name] for name in self.references]
        kept = [segment for segment in texts[0] if all(segment in other for other in texts)]

        def items() -> Iterator[Item]:
            for segment in kept:
                first = firsts[segment]
                yield Item(segment, first.doc, first.source, tuple(text[segment] for text in texts))

        def inputs() -> tuple[Input, ...]:
            digest = sha256_text(read_text(user_path(self.path)))
            return (Input(Path(self.path).name, self.path, digest, len(kept), **self.origin),)

        return Reading(self.name, items(), inputs)
