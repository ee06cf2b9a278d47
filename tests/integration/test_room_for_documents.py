"""How long a document a language model has room for, by its tokens; what is longer goes in windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.run.whole import wholes
from harness.types import Item
from tests.support.tiny_checkpoints import llama


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("llama") / "model"
    return llama(made)


def engine(folder: Path, **options: Any) -> Any:
    model = {"name": "tiny", "path": str(folder), "family": "llm", "prompt": "{text}", "chat": False}
    return registry.build(
        "engine", {"kind": "transformers", "unit": "document", **options}, model=model, src="fr", tgt="pl"
    )


def test_room_is_by_the_limit_of_the_output_and_of_the_prompt(folder: Path) -> None:
    text = "Le président a parlé. " * 12
    assert engine(folder, max_new_tokens=240).fits(text)
    assert not engine(folder, max_new_tokens=20).fits(text)
    assert engine(folder, max_new_tokens=20).fits("Oui.")
    assert not engine(folder, max_new_tokens=500).fits(text)  # the prompt has 12


def test_a_document_without_room_is_given_in_windows(folder: Path) -> None:
    items = [Item(str(k), "d", f"Le président a parlé {k} fois.", ("x",)) for k in range(6)]
    (whole,) = wholes(items, engine(folder, max_new_tokens=300))
    assert not whole.part and whole.segments == list(range(6))
    parts = wholes(items, engine(folder, max_new_tokens=90))
    assert len(parts) > 1 and all(part.part for part in parts)
    assert [at for part in parts for at in part.scored] == list(range(6))
    assert all(part.context for part in parts[1:])
