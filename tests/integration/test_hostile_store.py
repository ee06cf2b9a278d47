"""A hundred damaged, strange and hostile run folders leave the rest of a store usable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.forked_program import Zygote
from tests.support.hostile_stores import add_hostile
from tests.support.made_stores import write_run

A, B = "20270101-000000-aaaaaa", "20270101-000001-bbbbbb"
VERBS = [
    ["list"],
    ["show", A],
    ["compare", A, B, "--samples", "100"],
    ["history"],
    ["export", "csv", A],
    ["tag", A, "good"],
    ["note", A, "a good one"],
    ["cache"],
    ["report", A, B, "-o", "page.html"],
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    texts = [f"a sentence number {k}" for k in range(12)]
    for run, name in ((A, "one-system"), (B, "other-system")):
        write_run(root / "results", run, name, [f"{t} {name[0]}" for t in texts], [[t] for t in texts])
    assert add_hostile(root / "results" / "runs", root / "results" / "runs" / A) >= 100
    return root


@pytest.mark.parametrize("words", VERBS, ids=lambda words: words[0])
def test_every_verb_goes_on(store: Path, program: Zygote, words: list[str]) -> None:
    (done,) = program.steps(store, {"run": words})
    assert done.code == 0, done.err
    assert "internal error" not in done.err and "Traceback" not in done.err
    assert "\x1b[2J" not in done.out + done.err  # a folder's name does not steer the terminal


def test_the_good_runs_are_listed(store: Path, program: Zygote) -> None:
    (done,) = program.steps(store, {"run": ["list"]})
    assert "one-system" in done.out and "other-system" in done.out


def test_strict_refuses_what_is_damaged(tmp_path: Path, program: Zygote) -> None:
    for run, name in ((A, "one-system"), (B, "other-system")):
        write_run(tmp_path / "results", run, name, ["a b c d"] * 12, [["a b c e"]] * 12)
    (tmp_path / "results" / "runs" / B / "record.json").write_text("[]")
    strict, unknown = program.steps(
        tmp_path, {"run": ["compare", "--strict"]}, {"run": ["compare", "other-system"]}
    )
    assert strict.code == 2 and f"{B} is damaged" in strict.err
    assert unknown.code == 2 and "1 damaged run: python -m harness verify" in unknown.err


def test_verify_names_what_is_damaged_and_goes_on(store: Path, program: Zygote) -> None:
    (done,) = program.steps(store, {"run": ["verify"]})
    assert done.code == 1 and "internal error" not in done.err, done.err
