"""What may stand at the cursor of a command line: verbs, options, groups, runs and tags."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from harness.config.keys import conf_dir
from harness.config.user_folder import config_dirs

RUNS = ("show", "compare", "history", "power", "report", "tag", "note", "rm", "rerun", "verify", "export")
"""The verbs that take runs by id, tag or model name."""
QUERIED = ("compare", "history", "power", "report", "rm", "export")
"""Those that also take queries, such as `model=…`."""
QUERY = ("model", "pair", "data", "engine", "tag", "run", "hash")
KEYS = ("limit=", "tag=", "log=", "force=true", "results=", "-m", "--config-dir")


def candidates(words: Sequence[str]) -> list[str]:
    """The words that begin with the last of `words`, which is the one at the cursor (maybe empty).

    `words` is what stands behind `harness`. Empty where a file name belongs there, or nothing is known.
    """
    from harness.cli.main import VERBS

    *before, current = words or [""]
    if not before:
        return _starting(current, [*VERBS, "--help", "--version"])
    verb, rest = before[0], before[1:]
    if verb not in VERBS:
        return []
    if verb == "run":
        return _starting(current, _run(current, rest))
    parser = _parser(verb)
    if rest and (choices := _choices(parser, rest[-1])) is not None:
        return _starting(current, choices)
    if current.startswith("-"):
        return _starting(current, _options(parser))
    return _starting(current, _positional(verb, parser, current, rest))


def _starting(current: str, known: Iterable[str]) -> list[str]:
    return sorted({word for word in known if word.startswith(current)})


def _run(current: str, rest: Sequence[str]) -> Iterator[str]:
    """`GROUP=`, then its choices; a list behind the last comma goes on."""
    folders = [conf_dir(), *config_dirs(rest)]
    group, equals, value = current.partition("=")
    if not equals:
        yield from (f"{path.name}=" for folder in folders for path in _groups(folder))
        yield from KEYS
        return
    head, comma, _ = value.rpartition(",")
    for folder in folders:
        for path in (folder / group).glob("*.yaml"):
            yield f"{group}={head}{comma}{path.stem}"


def _groups(folder: Path) -> list[Path]:
    return (
        [path for path in folder.iterdir() if path.is_dir() and path.name != "hydra"]
        if folder.is_dir()
        else []
    )


def _parser(verb: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    importlib.import_module(f"harness.cli.verbs.{verb.replace('-', '_')}").configure(parser)
    return parser


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from (text for text in action.option_strings if text.startswith("--"))


def _choices(parser: argparse.ArgumentParser, option: str) -> list[str] | None:
    """What may follow an option; None where `option` is none that takes a value, [] for a file or number."""
    for action in parser._actions:
        if option in action.option_strings and action.nargs != 0:
            if action.metavar == "RUN":
                return _names(Path("results"))
            return list(map(str, action.choices or ()))
    return None


def _positional(
    verb: str, parser: argparse.ArgumentParser, current: str, rest: Sequence[str]
) -> Iterator[str]:
    for action in parser._actions:
        if not action.option_strings:
            yield from map(str, action.choices or ())
    if verb == "list":
        yield from ("runs", *(path.name for path in _groups(conf_dir())))
    if verb in RUNS:
        results = next((b for a, b in pairwise(rest) if a == "--results"), "results")
        yield from _names(Path(results))
        if verb in QUERIED:
            yield from (f"{key}=" for key in QUERY)


def _names(results: Path) -> list[str]:
    """`latest`, and the ids, tags and model names of the finished runs of a store."""
    from harness.results.store import Store

    records = Store(results).records()
    names = [name for r in records for name in (r.run_id, r.tag, r.model.name) if name]
    return [*names, "latest"] if names else []
