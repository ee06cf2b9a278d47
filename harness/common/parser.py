"""A verb's argument parser."""

from __future__ import annotations

import argparse
from typing import NoReturn

from harness.errors import ConfigError, did_you_mean


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a mistake in one line, with the nearest known option."""

    def known_options(self) -> list[str]:
        return [text for action in self._actions for text in action.option_strings]

    def error(self, message: str) -> NoReturn:
        known = self.known_options()
        hint = ""
        if message.startswith("unrecognized arguments: "):
            word = message.split(": ", 1)[1].split()[0]
            hint = did_you_mean(word.split("=")[0], known)
        raise ConfigError(f"{message}.{hint} See: {self.prog} --help")
