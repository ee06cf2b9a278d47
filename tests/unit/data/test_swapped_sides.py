"""Files given the wrong way round for the pair are told from those that are right, by language."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.data.direction import swapped

GERMAN = ["Guten Tag, Herr Müller!", "Wie geht es Ihnen?", "Das Wetter ist schön.", "Bis morgen."]
ENGLISH = ["Good day, Mr Miller!", "How are you?", "The weather is fine.", "See you tomorrow."]
POLISH = ["Dzień dobry!", "Jak się pan miewa?", "Jest ładna pogoda.", "Do jutra."]


def test_short_lines_are_enough() -> None:
    found = swapped(GERMAN, ENGLISH, "en", "de")
    assert found is not None and "sources are in 'de'" in found and "(pair.src=de pair.tgt=en)" in found


@pytest.mark.parametrize(
    ("sources", "references", "pair"),
    [
        (GERMAN, ENGLISH, "de-en"),
        (GERMAN, GERMAN, "en-de"),  # one side alone is no exchange
        (POLISH, ENGLISH, "en-de"),  # a third language
        (["1", "2"], ["1", "2"], "en-de"),
        (GERMAN, GERMAN, "de-de"),
        ([], GERMAN, "en-de"),
    ],
)
def test_what_is_right_or_unknown_is_not_warned_about(
    sources: list[str], references: list[str], pair: str
) -> None:
    assert swapped(sources, references, *pair.split("-")) is None


def test_without_sources_the_references_tell() -> None:
    assert "is the pair the right way round" in (swapped([], ENGLISH, "en", "de") or "")


def test_run_and_score_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("de").write_text("\n".join(GERMAN), encoding="utf-8")
    Path("en").write_text("\n".join(ENGLISH), encoding="utf-8")
    languages = ["pair.src=en", "pair.tgt=de"]
    for verb in (
        ["run", "data=bitext", "data.src=de", "data.tgt=en", *languages, "model=copy", "metrics=chrf"],
        ["run", "data=documents", "data.src=de", "data.tgt=en", *languages, "model=copy", "metrics=chrf"],
        ["score", "en", "de", "--src", "de", "--pair", "en-de", "--metrics", "chrf"],
        ["score", "en", "de", "--pair", "en-de", "--metrics", "chrf"],
    ):
        assert main(verb) == 0
        err = capsys.readouterr().err
        assert ("look swapped" in err) != ("right way round" in err), err
    assert main(["score", "en", "de", "--src", "de", "--pair", "de-en", "--metrics", "chrf"]) == 0
    err = capsys.readouterr().err
    assert "swapped" not in err and "right way round" not in err
