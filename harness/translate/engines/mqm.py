"""The `mqm` engine: the outputs of one system in a file of MQM annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from harness.common.files import digest
from harness.common.limits import Reads
from harness.common.mqm import Annotation, outputs, read_mqm
from harness.errors import ConfigError, DataError, did_you_mean
from harness.protocols import Batch, Engine, Translated
from harness.types import Details, Translation


class Mqm(Engine):
    """Read the outputs of a system, with the marks of errors beside them.

    path       the TSV file
    system     the system's name there
    reference  the system (or the first of several) whose segments, in its order, are the test set

    On the command line, `run data=mqm model=mqm` without a system makes one run of each. Raises ConfigError
    for an unknown system, DataError for a source that is not the file's or an output that is missing.
    """

    positional = True

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(())],
        src: str,
        tgt: str,
        path: str | None = None,
        system: str | None = None,
        reference: str | Sequence[str] = "ref",
    ) -> None:
        if not path or not system:
            raise ConfigError(
                "engine 'mqm' needs a file and one of its systems: data=mqm data.path=FILE model=mqm"
                " engine.system=NAME (without engine.system: one run for each system)"
            )
        self._path: str = path
        self.name = self._system = system
        self._reference = reference if isinstance(reference, str) else reference[0]

    @cached_property
    def _annotations(self) -> list[Annotation]:
        return read_mqm(self._path)

    @cached_property
    def _texts(self) -> list[tuple[str, str, str | None]]:
        """Id, source and output of each segment that the reference has, in its order."""
        systems = outputs(self._annotations)
        if self._system not in systems:
            raise ConfigError(
                f"engine.system={self.name}: not in {self._path}.{did_you_mean(self._system, systems)}"
                f" Systems: {', '.join(sorted(systems))}"
            )
        sources = {one.segment: one.source for one in self._annotations}
        order = systems.get(self._reference, systems[self._system])
        return [(segment, sources[segment], systems[self._system].get(segment)) for segment in order]

    @cached_property
    def _human(self) -> dict[str, list[dict[str, Any]]]:
        """By segment the errors that each rater marked in the system's output; none for a clean one."""
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for one in self._annotations:
            if one.system == self._system:
                marks = found.setdefault(one.segment, {}).setdefault(one.rater, [])
                marks += [one.mark.to_json()] if one.mark else []
        return {
            segment: [{"who": rater or "rater", "marks": marks} for rater, marks in raters.items()]
            for segment, raters in found.items()
        }

    @cached_property
    def identity(self) -> dict[str, Any]:
        return {"engine": "mqm", "model": self.name, "sha256": digest([texts for _, *texts in self._texts])}

    def translate(self, batch: Batch) -> Translated:
        texts = self._texts[batch.start : batch.start + len(batch.sources)]
        if [source for _, source, _ in texts] != list(batch.sources):
            raise DataError(
                f"{self._path}: its segments are not those of the test set; use data=mqm, unsampled"
            )
        missing = sum(output is None for *_, output in texts)
        if missing:
            raise DataError(f"{self._path}: {self.name} has no output for {missing} of {len(texts)} segments")
        yield [
            (i, Translation(source, output or "", details=Details(human=self._human.get(segment))))
            for i, (segment, source, output) in enumerate(texts)
        ]
