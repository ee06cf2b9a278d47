"""Parallel documents out of translated manuals: pages whose paragraphs correspond one by one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Debian packages and the licence of their text
LIBREOFFICE = {"de": "de", "en": "en-us", "fr": "fr", "pl": "pl"}
PACKAGES = (
    ("debian-handbook", "CC-BY-SA-3.0 (dual with GPL-2.0-or-later)"),
    ("gnome-user-docs", "CC-BY-SA-3.0"),
    *((f"libreoffice-help-{name}", "MPL-2.0") for name in LIBREOFFICE.values()),
)
PAGES = {  # source -> (folder, language -> name of its folder, pages)
    "handbook": (
        "usr/share/doc/debian-handbook/html/{}",
        {"de": "de-DE", "en": "en-US", "fr": "fr-FR", "pl": "pl-PL"},
        "*.html",
    ),
    "gnome": ("usr/share/help/{}/gnome-help", {"de": "de", "en": "C", "fr": "fr", "pl": "pl"}, "*.page"),
    "libreoffice": (
        "usr/share/libreoffice/help/{}/text",
        {"de": "de", "en": "en-US", "fr": "fr", "pl": "pl"},
        "**/*.html",
    ),
}
_BLOCK = re.compile(
    r"</?(?:p|h\d|li|td|th|tr|div|title|dt|dd|dl|ul|ol|section|item|note|page|info|desc|br|terms|steps|list"
    r"|table|body|html)\b[^>]*>"
)
_APART = re.compile(
    r"(?s)<(script|style|pre|code|screen|head|example)\b[^>]*?(?<!/)>.*?</\1>|<!--.*?-->|<\?.*?\?>"
)
_SHORT_CODE = 120  # characters with tags: a command named within a sentence


@dataclass(frozen=True)
class Page:
    """Paragraph by paragraph, a page in two languages."""

    source: str
    rows: list[tuple[str, str]]


def paragraphs(path: Path) -> list[str]:
    """The texts between the block tags of a page, empty ones included: what corresponds across languages."""

    def without(found: re.Match[str]) -> str:
        return found[0] if found[1] == "code" and len(found[0]) < _SHORT_CODE else " "

    text = _APART.sub(without, path.read_text("utf-8", errors="ignore"))
    plain = (html.unescape(re.sub(r"<[^>]+>", "", part)) for part in _BLOCK.split(text))
    return [re.sub(r"\s+", " ", part).strip() for part in plain]


def is_prose(text: str) -> bool:
    """Whether a paragraph is language rather than code, an address or a label."""
    letters = sum(letter.isalpha() for letter in text)
    return (
        15 <= len(text) <= 700
        and letters >= 0.65 * len(text)
        and len(text.split()) >= 3
        and not re.search(r"[{}<>\\|]|https?:|::", text)
    )


def pages(root: Path, src: str, tgt: str) -> Iterator[Page]:
    """Pages in both languages with the same paragraphs, without those that are still in English."""
    for source, (folder, names, pattern) in PAGES.items():
        here, there, english = (root / folder.format(names[lang]) for lang in (src, tgt, "en"))
        for path in sorted(here.glob(pattern)):
            name = path.relative_to(here)
            if not (there / name).exists() or not (english / name).exists():
                continue
            texts = [paragraphs(side / name) for side in (here, there, english)]
            if len({len(side) for side in texts}) > 1:
                continue
            rows: dict[str, str] = {}
            for s, t, e in zip(*texts, strict=True):
                untranslated = s == t or (src != "en" and s == e) or (tgt != "en" and t == e)
                if not untranslated and is_prose(s) and is_prose(t) and alike(s, t, 0.4, 2.5):
                    rows.setdefault(s, t)
            yield Page(source, list(rows.items()))


def alike(s: str, t: str, least: float, most: float) -> bool:
    """Whether the ratio of their lengths is within bounds."""
    return least < (len(s) + 10) / (len(t) + 10) < most
