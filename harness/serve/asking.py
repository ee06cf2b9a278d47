"""From the address of a page to the verb's own arguments: every option of a verb is one of its page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from harness.common.parser import Parser
from harness.compare import arguments as known
from harness.errors import ConfigError

# How a terminal prints; formats are links of the page.
_WITHHELD = ("help", "format", "wide")
# What an option takes that names a file: nothing that an address may say.
_FILES = ("FILE", "DIR", "PATH", "FOLDER")
_ARGUMENTS = {"compare": known.compare, "history": known.history}


def parser(verb: str) -> Parser:
    """The verb's parser. Its mistakes are ConfigErrors."""
    found = Parser(prog=verb, add_help=False)
    _ARGUMENTS[verb](found)
    return found


def options(verb: str) -> list[dict[str, Any]]:
    """What a form asks for: `name`, `help`, `kind` (flag, choice, list or text), `choices`, `default`."""
    found = []
    for action in _actions(verb):
        flag = action.nargs == 0
        many = action.nargs == "*" or isinstance(action, argparse._AppendAction)
        kind = "flag" if flag else "choice" if action.choices else "list" if many else "text"
        found.append(
            {
                "name": action.dest,
                "help": (action.help or "").replace("%%", "%"),
                "kind": kind,
                "choices": list(action.choices or ()),
                "default": None if flag or many else action.default,
                "metavar": action.metavar,
            }
        )
    return found


def arguments(verb: str, query: Sequence[tuple[str, str]], results: str) -> argparse.Namespace:
    """The arguments that a query stands for. Raises ConfigError for what the verb would refuse."""
    actions = {action.dest: action for action in _actions(verb)}
    words: list[str] = []
    names: list[str] = []
    for key, whole in query:
        action = actions.get(key)
        if action is None:
            raise ConfigError(f"{key}: not an option of this page. Options: {', '.join(actions)}")
        for value in _values(action, whole):
            if not action.option_strings:
                names.append(value)
            elif action.nargs == 0:
                words.append(action.option_strings[-1])
            else:
                words.append(f"{action.option_strings[-1]}={value}")
    return parser(verb).parse_args([*words, f"--results={results}", "--", *names])


def _values(action: argparse.Action, whole: str) -> list[str]:
    """What an option is given, several values where it takes a list: an address may have them in one."""
    if not whole:
        return []
    return whole.split() if action.nargs == "*" or isinstance(action, argparse._AppendAction) else [whole]


def _actions(verb: str) -> list[argparse.Action]:
    return [
        action
        for action in parser(verb)._actions
        if action.dest not in _WITHHELD and action.metavar not in _FILES
    ]
