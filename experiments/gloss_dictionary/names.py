"""Countries, languages, months and days of the Unicode CLDR, French and Polish, through babel."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale


def pairs() -> Iterator[tuple[str, str, str]]:
    """(French, Polish, part of speech)."""
    french, polish = Locale("fr"), Locale("pl")
    for code, name in french.territories.items():
        if code in polish.territories:
            yield name.replace("’", "'"), polish.territories[code], "n"
    for code, name in french.languages.items():
        if code in polish.languages and " " not in name and "(" not in name:
            yield name, polish.languages[code], "n"
    for kind in ("months", "days"):
        own, other = (
            getattr(french, kind)["stand-alone"]["wide"],
            getattr(polish, kind)["stand-alone"]["wide"],
        )
        for key, name in own.items():
            yield name, other[key], "n"
