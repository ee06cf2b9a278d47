"""What `run` leaves in the store when it could not begin, and of attempts that a later one took over."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.results.live import journal
from harness.results.store import Store
from tests.support.forked_program import Zygote
from tests.support.made_stores import write_run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("model=typo",), "no model named 'typo'"),
        (("limit=-3",), "limit=-3"),
        (("pair.src=xx",), "no language with the code 'xx'"),
        (("engine.batch_size=4",), "has no option 'batch_size'"),
        (("log=mlfow",), "Did you mean 'mlflow'?"),
    ],
)
def test_a_mistake_in_the_configuration_leaves_no_run(
    tmp_path: Path, program: Zygote, words: tuple[str, ...], said: str
) -> None:
    done = program.run(tmp_path, "run", "model=gloss", *words)
    assert done.code == 2 and said in done.err
    assert not list((tmp_path / "results").glob("runs/*"))


def test_what_is_not_there_leaves_none_either(tmp_path: Path, program: Zygote) -> None:
    done = program.run(tmp_path, "run", "data=bitext", "data.src=a.fr", "data.tgt=a.pl")
    assert done.code == 2 and "a.fr: no such file" in done.err
    assert not list((tmp_path / "results").glob("runs/*"))


def interrupted(store: Store, name: str, config_hash: str) -> Path:
    folder = store.run_dir(name)
    with pytest.raises(KeyboardInterrupt), journal(folder) as known_as:
        from harness.common.progress import working

        known_as(config_hash)
        working("translating", 3, 9)
        raise KeyboardInterrupt
    return folder


def test_an_interrupted_attempt_goes_when_its_repetition_stands(tmp_path: Path) -> None:
    store = write_run(tmp_path, "20260101-a", "one", ["a"], [["a"]])
    mine, other = interrupted(store, "20260102-a", "cafe"), interrupted(store, "20260103-a", "f00d")
    with journal(store.run_dir("20260104-a")) as known_as:
        known_as("cafe")
        store.supersede("cafe")
        assert store.run_dir("20260104-a").exists(), "one that works is left alone"
    assert not mine.exists() and other.exists()
    assert [run.state for run in store.runs()] == ["finished", "crashed"]
