"""UTF-8 that was once read in another encoding: `Ã©` for `é`, as the library ftfy recognises it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

# ftfy takes a lone letter before a space for an `à` whose second half became that space.
_LONE = re.compile(r"(?<![^\W_])[^\W\d_](?= |$)")
# Capitals before a sign that ends a word (`MAÇÃ”`, `IRMÃ®`, `“Ã”`): they are what they are, unless the whole
# line is damaged. Not before a letter (`HÃ”TEL`); before a sign that would become a small letter
# (`OÃ¹`) only at the end of a word of capitals; and never an Ä or Å there (`JUÅ»`).
_UPPER = r"(?:(?![a-zß-öø-ÿœšž])[^\W\d_])"
_CAPITAL = re.compile(
    rf"(?<={_UPPER})[ÃÂ](?=[”’‘…™](?!\w))|(?<={_UPPER}{{2}})Ã(?=—)"
    rf"|(?<={_UPPER}{{2}})[ÀÁÃÆ-ÞĆĘŃŚŹŁ](?=[»®©°²³¹ºª](?!\w))"
    r"|[“«„‘‚»”][A-ZÀ-ÖØ-Þ]*[À-Þ](?=[”»“’‘«](?!\w))"
)
# Those that a line damaged in part keeps: also before a space and a capital (`XÃ HỘI`, `ĐÃ mở`).
_KEPT = re.compile(rf"{_CAPITAL.pattern}|(?<={_UPPER})Ã(?= {_UPPER})|(?<=[^\W\d_a-zß-ÿ\x00-\xff])Ã(?= )")
_MASK = "\x01"
# A small letter that a repair puts behind capitals: `CAFə` for `CAFÉ™`.
_SMALL_BEHIND = re.compile(rf"{_UPPER}{{2}}[ß-öø-ÿ\u0250-\u02af]")
# What latin-2 and cp1250 make of the first byte of é or ł, where no language has that letter.
_INNER = re.compile(r"[a-zß-öø-ÿ][ĂĹ]|(?<!\w)[ĂĹ][^\w\s]")
_CENTRAL = ("cp1250", "iso8859_2")
# What tells their readings apart: `für` and `fßr`, `señor` and `seùor`.
_ODD = re.compile(r"[a-zß-ÿ][À-Þ]|(?<![aeiouyäöüAEIOUÄÖÜ])ß|[aeiou][äöü]|ù(?=[a-z])|[^\W\d_][ªº¹²³¼½¾]")
# Control characters that would be read as signs nobody writes (ƒ † ‡ ˆ ‰ ‹ ˜ ›): for `clean` to delete.
_STRAY = re.compile("[\x83\x86-\x89\x8b\x98\x9b]")
# Letters of which a single one in a line of Latin letters is no repair: `PUBLICITÉ²` is not `PUBLICITɲ`.
_EXOTIC = re.compile("[\u0180-\u0217\u021c-\u036f\u0400-\u1dff\ua000-\uabff]")


def repaired(line: str) -> str:
    """The line as it was before; itself where it is right, or only a letter by itself would change.

    A line is repaired only as a whole that makes sense: ftfy weighs how likely such characters are side by
    side.
    """
    if line.isascii():
        return line
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    if (whole := _central(line)) is not None:
        return whole
    if not is_bad(line) or not is_bad(_CAPITAL.sub("A", line)):
        return line
    masked = line if _MASK in line or _wholly(line) else _KEPT.sub(_MASK, line)
    fixed = fix_encoding(masked, TextFixerConfig(fix_c1_controls=not _STRAY.search(line)))
    kept = iter(_KEPT.findall(line) if masked != line else ())
    fixed = re.sub(_MASK, lambda mask: next(kept, mask.group()), fixed)
    if len(line) - len(fixed) < 3 and any(map(_EXOTIC.match, set(fixed) - set(line))):
        return line
    if len(fixed) == len(line) and all(
        old == new or _LONE.match(line, at) for at, (old, new) in enumerate(zip(line, fixed, strict=True))
    ):
        return line
    return fixed


def _wholly(line: str) -> bool:
    """Whether all signs of the line are halves of others, and sensible letters come of them."""
    from ftfy import bad_codecs  # noqa: F401  # registers the encoding

    try:
        whole = line.encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return False
    return not _SMALL_BEHIND.search(whole) and not _EXOTIC.search(whole)


def _central(line: str) -> str | None:
    """The whole line read as UTF-8 where it was read as latin-2 or cp1250; None where it was not.

    ftfy misses some (`StraĂźe`) and makes letters of another encoding of others (`seĂąor`).
    """
    if not _INNER.search(line):
        return None
    read = []
    for encoding in _CENTRAL:
        with suppress(UnicodeError):
            read.append(line.encode(encoding).decode("utf-8"))
    return min(read, key=lambda text: len(_ODD.findall(text)), default=None)


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
