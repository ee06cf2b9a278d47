"""Segments read from the copy of their columns are those of the lines, bit by bit; a copy never stands in
for other lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.common.files import write_atomic
from harness.compare import parsed
from harness.compare.load import System, load
from harness.errors import DataError
from harness.metrics.stats.bootstrap import bootstrap_counts, bootstrap_indices, single_counts
from harness.results.store import Store
from tests.support.made_stores import METRICS, write_run

RUN = "20260101-000000-aaa"
BEAD = {"src": [0], "tgt": [0, 1], "shape": "1-2", "score": 0.1 + 0.2, "confidence": 1 / 3, "flags": ["x"]}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(parsed, "SMALLEST", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    outputs = ["le chat dort .", "un chien \ud800 \u202e", "", "trois « mots »"]
    references = [["le chat dort", "le chat"], ["un chien"], ["rien"], ["x y"]]
    metrics = {**METRICS, "semsim": {"kind": "length_ratio"}}
    yield write_run(
        tmp_path / "store", RUN, "made", outputs, references,
        beads=[BEAD, None, BEAD, None], health=[["empty"], [], ["a", "b"], []], docs=["d", "d", "e", "e"],
        metrics=metrics,
    )  # fmt: skip


def read(store: Store) -> System:
    record = store.find(RUN).record
    assert record is not None
    return load(store, record, "made")


def same(a: System, b: System) -> bool:
    for field in fields(System):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if field.name in ("scores", "statistics"):
            assert one.keys() == other.keys()
            if any(one[key].tobytes() != other[key].tobytes() for key in one):
                return False
            assert all(one[key].dtype == other[key].dtype == np.float64 for key in one)
            assert all(other[key].flags.writeable for key in one)
        elif field.name != "metrics" and one != other:
            return False
    return True


def change(store: Store, change: Any) -> None:
    path = store.run_dir(RUN) / "segments.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    write_atomic(path, "".join(json.dumps(line) + "\n" for line in lines))


def copies() -> list[Path]:
    return sorted(parsed.folder().glob("*"))


def test_what_the_copy_holds_is_what_the_lines_hold(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(lines: list[Any]) -> None:
        for k, line in enumerate(lines):
            line["stats"]["semsim"] = [0.1 * k, -0.0, 1e-300, float(2**40 + k)]

    change(store, odd)
    first = read(store)
    assert len(copies()) == 1
    with monkeypatch.context() as patch:
        patch.setattr("harness.compare.load._lines", None)  # nothing is parsed again
        assert same(first, read(store))
    monkeypatch.setattr("harness.compare.load.remembered", lambda files, parse: parse())
    assert same(first, read(store))


def test_changed_segments_are_read_anew(store: Store) -> None:
    before = read(store)
    change(store, lambda lines: lines[0].update(hypothesis="other"))
    after = read(store)
    assert (before.hypotheses[0], after.hypotheses[0]) == ("le chat dort .", "other")
    assert len(copies()) == 2


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"", lambda b: b[:80] + b"9" + b[81:]])
def test_a_damaged_copy_is_made_again(store: Store, damage: Any) -> None:
    before = read(store)
    (path,) = copies()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert same(before, read(store))
    assert path.read_bytes() == whole


def test_without_a_place_for_copies_the_lines_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(store)
    blocked = store.root / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert same(before, read(store))


def test_the_oldest_copies_go_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read(store)
    (old,) = copies()
    monkeypatch.setattr(parsed, "MOST", int(1.5 * old.stat().st_size))
    change(store, lambda lines: lines[0].update(hypothesis="other"))
    read(store)
    assert [path != old for path in copies()] == [True]


def test_small_runs_have_no_copy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "SMALLEST", 100_000)
    read(store)
    assert copies() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda lines: lines[2].update(source=3), r"segments\.jsonl:3: 'source' is not text"),
        (lambda lines: lines.pop(), "3 segments, but the record says 4"),
    ],
)
def test_wrong_lines_are_refused_and_not_copied(store: Store, changed: Any, said: str) -> None:
    change(store, changed)
    for _ in range(2):
        with pytest.raises(DataError, match=said):
            read(store)
    assert copies() == []


def test_incomplete_statistics_are_named_from_the_copy_too(store: Store) -> None:
    change(store, lambda lines: (lines[1]["stats"].pop("chrf"), [line["stats"].pop("ter") for line in lines]))
    first, again = read(store), read(store)
    assert first.problems == again.problems
    assert [text.partition(" is left out ")[2] for text in again.problems] == [
        "(no stored statistics in line 2 of segments.jsonl)",
        "(no stored statistics in line 1 of segments.jsonl)",
    ]


def test_counts_in_both_precisions_are_those_of_the_drawn_indices() -> None:
    n, samples, seed = 37, 50, 7
    indices = np.concatenate(list(bootstrap_indices(n, samples, seed)))
    wanted = np.array([[np.sum(row == k) for k in range(n)] for row in indices])
    double = np.concatenate(list(bootstrap_counts(n, samples, seed)))
    single = np.concatenate(list(single_counts(n, samples, seed)))
    assert (double.dtype, single.dtype) == (np.float64, np.float32)
    assert (double == wanted).all() and (single == wanted).all()
