"""UTF-8 that was once read in another encoding: `Ã©` for `é`, as the library ftfy recognises it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# ftfy takes a lone letter before a space for an `à` whose second half became that space.
_LONE = re.compile(r"(?<![^\W_])[^\W\d_](?= |$)")


def repaired(line: str) -> str:
    """The line as it was before; itself where it is right, or only a letter by itself would change.

    A line is repaired only as a whole that makes sense: ftfy weighs how likely such characters are side by
    side.
    """
    if line.isascii():
        return line
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    if not is_bad(line):
        return line
    fixed = fix_encoding(line)
    if len(fixed) == len(line) and all(
        old == new or _LONE.match(line, at) for at, (old, new) in enumerate(zip(line, fixed, strict=True))
    ):
        return line
    return fixed


def is_damaged(line: str) -> bool:
    """Whether a repair would change letters or signs, not control characters alone."""
    return not line.isascii() and repaired(line) != line and any(c > "\x9f" and c.isalpha() for c in line)


def damaged(lines: Iterable[str]) -> tuple[int, int, str, str]:
    """How many of the lines are such, and of the first its number from 1, a word of it, and that repaired."""
    found, first, word, right = 0, 0, "", ""
    for number, line in enumerate(lines, start=1):
        if is_damaged(line):
            found += 1
            if not first:
                first, (word, right) = number, _word(line, repaired(line))
    return found, first, word, right


def _word(line: str, fixed: str) -> tuple[str, str]:
    """The first word that the repair changes, as it is and as it was."""
    old, new = line.split(" "), fixed.split(" ")
    pairs = zip(old, new, strict=False)
    return next(((a[:30], b[:30]) for a, b in pairs if a != b), (line[:30], fixed[:30]))


def warning(lines: Iterable[str], what: str) -> str | None:
    """The warning about such lines of `what` ("source"); None without any."""
    found, first, word, right = damaged(lines)
    if not found:
        return None
    count = f"1 {what} line is" if found == 1 else f"{found} {what} lines are"
    which = f"line {first}" if found == 1 else f"the first is line {first}"
    return (
        f"{count} UTF-8 that was read in another encoding ({which}: '{word}' for '{right}'): repair the file;"
        " `python -m harness clean` shows the repair"
    )
