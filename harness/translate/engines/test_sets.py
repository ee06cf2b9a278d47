"""Outputs in a test set, beside its source and references: WMT's XML (`<hyp>`) and SGML (tstset)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.kinds import MARKUP
from harness.common.texts import Text, kind_of
from harness.errors import DataError
from harness.protocols import Loader
from harness.translate.engines.outputs import Outputs

_HOLDING = ("wmt-xml", "sgm")


def found_in(path: Path, lang: str, **options: Any) -> Outputs:
    """The outputs in a file, whatever it is: for `options` see `Outputs`."""
    kind = kind_of(path)
    if kind is None or kind.name not in _HOLDING:
        return Outputs(path, lang, **options)
    held = Held(path, lang, **options, loader=registry.resolve("data", kind.name))
    return held if held.system else held.of_its_only_system()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Outputs):
    """The outputs of `system` in a test set, which its `loader` reads, by the ids of their segments."""

    loader: type[Loader]

    @property
    def by_ids(self) -> bool:
        return True

    def of_its_only_system(self) -> Outputs:
        """The outputs of the one system that is there. Raises DataError where there are more, or none."""
        systems = self.systems()
        if len(systems) != 1:
            if not systems:
                raise DataError(f"{self.path}: holds no outputs of systems (<hyp> in XML, tstset in SGML)")
            raise DataError(
                f"{self.path}: holds several systems; engine.system=NAME scores one, engine.system=all each"
                f" in a run of its own: {', '.join(systems)}"
            )
        return Held(path=self.path, lang=self.lang, system=systems[0], loader=self.loader)

    def text(self) -> Text:
        return Text(self.path, langs=(self.lang,), reads=MARKUP)

    def read(self, text: Text) -> Iterator[str]:
        yield from self.by_id().values()

    def by_id(self) -> dict[str, str]:
        return dict(self.loader.outputs(str(self.path), str(self.system)))

    def systems(self) -> list[str]:
        return self.loader.systems(str(self.path))
