"""Broken output is flagged, human translations are not."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from experiments.output_health.quirks_2026 import OF_2026
from harness.metrics.health import FLAGS, health
from harness.results.record import Counts, Data, Model, Pair, Record
from harness.results.tables import score_rows

SOURCE = "Le président a déclaré mardi que 350 personnes étaient venues de 14 pays pour la conférence."
GOOD = "Prezydent powiedział we wtorek, że na konferencję przyjechało 350 osób z 14 krajów."

NTREX = next(
    (
        folder
        for parent in Path(__file__).resolve().parents
        if (folder := parent / "shared" / "data" / "ntrex").is_dir()
    ),
    None,
)


def flags(hypothesis: str, source: str = SOURCE, reason: str = "stop", tgt: str = "pl") -> tuple[str, ...]:
    return health(source, hypothesis, reason, "fr", tgt)


def test_an_unknown_source_leaves_the_flags_of_the_output() -> None:
    reference = "Das ist ein Haus mit 20 Zimmern."
    assert health(None, "Das Haus hat 30 Zimmer.", "stop", "en", "de", [reference]) == ()
    assert health(None, " ", "stop", "en", "de", [reference]) == ("empty",)
    assert health(None, "", "stop", "en", "de", [""]) == ()
    assert "entities" in health(None, "Ein &quot;Haus&quot;.", "stop", "en", "de", [reference])
    english = "This house has many rooms and a garden."
    assert health(None, english, "stop", "en", "de", [reference]) == ("wrong-language",)


def test_a_good_translation_has_no_flag() -> None:
    assert flags(GOOD) == ()
    assert flags("", source="  ") == ()


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        ("", {"empty"}),
        (" \n", {"empty"}),
        (SOURCE, {"copied", "wrong-language"}),
        (SOURCE.upper() + "!", {"copied", "wrong-language"}),
        ("The president said on Tuesday that 350 people had come from 14 countries.", {"wrong-language"}),
        ("350 14 " + "że konferencja " * 20, {"looping", "length-ratio"}),
        (
            "W 14 krajach 350 osób wzmocnienienienienienie przyjechało na konferencję, powiedział.",
            {"looping"},
        ),
        (
            GOOD + " Prezydent powiedział we wtorek, że nie. Prezydent powiedział we wtorek, że tak.",
            {"looping"},
        ),
        ("350, 14. Tak.", {"length-ratio"}),
        (GOOD.replace("350", "530"), {"numbers"}),
        (GOOD.replace(" z 14 krajów", ""), {"numbers"}),
    ],
)
def test_each_kind_of_damage(hypothesis: str, expected: set[str]) -> None:
    assert set(flags(hypothesis)) == expected


def test_truncation_comes_from_the_finish_reason() -> None:
    assert flags(GOOD, reason="length") == ("truncated",)
    assert flags("", reason="length") == ("empty", "truncated")


def test_numbers_are_compared_without_their_dress() -> None:
    assert (
        flags(
            "Budżet wynosi 1.250.000,50 euro w tym roku.", "Le budget est de 1 250 000,50 euros cette année."
        )
        == ()
    )
    assert (
        flags("Były tam trzy osoby i jeden pies z Warszawy.", "Il y avait 3 personnes et 1 chien à Varsovie.")
        == ()
    )


def test_names_and_short_texts_are_not_called_copies_in_the_wrong_language() -> None:
    assert "wrong-language" not in flags(
        "Xi Jinping, Kassym-Jomart Tokayev", "Xi Jinping, Kassym-Jomart Tokayev"
    )
    assert flags("OK", "OK") == ()


def test_flags_come_in_their_order() -> None:
    found = flags(SOURCE, reason="length")
    assert list(found) == [flag for flag in FLAGS if flag in found]


@pytest.mark.skipif(NTREX is None, reason="needs the shared NTREX files")
def test_human_translations_are_not_flagged_and_copies_stand_out() -> None:
    assert NTREX is not None
    fr, pl = (
        (NTREX / f"newstest2019-ref.{code}.txt").read_text(encoding="utf-8").splitlines()[:500]
        for code in ("fra", "pol")
    )
    human = Counter(flag for s, h in zip(fr, pl, strict=True) for flag in flags(h, s))
    for flag in ("empty", "copied", "wrong-language", "looping", "length-ratio", "truncated"):
        assert human[flag] <= 2, human
    assert human["numbers"] <= 40  # people round, and write numbers as words
    copies = Counter(flag for s in fr for flag in flags(s, s))
    assert copies["copied"] >= 495
    assert copies["wrong-language"] >= 480


@pytest.mark.parametrize(
    ("flags", "n", "cell"),
    [
        ({"copied": 20, "numbers": 3}, 100, "‼ 20 copied, 3 numbers"),
        ({"copied": 19, "numbers": 30}, 100, "30 numbers, 19 copied"),
        ({"empty": 1}, 3, "‼ 1 empty"),
        ({}, 3, "ok"),
        ({}, 0, "ok"),
    ],
)
def test_a_broken_system_stands_out_in_the_table(flags: dict[str, int], n: int, cell: str) -> None:
    record = Record("r", Pair("fr", "pl"), Data("d", n, "0"), Model("m"), (), Counts(), health=flags)
    _, (row,) = score_rows([record])
    assert row[-1] == cell


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        (unicodedata.normalize("NFD", GOOD), "unicode-form"),
        (GOOD.replace(" na ", " \u200bna "), "unicode-form"),
        ("\ufeff" + GOOD, "unicode-form"),
        (GOOD.replace("konfe", "kon\u00adfe"), "unicode-form"),
        (GOOD.replace("Prezydent", "&quot;Prezydent&quot;"), "entities"),
        (GOOD.replace("Prezydent", "Prezydent &amp; on"), "entities"),
        (GOOD.replace("ę", "\ufffd"), "replacement-char"),
        (GOOD.replace("ę", "ę\ud83d"), "replacement-char"),
        (GOOD.replace("ę", "ę\x00"), "replacement-char"),
        (GOOD.replace("ę", "ę\x1b[m"), "replacement-char"),
        (GOOD.replace("ę", "ę\x9f"), "replacement-char"),
    ],
)
def test_outputs_that_only_look_the_same_are_flagged(text: str, flag: str) -> None:
    assert health(SOURCE, text, "stop", "fr", "pl", [GOOD]) == (flag,)
    assert health(SOURCE, text, "stop", "fr", "pl", [GOOD, text]) == (), "a reference has it too"
    assert flag not in health(text, text, "stop", "fr", "pl", [GOOD]), "the source has it too"


@pytest.mark.parametrize("text", ["AT&T; R&D;", "Q&A: a & b", "प्रशासन ने कहा कि क़ीमत", "می\u200cخواهم بروم"])
def test_what_people_write_has_no_flag_of_its_characters(text: str) -> None:
    assert not {"unicode-form", "entities"} & set(health(SOURCE, text, "stop", "fr", "hi"))


@pytest.mark.parametrize("space", ["\t", "\n", "\x0b", "\x0c", "\r\n", "\x85", "\u2028", "\u3000"])
def test_white_space_of_any_kind_is_no_control_character(space: str) -> None:
    text = GOOD.replace(" ", space, 1)
    assert "replacement-char" not in health(SOURCE, text, "stop", "fr", "pl", [GOOD])


@pytest.mark.skipif(NTREX is None, reason="needs the shared NTREX files")
def test_hardly_a_human_translation_is_flagged_for_its_characters() -> None:
    assert NTREX is not None
    codes = {"fr": "ref.fra", "pl": "ref.pol", "de": "ref.deu", "en": "src.eng"}
    texts = {
        lang: (NTREX / f"newstest2019-{code}.txt").read_text(encoding="utf-8").split("\n")
        for lang, code in codes.items()
    }
    flagged = Counter(
        flag
        for lang in ("pl", "de", "en")
        for source, text in zip(texts["fr"], texts[lang], strict=True)
        for flag in health(source, text, "stop", "fr", lang)
    )
    assert sum(flagged[flag] for flag in ("unicode-form", "entities", "replacement-char")) <= 3


@pytest.mark.parametrize(
    ("form", "flag"),
    [
        ("Here is the Polish translation:\n\n{0}", "wrapped"),
        ("Oto tłumaczenie: {0}", "wrapped"),
        ("**Polski:** {0}", "wrapped"),
        ("„{0}”", "wrapped"),
        ("```\n{0}\n```", "wrapped"),
        ("{0}\n\nNote: the number was kept.", "wrapped"),
        ("{0}\n\nAlternatively: {0}", "wrapped"),
        ("<think>French to Polish.</think> {0}", "reasoning"),
        ("The user wants Polish.\n</think>\n{0}", "reasoning"),
        ("{0}</s>", "leftover-token"),
        ("{0} <unk>", "leftover-token"),
        ("{0}<|im_end|>", "leftover-token"),
        ("{0}<end_of_turn>", "leftover-token"),
        ("{0}\n{0}", "several-lines"),
        ("As an AI language model, I cannot translate this.", "refusal"),
        ("Przykro mi, ale nie mogę przetłumaczyć tego tekstu.", "refusal"),
    ],
)
def test_what_language_models_add_is_flagged(form: str, flag: str) -> None:
    text = form.format(GOOD)
    assert flag in flags(text)
    assert flag not in health(SOURCE, text, "stop", "fr", "pl", [text]), "a reference has it too"


@pytest.mark.parametrize("name", OF_2026)
def test_the_forms_of_2026_are_flagged(name: str) -> None:
    flag, form = OF_2026[name]
    source, text = "Il y a trente chambres ici.", "Tutaj jest trzydzieści pokoi."
    assert flag in health(
        source, form.format(text, source), "stop", "fr", "pl" if "languages" not in name else "de"
    )
    assert not {flag} & set(health(source, text, "stop", "fr", "pl"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("« Je n'ai rien cédé », dit-il. « Rien du tout. »", "„Nic nie oddałem. Zupełnie nic”."),
        ("« Croyez-vous qu'il dit la vérité ?", '"Czy wierzycie, że mówi prawdę?"'),
        ("Note : les prix sont en euros.", "Uwaga: ceny podano w euro."),
        ("Traduction : Anna Nowak", "Tłumaczenie: Anna Nowak"),
        ("Je suis désolé, mais je ne viendrai pas.", "Przykro mi, ale nie mogę przyjść."),
        ("a < b, et <b>gras</b>", "a < b oraz <b>tłuste</b>"),
        ("Première ligne\nDeuxième ligne", "Pierwsza linia\nDruga linia"),
        ("Réponse : oui.", "Odpowiedź: tak."),
        ("– Bonjour\n– Salut", "– Dzień dobry\n– Cześć"),
        ("Désolé, je ne peux pas t'aider ce soir.", "Przepraszam, ale nie mogę pomóc dziś wieczorem."),
        ("Voici mon avis : c'est bon.", "Oto moja opinia: to jest dobre."),
    ],
)
def test_translations_of_such_texts_have_no_flag_of_models(source: str, text: str) -> None:
    new = {"wrapped", "reasoning", "leftover-token", "several-lines", "refusal"}
    assert not new & set(health(source, text, "stop", "fr", "pl"))
