"""A side that is as a whole in another language than declared is said, with the remedy, by every loader."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.data.direction import looks_like, misplaced

GERMAN = ["Guten Tag, Herr Müller!", "Wie geht es Ihnen?", "Das Wetter ist schön.", "Bis morgen.", "Danke."]
CZECH = ["Dobrý den!", "Jak se máte, pane Nováku?", "Dnes je hezké počasí.", "Tak zítra.", "Děkuji vám."]
SLOVAK = ["Dobrý deň!", "Ako sa máte, pán Novák?", "Dnes je pekné počasie.", "Tak zajtra.", "Ďakujem vám."]
PAIR = "pair.src=de pair.tgt=cs"


def test_short_lines_together_tell_their_language() -> None:
    assert looks_like(CZECH, "pl") == "cs" and looks_like(GERMAN, "fr") == "de"
    assert looks_like(CZECH, "cs") is None
    assert looks_like(SLOVAK, "cs") is None, "identifiers confuse near languages"
    assert looks_like(["NATO 2024", "Xi Jinping", "42"], "pl") is None, "names and numbers"


def test_foreign_lines_are_not_the_side() -> None:
    assert looks_like([*GERMAN, *CZECH], "de") is None
    assert looks_like([*GERMAN, *GERMAN, *CZECH], "de") is None


def test_both_sides_in_one_language_name_no_pair() -> None:
    found = misplaced(CZECH, [CZECH], "fr", "pl") or ""
    assert "sources: declared fr, look like cs; references: declared pl, look like cs" in found
    assert "give the right files" in found and "pair.src=cs" not in found


def test_one_of_several_references_is_named() -> None:
    found = misplaced(GERMAN, [CZECH, GERMAN], "de", "cs") or ""
    assert found.startswith("references 2: declared cs, look like de")


def _files() -> None:
    Path("s.txt").write_text("\n".join(GERMAN), encoding="utf-8")
    Path("t.txt").write_text("\n".join(CZECH), encoding="utf-8")
    with Path("t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["source", "target"], *zip(GERMAN, CZECH, strict=True)])


RUN = ["model=copy", "metrics=chrf"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "data=bitext", "data.src=s.txt", "data.tgt=t.txt", *RUN], PAIR),
        (["run", "data=csv", "data.path=t.csv", *RUN], PAIR),
        (["run", "data=documents", "data.src=s.txt", "data.tgt=t.txt", *RUN], PAIR),
        (["score", "t.txt", "t.txt", "--src", "s.txt", "--pair", "fr-pl"], "--pair de-cs"),
        (["score", "s.txt", "t.txt", "--pair", "fr-cs"], "--pair fr-de"),
        (["score", "s.txt", "t.txt", "--pair", "de-cs"], "--pair cs-de"),
    ],
)
def test_every_loader_says_so(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    _files()
    assert main(arguments) == 0
    err = capsys.readouterr().err
    assert told in err and "look like" in err, err
    right = [{"fr-pl": "de-cs", "fr-cs": "fr-de", "de-cs": "cs-de"}.get(word, word) for word in arguments]
    right += [] if "score" in right else PAIR.split()
    assert main(right) == 0
    assert "look like" not in capsys.readouterr().err
