"""The options of a config group: type and range from the signature, default and description from its YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import registry
from harness.common import options, values
from harness.common.files import read_text
from harness.common.named import read_mapping
from harness.common.notices import tell
from harness.config import model
from harness.config.keys import conf_dir
from harness.config.typed import TABLES
from harness.data.subset import SHARED
from harness.errors import ConfigError

HEADER = ["option", "needs", "default", "what it is"]
OptionRow = list[str]


def option_rows(group: str, folders: Sequence[Path] = ()) -> Iterator[OptionRow]:
    """One row an option of each class that a YAML of the group names, or of each key of a model."""
    if group == "model":
        documented = model.documented()
        for name, parameter in options.parameters(model.ModelOptions).items():
            yield [f"model.{name}", values.described(parameter.annotation), "null", documented[name]]
        return
    for folder in (conf_dir(), *folders):
        for path in sorted((folder / group).glob("*.yaml")):
            yield from _of_file(group, path, folders)


def _of_file(group: str, path: Path, folders: Sequence[Path]) -> Iterator[OptionRow]:
    own, inherited, said = _with_parents(group, path, folders)
    nodes = own.items() if group == "metrics" else [(None, inherited | own)]
    for name, node in nodes:
        if not isinstance(node, Mapping) or "kind" not in node:
            raise ConfigError(f"{path}: the config has no 'kind' (which class to use)")
        table = "metric" if group == "metrics" else TABLES[group]
        try:
            known = parameters_of(table, node)
        except ConfigError as error:  # one class that is not complete hides no other
            tell(f"{path}: its options are left out ({error})")
            continue
        for option, parameter in known.items():
            if inherited and option not in own:
                continue  # listed where it is inherited from
            at = f"{group}.{name}" if name else f"{group}={path.stem} {group}"
            default = values.shown(node.get(option, parameter.default))
            yield [f"{at}.{option}", values.described(parameter.annotation), default, said.get(option, "")]


def _with_parents(
    group: str, path: Path, folders: Sequence[Path]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """What a YAML sets, what it inherits from others of its group (Hydra's `defaults`), and what they say."""
    own = dict(read_mapping(path))
    inherited: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in own.pop("defaults", []):
        if isinstance(name, str) and name != "_self_":
            places = [folder / group / f"{name}.yaml" for folder in (path.parents[1], conf_dir(), *folders)]
            parent = next((place for place in places if place.exists()), None)
            if parent is not None:
                above = _with_parents(group, parent, folders)
                inherited |= above[1] | above[0]
                said |= above[2]
    return own, inherited, said | {key: text for key, text in comments(read_text(path)).items() if text}


def parameters_of(table: str, node: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the class that a YAML names, for data with those that every set has."""
    kind = str(node["kind"])
    if (table, kind) == ("encoder", "auto"):
        kind = "use"  # which it is unless the languages need another; its options are meant
    own = options.parameters(registry.resolve(table, kind), registry.GIVEN.get(table, ()))
    return {**own, **SHARED} if table == "data" else own


def comments(text: str) -> dict[str, str]:
    """What a YAML says of its keys: the comment behind one, else the last line of comment above it."""
    found = {}
    above = ""
    for line in text.splitlines():
        if entry := re.match(r"""\s*"?(\w+)"?:(?:\s.*?)?(?:\s#\s*(.*))?$""", line):
            found[entry[1]] = entry[2] or above
        above = line.strip().lstrip("# ") if line.strip().startswith("#") else ""
    return found
