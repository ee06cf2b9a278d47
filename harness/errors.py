"""Every error the harness raises on purpose.

    HarnessError        the run failed                        exit code 1
    ├── StageError      a stage could not finish its work     exit code 1
    │   ├── SegmentError    … on one text; others may be fine
    │   └── MisalignedError … and its last outputs must be discarded
    └── UserError       the user's input cannot be used       exit code 2
        ├── ConfigError     a config value, name or option
        ├── DataError       a file, its bytes, its shape
        │   └── TooLongError    a text that the model has no room for
        └── UnavailableError  a model, package or server that is not here

A message is one line: what is wrong, where (file, line), and the remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HarnessError(Exception):
    """The run failed; `str(error)` is one line for the user."""

    exit_code = 1


class StageError(HarnessError):
    """A stage could not finish: an engine died, a disk is full."""


class SegmentError(StageError):
    """An engine could not translate one text; others may be fine. It is tried again, then recorded as
    failed, and the run continues (any other HarnessError from an engine ends the run)."""


class MisalignedError(StageError):
    """An engine's outputs turned out not to belong to its input texts.

    `given` is how many of its last translations are affected: none of them may be kept.
    """

    def __init__(self, message: str, given: int) -> None:
        super().__init__(message)
        self.given = given


class UserError(HarnessError):
    """The user's input cannot be used as it is."""

    exit_code = 2


class ConfigError(UserError):
    """A config value, a name of an option or of a registered class."""


class DataError(UserError):
    """A file is missing, empty, badly encoded or of the wrong shape."""


class TooLongError(DataError):
    """A text is longer than the model takes; others may be fine."""


class UnavailableError(UserError):
    """Something that was asked for is not on this machine; the message says how to get it."""


class Terminated(KeyboardInterrupt):
    """SIGTERM, which a scheduler sends before it reclaims the machine: stop as for Ctrl-C, exit code 143."""


def one_line(error: BaseException) -> str:
    """`"ValueError: what it says"` on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def first_line(error: BaseException) -> str:
    """What an error says, its first line of at most 200 characters; its type where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def message_of(error: object) -> str:
    """What an error says, on one line, without its type."""
    return " ".join(str(error).split())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`" Did you mean 'nllb'?"` for the nearest known name, or an empty string.

    Where none is near, for the shortest that has the name in it: `lium` is meant for `LIUM.2019.en-de`.
    """
    lowered = {item.lower(): item for item in sorted(known) if item != name}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    if not close and len(name) > 2:
        close = sorted((item for item in lowered if name.lower() in item), key=len)[:1]
    return f" Did you mean '{lowered[close[0]]}'?" if close else ""


def missing_package(what: str, package: str, extra: str | None = None) -> UnavailableError:
    """The error for an optional dependency that is not installed, with the exact remedy."""
    install = f"pip install 'mt-harness[{extra}]'" if extra else f"pip install {package}"
    return UnavailableError(f"{what} needs the package '{package}'. Install it with: {install}")
