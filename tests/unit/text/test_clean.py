"""Repairs need evidence; without it the text stays and is counted."""

from __future__ import annotations

import pytest

from harness.common.paths import resource
from harness.errors import ConfigError
from harness.registry import build
from harness.types import Cleaned, Document


def clean(*texts: str, lang: str = "fr", **options: object) -> list[Cleaned]:
    documents = [Document(str(i), lang, text, "") for i, text in enumerate(texts)]
    result: list[Cleaned] = build("cleaner", {"kind": "rules", **options}).clean(documents)
    return result


def repaired(text: str, lang: str = "fr", **options: object) -> str:
    return clean(text, lang=lang, **options)[0].text


@pytest.fixture(scope="module")
def reports() -> dict[str, Cleaned]:
    paths = sorted(resource("seeds").glob("*/*.txt"))
    documents = [Document(p.parent.name[:3], p.stem, p.read_text("utf-8"), str(p)) for p in paths]
    return {c.document.id: c for c in build("cleaner", {"kind": "rules"}).clean(documents)}


def test_the_damage_of_the_call_report_is_repaired(reports: dict[str, Cleaned]) -> None:
    found = {(e.rule, e.before, e.after) for e in reports["000"].edits}
    assert found == {
        ("lost-letter", "Toka?ev", "Tokaïev"),
        ("lost-letter", "c?té", "côté"),
        ("lost-letter", "avan?ait", "avançait"),
        ("lost-space", "le100e", "le 100e"),
        ("lost-accent", "batir", "bâtir"),
    }
    assert len(reports["000"].edits) == 8 and not reports["000"].unrepaired


def test_the_low_quote_of_the_polish_report_is_repaired(reports: dict[str, Cleaned]) -> None:
    assert "„Kazachstan i Chiny" in reports["004"].text and "Chin.” – podkreślił" in reports["004"].text


def test_an_authors_own_mistake_is_left_alone(reports: dict[str, Cleaned]) -> None:
    assert "qu'elle avait apporté dans" in reports["000"].text
    assert "a déclaré M. Wang a dit." in reports["001"].text


def test_a_name_is_repaired_only_where_it_stands_intact_elsewhere() -> None:
    alone, *_ = clean("Le président Toka?ev est là.")
    assert alone.text == "Le président Toka?ev est là."
    assert [(e.before, e.after) for e in alone.unrepaired] == [("Toka?ev", "Toka?ev")]
    damaged, _ = clean("Le président Toka?ev est là.", "M. Tokaïev est venu.")
    assert damaged.text == "Le président Tokaïev est là." and not damaged.unrepaired


def test_two_intact_forms_of_equal_weight_decide_nothing() -> None:
    damaged, _ = clean("Mme Zar?te parle.", "Zaráte et Zaréte.")
    assert damaged.text == "Mme Zar?te parle." and damaged.unrepaired
    damaged, _ = clean("Mme Zar?te parle.", "Zaráte. Zaráte. Zaráte. Zaréte.")
    assert damaged.text == "Mme Zaráte parle."


@pytest.mark.parametrize(
    "text",
    [
        "Vraiment ?qui est venu ?",
        "Vraiment?Qui est venu?",
        "Qui a parlé? demanda-t-il.",
        "Est-ce Sarkozi? il dit.",
        "Voir http://exemple.fr/page?id=3 et www.exemple.fr?page et a?b=c.",
        "index.php?page",
        "Pourquoi?",
        "???",
        "x ? y : z",
    ],
)
def test_real_question_marks_stay(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("De son c?té, il avan?ait.", "De son côté, il avançait."),
        ("Il a d?clar? que oui.", "Il a déclaré que oui."),
        ("Une ?quipe de France.", "Une équipe de France."),
        ("Une r\ufffdponse.", "Une réponse."),
        ("Une r??ponse.", "Une réponse."),  # the two bytes of é
        ("C'est l?amitié et d?une autre.", "C'est l'amitié et d'une autre."),
        ("L’an dernier, l?amitié, c’est tout.", "L’an dernier, l’amitié, c’est tout."),
        ("DE SON C?TÉ.", "DE SON CÔTÉ."),
    ],
)
def test_lost_letters(damaged: str, whole: str) -> None:
    assert repaired(damaged) == whole


