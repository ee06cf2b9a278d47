"""A configuration by its name, for verbs that do without Hydra and for the Python API.

On the ground floor, because `harness.align` reads configurations too and stages import nothing above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.common.files import read_text
from harness.common.paths import resource
from harness.errors import ConfigError, did_you_mean, message_of


def named(group: str, name: str | Mapping[str, Any], folders: Sequence[Path] = ()) -> dict[str, Any]:
    """The configuration `name` of `conf/<group>`, of a folder of the user's, or of a YAML file.

    Later `folders` win over earlier ones, and all of them over what is shipped. The entries of a `defaults`
    list are read from the same group, under the file's own keys. Raises ConfigError with the nearest name.
    """
    if isinstance(name, Mapping):
        return dict(name)
    if name.endswith((".yaml", ".yml")):
        path = Path(name).expanduser()
    else:
        known = {p.stem: p for place in (resource("conf"), *folders) for p in (place / group).glob("*.yaml")}
        if name not in known:
            available = ", ".join(sorted(known))
            raise ConfigError(
                f"no {group} named '{name}'.{did_you_mean(name, known)} Available: {available}."
                f" Add your own with --config-dir DIR ({group}/{name}.yaml), or name a YAML file"
            )
        path = known[name]
    config = _mapping(path)
    for entry in reversed([item for item in config.pop("defaults", None) or [] if item != "_self_"]):
        config = named(group, str(entry), folders) | config
    if "kind" not in config:
        raise ConfigError(f"{path}: the config has no 'kind' (which class to use)")
    return config


def _mapping(path: Path) -> dict[str, Any]:
    import yaml

    try:
        value = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML ({message_of(error)})") from None
    except RecursionError:
        raise ConfigError(f"{path}: lists or mappings nested too deeply to be a config") from None
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: expected a mapping with the key 'kind'")
    return {str(key): item for key, item in value.items()}
