"""An engine that raises: what is recorded as failed, and what ends the run."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import SegmentError, StageError, UnavailableError
from harness.protocols import Batch, Engine, Translated
from harness.translate import retry as faults
from harness.translate.retry import IN_A_ROW, Tolerant
from harness.translate.runner import stream
from harness.types import Translation


class Fragile(Engine):
    """Upper case in batches of four; `raises(text)` may return an error for a text, at each attempt."""

    def __init__(self, raises: Callable[[str], Exception | None]) -> None:
        self._raises = raises
        self.made: list[str] = []

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "fragile"}

    def translate(self, batch: Batch) -> Translated:
        for start in range(0, len(batch.sources), 4):
            part = list(enumerate(batch.sources))[start : start + 4]
            for _, source in part:
                if (error := self._raises(source)) is not None:
                    raise error
            self.made += [source for _, source in part]
            yield [(i, Translation(source, source.upper())) for i, source in part]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_PAUSE", 0.0)


def poisoned(*texts: str) -> Callable[[str], Exception | None]:
    return lambda text: SegmentError(f"cannot do {text}") if text in texts else None


def run(engine: Fragile, sources: list[str], folder: Path) -> list[Translation]:
    return list(stream(Tolerant(engine), Batch(sources), folder))


def test_the_texts_that_raise_fail_and_no_other(tmp_path: Path) -> None:
    sources = [f"s{k}" for k in range(50)]
    engine = Fragile(poisoned("s7", "s8", "s49"))
    found = run(engine, sources, tmp_path)
    assert [t.source for t in found] == sources
    failed = {t.source: t for t in found if t.finish_reason == "error"}
    assert set(failed) == {"s7", "s8", "s49"}
    assert failed["s8"].error == "cannot do s8" and failed["s8"].hypothesis == ""
    assert all(t.hypothesis == t.source.upper() for t in found if t.source not in failed)
    assert len(engine.made) == len(set(engine.made)), "what is finished is not asked for again"

    healed = Fragile(poisoned("s8"))
    again = run(healed, sources, tmp_path)
    assert [t.source for t in again if t.finish_reason == "error"] == ["s8"]
    assert sorted(healed.made) == ["s49", "s7"], "only what had failed is tried again"


def test_a_passing_failure_leaves_no_trace(tmp_path: Path) -> None:
    tries = iter([RuntimeError("out of luck"), RuntimeError("again")])
    engine = Fragile(lambda text: next(tries, None) if text == "b" else None)
    assert [t.hypothesis for t in run(engine, ["a", "b", "c"], tmp_path)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "error",
    [UnavailableError("the server refuses the key"), StageError("exit code 1"), ImportError("no module x")],
)
def test_what_concerns_the_system_ends_the_run_at_once(error: Exception, tmp_path: Path) -> None:
    asked: list[str] = []
    engine = Fragile(lambda text: asked.append(text) or error)  # type: ignore[func-returns-value]
    with pytest.raises(type(error), match=str(error)):
        run(engine, ["a", "b"], tmp_path)
    assert asked == ["a"]


def test_a_full_disk_ends_the_run(tmp_path: Path) -> None:
    engine = Fragile(lambda _: OSError(errno.ENOSPC, "No space left on device", "/tmp/x"))
    with pytest.raises(StageError, match=r"No space left on device \(/tmp/x\)"):
        run(engine, ["a", "b"], tmp_path)


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_an_engine_that_fails_on_everything_is_not_the_texts_fault(n: int, tmp_path: Path) -> None:
    engine = Fragile(lambda _: RuntimeError("CUDA error: device lost"))
    with pytest.raises(StageError, match="the engine failed on .*; the last error: RuntimeError: CUDA error"):
        run(engine, [f"s{k}" for k in range(n)], tmp_path)


def test_an_engine_that_breaks_on_the_way_ends_the_run(tmp_path: Path) -> None:
    engine = Fragile(lambda text: RuntimeError("lost") if int(text) >= 40 else None)
    with pytest.raises(StageError, match=f"failed on {IN_A_ROW} segments in a row"):
        run(engine, [str(k) for k in range(200)], tmp_path)
    assert len(engine.made) == 40


def test_an_output_by_place_is_never_narrowed_down(tmp_path: Path) -> None:
    engine = Fragile(poisoned("b"))
    engine.positional = True  # type: ignore[attr-defined]
    with pytest.raises(SegmentError, match="cannot do b"):
        run(engine, ["a", "b", "c"], tmp_path)
