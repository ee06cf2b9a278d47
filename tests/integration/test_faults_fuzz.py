"""Every reader on damaged files: it reads them or refuses them (long run: experiments/loader_fuzz)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fuzz_targets import targets
from tests.support.fuzzer import Crash, Target, damaged, run_case

TARGETS = targets()
CASES = {
    "config": 6,
    "seeds": 12,
    "hf-jsonl": 6,
    "hf-csv": 6,
    "hf-parquet": 6,
    "compare": 25,
    "report": 25,
    "export": 25,
}


@pytest.mark.filterwarnings("ignore")  # pandas and datasets warn about what they are given
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_damaged_files_are_read_or_refused(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    outcomes = []
    for number in range(CASES.get(target.name, 60)):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcomes.append(run_case(target, number, folder))
    crashes = [found for found in outcomes if isinstance(found, Crash)]
    assert not crashes, f"{len(crashes)} crashes, the first: {crashes[0]}"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_undamaged_files_are_read(target: Target, tmp_path: Path) -> None:
    for name, content in target.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    target.read(tmp_path)


def test_a_case_is_the_same_every_time() -> None:
    assert damaged(TARGETS[0], 7) == damaged(TARGETS[0], 7) != damaged(TARGETS[0], 8)
