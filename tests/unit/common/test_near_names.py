"""What is suggested for a mistyped file is like it; what is not is left unsaid."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from harness.common.paths import no_such_file
from harness.common.tables import text_table
from harness.translate.checkpoints.download import fetch_command


@pytest.mark.parametrize(
    ("typed", "there", "suggested"),
    [
        ("nope.txt", "swapped.txt", None),
        ("good.hyp", "bad.hyp", None),
        ("swaped.txt", "swapped.txt", "swapped.txt"),
        ("news.ed", "news.de", "news.de"),
        ("Refs.txt", "refs.txt", "refs.txt"),
    ],
)
def test_files(typed: str, there: str, suggested: str | None, tmp_path: Path) -> None:
    (tmp_path / there).write_text("")
    said = str(no_such_file(tmp_path / typed))
    assert ("did you mean" in said) == bool(suggested)
    assert suggested is None or f"'{suggested}'" in said


def test_of_equal_names_the_like_ending() -> None:
    from harness.common.paths import _near

    assert _near("news.dee", ["news.cs", "news.de", "notes.dee"]) == "news.de"


def test_fetch_is_advised_with_all_that_it_needs() -> None:
    model = {"name": "opus-mt", "id": "Helsinki-NLP/opus-mt-{src}-{tgt}", "family": "marian", "pickle": True}
    assert fetch_command(model, "fr", "pl") == "python -m harness fetch model=opus-mt pair.src=fr pair.tgt=pl"
    own = fetch_command({**model, "id": "me/mine", "revision": "v2"}, "de", "cs")
    assert own.endswith("pair.src=de pair.tgt=cs model.id=me/mine model.revision=v2")


def test_rules_are_ascii_where_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert text_table(["a", "n"], [["x", "1"]])[2].strip() == "-----"
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert text_table(["a", "n"], [["x", "1"]])[2].strip() == "─────"


def test_a_checkpoint_needs_its_model() -> None:
    from harness.errors import ConfigError
    from harness.translate.checkpoints.families import family

    with pytest.raises(
        ConfigError, match=r"'gloss' is no checkpoint; .*: model=opus-mt model\.path=ck/whole"
    ):
        family({"name": "gloss", "family": "dictionary", "path": "ck/whole"})
