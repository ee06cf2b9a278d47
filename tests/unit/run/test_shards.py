"""What shards come to is what the whole would have been."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigError, DataError
from harness.metrics.stats import bootstrap as stats
from harness.metrics.stats.bootstrap import block_size, block_sums
from harness.results.segment_files import Part, write_manifest
from harness.results.store import Store
from harness.run.shards import Done, Finished, Shard, divide, merged_rows, merged_signature, sha256


@given(st.integers(1, 400), st.integers(1, 90), st.sampled_from([1, 2, 5, 10, 50]))
@settings(max_examples=60)
def test_sums_of_blocks_do_not_depend_on_the_shards(n: int, size: int, block: int) -> None:
    statistics = np.random.default_rng(n).integers(0, 50, size=(n, 3)).astype(float)
    shards = divide(n, size)
    assert [s for shard in shards for s in range(shard.start, shard.stop)] == list(range(n))
    parts = [{"m": block_sums(statistics[s.start : s.stop], s.start, block)} for s in shards]
    blocks = -(-n // block)
    expected = [statistics[k * block : (k + 1) * block].sum(axis=0) for k in range(blocks)]
    assert np.array_equal(merged_rows(parts, blocks)["m"], np.array(expected))


def test_blocks_are_single_segments_until_there_are_too_many() -> None:
    assert [block_size(n) for n in (1, 10_000, 100_000, 100_001, 10**6, 10**9)] == [1, 1, 1, 10, 50, 50_000]
    assert all(-(-n // block_size(n)) <= stats.BLOCKS for n in (100_001, 10**6, 123_456_789, 10**9))


def test_blocks_of_independent_segments_give_the_interval_of_segments() -> None:
    class Mean:
        def aggregate(self, sums: np.ndarray) -> np.ndarray:
            return sums[:, 0] / sums[:, 1]

    rows = np.stack([np.random.default_rng(0).normal(10, 3, 40_000), np.ones(40_000)], axis=1)
    single = stats.interval(Mean(), rows, samples=400)  # type: ignore[arg-type]
    blocks = stats.interval(Mean(), block_sums(rows, 0, 10)[1], samples=400)  # type: ignore[arg-type]
    assert blocks[1] - blocks[0] == pytest.approx(single[1] - single[0], rel=0.2)
    assert blocks[0] < 10.05 and blocks[1] > 9.95


def test_signatures_that_differ_say_where() -> None:
    assert merged_signature(["nrefs:1|tok:13a", "nrefs:1|tok:13a"]) == "nrefs:1|tok:13a"
    assert merged_signature(["nrefs:2|tok:13a", "nrefs:1|tok:13a"]) == "nrefs:var|tok:13a"


def test_a_shard_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="shard_size=0"):
        divide(10, 0)


def done(lines: bytes, failed: int = 0) -> Done:
    return Done(Shard(3, 30, 40), sha256(lines), {"empty": 1}, failed, [], {"m": "s"})


def test_only_a_whole_shard_without_failures_counts_as_finished(tmp_path: Path) -> None:
    folder, lines = Finished(tmp_path), b'{"id": "1"}\n'
    assert folder.find(Shard(3, 30, 40)) is None
    folder.write(done(lines), lines, {"m": (3, np.array([[1.0, 2.0]]))})
    found = folder.find(Shard(3, 30, 40))
    assert found == done(lines)
    assert folder.find(Shard(3, 30, 41)) is None
    first, rows = folder.rows(found.shard)["m"]
    assert first == 3 and rows.tolist() == [[1.0, 2.0]]
    for suffix in (".npz", ".json", ".jsonl"):
        path = tmp_path / f"part-00003{suffix}"
        whole = path.read_bytes()
        path.write_bytes(whole[:-3])
        assert folder.find(Shard(3, 30, 40)) is None, f"{suffix} is damaged"
        path.write_bytes(whole)
    folder.write(done(lines, failed=1), lines, {})
    assert folder.find(Shard(3, 30, 40)) is None, "failed segments are tried again"


def test_a_run_in_parts_reads_as_one_and_says_what_is_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.run_dir("r") / "segments"
    folder.mkdir(parents=True)
    parts = []
    for k in range(3):
        texts = {"source": "s", "hypothesis": "h", "references": ["r"]}
        data = "".join(json.dumps({"id": f"{k}{i}", **texts}) + "\n" for i in range(4)).encode()
        (folder / f"part-0000{k}.jsonl").write_bytes(data)
        parts.append(Part(f"part-0000{k}.jsonl", 4, sha256(data)))
    write_manifest(store.run_dir("r"), parts)
    assert [line["id"] for line in store.segments("r")] == [f"{k}{i}" for k in range(3) for i in range(4)]
    (folder / "part-00001.jsonl").write_bytes(b'{"id": "x"}\n')
    with pytest.raises(DataError, match=r"part-00001.jsonl: does not match the manifest"):
        list(store.segments("r"))
    (folder / "part-00001.jsonl").unlink()
    with pytest.raises(DataError, match=r"part-00001.jsonl: no such file"):
        list(store.segments("r"))
    (folder / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"manifest.json: damaged"):
        list(store.segments("r"))
    with pytest.raises(DataError, match=r"segments.jsonl: no such file"):
        list(store.segments("other"))


def test_shards_end_at_the_given_places() -> None:
    found = divide(12, 4, [1, 3, 4, 5, 11, 12])
    assert [(shard.start, shard.stop) for shard in found] == [(0, 4), (4, 5), (5, 11), (11, 12)]
    assert [shard.index for shard in found] == [0, 1, 2, 3]
