"""Word for word through a dictionary: a floor that works on any machine in seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from harness.common.limits import Reads
from harness.errors import ConfigError
from harness.gloss import tables as gloss_tables
from harness.gloss.fr_pl import FrenchToPolish
from harness.gloss.pl_fr import PolishToFrench
from harness.protocols import Batch, Engine, Translated
from harness.types import Translation

_BATCH = 256
_VERSION = 5  # of the rules: other rules are other translations


class Gloss(Engine):
    """Each word becomes its best dictionary translation; what no dictionary knows is copied."""

    def __init__(self, model: Annotated[Mapping[str, Any], Reads(())], src: str, tgt: str) -> None:
        known = gloss_tables.pairs()
        if f"{src}-{tgt}" not in known:
            raise ConfigError(
                f"model 'gloss' has no dictionary for {src}→{tgt}; it has {', '.join(known)}."
                " model=copy works for any pair"
            )
        self._src, self._tgt = src, tgt
        self._sha256 = gloss_tables.digest(src, tgt)

    @property
    def identity(self) -> dict[str, Any]:
        """The rules' version and the tables' digest: equal identities give equal translations."""
        return {
            "engine": "gloss",
            "version": _VERSION,
            "pair": f"{self._src}-{self._tgt}",
            "dictionary": self._sha256,
        }

    def translate(self, batch: Batch) -> Translated:
        """Batches of 256 in order."""
        line = self._translator()
        for start in range(0, len(batch.sources), _BATCH):
            chunk = batch.sources[start : start + _BATCH]
            yield [(start + i, Translation(source, line(source))) for i, source in enumerate(chunk)]

    def _translator(self) -> Callable[[str], str]:
        tables = gloss_tables.load(self._src, self._tgt)
        return FrenchToPolish(tables).line if self._src == "fr" else PolishToFrench(tables).line
