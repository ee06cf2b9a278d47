"""What is computed once, for whom, and how long it is kept."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from harness.errors import DataError
from harness.serve import comparing
from harness.serve.catalogue import Catalogue
from harness.serve.comparing import Comparisons
from tests.support.program import PATIENCE


@pytest.fixture
def kept(tmp_path: Path) -> Comparisons:
    return Comparisons(Catalogue(tmp_path))


def test_who_asks_for_what_is_being_computed_waits_and_others_do_not(kept: Comparisons) -> None:
    go, begun = Event(), Event()
    calls, found = [], []

    def slow() -> str:
        calls.append(1)
        begun.set()
        assert go.wait(PATIENCE)
        return "slow"

    threads = [Thread(target=lambda: found.append(kept.once("a", 1, slow))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(PATIENCE)
    assert kept.once("a", 2, lambda: "other") == "other" and found == []
    go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert (calls, found) == ([1], ["slow"] * 3)


def test_an_error_is_told_to_all_and_not_kept(kept: Comparisons) -> None:
    def wrong() -> Any:
        raise DataError("line 3")

    for _ in range(2):
        with pytest.raises(DataError, match="line 3"):
            kept.once("a", 1, wrong)
    assert kept.once("a", 1, lambda: "right") == "right"


def test_the_oldest_of_a_kind_goes_and_another_version_is_another(kept: Comparisons) -> None:
    def ask(kind: str, key: int, version: int = -1) -> bool:
        """Whether it had to be computed."""
        made = []
        kept.once(kind, key, lambda: made.append(1), version)
        return bool(made)

    assert ask("light", 0) and ask("heavy", 0, 1) and ask("heavy", 0, 2)
    assert all(ask("light", key) for key in range(1, comparing._KEPT + 1))
    assert not ask("heavy", 0, 2), "others of another kind do not displace it"
    assert ask("light", 0) and not ask("light", comparing._KEPT)
