"""Sets larger than memory: on disk they read as in memory, hash alike, and leave nothing behind."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.common.files import digest, digest_each
from harness.data import spool
from harness.data.load import load
from harness.data.spool import Spool, collect
from harness.errors import DataError, StageError
from harness.types import Bead, Bitext, Item
from tests.support.program import ROOT

ITEMS = (
    Item("a", "d1", 'Bonjour\u2028 à\ttous \\ "oui"', ("Dzień dobry", "")),
    Item("b", None, "moitié \ud83d\ude00 \udfff d'un caractère 😀", ()),
    Item("c", "", "", ("x",), Bead((0, 1), (), -0.1, None, ("null", "weak"))),
    Item("d", "d2", "\x00\x85", ("\r",), Bead((2,), (3,), float("inf"), 0.25), "news"),
)


def many(n: int) -> Iterator[Item]:
    return (Item(str(i), f"d{i // 10}", f"phrase {i % 70} ", (f"zdanie {i % 70}",)) for i in range(n))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A limit of ten items, and the folder of temporary files."""
    monkeypatch.setattr(spool, "SPILL", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_spool_reads_like_the_tuple(tmp_path: Path) -> None:
    stored = Spool.write(ITEMS, tmp_path)
    assert len(stored) == 4 and tuple(stored) == ITEMS and tuple(stored) == ITEMS, "again from the beginning"
    assert [stored[i] for i in range(-4, 4)] == [ITEMS[i] for i in range(-4, 4)]
    bounds = [None, *range(-6, 7)]
    for start in bounds:
        for stop in bounds:
            for step in (None, 1, 2, -1):
                assert stored[start:stop:step] == ITEMS[start:stop:step]
    assert [a.id + b.id for a, b in zip(stored, stored, strict=True)] == ["aa", "bb", "cc", "dd"]
    assert tuple(pickle.loads(pickle.dumps(stored))) == ITEMS
    for index in (4, -5):
        with pytest.raises(IndexError):
            stored[index]
    assert len(Spool.write((), tmp_path)) == 0


def test_only_what_is_large_goes_to_disk(small: Path) -> None:
    assert isinstance(collect(many(10)), tuple) and not list(small.iterdir())
    large = collect(many(11))
    assert isinstance(large, Spool) and tuple(large) == tuple(many(11))


def test_nothing_stays_on_disk(small: Path) -> None:
    def broken() -> Iterator[Item]:
        yield from many(20)
        raise DataError("news.fr:21: not UTF-8")

    with pytest.raises(DataError, match="not UTF-8"):
        collect(broken())
    assert not list(small.iterdir())
    held = collect(many(20))
    assert list(small.iterdir())
    copy = pickle.loads(pickle.dumps(held))
    del held
    assert not list(small.iterdir())
    with pytest.raises(StageError, match=r"items\.jsonl: the test set set aside there cannot be read"):
        list(copy)
    code = (
        "from harness.data.spool import Spool; from harness.types import Item\n"
        "kept = Spool.write([Item('a', None, 'b', ())])\n"
        "print(kept.path.is_file()); raise SystemExit(3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT), "TMPDIR": str(small)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("True\n", 3) and not list(small.iterdir())


def test_a_disk_that_is_full_or_not_there_is_named(small: Path) -> None:
    code = (
        "import resource, signal; from harness.data.spool import Spool; from harness.types import Item\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "Spool.write(Item(str(i), None, 'phrase ' * 50, ()) for i in range(9000))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT), "TMPDIR": str(small)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"StageError: {small}: " in done.stderr and "TMPDIR=DIR" in done.stderr
    assert not list(small.iterdir())
    with pytest.raises(StageError, match=r"nowhere: .* cannot be written \(No such file or directory\)"):
        Spool.write(ITEMS, small / "nowhere")


def test_the_hash_of_a_set_is_that_of_its_list() -> None:
    rows = [[item.id, item.source, list(item.references)] for item in ITEMS]
    for length in (0, 1, 4):
        assert digest_each(iter(rows[:length])) == digest(rows[:length])
    assert digest_each(iter(rows), 16) == digest(rows, 16)


@pytest.mark.parametrize("options", [{}, {"sample": 40, "seed": 3}, {"empty": "drop"}])
@pytest.mark.parametrize("limit", [None, 25])
def test_a_large_set_is_loaded_and_checked_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], limit: int | None
) -> None:
    rows = [{"source": item.source if i % 9 else " ", "target": item.references[0], "doc": item.doc}
            for i, item in enumerate(many(200))]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    named = {"kind": "jsonl", "path": str(tmp_path / "a.jsonl"), "doc_id": "doc", **options}
    in_memory = load(named, "fr", "pl", limit)
    monkeypatch.setattr(spool, "SPILL", 10)
    on_disk = load(named, "fr", "pl", limit)
    assert isinstance(in_memory, Bitext) and isinstance(on_disk, Bitext)
    assert isinstance(in_memory.items, tuple) and isinstance(on_disk.items, Spool)
    assert tuple(on_disk.items) == in_memory.items
    assert (on_disk.meta, on_disk.inputs) == (in_memory.meta, in_memory.inputs)
    if limit is None and not options:
        assert on_disk.meta["counts"]["duplicates"] == 200 - len({(r["source"], r["target"]) for r in rows})
        assert on_disk.meta["counts"]["documents"] == 20


def test_an_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    rows = [{"source": "a", "target": "b", "id": i % 150} for i in range(200)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match=r"a\.jsonl: duplicate id '0'"):
        load({"kind": "jsonl", "path": str(tmp_path / "a.jsonl"), "line_id": "id"}, "fr", "pl")