def test_of_several_words_the_one_whose_letter_was_lost_everywhere() -> None:
    text = "Il p?che. " + "Été, à la mer, il a réglé à côté. Là, très près, déjà."
    assert repaired("Il p?che.") == "Il p?che."  # pêche, pèche
    assert repaired(text).startswith("Il pêche.")  # è stands intact, ê never does


def test_lost_accents_need_a_letter_that_never_stands_intact() -> None:
    assert repaired("Il faut batir de son c?té.") == "Il faut bâtir de son côté."
    assert repaired("Il faut batir de son c?té, un bâton.") == "Il faut batir de son côté, un bâton."
    assert repaired("Il faut batir ici.") == "Il faut batir ici."  # no other damage, no other document
    assert clean("Il faut batir ici.", "Il veut bâtir.")[0].text == "Il faut bâtir ici."
    assert repaired("Il faut batir ici.", accents="always") == "Il faut bâtir ici."
    assert repaired("Il faut batir de son c?té.", accents="never") == "Il faut batir de son côté."


def test_the_1990_spelling_and_accentless_capitals_are_no_damage() -> None:
    text = "Il faut connaitre le gout du chef d'Etat."
    assert clean(text, "L'État c'est connaître le goût.", accents="always")[0].text == text


def test_a_text_without_any_accent_gets_those_that_are_certain() -> None:
    [cleaned] = clean("Nasza wspolpraca jest rowniez wazna dla calego panstwa. " * 12, lang="pl")
    assert "Nasza współpraca jest również wazna dla całego państwa." in cleaned.text
    assert {edit.before for edit in cleaned.unrepaired} == {"wazna"}  # ważna, ważną


@pytest.mark.parametrize(
    "text", ["G20 et COVID19", "mp3 et mp4", "le G7, 20h30, 5km", "3.14 1,5", "fr.wikipedia.org"]
)
def test_numbers_and_names_written_together_stay(text: str) -> None:
    assert repaired(text) == text


def test_lost_spaces() -> None:
    assert repaired("le100e jour, le 2e jour, le 3e jour") == "le 100e jour, le 2e jour, le 3e jour"
    assert repaired("C'est la fin.Le début,aussi.") == "C'est la fin. Le début, aussi."
    assert repaired("le100e jour") == "le100e jour"


@pytest.mark.parametrize(
    ("raw", "lang", "cleaned"),
    [
        (",,Tak.” Nie.", "pl", "„Tak.” Nie."),
        (',,Tak." Nie.', "pl", "„Tak.” Nie."),
        (',,Ja" sagt er.', "de", "„Ja“ sagt er."),
        ("1,,2 i a,,b", "pl", "1,,2 i a,,b"),
        ("``Oui'' <<Non>>", "fr", "“Oui” «Non»"),
        ("l`ami et a << 2", "fr", "l'ami et a << 2"),
        ("a\u00a0b  c\td\u202f!", "fr", "a b c d !"),
        ("a\x00b\ufeff\x07", "fr", "ab"),
        ("cafe\u0301", "fr", "café"),
        ("私は\u3000犬", "ja", "私は\u3000犬"),
        ("می\u200cروم", "fa", "می\u200cروم"),
    ],
)
def test_characters_spaces_and_quotes(raw: str, lang: str, cleaned: str) -> None:
    assert repaired(raw, lang=lang) == cleaned


def test_a_language_without_a_word_list_is_not_touched_beyond_characters() -> None:
    assert repaired("Dobar?ek wo?da", lang="xh") == "Dobar?ek wo?da"


def test_line_ends_stay() -> None:
    assert repaired("a\r\nb\rc\n\nd\n") == "a\r\nb\rc\n\nd\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"accents": "allways"}, "Did you mean 'always'"),
        ({"keep_out": ["titel"]}, "Did you mean 'title'"),
        ({"quote": True}, "Did you mean 'quotes'"),
    ],
)
def test_a_wrong_option_is_named_with_the_nearest(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        clean("x", **options)


def test_codes_of_three_letters_are_the_same_language() -> None:
    damaged = Document("a", "fra", "M. Toka?ev, de son c?té.", "")
    documents = [damaged, Document("b", "fr-FR", "M. Tokaïev.", "")]
    [first, _] = build("cleaner", {"kind": "rules"}).clean(documents)
    assert first.text == "M. Tokaïev, de son côté."
