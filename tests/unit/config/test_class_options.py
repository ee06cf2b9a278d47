"""Every registered class: all options annotated, named and commented in its YAMLs, and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import registry
from harness.common import options, values
from harness.config import model
from harness.config.describe import comments, parameters_of
from harness.config.schema import compose
from harness.config.typed import TABLES
from harness.errors import ConfigError
from tests.support.program import ROOT

CLASSES = [(table, name) for table, entries in registry.TABLES.items() for name in entries]
FILES = sorted(path for group in (*TABLES, "metrics") for path in (ROOT / "conf" / group).glob("*.yaml"))


def own(table: str, name: str) -> dict[str, Any]:
    return options.parameters(registry.resolve(table, name), registry.GIVEN.get(table, ()))


@pytest.mark.parametrize(("table", "name"), CLASSES)
def test_every_option_is_annotated(table: str, name: str) -> None:
    for option, parameter in own(table, name).items():
        assert parameter.annotation is not Any, option
        assert "object" not in values.described(parameter.annotation), option


@pytest.mark.parametrize(("table", "name"), CLASSES)
def test_a_value_of_a_wrong_type_is_refused_in_one_line(table: str, name: str) -> None:
    for option in own(table, name):
        with pytest.raises(ConfigError) as error:
            registry.check(table, {"kind": name, option: object()}, at="group.key")
        told = str(error.value)
        assert told.startswith(f"group.key.{option}=") and ": needs " in told and "\n" not in told


@pytest.mark.parametrize(("table", "name"), CLASSES)
def test_numbers_out_of_range_are_refused(table: str, name: str) -> None:
    """Any number that an option admits is finite, and a count or a size is never negative."""
    for option, parameter in own(table, name).items():
        needs = values.described(parameter.annotation)
        if "number" not in needs or "text" in needs:
            continue
        for value in (
            float("nan"),
            float("inf"),
            *([-1] if " at least " in needs or "above" in needs else []),
        ):
            with pytest.raises(ConfigError, match=rf"{option}={value}: needs"):
                registry.check(table, {"kind": name, option: value})


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_yaml_names_every_option_of_its_class_with_a_comment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    value = yaml.safe_load(text)
    said = comments(text)
    metrics = path.parent.name == "metrics"
    if value.get("kind") == "auto" and path.parent.name == "encoder":
        return  # decided by the languages before any class is built
    if value.pop("defaults", None):
        inherits(path, value)
        return
    for node in value.values() if metrics else [value]:
        table = "metric" if metrics else TABLES[path.parent.name]
        known = set(parameters_of(table, node))
        # Documents have no empty lines to keep or drop.
        known -= {"empty"} if table == "data" and node["kind"] in ("documents", "seeds") else set()
        assert set(node) - {"kind"} == known
        assert all(said[option] for option in known), [option for option in known if not said[option]]


def inherits(path: Path, value: dict[str, Any]) -> None:
    """A YAML that builds on another of its group names only what differs; what it means is said there."""
    table = TABLES[path.parent.name]
    made = getattr(compose([f"{path.parent.name}={path.stem}"]), path.parent.name)
    assert set(value) < set(parameters_of(table, made))
    assert {key: made[key] for key in value} == value


def test_a_comment_is_behind_its_key_or_above_it() -> None:
    text = (
        '# all\nkind: x\n# above\na: 1\nb: "#1" # behind\nc: 2\nd:   # a list\n  - 1\n"null": 0  # quoted\n'
    )
    assert comments(text) == {"kind": "all", "a": "above", "b": "behind", "c": "", "d": "a list",
                              "null": "quoted"}  # fmt: skip


@pytest.mark.parametrize("path", sorted((ROOT / "conf" / "model").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_model_has_only_keys_that_its_engine_reads(path: Path) -> None:
    value = yaml.safe_load(path.read_text(encoding="utf-8"))
    chosen = next((entry for entry in value.pop("defaults", []) if isinstance(entry, dict)), {})
    option = chosen.get("override /engine@_global_.engine", "transformers")
    engine = compose([f"engine={option}"]).engine["kind"]
    assert model.checked(value, engine, registry.resolve("engine", engine), lambda name: "") == value


def test_every_engine_says_which_keys_of_a_model_it_reads() -> None:
    for name in registry.TABLES["engine"]:
        read = model.read_by(registry.resolve("engine", name))
        assert read is not None and set(read) <= set(model.keys()), name
    assert all(model.documented().values())
    unread = set(model.keys()) - set(model.DESCRIBING)
    for name in registry.TABLES["engine"]:
        unread -= set(model.read_by(registry.resolve("engine", name)) or ())
    assert not unread
