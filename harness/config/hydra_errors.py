"""Hydra's and OmegaConf's exceptions as one line that names the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from harness.common.files import read_text
from harness.common.terminal import visible_line
from harness.config.schema import conf_dir
from harness.config.user_folder import config_dirs
from harness.errors import ConfigError, HarnessError, StageError, UserError, did_you_mean

_MOST = 300
"""Characters of somebody else's message that are repeated."""

_FLAGS = [
    "--help",
    "--hydra-help",
    "--version",
    "--cfg",
    "--resolve",
    "--package",
    "--run",
    "-r",
    "--multirun",
    "-m",
    "--shell-completion",
    "-sc",
    "--config-path",
    "-cp",
    "--config-name",
    "-cn",
    "--config-dir",
    "-cd",
    "--experimental-rerun",
    "--info",
    "-i",
    "-h",
    "-c",
    "-p",
]


def groups() -> list[str]:
    """The names of the shipped config groups."""
    return sorted(p.name for p in conf_dir().iterdir() if p.is_dir() and p.name != "hydra")


def check_flags(arguments: list[str]) -> None:
    """Refuse an unknown flag in one line, where Hydra's argparse would print a page."""
    for word in arguments:
        flag = word.split("=")[0]
        if word.startswith("-") and flag not in _FLAGS:
            hint = did_you_mean(flag, _FLAGS)
            raise ConfigError(f"no option '{word}'.{hint} See: python -m harness run --help")


def explain(error: BaseException, arguments: list[str]) -> BaseException:
    """A ConfigError of one line for a mistake in the configuration; any other error as it is."""
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    if isinstance(error, HarnessError):
        return error
    if isinstance(error, MissingConfigException):
        return ConfigError(visible_line(_missing_config(error)))
    if isinstance(error, OSError) and error.filename:  # Hydra makes the run's folder before our code runs
        return UserError(
            f"{error.filename}: cannot be written ({error.strerror}); choose another store with results=DIR"
        )
    if isinstance(error, OSError) and error.strerror:
        return StageError(f"the results store cannot be written ({error.strerror})")
    if isinstance(error, HydraException | OmegaConfBaseException):
        return ConfigError(visible_line(_composition(_text(error), arguments)))
    if isinstance(error, RecursionError):
        return _unreadable(arguments) or error
    if _raised_in(error) in ("hydra", "omegaconf", "yaml", "codecs"):  # parsing somebody's file
        told = " ".join(f"{type(error).__name__}: {error}".split())[:_MOST]
        return _unreadable(arguments) or ConfigError(f"a configuration file cannot be used ({told})")
    return error


def _raised_in(error: BaseException) -> str:
    """The top-level package whose code raised the error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")).split(".")[0] if trace else ""


def _unreadable(arguments: list[str]) -> ConfigError | None:
    """A ConfigError for a YAML file of the user's that cannot be parsed; None where none is at fault."""
    import yaml
    from omegaconf import OmegaConf

    for path in chain.from_iterable(sorted(folder.rglob("*.yaml")) for folder in config_dirs(arguments)):
        try:
            OmegaConf.create(read_text(path))
        except HarnessError as bad:
            return ConfigError(str(bad))
        except yaml.YAMLError as bad:
            mark = getattr(bad, "problem_mark", None)
            told = getattr(bad, "problem", None) or bad
            line = f":{mark.line + 1}" if mark else ""
            return ConfigError(f"{path}{line}: not valid YAML ({' '.join(str(told).split())})")
        except RecursionError:
            return ConfigError(f"{path}: lists or mappings nested too deeply to be a config")
        except Exception as bad:  # whatever OmegaConf makes of a file that Hydra could not load either
            told = " ".join(f"{type(bad).__name__}: {bad}".split())[:_MOST]
            return ConfigError(f"{path}: not a usable config ({told})")
    return None


