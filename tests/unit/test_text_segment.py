"""Where sentences end, whatever the splitter says, and what a bad splitter is told."""

from __future__ import annotations

import pytest

from harness.errors import StageError, UnavailableError
from harness.registry import build
from harness.text.segment import segment
from harness.types import Cleaned, Document, Edit


def cut(text: str, lang: str = "fr", splitter: str = "sentencex") -> list[str]:
    cleaned = Cleaned(Document("d", lang, text, ""), text)
    return [s.text for s in segment(cleaned, build("splitter", {"kind": splitter}))]


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("fr", ["M. Xi est venu.", "M. Wang, Mme. Li et le Dr. Zhou aussi."]),
        ("fr", ["Il l'a dit, a poursuivi M. Wang."]),
        ("fr", ["Elle prend de la vitamine C.", "Puis elle dort."]),
        ("fr", ["« Non ! » dit-il.", "Puis il part."]),
        ("pl", ["Obchodzi 100. rocznicę, a Kazachstan 30. rocznicę.", "To koniec."]),
        ("pl", ["„To koniec Chin.” – podkreślił prezydent.", "Dodał więcej."]),
        ("pl", ["Prof. Kowalski, ul. Długa 5.", "Nic."]),
        ("de", ["Im 19. Jahrhundert und am 1. Oktober.", "Es war 19.", "Jahre vergingen."]),
        ("fr", ["« Prêts ? », a dit CNN.", "Oui."]),
        ("pl", ["Komisja ds. Nauki obraduje.", "Wygrał 5:2.", "Nadal gra."]),
        ("en", ["George W. Bush spoke.", "He left."]),
        ("de", ["Am 3. Oktober kam Dr. Meier.", "Das war 1990.", "Dann ging er."]),
        ("zh", ["你好。", "再见。"]),
    ],
)
def test_sentences(lang: str, sentences: list[str]) -> None:
    assert cut(("" if lang == "zh" else " ").join(sentences), lang) == sentences


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_a_line_end_always_cuts(newline: str) -> None:
    assert cut(f"Un titre{newline}la suite.{newline}{newline}Fin.") == ["Un titre", "la suite.", "Fin."]


def test_line_splitter_keeps_each_line_whole() -> None:
    assert cut("Un. Deux.\n\n  Trois. ", splitter="line") == ["Un. Deux.", "Trois."]


def test_another_splitter_by_config() -> None:
    pytest.importorskip("pysbd")
    assert cut("M. Xi est venu. Il part.", splitter="pysbd") == ["M. Xi est venu.", "Il part."]
    with pytest.raises(UnavailableError, match="pysbd has no rules for 'xh'"):
        cut("A b.", "xh", splitter="pysbd")


class Forgetful:
    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        return [(0, 3)]


def test_a_splitter_that_loses_text_is_refused() -> None:
    document = Document("d", "fr", "abc def", "")
    with pytest.raises(StageError, match="Forgetful lost or doubled text at character 3"):
        segment(Cleaned(document, document.text), Forgetful())


class EveryCharacter:
    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        return [(i, i + 1) for i, c in enumerate(text) if not c.isspace()]


def test_a_cut_inside_a_repair_is_no_cut() -> None:
    edit = Edit("lost-space", 0, 6, "le100e", "LE 100E")
    cleaned = Cleaned(Document("d", "fr", "le100e !", ""), "LE 100E !", (edit,))
    assert [(s.text, s.start, s.end) for s in segment(cleaned, EveryCharacter())] == [("LE 100E !", 0, 8)]


def test_codes_of_three_letters_and_with_scripts_are_the_same_language() -> None:
    for lang in ("fra", "fr-FR", "fra_Latn"):
        assert cut("M. Xi est venu. M. Wang aussi.", lang) == ["M. Xi est venu.", "M. Wang aussi."]
