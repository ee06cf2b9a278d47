from __future__ import annotations

import pytest

from harness import registry
from harness.errors import StageError

SOURCES = ["Bonjour.", "", "Le chat dort."]


def hypotheses(engine, sources):
    found = dict(pair for batch in engine.translate(sources) for pair in batch)
    return [found[index].hypothesis for index in range(len(sources))]


def test_copy_returns_every_source():
    engine = registry.build("engine", {"kind": "copy"}, model={}, src="fr", tgt="pl")
    assert hypotheses(engine, SOURCES) == SOURCES


def test_reference_returns_the_first_reference_of_each_source():
    engine = registry.build("engine", {"kind": "reference"}, model={}, src="fr", tgt="pl")
    engine.bind([["Dzień dobry.", "Cześć."], ["—"], ["Kot śpi."]])
    assert hypotheses(engine, SOURCES) == ["Dzień dobry.", "—", "Kot śpi."]


def test_reference_identity_changes_with_the_references():
    engines = [registry.build("engine", {"kind": "reference"}, model={}, src="fr", tgt="pl") for _ in "ab"]
    engines[0].bind([["a"]])
    engines[1].bind([["b"]])
    assert engines[0].identity != engines[1].identity


def test_reference_refuses_to_guess():
    engine = registry.build("engine", {"kind": "reference"}, model={}, src="fr", tgt="pl")
    with pytest.raises(StageError, match="no references were bound"):
        next(engine.translate(SOURCES))
    with pytest.raises(StageError, match="segment 1 has no reference"):
        engine.bind([["a"], []])
    engine.bind([["a"]])
    with pytest.raises(StageError, match="1 references were bound, 3 sources"):
        next(engine.translate(SOURCES))
