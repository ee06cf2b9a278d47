"""Sentences out of the collected packages, cleaned, without duplicates and without test data."""

from __future__ import annotations

import html
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

N = 13  # words of an n-gram that must not occur in a test set


def _html(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8", errors="ignore")
    text = re.sub(r"(?s)<(script|style|pre|code|screen)\b.*?</\1>", " ", text)
    for block in re.split(
        r"</?(?:p|h\d|li|td|th|div|title|dt|dd|section|item|note|page|info|desc|br)\b[^>]*>", text
    ):
        yield html.unescape(re.sub(r"<[^>]+>", "", block))


def _mo(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    count, _, table = struct.unpack("<III", data[8:20])
    for k in range(count):
        length, start = struct.unpack("<II", data[table + 8 * k : table + 8 * k + 8])
        yield from data[start : start + length].decode("utf-8", errors="ignore").split("\0")


def _fluent(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith((".ftl", ".properties")):
                for line in archive.read(name).decode("utf-8", errors="ignore").splitlines():
                    if "=" in line and not line.startswith("#"):
                        yield line.split("=", 1)[1]


def sentences(text: str) -> Iterator[str]:
    """Sentences of one block of running text that look like language: letters, no code, no placeholders."""
    text = re.sub(r"\s+", " ", text.replace("~", "").replace("&amp;", "&")).strip()
    for part in re.split(r"(?<=[.!?…»”])\s+(?=[A-ZÉÈÀÂÎÔÇŒĆŁŃÓŚŹŻ«„])", text):
        letters = sum(letter.isalpha() for letter in part)
        if (
            12 <= len(part) <= 400
            and letters >= 0.7 * len(part)
            and not re.search(r"[{}<>%$\\_|=]|https?:", part)
        ):
            yield part


def read(root: Path, lang: str) -> dict[str, list[str]]:
    """Source name → unique sentences of that language, from the unpacked packages below `root`."""
    book = {"fr": "fr-FR", "pl": "pl-PL"}[lang]
    readers = {
        "libreoffice-help": (_html, sorted(root.glob(f"usr/share/libreoffice/help/{lang}/text/**/*.html"))),
        "libreoffice-l10n": (
            _mo,
            sorted(root.glob(f"usr/lib/libreoffice/program/resource/{lang}/LC_MESSAGES/*.mo")),
        ),
        "firefox-l10n": (_fluent, sorted(root.glob(f"usr/lib/firefox-esr/**/langpack-{lang}@*.xpi"))),
        "thunderbird-l10n": (_fluent, sorted(root.glob(f"usr/lib/thunderbird/**/langpack-{lang}@*.xpi"))),
        "gnome-user-docs": (_html, sorted(root.glob(f"usr/share/help/{lang}/**/*.page"))),
        "debian-handbook": (_html, sorted(root.glob(f"usr/share/doc/debian-handbook/html/{book}/*.html"))),
    }
    seen: set[str] = set()
    out: dict[str, list[str]] = {}
    for name, (reader, paths) in readers.items():
        found = out.setdefault(name, [])
        for path in paths:
            for block in reader(path):
                for sentence in sentences(block):
                    if sentence not in seen:
                        seen.add(sentence)
                        found.append(sentence)
    return out


def ngrams(text: str, n: int = N) -> set[tuple[str, ...]]:
    """The word n-grams of a text, lower case, without punctuation."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def overlapping(training: Iterable[str], tests: Iterable[str], n: int = N) -> list[str]:
    """The training sentences that share a word n-gram with a test sentence."""
    held: set[tuple[str, ...]] = set()
    for text in tests:
        held |= ngrams(text, n)
    return [sentence for sentence in training if not held.isdisjoint(ngrams(sentence, n))]
