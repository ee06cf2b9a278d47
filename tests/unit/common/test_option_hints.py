"""Verbs that take `--pair de-cs` and verbs that take `pair=de-cs` each name their own spelling."""

from __future__ import annotations

import pytest

from harness.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("campaign c --annotators ann --pair de-cs", "Did you mean pair=de-cs?"),
        ("compare --pair=de-cs", "Did you mean pair=de-cs?"),
        ("compare --pair de-cs", "Did you mean pair=de-cs?"),
        ("compare --model", "Did you mean model=…?"),
        ("run --pair de-cs model=copy", "Did you mean pair=de-cs?"),
        ("run --model=copy", "Did you mean model=copy?"),
        ("score ref out pair=de-cs", "Did you mean --pair de-cs?"),
        ("score ref out --pair de-cs --metrics bleu commas", "Did you mean --metrics bleu,commas?"),
        (
            "score ref out --pair de-cs --metrics bleu, chrf ter --wide",
            "Did you mean --metrics bleu,chrf,ter?",
        ),
        ("compare --formta csv", "Did you mean '--format'?"),
    ],
)
def test_the_spelling_of_the_verb_is_named(
    arguments: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments.split()) == 2
    err = capsys.readouterr().err
    assert hint in err and len(err.splitlines()) == 1, err


def test_words_that_are_no_list_get_no_hint_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["note", "latest", "--tag", "x"]) == 2
    assert "pair=" not in capsys.readouterr().err