def _text(error: BaseException) -> str:
    """What an error says, or what caused it where Hydra wraps it without a word."""
    cause = error.__cause__ or error.__context__
    if str(error).startswith("Error merging override") and cause:
        return f"{error}: {str(cause).splitlines()[0]}"
    return str(error) or (_text(cause) if cause else type(error).__name__)


def _missing_config(error: BaseException) -> str:
    wanted = getattr(error, "missing_cfg_file", None)
    text = " ".join(str(error).split())
    if not isinstance(wanted, str) or "/" not in wanted:
        return text
    group, _, name = wanted.rpartition("/")
    options = list(getattr(error, "options", None) or [])  # Hydra names none for a list of choices
    options = options or sorted(path.stem for path in (conf_dir() / group).glob("*.yaml"))
    return (
        f"no {group} named '{name}'.{did_you_mean(name, options)} Available: {', '.join(options)}."
        f" Add your own with --config-dir DIR ({group}/{name}.yaml){_pair_hint(group, name)}"
    )


def _pair_hint(group: str, name: str) -> str:
    src, dash, tgt = name.partition("-")
    return (
        f", or name the languages: pair.src={src} pair.tgt={tgt}" if group == "pair" and dash and tgt else ""
    )


def _composition(text: str, arguments: list[str]) -> str:
    """Unknown keys and groups, values of the wrong type, broken overrides."""
    key = re.search(
        r"(?:Could not override|Could not append to config\. An item is already at) '([^']+)'", text
    )
    if key is None:
        key = re.search(r"full_key: (\S+)", text)
    unknown = ("No match in the defaults list", "To append to your config use", "not in")
    if key and any(phrase in text for phrase in unknown):
        name = key.group(1)
        known = _known_keys(name, arguments)
        parent = name.rpartition(".")[0]
        place = f" in '{parent}'" if parent else ""
        listed = f" Known{place}: {', '.join(known)}." if known else ""
        full = [f"{parent}.{item}" for item in known] if parent else known
        return f"no key '{name}'.{did_you_mean(name, full)}{listed} See: python -m harness run --help"
    kept = [part.strip() for part in text.splitlines() if "_type=" not in part]
    first = " ".join(filter(None, kept))
    if ambiguous := re.search(r"Ambiguous value for argument '([^']+)'", text):
        return (
            f"'{ambiguous.group(1)}' names several values: add -m to run each of them,"
            " or [brackets] for one list"
        )
    if "parsing override" in text or "LexerNoViableAlt" in text or "mismatched input" in text:
        return (
            f"cannot read the arguments {' '.join(arguments)!r}: each is KEY=VALUE, and a value with"
            " spaces or commas is quoted twice: 'tag=\"my run\"'"
        )
    return first


def _known_keys(name: str, arguments: list[str]) -> list[str]:
    """The keys beside `name`: of the top level, or of its config node as composed by default."""
    from omegaconf import OmegaConf

    from harness.config.schema import RunConfig

    parent = name.rpartition(".")[0]
    if not parent:
        return sorted({*groups(), *map(str, OmegaConf.structured(RunConfig))})
    return sorted(_keys_under(parent, [conf_dir(), *config_dirs(arguments)]))


def _keys_under(parent: str, folders: Sequence[Path]) -> Iterable[str]:
    from omegaconf import DictConfig, OmegaConf

    from harness.config.schema import RunConfig

    node = OmegaConf.select(OmegaConf.structured(RunConfig), parent)
    found = {str(key) for key in node} if isinstance(node, DictConfig) else set()
    group = parent.split(".")[0]
    for path in chain.from_iterable((folder / group).glob("*.yaml") for folder in folders):
        value = OmegaConf.load(path)
        rest = parent.split(".")[1:]
        inner = OmegaConf.select(value, ".".join(rest)) if rest else value
        if isinstance(inner, DictConfig):
            found |= {str(key) for key in inner if key != "defaults"}
    return found
