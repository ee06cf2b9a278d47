"""Classes of the user's own: whose fault an exception is, where their code raised it."""

from __future__ import annotations

import traceback

_MODULES: dict[str, str] = {}  # module → what was configured with it: "engine 'mine:Engine'"


def remember(module: str, what: str) -> None:
    """Note that `what` is a class of the user's, in this module."""
    _MODULES[module] = what


def blame(error: BaseException) -> str | None:
    """`"engine 'mine:Engine', a class of yours, in translate (mine.py:12)"` where such a class raised it.

    The innermost line of the user's counts, whatever library it called. None for an error of ours.
    """
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        what = _MODULES.get(str(frame.f_globals.get("__name__")))
        if what is not None:
            code = frame.f_code
            found = f"{what}, a class of yours, in {code.co_name} ({code.co_filename}:{line})"
    return found
