"""Bytes to UTF-8: byte-order marks, and advice on what is not UTF-8."""

from __future__ import annotations

import codecs
import re
import shlex
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath

from harness.common.langid import identify, label
from harness.common.langs import language
from harness.common.letters import LETTERS
from harness.errors import ConfigError, DataError

# UTF-32's little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 1 << 16  # bytes that a guess at an encoding looks at
_STRANGE = ("Cc", "Cn", "Co")  # control characters, unassigned and private ones
_NUL_SHARE = 0.2  # of the bytes of UTF-16 text in a Latin script half are NUL; plain text has none

# Encodings before Unicode by the languages written in them, the commonest first (Python's names).
_LEGACY = (
    ("pl cs sk hu sl hr bs ro sq", ("cp1250", "iso8859_2", "cp852")),
    ("ru uk be bg mk sr kk ky", ("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866")),
    (
        "en fr de es it pt nl sv da nb nn no fi is ca gl eu ga af id ms sw",
        ("cp1252", "iso8859_15", "mac_roman", "cp850"),
    ),
    ("el", ("cp1253", "iso8859_7")),
    ("tr az", ("cp1254", "iso8859_9")),
    ("he yi", ("cp1255", "iso8859_8")),
    ("ar fa ur", ("cp1256", "iso8859_6")),
    ("lt lv et", ("cp1257", "iso8859_13", "iso8859_4")),
    ("vi", ("cp1258",)),
    ("th", ("cp874",)),
    ("ja", ("cp932", "euc_jp", "iso2022_jp")),
    ("zh yue", ("gb18030", "big5")),
    ("ko", ("cp949",)),
)
# UTF-8 of a kind that is not allowed: CESU-8's surrogates, and characters in more bytes than they need.
_MISTAKES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]|[\xc0\xc1][\x80-\xbf]")
_MARKS = "“”„‚‘’«»‹›–—…•§°€\xa0·©®™"
_ICONV = {
    "gb18030": "GB18030",
    "big5": "BIG5",
    "mac_roman": "MACINTOSH",
    "euc_jp": "EUC-JP",
    "cp949": "CP949",
}

_UNPACKERS = {".gz": "gzip -dc", ".bz2": "bzip2 -dc", ".xz": "xz -dc", ".zst": "zstd -dc"}


def mark_of(head: bytes) -> tuple[bytes, str]:
    """The byte-order mark that a text begins with and its encoding; `(b"", "utf-8")` without one."""
    return next(((mark, name) for mark, name in MARKS if head.startswith(mark)), (b"", "utf-8"))


