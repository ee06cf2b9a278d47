"""Where sentences end, whatever the splitter says, and what a bad splitter is told."""

from __future__ import annotations

import textwrap

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
        ("cs", ["Řekl: ‚Ano.‘", "Dne 5. května odjel."]),
        ("pl", ["1. Pierwszy punkt."]),
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


PARAGRAPH = (
    "Le président a dit qu'il viendrait demain avec tous les ministres du pays. M. Xi a félicité le parti"
    " pour le centième anniversaire de sa fondation. La coopération internationale avance dans les domaines"
    " du commerce, de l'agriculture et de la santé, a-t-il ajouté devant les ambassadeurs."
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_hard_wrapped_text_is_made_whole_with_raw_offsets(newline: str) -> None:
    wrapped = [newline.join(textwrap.wrap(PARAGRAPH, 60)) for _ in range(3)]
    raw = "Un titre" + newline * 2 + (newline * 2).join(wrapped)
    [cleaned] = build("cleaner", {"kind": "rules"}).clean([Document("d", "fr", raw, "")])
    segments = segment(cleaned, build("splitter", {"kind": "sentencex"}))
    sentences = [s + "." for s in PARAGRAPH.removesuffix(".").replace("M. Xi", "M@ Xi").split(". ")]
    assert [s.text for s in segments] == ["Un titre", *[s.replace("M@", "M.") for s in sentences] * 3]
    assert [" ".join(raw[s.start : s.end].split()) for s in segments] == [s.text for s in segments]
    [as_is] = build("cleaner", {"kind": "rules", "unwrap": False}).clean([Document("d", "fr", raw, "")])
    assert len(segment(as_is, build("splitter", {"kind": "sentencex"}))) > 12


def test_a_word_cut_at_the_line_end_is_made_whole_when_it_is_a_word() -> None:
    lines = [
        "Nous voulons que la coopération interna-",
        "tionale avance et que le vice-",
        "président vienne nous voir dans le pays",
        "avec tous ses ministres et tous les",
        "conseillers, pour parler de la santé,",
        "de la paix et du commerce dans la",
        "région.",
    ]
    [cleaned] = build("cleaner", {"kind": "rules"}).clean([Document("d", "fr", "\n".join(lines), "")])
    assert "la coopération internationale avance" in cleaned.text and "vice-président vienne" in cleaned.text


def test_short_lines_that_were_not_wrapped_stay() -> None:
    poem = "\n".join(
        [
            "Sous le pont Mirabeau coule la Seine",
            "et nos amours",
            "faut-il qu'il m'en souvienne",
            "la joie venait toujours après la peine",
        ]
        * 5
    )
    [cleaned] = build("cleaner", {"kind": "rules"}).clean([Document("d", "fr", poem, "")])
    assert cleaned.text == poem


def test_a_stray_cr_ends_a_line_only_in_a_text_without_lf() -> None:
    assert len(cut("Un chien\rdort.\nUn chat aussi.\n", splitter="line")) == 2
    assert cut("Un chien dort.\rUn chat aussi.\r", splitter="line") == ["Un chien dort.", "Un chat aussi."]
