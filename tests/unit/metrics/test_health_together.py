"""Short outputs of a system that answers in another language are judged with its long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.metrics.health import in_order, wrong_together
from harness.results.store import Store

LONG = [
    "The president spoke yesterday about the economic cooperation between both countries.",
    "We did not know when the train would arrive at the station this evening.",
    "She told them that the new library will be open from Monday to Friday.",
    "There is no reason to believe that the weather is going to change soon.",
    "He bought three old books about the history of his town last week.",
]
SHORT = ["How are you?", "See you tomorrow.", "Thank you."]
CZECH = ["Jak se máte?", "Uvidíme se zítra."]
WRONG = ["wrong-language"]


def test_the_rest_follows_most() -> None:
    texts = [*LONG, *SHORT, *CZECH, "42"]
    found = wrong_together(texts, [WRONG] * 5 + [[]] * 6, "cs")
    assert found == [5, 6, 7], "what is in the target language stays right"


def test_few_wrong_ones_say_nothing_of_the_rest() -> None:
    assert wrong_together([*LONG, *SHORT * 2], [WRONG] * 5 + [[]] * 6, "cs") == []
    assert wrong_together([*LONG[:4], *SHORT], [WRONG] * 4 + [[]] * 3, "cs") == []
    assert wrong_together([*LONG, *SHORT], [WRONG] * 5 + [["copied"]] * 3, "cs") == []


def test_flags_stay_in_their_order() -> None:
    assert in_order(["numbers", "wrong-language", "copied"]) == ["copied", "wrong-language", "numbers"]


def test_a_scored_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ref").write_text("".join(f"Toto je česká věta číslo {k}.\n" for k in range(8)), encoding="utf-8")
    Path("out").write_text("\n".join([*LONG, *SHORT]) + "\n", encoding="utf-8")
    assert main(["score", "ref", "out", "--pair", "de-cs", "--metrics", "chrf"]) == 0
    (record,) = Store("results").records()
    assert record.health["wrong-language"] == 8
