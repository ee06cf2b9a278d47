"""Hydra's and OmegaConf's exceptions as one line that names the remedy."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path

from harness.common.named import read_config
from harness.common.options import parameters
from harness.common.terminal import visible_line
from harness.common.values import described
from harness.config.arguments import parses, quoted
from harness.config.elsewhere import elsewhere
from harness.config.keys import OPEN, conf_dir, groups, known_keys
from harness.config.schema import BootstrapConfig, PairConfig, RunConfig
from harness.config.user_folder import config_dirs
from harness.errors import (
    ConfigError,
    HarnessError,
    StageError,
    UserError,
    did_you_mean,
    message_of,
    one_line,
)

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


def check_flags(arguments: list[str]) -> None:
    """Refuse an unknown flag in one line, where Hydra's argparse would print a page."""
    for word in arguments:
        flag = word.split("=")[0]
        if word.startswith("-") and flag not in _FLAGS:
            hint = _as_key(word, arguments) or did_you_mean(flag, _FLAGS)
            raise ConfigError(f"no option '{word}'.{hint} See: python -m harness run --help")


def _as_key(word: str, arguments: Sequence[str]) -> str:
    """`--pair de-cs`, as other verbs take it, for `pair=de-cs`."""
    name, _, value = word.removeprefix("--").partition("=")
    if not word.startswith("--") or name not in _keys_beside("", ()):
        return ""
    following = list(arguments)[list(arguments).index(word) + 1 :][:1]
    value = value or next((one for one in following if not one.startswith("-")), "…")
    return f" Did you mean {name}={value}?"


def explain(error: BaseException, arguments: list[str]) -> BaseException:
    """A ConfigError of one line for a mistake in the configuration; any other error as it is."""
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    if isinstance(error, HarnessError):
        return error
    if isinstance(error, MissingConfigException):
        return ConfigError(visible_line(_missing_config(error)))
    if isinstance(error, BrokenPipeError):  # `run --help | head`
        return error
    if isinstance(error, OSError) and error.filename:  # Hydra makes the run's folder before our code runs
        return UserError(
            f"{error.filename}: cannot be written ({error.strerror}); choose another store with results=DIR"
        )
    if isinstance(error, OSError) and error.strerror:
        named = [word.partition("=")[2] for word in arguments if word.startswith("results=")]
        return StageError(
            f"{named[-1] if named else 'results'}: the results store cannot be written ({error.strerror});"
            " make room there, or choose another store with results=DIR"
        )
    if isinstance(error, HydraException | OmegaConfBaseException):
        return ConfigError(visible_line(_composition(_text(error), arguments)))
    if isinstance(error, RecursionError):
        return _unreadable(arguments) or error
    if _raised_in(error) in ("hydra", "omegaconf", "yaml", "codecs"):  # parsing somebody's file
        reason = one_line(error)[:_MOST]
        return _unreadable(arguments) or ConfigError(f"a configuration file cannot be used ({reason})")
    return error


def _raised_in(error: BaseException) -> str:
    """The top-level package whose code raised the error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")).split(".")[0] if trace else ""


def _unreadable(arguments: list[str]) -> ConfigError | None:
    """A ConfigError for a YAML file of the user's that cannot be parsed; None where none is at fault."""
    for path in chain.from_iterable(sorted(folder.rglob("*.yaml")) for folder in config_dirs(arguments)):
        try:
            read_config(path)
        except HarnessError as bad:
            return ConfigError(str(bad))
    return None


def _text(error: BaseException) -> str:
    """What an error says, or what caused it where Hydra wraps it without a word."""
    cause = error.__cause__ or error.__context__
    if str(error).startswith("Error merging override") and cause:
        return f"{error}: {str(cause).splitlines()[0]}"
    return str(error) or (_text(cause) if cause else type(error).__name__)


def _missing_config(error: BaseException) -> str:
    wanted = getattr(error, "missing_cfg_file", None)
    text = message_of(error)
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


_GRAMMAR = ("parsing override", "LexerNoViableAlt", "mismatched input", "no viable alternative",
            "extraneous input", "token recognition")  # fmt: skip
"""What Hydra's parser says of an argument that it cannot read."""


