"""Two processes that translate with the same model at once: told, and a dead one is not waited for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.protocols import Batch, Engine, Translated
from harness.translate.cache import Cache
from harness.translate.runner import translate
from harness.types import Translation

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no flock")
SAID = "another process is translating with the same model"
HOLD = """
import sys
from harness.translate.cache import Cache
with Cache(sys.argv[1], {"engine": "upper"}) as cache:
    assert cache.alone()
    print("ready", flush=True)
    sys.stdin.read()
"""


class Upper(Engine):
    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "upper"}

    def translate(self, batch: Batch) -> Translated:
        yield [(i, Translation(text, text.upper())) for i, text in enumerate(batch.sources)]


def outputs(root: Path, sources: Sequence[str]) -> list[str]:
    return [t.hypothesis for t in translate(Upper(), sources, root)]


def another(root: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("end", ["kill", "finish"])
def test_another_process_is_told_of_while_it_lives(end: str, tmp_path: Path, capsys: Any) -> None:
    with another(tmp_path) as process:
        assert outputs(tmp_path, ["a", "b"]) == ["A", "B"]
        assert capsys.readouterr().err.count(SAID) == 1
        assert outputs(tmp_path, ["a", "b"]) == ["A", "B"]
        assert SAID not in capsys.readouterr().err, "all is in the cache: nobody is asked"
        if end == "kill":
            process.kill()
        else:
            process.communicate("")
        process.wait()
    assert outputs(tmp_path, ["a", "c"]) == ["A", "C"]
    assert SAID not in capsys.readouterr().err
    assert not list(tmp_path.rglob(".busy*")), "the one that ends takes its mark away"


def test_one_that_translates_nothing_leaves_nothing(tmp_path: Path) -> None:
    for part in (None, "part"):
        with Cache(tmp_path / "cache", {"engine": "upper"}, part) as cache:
            assert cache.alone() and cache.alone()
        assert not list((tmp_path / "cache").iterdir())


def test_another_shard_is_not_the_same_texts(tmp_path: Path) -> None:
    identity = {"engine": "upper"}
    with Cache(tmp_path, identity, "one") as one, Cache(tmp_path, identity, "two") as two:
        assert one.alone() and two.alone()
    with Cache(tmp_path, identity, "one") as one, Cache(tmp_path, identity, "one") as again:
        assert one.alone() and not again.alone()
