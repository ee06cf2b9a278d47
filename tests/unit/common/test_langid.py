import pytest

from harness.common.langid import identify, label

PL = "Prezydent rozmawiał wczoraj przez telefon z premierem."
FR = "Le président a parlé hier au téléphone avec le premier ministre."


def test_a_sentence_is_recognised() -> None:
    assert identify(PL)[0] == "pl" and identify(FR)[0] == "fr"
    assert identify(FR)[1] > 0.9


def test_candidates_come_back_as_they_were_written() -> None:
    assert identify(PL, ["fra_Latn", "pol_Latn"])[0] == "pol_Latn"
    assert identify("你好，世界，今天的天气很好", ["zh-Hant", "ja"])[0] == "zh-Hant"
    assert label("nb") == "no"


@pytest.mark.parametrize("text", ["", " ", "12:30 – 14", "???"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert identify(text) == ("und", 0.0)


def test_unknown_candidates_are_not_chosen() -> None:
    assert identify(PL, ["ab"]) == ("und", 0.0)
    assert identify(PL, ["ab", "pl"])[0] == "pl"
    assert label("ab") is None


def test_restricting_does_not_touch_the_full_model() -> None:
    identify(PL, ["fr", "de"])
    assert identify(PL)[0] == "pl"