def unmarked_utf16(head: bytes) -> str | None:
    """`"utf-16-le"` or `"utf-16-be"` where a text without a mark has NUL bytes as those do."""
    if b"\0" not in head or _is_bytewise(head):
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    end = head.find(b"\n")
    if max(even, odd) >= _NUL_SHARE * max(len(head) // 2, 1) and min(even, odd) <= max(even, odd) / 10:
        found = "utf-16-le" if odd > even else "utf-16-be"
    elif end >= 0 and end % 2 == 0 and head[end + 1 : end + 2] == b"\0":
        found = "utf-16-le"  # a script whose characters have no NUL byte: the line ends have
    elif end % 2 == 1 and head[end - 1 : end] == b"\0":
        found = "utf-16-be"
    else:
        return None
    text = head[: len(head) // 2 * 2].decode(found, "replace")
    strange = sum(
        character == "\ufffd" or (unicodedata.category(character) in _STRANGE and character not in "\n\r\t")
        for character in text
    )
    return found if strange <= len(text) / 100 + 1 else None


def _is_bytewise(head: bytes) -> bool:
    """Whether the lines are UTF-8 in which a NUL is a character like others.

    In UTF-16 a quarter of the bytes is NUL at the least (Latin script), or halves of the other letters are
    control characters (Greek, Cyrillic) or no UTF-8.
    """
    try:
        text = head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return False
    controls = sum(char < " " and char not in "\0\t\n\r" for char in text)
    return not controls and text.count("\0") < len(text) / 4


def looks_binary(head: bytes) -> bool:
    """Whether there are more NUL bytes than a damaged text has."""
    return head.count(0) > max(8, len(head) // 20)


def iconv(encoding: str, name: str) -> str:
    """The command that converts a file to UTF-8 beside itself."""
    path = PurePath(name)
    unpacker = _UNPACKERS.get(path.suffix)
    plain = path.with_suffix("") if unpacker else path
    target = shlex.quote(str(plain.with_name(f"{plain.stem}.utf8{plain.suffix}")))
    convert = f"iconv -f {iconv_name(encoding)} -t UTF-8"
    if unpacker:
        return f"{unpacker} {shlex.quote(name)} | {convert} > {target}"
    return f"{convert} {shlex.quote(name)} > {target}"


def iconv_name(encoding: str) -> str:
    """What iconv calls one of Python's encodings: `"cp1250"` → `"WINDOWS-1250"`."""
    if encoding in _ICONV:
        return _ICONV[encoding]
    if encoding.startswith("cp125"):
        return f"WINDOWS-{encoding[2:]}"
    if encoding.startswith("iso8859_"):
        return f"ISO-8859-{encoding[8:]}"
    return encoding.upper().replace("_", "-").replace("UTF-16-", "UTF-16").replace("UTF-32-", "UTF-32")


def not_utf8(
    line: bytes, start: int, where: str, place: str, sample: bytes, langs: Sequence[str]
) -> DataError:
    """The error for a line whose byte `start` is not UTF-8: what the text seems to be, and the remedy.

    `where` is `FILE:LINE`, `place` says which byte of it (`"column 4"`), `sample` is more of the text, and
    `langs` are the languages it may be in.
    """
    name = where.rpartition(":")[0]
    problem = f"{where}: not UTF-8 (byte 0x{line[start]:02x}{place})"
    whole = _with(line, sample)
    if _is_mostly_utf8(whole):
        return DataError(
            f"{problem}, though the rest of the text is: fix that line by hand, converting the file would"
            " damage the others"
        )
    encoding = guess(whole, langs or _suffix_language(name))
    if encoding is None:
        return DataError(
            f"{problem}; its encoding cannot be identified: convert it to UTF-8, for example"
            f" {iconv('ENCODING', name)}"
        )
    return DataError(
        f"{problem}; convert it from {iconv_name(encoding)}, which it seems to be: {iconv(encoding, name)}"
    )


def guess(sample: bytes, langs: Sequence[str] = ()) -> str | None:
    """The encoding, by Python's name, that text in one of `langs` most likely has; None where nothing fits.

    Of the encodings in which those languages were written, the one that makes letters of theirs of the most
    bytes beyond ASCII, where their letters are listed; else charset-normalizer chooses among them. Without
    `langs` the language is identified first, in what each encoding makes of the bytes.
    """
    from charset_normalizer import from_bytes

    sample = sample[: 2 * SAMPLE]
    if plain := _by_letters(sample, langs or [found for found in [_identified(sample)] if found]):
        return plain
    fitting = [encoding for lang in langs for encoding in _encodings(lang)]
    if not fitting:
        fitting = list(_encodings(_identified(sample)))
    best = from_bytes(sample, cp_isolation=fitting or None, preemptive_behaviour=False).best()
    return None if best is None or best.encoding in ("ascii", "utf_8") else str(best.encoding)


def _by_letters(sample: bytes, langs: Sequence[str]) -> str | None:
    """The encoding with the most letters of the languages, the commonest of equal ones; None without any."""
    worth: dict[str, int] = {}
    for lang in langs:
        own = LETTERS.get(language(lang).short) if _encodings(lang) else None
        for encoding in _encodings(lang) if own else ():
            try:
                text = sample.decode(encoding)
            except UnicodeDecodeError:
                continue
            pairs = (pair for pair in pairwise(f" {text}") if not pair[1].isascii())
            found = sum(_fits(before, here, own or "") for before, here in pairs)
            worth[encoding] = max(found, worth.get(encoding, found))
    best = max(worth, key=lambda encoding: worth[encoding], default=None)
    return best if best is not None and worth[best] > 0 else None


def _fits(before: str, here: str, own: str) -> int:
    """1 for a letter of the language, or a mark that texts have; less where no text has the character."""
    if here.lower() in own:
        return -1 if here.isupper() and before.islower() else 1  # a capital within a word
    return 0 if here in _MARKS else -1


def _encodings(lang: str | None) -> tuple[str, ...]:
    try:
        short = language(lang).short if lang else ""
    except ConfigError:
        return ()
    return next((encodings for langs, encodings in _LEGACY if short in langs.split()), ())


def _identified(sample: bytes) -> str | None:
    """The language of the text, as the encoding that makes the plainest sense of the bytes has it."""
    best: tuple[float, str | None] = (0.0, None)
    for langs, encodings in _LEGACY:
        labels = {label(lang) for lang in langs.split()}
        for encoding in encodings:
            try:
                text = sample.decode(encoding)
            except UnicodeDecodeError:
                continue
            found, probability = identify(text)
            if found in labels and probability > best[0]:
                best = (probability, found)
    return best[1]


def _suffix_language(name: str) -> tuple[str, ...]:
    """The language that the end of a file's name says: `("pl",)` for `news.pl`, `()` for `news.txt`."""
    suffix = PurePath(name).suffix.removeprefix(".")
    return (suffix,) if len(suffix) in (2, 3) and _encodings(suffix) else ()


def _with(line: bytes, sample: bytes) -> bytes:
    """The sample with the line in it once; without its own last line where that is cut off."""
    head = sample[:SAMPLE]
    if len(head) == SAMPLE and b"\n" in head:
        head = head[: head.rfind(b"\n")]
    return head if line in head else head + b"\n" + line[:SAMPLE]


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether there is as much UTF-8 of several bytes as not, by characters or by lines.

    Text before Unicode has hardly any. A surrogate in three bytes and an overlong form are one mistake each.
    """
    sample = _MISTAKES.sub(b"\xff", sample)
    good = sum(character > "\x7f" for character in sample.decode("utf-8", "ignore"))
    broken = sample.decode("utf-8", "replace").count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    lines = [line for line in sample.splitlines() if not line.isascii()]
    right = sum(_is_utf8(line) for line in lines)
    return good > 0 and (good >= broken or 2 * right >= len(lines))


def is_forbidden_utf8(line: bytes) -> bool:
    """Whether only surrogates (CESU-8) and overlong forms keep the line from being UTF-8."""
    return _MISTAKES.search(line) is not None and _is_utf8(_MISTAKES.sub(b"?", line))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
