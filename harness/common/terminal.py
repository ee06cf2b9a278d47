"""Untrusted text on a terminal: texts, file names and error messages must not steer it."""

from __future__ import annotations

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
    """Characters that the encoding of a stream lacks (and unpaired ones) are printed as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _code(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found.group()):04X}⟩"
