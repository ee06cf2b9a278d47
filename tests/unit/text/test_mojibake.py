"""UTF-8 that was read in another encoding is repaired; what only looks odd is not touched."""

from __future__ import annotations

import pytest

from harness import registry
from harness.common.mojibake import repaired
from harness.types import Cleaned, Document


def clean(text: str, lang: str) -> Cleaned:
    (found,) = registry.build("cleaner", {"kind": "rules"}).clean([Document("d", lang, text, "d")])
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("lang", "text", "encoding"),
    [
        ("fr", "L'été dernier, la forêt a brûlé près de la côte.", "cp1252"),
        ("fr", "L’hôtel où il dînait était à côté.", "cp1252"),
        ("de", "Über größere Mühlen fährt später niemand.", "cp1252"),
        ("pl", "Zażółć gęślą jaźń, powiedział źródłu.", "cp1250"),
        ("cs", "Příliš žluťoučký kůň úpěl.", "iso8859_2"),
        ("es", "¿Qué pasó mañana en España?", "latin-1"),
        ("de", "Die Straße führt über die Größe hinaus.", "cp1250"),
        ("de", "Die Straße führt über die Größe hinaus.", "iso8859_2"),
        ("fr", "L'été, la forêt a brûlé près de la côte.", "cp1250"),
        ("es", "El señor García mañana.", "iso8859_2"),
        ("fr", "L'HÔTEL DE LA FORÊT BRÛLÉE", "cp1252"),
        ("fr", "Où est-il né, et où est l'hôtel ?", "cp1252"),
    ],
)
def test_a_text_read_in_the_wrong_encoding_is_itself_again(lang: str, text: str, encoding: str) -> None:
    broken = text.encode("utf-8").decode(encoding, "ignore")
    if broken.encode(encoding, "ignore") != text.encode("utf-8"):
        pytest.skip(f"{encoding} lacks a byte of it")
    found = clean(broken, lang)
    assert found.text == text
    assert {edit.rule for edit in found.edits} == {"mojibake"}
    assert not found.furniture


def test_each_repair_is_data_with_raw_offsets() -> None:
    raw = "Une ligne.\nLa chaÃ®ne est cassÃ©e."
    found = clean(raw, "fr")
    assert found.text == "Une ligne.\nLa chaîne est cassée."
    assert [(raw[e.start : e.end], e.after) for e in found.edits] == [("Ã®", "î"), ("Ã©", "é")]


def test_a_line_that_is_damaged_in_part_keeps_its_good_part() -> None:
    assert clean("Il a mangÃ© lâ€™été dernier.", "fr").text == "Il a mangé l’été dernier."


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Ça coûte 5 € à l’été, dit « Zoë »."),
        ("pl", "„Źdźbło” – rzekł Łukasz."),
        ("pt", "A ÃNSIA da Irmã é ã."),
        ("fr", "Le signe Ã est rare"),
        ("pt", "NÃO, São João não irá à manhã."),
        ("vi", "Tôi Ã ở đây, nhà Ấ ấy."),
        ("de", "Übergröße kostet 3 £ © nein"),
        ("pt", "“MAÇÃ” e «IRMû, a AMANHÃ® e a IRMÙ"),
        ("pt", "A letra “Ô, a MÃE—IRMÃ—PAI; A MANHÃ…"),
        ("ro", "Literele „Â” și „Δ"),
        ("vi", "Hàng “XÔ và “ĐÂ”"),
        ("fr", "PUBLICITÉ² et QUALITɳ"),
        ("pl", "„ŻYĆ² i CHOĆ»"),
        ("pl", "słowa: \x83”Tak, doję się"),
    ],
)
def test_good_text_is_left_alone(lang: str, text: str) -> None:
    assert not [edit for edit in clean(text, lang).edits if edit.rule == "mojibake"]


@pytest.mark.parametrize(
    ("lang", "text", "right"),
    [
        ("vi", "ĐÃ MỞ CỬA. Nhiệt độ 20 Â°C.", "ĐÃ MỞ CỬA. Nhiệt độ 20 °C."),
        ("vi", "MÃ SỐ: 12, XÃ HỘI ĐÃ mở cửa, giÃ¡ 5 Â£", "MÃ SỐ: 12, XÃ HỘI ĐÃ mở cửa, giá 5 £"),
        ("pl", "Firma CAFÉ™ i MARCAÉ®. Cena 5 Â°C.", "Firma CAFÉ™ i MARCAÉ®. Cena 5 °C."),
        ("pl", "Kazał mi ZOSTAĆ² w domu, 5 Â°C.", "Kazał mi ZOSTAĆ² w domu, 5 °C."),
        ("pt", "O AVIÃO “Ã” da IRMÃ® custa 5 â‚¬.", "O AVIÃO “Ã” da IRMÃ® custa 5 €."),
        ("fr", "PUBLICITÉ², MAÇÃ” et lâ€™Ã©tÃ©", "PUBLICITÉ², MAÇÃ” et l’été"),
    ],
)
def test_capitals_stay_what_they_are_in_a_line_damaged_elsewhere(lang: str, text: str, right: str) -> None:
    assert repaired(text) == right
    assert {edit.rule for edit in clean(text, lang).edits} == {"mojibake"}
