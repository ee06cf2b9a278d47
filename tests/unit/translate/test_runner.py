"""Order, joining, caching and resuming, with engines that need no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import StageError
from harness.protocols import Batch, Engine, Translated
from harness.translate.batching import Pending, batches, pieces
from harness.translate.cache import Cache
from harness.translate.runner import translate
from harness.types import Translation


class Shouting(Engine):
    """Upper case, in batches of two from the end; counts what it was asked; dies after `die` batches."""

    sentence_level = True

    def __init__(self, die: int | None = None, name: str = "a") -> None:
        self.asked: list[str] = []
        self._die, self._name = die, name

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "shouting", "name": self._name}

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        order = list(range(len(sources)))[::-1]
        for number, start in enumerate(range(0, len(order), 2)):
            if number == self._die:
                raise KeyboardInterrupt
            self.asked += [sources[i] for i in order[start : start + 2]]
            yield [
                (i, Translation(sources[i], sources[i].upper(), "stop", 1)) for i in order[start : start + 2]
            ]


class Dots:
    """Splits after every full stop."""

    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        spans, start = [], 0
        for i, char in enumerate(text):
            if char == ".":
                spans.append((start, i + 1))
                start = i + 2
        return spans if start >= len(text) else [*spans, (start, len(text))]


def test_order_duplicates_and_blanks(tmp_path: Path) -> None:
    engine = Shouting()
    found = translate(engine, ["a", "b", "  ", "a", "c"], tmp_path)
    assert [t.hypothesis for t in found] == ["A", "B", "", "A", "C"]
    assert [t.source for t in found] == ["a", "b", "  ", "a", "c"]
    assert sorted(engine.asked) == ["a", "b", "c"]


def test_sentences_are_translated_alone_and_joined(tmp_path: Path) -> None:
    engine = Shouting()
    found = translate(engine, ["One. Two.\nThree.", "One."], tmp_path, Dots(), "en", "pl")
    assert sorted(engine.asked) == ["One.", "Three.", "Two."]
    assert found[0] == Translation("One. Two.\nThree.", "ONE. TWO.\nTHREE.", "stop", 3)
    assert translate(Shouting(), ["One. Two."], tmp_path, Dots(), "en", "zh")[0].hypothesis == "ONE.TWO."


def test_interrupted_run_goes_on_without_repeating(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = [f"line {i}" for i in range(9)]
    first = Shouting(die=2)
    with pytest.raises(KeyboardInterrupt):
        translate(first, sources, tmp_path)
    assert not capsys.readouterr().err, "the command says how to go on, once"
    second = Shouting()
    found = translate(second, sources, tmp_path)
    assert [t.hypothesis for t in found] == [s.upper() for s in sources]
    assert sorted(first.asked + second.asked) == sorted(sources)
    third = Shouting()
    assert translate(third, sources, tmp_path) == found
    assert third.asked == []


def test_other_identity_shares_nothing(tmp_path: Path) -> None:
    translate(Shouting(name="a"), ["x"], tmp_path)
    other = Shouting(name="b")
    translate(other, ["x"], tmp_path)
    assert other.asked == ["x"]


def test_torn_last_line_is_ignored_and_two_writers_live_together(tmp_path: Path) -> None:
    identity = {"engine": "x"}
    with Cache(tmp_path, identity) as one, Cache(tmp_path, identity) as two:
        one.append([Translation("a", "A", "length", 3), Translation("b", "B")])
        two.append([Translation("c", "C")])
    files = sorted(one.folder.glob("*.jsonl"))
    assert len(files) == 2
    with files[0].open("ab") as stream:
        stream.write(b'{"keys": ["00')
    with Cache(tmp_path, identity) as again:
        row = again.get("a")
        assert row is not None and (row.hypothesis, row.finish_reason, row.n_tokens) == ("A", "length", 3)
        assert again.get("c") is not None
        assert again.get("d") is None


def test_damage_inside_the_cache_is_named(tmp_path: Path) -> None:
    with Cache(tmp_path, {}) as cache:
        cache.append([Translation("a", "A")])
    (path,) = cache.folder.glob("*.jsonl")
    path.write_bytes(b"garbage\n" + path.read_bytes())
    with pytest.raises(StageError, match=rf"{path.name}: damaged at byte 0"):
        Cache(tmp_path, {})


def test_errors_are_not_kept(tmp_path: Path) -> None:
    with Cache(tmp_path, {}) as cache:
        cache.append([Translation("a", "", "error", None, "refused"), Translation("b", "B")])
    with Cache(tmp_path, {}) as again:
        assert again.get("a") is None
        assert again.get("b") is not None


def test_lone_surrogates_survive_the_cache(tmp_path: Path) -> None:
    with Cache(tmp_path, {}) as cache:
        cache.append([Translation("bad \ud800", "zły")])
    with Cache(tmp_path, {}) as again:
        row = again.get("bad \ud800")
        assert row is not None and row.hypothesis == "zły"


@pytest.mark.parametrize("answer", [[0, 0], [0], [0, 5]])
def test_an_engine_that_breaks_its_promise_is_stopped(answer: list[int], tmp_path: Path) -> None:
    class Wrong(Shouting):
        def translate(self, batch: Batch) -> Translated:
            yield [(i, Translation("x", "X")) for i in answer]

    with pytest.raises(StageError, match="engine returned"):
        translate(Wrong(), ["a", "b"], tmp_path)


def test_batches_keep_the_budget_and_resume_alike() -> None:
    pending = [Pending(i, (f"text {i}",), 1 + (i * 7) % 40) for i in range(200)]
    packed = list(batches(pending, 128, 16))
    assert sorted(item.index for batch in packed for item in batch) == list(range(200))
    for batch in packed:
        assert len(batch) <= 16
        assert len(batch) == 1 or len(batch) * max(item.length for item in batch) <= 128
    for done in (1, 5, len(packed) - 1):
        rest = [item for batch in packed[done:] for item in batch]
        assert list(batches(rest[::-1], 128, 16)) == packed[done:]


def test_pieces_fit_and_lose_nothing() -> None:
    text = "Une phrase, puis une autre; encore une; et la dernière qui est longue " * 3
    parts = pieces(text, lambda part: len(part) <= 40)
    assert all(len(part) <= 40 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert pieces("x" * 100, lambda part: len(part) <= 30) == ["x" * 25] * 4
