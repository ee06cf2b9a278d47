from __future__ import annotations

from typing import Any

import pytest

from harness import registry
from harness.errors import StageError
from harness.protocols import Batch

SOURCES = ["Bonjour.", "", "Le chat dort."]


def hypotheses(kind: str, batch: Batch) -> list[str]:
    engine: Any = registry.build("engine", {"kind": kind}, model={}, src="fr", tgt="pl")
    found = dict(pair for part in engine.translate(batch) for pair in part)
    return [found[index].hypothesis for index in range(len(batch.sources))]


def test_copy_returns_every_source() -> None:
    assert hypotheses("copy", Batch(SOURCES)) == SOURCES


def test_reference_returns_the_first_reference_of_each_source() -> None:
    references = [["Dzień dobry.", "Cześć."], ["—"], ["Kot śpi."]]
    assert hypotheses("reference", Batch(SOURCES, references)) == ["Dzień dobry.", "—", "Kot śpi."]


def test_reference_refuses_to_guess() -> None:
    with pytest.raises(StageError, match="segment 12 has no reference"):
        hypotheses("reference", Batch(SOURCES, [["a"], [], ["c"]], start=10, total=20))
    with pytest.raises(ValueError, match="shorter"):
        hypotheses("reference", Batch(SOURCES, [["a"]]))
