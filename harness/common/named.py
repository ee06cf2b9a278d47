"""A configuration by its name, as `run GROUP=NAME` composes it, for other verbs and the Python API.

It lies on the ground floor because `harness.align` needs it, and stages import nothing above that floor.
OmegaConf reads the files, as it does for Hydra, so that a value means the same to every verb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.common.files import read_text
from harness.common.paths import resource
from harness.errors import ConfigError, did_you_mean, message_of, one_line

if TYPE_CHECKING:
    from omegaconf import DictConfig


def named(group: str, name: str | Mapping[str, Any], folders: Sequence[Path] = ()) -> dict[str, Any]:
    """The configuration `name` of `conf/<group>`, of a folder of the user's, or of a YAML file.

    As for `run`, a shipped name wins over the same name in `folders`, and an earlier folder over a later
    one. A `defaults` list may name other configurations of the group; interpolations may refer to keys of
    the group (`${.threshold}`) and to the environment (`${oc.env:NAME}`). Raises ConfigError.
    """
    if isinstance(name, Mapping):
        return dict(name)
    is_path = name.endswith((".yaml", ".yml"))
    path = Path(name).expanduser() if is_path else _find(group, name, folders)
    config = _resolved(group, path, _composed(group, path, folders, ()))
    if "kind" not in config:
        raise ConfigError(f"{path}: the config has no 'kind' (which class to use)")
    return config


def read_config(path: Path) -> DictConfig:
    """A YAML file as Hydra reads it. Raises ConfigError naming file and line where it is not a mapping."""
    import yaml
    from omegaconf import DictConfig, OmegaConf

    text = read_text(path)
    try:
        value = OmegaConf.create(text)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: not valid YAML ({error.problem})") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML ({message_of(error)})") from None
    except RecursionError:
        raise ConfigError(f"{path}: lists or mappings nested too deeply to be a config") from None
    except Exception as error:  # whatever else OmegaConf cannot represent: odd keys, unsupported values
        raise ConfigError(f"{path}: not a usable config ({one_line(error)[:300]})") from None
    if not isinstance(value, DictConfig):
        raise ConfigError(f"{path}: a config must be a mapping (KEY: VALUE lines)")
    return value


def read_mapping(path: Path) -> dict[str, Any]:
    """The values of a YAML file as they are written, without its defaults. Raises ConfigError."""
    from omegaconf import OmegaConf

    return {str(key): value for key, value in OmegaConf.to_container(read_config(path)).items()}  # type: ignore[union-attr]


def _find(group: str, name: str, folders: Sequence[Path]) -> Path:
    places = [place / group for place in (resource("conf"), *folders)]
    known = {path.stem: path for place in reversed(places) for path in place.glob("*.yaml")}
    if name not in known:
        raise ConfigError(
            f"no {group} named '{name}'.{did_you_mean(name, known)} Available: {', '.join(sorted(known))}."
            f" Add your own with --config-dir DIR ({group}/{name}.yaml), or name a YAML file"
        )
    return known[name]


def _composed(group: str, path: Path, folders: Sequence[Path], via: tuple[Path, ...]) -> DictConfig:
    """A file merged with its defaults, in the order of the list; its own keys come last, or at `_self_`."""
    from omegaconf import OmegaConf

    if path in via:
        raise ConfigError(f"{path}: its defaults list leads back to the file itself")
    own = read_config(path)
    entries = own.pop("defaults", None) or []
    foreign = [entry for entry in entries if not isinstance(entry, str) or set(entry) & set("/@")]
    if isinstance(entries, str) or foreign:
        shown = entries if isinstance(entries, str) else foreign[0]
        raise ConfigError(f"{path}: defaults must be a list of names in the group '{group}', got {shown}")
    if "_self_" not in entries:
        entries = [*entries, "_self_"]
    parts = [own if e == "_self_" else _composed(group, _find(group, e, folders), folders, (*via, path))
             for e in entries]  # fmt: skip
    merged: DictConfig = OmegaConf.merge(*parts)  # type: ignore[assignment]
    return merged


def _resolved(group: str, path: Path, config: DictConfig) -> dict[str, Any]:
    """Plain values, interpolations filled in from the place that the config has in a run's."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        whole = OmegaConf.create({group: config})
        found = OmegaConf.to_container(whole[group], resolve=True, throw_on_missing=True)
    except (OmegaConfBaseException, RecursionError) as error:
        raise ConfigError(f"{path}: a value cannot be determined ({one_line(error)[:300]})") from None
    assert isinstance(found, dict)
    return {str(key): value for key, value in found.items()}
