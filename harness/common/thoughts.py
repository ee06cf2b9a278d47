"""Where a model's thoughts end and its answer begins."""

from __future__ import annotations

import re

from harness.common.chatter import THOUGHTS

_FINAL = r"<\|channel\|>\s*final\s*(?:<\|message\|>)?|assistantfinal(?=\S)"
_MARK = re.compile(rf"(?P<final>{_FINAL})|(?:{THOUGHTS.pattern})", re.I)


def answer_start(text: str, opened: bool = False) -> int | None:
    """Where the answer begins: behind the last block of thoughts, 0 without one; None while thoughts go on.

    `opened` says that the prompt ended within such a block.
    """
    start, thinking = 0, opened
    for mark in _MARK.finditer(text):
        thinking = not _closes(mark)
        if not thinking:
            start = mark.end()
    return None if thinking else start


def opens(prompt: str) -> bool:
    """Whether a prompt ends with the tag that opens thoughts, as templates of some models do."""
    prompt = prompt.rstrip()
    marks = list(_MARK.finditer(prompt))
    return bool(marks) and marks[-1].end() == len(prompt) and not _closes(marks[-1])


def without_thoughts(text: str) -> str:
    """A text without its blocks of thoughts; a block that is never closed goes on to the end.

    A closing tag without an opening one belongs to a block that the prompt opened.
    """
    kept: list[str] = []
    place, thinking = 0, False
    for mark in _MARK.finditer(text):
        if _closes(mark):
            kept = kept if thinking or mark["final"] else []
            thinking, place = False, mark.end()
        else:
            if not thinking:
                kept.append(text[place : mark.start()])
            thinking = True
    return "".join([*kept, "" if thinking else text[place:]])


def _closes(mark: re.Match[str]) -> bool:
    return bool(mark["final"]) or "/" in mark[0] or mark[0] == "<channel|>"  # Gemma 4
