"""Which settings make another run of a configuration, and which do not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from harness.common.limits import Reads
from harness.config.schema import compose
from harness.protocols import Batch, Engine, Translated
from harness.results.record import Record
from harness.results.store import Store
from harness.run.pipeline import Outcome, run_one
from harness.types import Translation


def run(folder: Path, number: int, *words: str) -> Outcome:
    overrides = ["data=bitext", f"data.src={folder}/a", f"data.tgt={folder}/b", "model=copy", *words]
    config = compose([*overrides, "metrics=[chrf]", f"results={folder}/results"])
    return run_one(config, Store(config.results), f"2026-{number}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("Bonjour le monde.\nIl pleut.\n")
    (tmp_path / "b").write_text("Witaj, świecie.\nPada deszcz.\n")
    return tmp_path


@pytest.mark.parametrize("words", [["tag=release"], ["force=false"], ["backend.retries=5"]])
def test_what_cannot_change_the_numbers_is_the_same_run(folder: Path, words: list[str]) -> None:
    first = run(folder, 1)
    second = run(folder, 2, *words)
    assert second.skipped and second.record.run_id == first.record.run_id


@pytest.mark.parametrize("words", [["limit=1"], ["metrics.chrf.word_order=2"], ["bootstrap.seed=1"]])
def test_what_can_change_the_numbers_is_another_run(folder: Path, words: list[str]) -> None:
    first = run(folder, 1)
    second = run(folder, 2, *words)
    assert not second.skipped and second.record.config_hash != first.record.config_hash


def test_other_data_is_another_run_under_the_same_configuration(folder: Path) -> None:
    first = run(folder, 1)
    (folder / "a").write_text("Bonjour le monde.\nIl neige.\n")
    second = run(folder, 2)
    assert not second.skipped
    assert {r.config_hash for r in (first.record, second.record)} == _hashes(folder, 2)


def _hashes(folder: Path, n: int) -> set[str | None]:
    records: list[Record] = Store(folder / "results").records()
    assert len(records) == n
    found: set[Any] = {record.config_hash for record in records}
    assert len(found) == n
    return found


class Changing(Engine):
    """One identity, another output each time the process builds it: a server with another model behind it."""

    answer = "A"

    def __init__(self, model: Annotated[Any, Reads(())], src: str, tgt: str) -> None:
        pass

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "changing"}

    def translate(self, batch: Batch) -> Translated:
        yield [(i, Translation(source, self.answer)) for i, source in enumerate(batch.sources)]


def hypotheses(folder: Path, outcome: Outcome) -> set[str]:
    store = Store(folder / "results")
    return {line["hypothesis"] for line in store.segments(outcome.record.run_id)}


def test_force_asks_the_engine_again_and_its_new_answer_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"engine.kind={__name__}:Changing"
    assert hypotheses(folder, run(folder, 1, own)) == {"A"}
    monkeypatch.setattr(Changing, "answer", "B")
    assert hypotheses(folder, run(folder, 2, own, "metrics.chrf.word_order=2")) == {"A"}, "from the cache"
    assert hypotheses(folder, run(folder, 3, own, "force=true")) == {"B"}
    monkeypatch.setattr(Changing, "answer", "C")
    assert hypotheses(folder, run(folder, 4, own, "metrics.chrf.word_order=1")) == {"B"}, "the newest stored"
