"""Untrusted text on a terminal: texts, file names and error messages must not steer it."""

from __future__ import annotations

import errno
import os
import re
import sys

_UNSEEN = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_IN_TEXT = re.compile(f"[{_UNSEEN}]")
_IN_LINE = re.compile(f"[\t\n\u2028\u2029{_UNSEEN}]")


def visible(text: str) -> str:
    """Control, direction and unpaired characters as `⟨U+001B⟩`; tabs and line ends stay."""
    return _IN_TEXT.sub(_code, text)


def visible_line(text: str) -> str:
    """The same for what must stay on one line: tabs and line ends are shown by their code too."""
    return _IN_LINE.sub(_code, text)


def visible_json(text: str) -> str:
    """A JSON text with such characters as JSON's own escapes; it means the same."""
    return _IN_TEXT.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def never_fail() -> None:
    """Characters that the encoding of a stream lacks (and unpaired ones) are printed as escapes.

    What goes to a stream that was closed (`2>&-`) is dropped, instead of into the next file that is opened.
    """
    open_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def open_closed() -> None:
    """Let stdout and stderr lead to the null device where whoever started the program closed them."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest free number: that of a closed stream
        pass
    os.close(handle)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))


def full_stream(error: OSError) -> str | None:
    """`"stdout"` where an error without a file name comes from writing there, None otherwise.

    What could not be written is dropped, so that Python does not complain of it again when it ends.
    """
    if error.filename is not None:
        return None
    for name in ("stdout", "stderr"):
        try:
            stream = getattr(sys, name)
            if name == "stdout" and error.errno == errno.ENOSPC and getattr(stream, "write_through", False):
                stream.write("\n")  # PYTHONUNBUFFERED: there is no buffer in which it would have stayed
            stream.flush()  # a failed write stays in the buffer
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), getattr(sys, name).fileno())
            return name
    return None


def _code(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found.group()):04X}⟩"
