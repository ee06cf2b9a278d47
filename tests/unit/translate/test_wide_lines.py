"""UTF-16 where another encoding was declared is told from a NUL among the characters."""

from __future__ import annotations

import pytest

from harness.errors import DataError
from harness.translate.engines.encoding import Lines

TEXTS = [
    "Der Hund bellt.",
    "Собака громко лает.",
    "Собака",
    "Ο σκύλος γαβγίζει.",
    "那只狗在叫。",
    "犬が吠える",
    "لا أعرف",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_told(text: str, encoding: str) -> None:
    data = f"{text}\n{text}\n".encode(encoding)
    with pytest.raises(DataError, match=f"it writes {encoding.upper()}"):
        Lines("utf-8", "utf-8", "engine").split(data)


@pytest.mark.parametrize("text", [*TEXTS, "Grüße"])
def test_a_nul_is_a_character_of_a_line(text: str) -> None:
    for line in (f"{text} noch ein Wort\0", f"\0{text} noch ein Wort"):
        data = f"{line}\nzwei\n".encode()
        assert Lines("utf-8", "utf-8", "engine").split(data) == ([line.encode(), b"zwei"], b"")
