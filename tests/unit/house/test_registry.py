from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError
from harness.protocols import Batch, Engine, Translated


class Example(Engine):
    identity: dict[str, Any] = {}  # type: ignore[assignment]  # noqa: RUF012

    def __init__(self, given: str, depth: int = 1) -> None:
        self.given, self.depth = given, depth

    def translate(self, batch: Batch) -> Translated:
        yield []


def test_every_registered_target_exists() -> None:
    for table, entries in registry.TABLES.items():
        for name in entries:
            assert callable(registry.resolve(table, name)), (table, name)


def test_a_class_of_the_users_own_is_built_from_its_config() -> None:
    built = registry.build("engine", {"kind": f"{__name__}:Example", "depth": 3}, given="yes")
    assert (built.given, built.depth) == ("yes", 3)


def test_a_typo_in_a_name_gets_did_you_mean() -> None:
    with pytest.raises(ConfigError, match=r"no metric named 'blue'\. Did you mean 'bleu'\?"):
        registry.resolve("metric", "blue")


def test_a_typo_in_an_option_names_the_option_meant() -> None:
    with pytest.raises(ConfigError, match=r"no option 'dept'\. Did you mean 'depth'\?"):
        registry.build("engine", {"kind": f"{__name__}:Example", "dept": 3}, given="x")


def test_a_second_class_for_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.TABLES, "engine", {"copy": "a:B"})
    registry.register("engine", "copy", "a:B")
    with pytest.raises(ConfigError, match="already registered"):
        registry.register("engine", "copy", "c:D")


def test_a_module_that_is_not_there_is_told_from_a_package_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_metric.py").write_text("import surely_not_installed_package\nclass M: ...\n")
    with pytest.raises(ConfigError, match="no module named 'not_there'"):
        registry.resolve("metric", "not_there:M")
    with pytest.raises(Exception, match="pip install surely_not_installed_package"):
        registry.resolve("metric", "my_metric:M")
    sys.modules.pop("my_metric", None)
