"""A verb's argument parser."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NoReturn

from harness.errors import ConfigError, did_you_mean

_KEYS = ("model", "pair", "data", "engine", "tag", "metrics")
"""What some verbs take as `--pair de-cs` and others as `pair=de-cs`."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a mistake in one line, with the nearest known option."""

    _given: Sequence[str] = ()

    def known_options(self) -> list[str]:
        return [text for action in self._actions for text in action.option_strings]

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self._given = list(args or ())
        for word in self._given:  # before `--pair` is taken for the beginning of `--pairs`
            if word.split("=")[0] not in self.known_options() and self._as_key(word):
                self.error(f"unrecognized arguments: {word}")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        hint = ""
        if message.startswith("unrecognized arguments: "):
            word = message.split(": ", 1)[1].split()[0]
            hint = self._as_key(word) or self._as_list(word)
            hint = hint or did_you_mean(word.split("=")[0], self.known_options())
        elif message.startswith("the following arguments are required: "):
            hint = self._as_option(message.split(": ", 1)[1].split(", "))
        raise ConfigError(f"{message}.{hint} See: {self.prog} --help")

    def _as_key(self, word: str) -> str:
        """`--pair de-cs` where the verb takes `pair=de-cs`."""
        name, equals, value = word.removeprefix("--").partition("=")
        takes = any(not a.option_strings and a.nargs in ("*", "+") for a in self._actions)
        if not word.startswith("--") or name not in _KEYS or not takes or word not in self._given:
            return ""
        following = self._given[self._given.index(word) + 1 :][:1]
        if not equals and following and not following[0].startswith("-"):
            value = following[0]
        return f" Did you mean {shlex.quote(f'{name}={value}') if value else f'{name}=…'}?"

    def _as_option(self, missing: Sequence[str]) -> str:
        """`pair=de-cs` where the verb takes `--pair de-cs`."""
        for word in self._given:
            name, _, value = word.partition("=")
            if value and f"--{name}" in missing:
                return f" Did you mean --{name} {shlex.quote(value)}?"
        return ""

    def _as_list(self, word: str) -> str:
        """`--metrics bleu commas` for `--metrics bleu,commas`."""
        if word.startswith("-") or word not in self._given:
            return ""
        lists = {o for a in self._actions if str(a.metavar).endswith(",…") for o in a.option_strings}
        before = self._given[: self._given.index(word)]
        option = next((one for one in reversed(before) if one.startswith("-")), "")
        if option not in lists:
            return ""
        at = len(before) - 1 - list(reversed(before)).index(option)
        values = takewhile(lambda one: not one.startswith("-"), self._given[at + 1 :])
        return f" Did you mean {option} {shlex.quote(','.join(one.strip(',') for one in values))}?"