def _composition(text: str, arguments: list[str]) -> str:
    """Unknown keys and groups, values of the wrong type, broken overrides."""
    text = text.replace("'++", "'").replace(" ++", " ")  # `arguments.readable` put it there
    key = re.search(
        r"(?:Could not override|Could not append to config\. An item is already at) '([^']+)'", text
    )
    if key is None:
        key = re.search(r"full_key: (\S+)", text)
    unknown = ("No match in the defaults list", "To append to your config use", "not in")
    if key and any(phrase in text for phrase in unknown):
        return _unknown_key(key.group(1), arguments)
    if wrong := _wrong_value(text):
        return wrong
    kept = [part.strip() for part in text.splitlines() if "_type=" not in part]
    first = " ".join(filter(None, kept))
    if ambiguous := re.search(r"Ambiguous value for argument '([^']+)'", text):
        return (
            f"'{ambiguous.group(1)}' names several values: add -m to run each of them,"
            " or [brackets] for one list"
        )
    if any(phrase in text for phrase in _GRAMMAR):
        return _unreadable_argument(arguments)
    return first


def _unknown_key(name: str, arguments: list[str]) -> str:
    folders = config_dirs(arguments)
    parent, _, last = name.rpartition(".")
    taken = _taken_by_metric(parent, folders)
    if last in taken:
        return (
            f"no key '{name}' in its YAML, though its class has the option: add '{last}:' to the YAML,"
            f" or write +{name}=…"
        )
    known = sorted(taken or _keys_beside(parent, folders))
    place = f" in '{parent}'" if parent else ""
    listed = f" Known{place}: {', '.join(known)}." if known else ""
    first, _, rest = name.partition(".")
    if rest and first not in (top := _keys_beside("", folders)):  # a wrong group: `metric.bleu.lowercase`
        hint = did_you_mean(name, [f"{group}.{rest}" for group in top])
    else:
        near = did_you_mean(last, known)
        hint = elsewhere(name, folders) or (near.replace("'", f"'{parent}.", 1) if parent else near)
    return f"no key '{name}'.{hint}{listed} See: python -m harness run --help"


def _taken_by_metric(parent: str, folders: Sequence[Path]) -> set[str]:
    """The options of the class of `metrics.NAME`; empty for another key, or a class that cannot be read."""
    from harness.config.describe import parameters_of

    group, _, metric = parent.partition(".")
    if group != "metrics" or not metric:
        return set()
    for folder in (*folders, conf_dir()):
        for path in sorted((folder / group).glob("*.yaml")):
            try:
                node = read_config(path)
                options = node.get(metric) if isinstance(node, Mapping) else None
                if isinstance(options, Mapping) and "kind" in options:
                    return set(parameters_of("metric", options))
            except HarnessError:
                continue
    return set()


def _keys_beside(parent: str, folders: Sequence[Path]) -> set[str]:
    """The keys below `parent`; of the top level for an empty one."""
    if not parent:
        return {*groups(), *(field.name for field in fields(RunConfig))}
    group, *rest = parent.split(".")
    if group in ("pair", "bootstrap"):
        return {field.name for field in fields(PairConfig if group == "pair" else BootstrapConfig)}
    if group in OPEN and len(rest) == (group == "metrics"):
        return known_keys(group, folders)
    return set()


def _wrong_value(text: str) -> str | None:
    """A value that does not fit the schema (`bootstrap.samples=many`), reported like any other option."""
    found = re.search(
        r"Error merging override (\S+?)=(.*?): (?:Value|field|Incompatible|Cannot)", text, re.DOTALL
    )
    if found is None:
        return None
    key, value = found.group(1).lstrip("+"), found.group(2)
    node, _, name = key.rpartition(".")
    holder = {"": RunConfig, "bootstrap": BootstrapConfig, "pair": PairConfig}.get(node)
    known = parameters(holder) if holder else {}
    if name not in known:
        return None
    return f"{key}={value}: needs {described(known[name].annotation)}"


def _unreadable_argument(arguments: list[str]) -> str:
    """Which argument Hydra's grammar has no reading for, and how to quote it."""
    for argument in arguments:
        word = argument.removeprefix("++")
        key, _, value = word.partition("=")
        if not word.startswith("-") and not parses(word):
            remedy = f"{key}={quoted(value)}" if value else "KEY=VALUE"
            return f"cannot read the argument {word!r}; write {shlex.quote(remedy)}"
    return f"cannot read the arguments {' '.join(arguments)!r}: each is KEY=VALUE"
