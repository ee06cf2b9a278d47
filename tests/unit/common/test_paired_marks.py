"""Which marks in pairs open: `“` opens in Chinese, closes in German."""

from __future__ import annotations

import pytest

from harness.common.tokens import paired, tokens


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("他说。“不知道。”“站住！”他说。", [True, False, True, False]),
        ("“走”，他说：“走。", [True, False, True]),
        ("Er sagte: „Ja.“ „Nein“, sagte sie.", [True, False, True, False]),
        ("Powiedział: „Tak”.„Nie”", [True, False, True, False]),
        ("« Oui », dit-il. « Non »", [True, False, True, False]),
        ("»Ja«, sagte er.»Nein«", [True, False, True, False]),
        ('"Yes."\n"No," she said.', [True, False, True, False]),
        ('"是。""不"', [True, False, True, False]),
        ("**甲。**\n\n**乙。**", [True, True, False, False] * 2),
        ("_Yes._ _No._ 5 * 3", [True, False, True, False, True]),
        ("他**说**走", [True, True, False, False]),
        ("”Joo”, hän sanoi. ”Ei.”", [True, False, True, False]),
    ],
)
def test_marks_open_by_their_spaces_else_by_what_is_open(text: str, opens: list[bool]) -> None:
    assert list(paired(tokens(text), text).values()) == opens
