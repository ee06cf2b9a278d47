"""The metric `consistency`: values known by hand, damage that it sees, and where it has nothing to say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness import registry
from harness.errors import DataError
from harness.metrics.consistency.forms import Classes, alike, forms, value
from harness.metrics.consistency.metric import Consistency
from harness.metrics.consistency.renditions import Translated

SOURCES = [
    "Yesterday President Tokayev received the guests.",
    "The bridge cost 1,250 euros.",
    "Later Tokayev thanked them for 1,250 euros.",
    "Then it rained.",
    "Nobody but Tokayev saw the bridge.",
    "Nothing else happened there.",
]
REFERENCES = [
    "Gestern empfing Präsident Tokajew die Gäste.",
    "Die Brücke kostete 1.250 Euro.",
    "Dann dankte ihnen Tokajew für 1250 Euro.",
    "Später regnete es.",
    "Niemand außer Tokajew sah die Brücke.",
    "Sonst geschah dort nichts.",
]
FILLER = [  # so that the document is long enough for two words to be more than chance
    ("A dog slept in the sun.", "Ein Hund schlief in der Sonne."),
    ("Her coat hung by the door.", "Ihr Mantel hing an der Tür."),
    ("We ate bread with honey.", "Wir aßen Brot mit Honig."),
    ("Snow lay on every roof.", "Schnee lag auf jedem Dach."),
    ("My uncle repairs clocks.", "Mein Onkel repariert Uhren."),
    ("Seven boats left at dawn.", "Sieben Boote fuhren im Morgengrauen ab."),
    ("They planted an oak.", "Sie pflanzten eine Eiche."),
    ("Music came from upstairs.", "Musik kam von oben."),
    ("Prices fell sharply.", "Preise sanken stark."),
    ("You should read slowly.", "Du solltest langsam lesen."),
    ("Our train was late again.", "Unser Zug hatte wieder Verspätung."),
    ("Some apples had worms.", "Manche Äpfel hatten Würmer."),
    ("Winter began early.", "Früh begann der Winter."),
    ("Children played chess.", "Kinder spielten Schach."),
    ("Fog hid both towers.", "Nebel verbarg beide Türme."),
    ("Nurses work at night.", "Pfleger arbeiten nachts."),
    ("Grapes ripen there.", "Trauben reifen da."),
    ("Nobody answered him.", "Keiner antwortete."),
    ("Its wheels were rusty.", "Rostig waren seine Räder."),
    ("Milk turned sour.", "Milch wurde sauer."),
    ("Paint dries quickly.", "Farbe trocknet schnell."),
    ("Old maps show more.", "Alte Karten zeigen mehr."),
    ("Rivers froze over.", "Flüsse froren zu."),
    ("Bakers rise first.", "Bäcker erheben sich zuerst."),
    ("Salt preserves fish.", "Salz konserviert Fisch."),
    ("Owls hunt mice.", "Eulen jagen Mäuse."),
]
GOOD = [
    "Präsident Tokajew begrüßte gestern die Gäste.",
    "Für die Brücke wurden 1 250 Euro bezahlt.",
    "Tokajews Dank für die 1.250 Euro folgte.",
    "Danach kam Regen.",
    "Die Brücken sah nur Tokajew.",
    "Weiter passierte nichts.",
]


SOURCES += [source for source, _ in FILLER]
REFERENCES += [reference for _, reference in FILLER]
GOOD += [reference for _, reference in FILLER]


def score(hypotheses: list[str], sources: list[str] = SOURCES, references: list[str] = REFERENCES) -> float:
    metric = Consistency()
    rows = metric.statistics(sources, hypotheses, [[text] for text in references])
    return float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0])


def found(hypotheses: list[str]) -> dict[str, Translated]:
    singles = [[text] for text in REFERENCES]
    ((_, terms),) = Consistency().explained([""] * len(SOURCES), SOURCES, hypotheses, singles)
    return {one.term.text: one for one in terms}


def test_terms_are_what_the_source_repeats_and_the_reference_renders_alike() -> None:
    terms = found(GOOD)
    assert {name: (one.term.kind, one.term.reference) for name, one in terms.items()} == {
        "Tokayev": ("name", "Tokajew"), "bridge": ("term", "Brücke"), "1,250": ("number", "1.250"),
        "euros": ("term", "Euro"),
    }  # fmt: skip
    assert terms["Tokayev"].term.segments == (0, 2, 4)


def test_forms_of_a_word_and_formats_of_a_number_are_one_translation() -> None:
    assert score(GOOD) == score(REFERENCES) == 100.0


def test_a_name_in_two_spellings_costs_its_share() -> None:
    damaged = [*GOOD[:4], GOOD[4].replace("Tokajew", "Tokaev"), *GOOD[5:]]
    one = found(damaged)["Tokayev"]
    # of the pairs of three, one agrees: 1/3; weighted by occurrences 3 of 9, all the others agree
    assert one.ratio == pytest.approx(1 / 3) and one.shares() == [0.5, 0.5, 0.0]
    assert [(place.segment, place.text) for place in one.apart()] == [(4, "Tokaev")]
    assert score(damaged) == pytest.approx(100 * (3 / 3 + 6) / 9)


def test_another_word_than_the_reference_is_consistent_if_it_is_kept() -> None:
    other = [text.replace("Brücken", "Straße").replace("Brücke", "Straße") for text in GOOD]
    assert score(other) == 100.0
    mixed = [*other[:4], GOOD[4], *other[5:]]
    assert found(mixed)["bridge"].ratio == 0.0


def test_a_number_that_is_changed_once_is_seen() -> None:
    damaged = [GOOD[0], GOOD[1].replace("1 250", "1 520"), *GOOD[2:]]
    assert found(damaged)["1,250"].ratio == 0.0
    assert score(damaged) == pytest.approx(100 * 7 / 9)


def test_each_segment_has_its_part() -> None:
    damaged = [*GOOD[:4], GOOD[4].replace("Tokajew", "Tokaev"), *GOOD[5:]]
    metric = Consistency()
    rows = metric.statistics(SOURCES, damaged, [[text] for text in REFERENCES])
    singles = metric.segment_scores(rows)
    # the third: the name agrees with one of two, number and euros with all
    assert singles[2] == pytest.approx(100 * 2.5 / 3) and singles[4] == pytest.approx(100 * 1 / 2)
    assert np.isnan(singles[3]) and np.isnan(singles[5])


def test_where_nothing_repeats_there_is_no_score() -> None:
    assert math.isnan(score(GOOD[3:4], SOURCES[3:4], REFERENCES[3:4]))
    assert math.isnan(score(["Es regnete.", "Der Hund schlief."], ["It rained.", "A dog slept."],
                            ["Es hat geregnet.", "Ein Hund schlief."]))  # fmt: skip
    assert math.isnan(score(["", "", "x", *[""] * (len(SOURCES) - 3)]))  # no term has two places with output


def test_what_the_reference_varies_is_not_asked_for() -> None:
    varied = [*REFERENCES[:4], "Niemand außer Tokajew sah das Bauwerk.", *REFERENCES[5:]]
    damaged = [*GOOD[:4], GOOD[4].replace("Brücken", "Überführung"), *GOOD[5:]]
    assert score(damaged, references=varied) == 100.0 > score(damaged)


def test_empty_outputs_are_no_evidence() -> None:
    silent = [*GOOD[:4], "", *GOOD[5:]]
    assert score(silent) == 100.0
    assert len(found(silent)["Tokayev"].occurrences) == 2 and "bridge" not in found(silent)


def test_documents_are_apart() -> None:
    metric, singles = Consistency(), [[text] for text in REFERENCES]
    docs = ["a", "a", "a", "b", "b", "b"]
    rows = metric.in_documents(docs, SOURCES, GOOD, singles)
    assert rows[:3].sum() == pytest.approx(2 * 6) and rows[3:].sum() == 0
    mixed = [3, 0, 4, 1, 5, 2]  # each document's segments in order, the documents in turns
    columns = ([column[k] for k in mixed] for column in (SOURCES, GOOD, singles))
    assert (metric.in_documents([docs[k] for k in mixed], *columns) == rows[mixed]).all()
    with pytest.raises(DataError, match="segment 1 .* is in no document"):
        metric.in_documents(["a", None], SOURCES[:2], GOOD[:2], singles[:2])


CHINESE = [
    "托卡耶夫总统昨天会见了客人。", "后来下雨了。", "客人感谢托卡耶夫总统。", "没有别的事情。",
    "大家欢迎托卡耶夫总统！",
    "狗在阳光里睡觉。", "我们吃面包。", "屋顶积雪很厚。", "叔叔修理钟表。", "黎明船只离港。",
    "音乐从楼上传来。",
    "物价暴跌。", "火车经常晚点。", "苹果经常长虫子。", "冬天经常下雪。",
]  # fmt: skip
IN_ENGLISH = [
    "President Tokayev met his guests.", "Later it rained.", "They thanked Tokayev.", "That was all.",
    "Everyone welcomed Tokayev!", "Dogs slept outside.", "We ate bread.", "Snow lay on every roof.",
    "My uncle repairs clocks.", "Ships left at dawn.", "Music came from upstairs.", "Prices fell sharply.",
    "Our train is late again.", "Apples had worms.", "Winters bring snow.",
]  # fmt: skip


def test_scripts_without_spaces_on_either_side() -> None:
    assert score(IN_ENGLISH, CHINESE, IN_ENGLISH) == 100.0
    damaged = [*IN_ENGLISH[:2], "They thanked Tokaev.", *IN_ENGLISH[3:]]
    assert score(damaged, CHINESE, IN_ENGLISH) == pytest.approx(100 / 3)
    assert score(CHINESE, IN_ENGLISH, CHINESE) == 100.0
    other = [*CHINESE[:2], "客人感谢托卡叶夫主席。", *CHINESE[3:]]
    assert score(other, IN_ENGLISH, CHINESE) == pytest.approx(100 / 3)


# One name of the source in four spellings, in sentences that share a word as function words do.
NAMES = {
    "de": ("Niemand hat {} dort gesehen.", "Dann hat {} uns besucht.", "Gestern hat {} gesungen.",
           "Später hat {} geschwiegen."),
    "pl": ("Nikt nie widział tam {}.", "Potem nie odwiedził nas {}.", "Wczoraj nie śpiewał {}.",
           "Później nie milczał {}."),
    "zh": ("没有人经常看到{}。", "然后经常来了{}。", "昨天经常唱歌的{}。", "后来经常沉默的{}。"),
}  # fmt: skip
SPELT = {
    "de": ("Xelmandur", "Brokwitz", "Tarvingel", "Odemuth"),
    "pl": ("Wyrgosz", "Brokwic", "Tarwing", "Odemut"),
    "zh": ("谢尔曼", "布罗克", "塔温格", "奥德穆"),
}


@pytest.mark.parametrize("lang", NAMES)
def test_a_function_word_is_no_rendition_of_a_name(lang: str) -> None:
    english = (
        "Nobody had seen {} there.",
        "Then {} visited us.",
        "Yesterday {} sang.",
        "Later {} was silent.",
    )
    chinese = [text for text in CHINESE if "托" not in text]
    others = chinese if lang == "zh" else [reference for _, reference in FILLER]
    sources = [*(text.format("Xelmandor") for text in english), *(source for source, _ in FILLER)]
    sources = sources[: 4 + len(others)]
    one = [text.format(SPELT[lang][0]) for text in NAMES[lang]]
    # the reference has another word for each function word
    references = [text.replace("hat", "").replace("nie ", "").replace("经常", "") for text in one]
    four = [text.format(name) for text, name in zip(NAMES[lang], SPELT[lang], strict=True)]
    assert score([*one, *others], sources, [*references, *others]) == 100.0
    assert score([*four, *others], sources, [*references, *others]) == 0.0
    kept = [text.format(SPELT[lang][1]) for text in NAMES[lang]]
    assert score([*kept, *others], sources, [*references, *others]) == 100.0


def test_words_in_the_same_two_segments_of_few_are_no_term() -> None:
    sources = ["The good talks began.", "Then it rained.", "The good mood lasted.", "All went home."]
    references = ["Rozmowy chińskie trwały.", "Potem padało.", "Nastrój chiński trwał.", "Poszli do domu."]
    assert math.isnan(score(references, sources, references))


def test_forms_of_a_slavic_name_are_one_translation() -> None:
    for name, others in {
        "Tokajew": "Tokajewa Tokajewowi Tokajewem Tokajewie", "Polska": "Polski Polsce Polskę Polską",
        "Chiny": "Chin Chinom Chinami Chinach", "Praga": "Pragi Pradze Pragą", "Praha": "Praze Prahy Prahou",
        "Ukraina": "Ukrainy Ukrainie Ukrainą", "Москва": "Москвы Москве Москвой", "Putin": "Putina Putinem",
    }.items():  # fmt: skip
        assert all(alike(name.lower(), other.lower()) for other in others.split()), name
        assert len({Classes(forms(f"{name} {others}")).name(form) for form in forms(f"{name} {others}")}) == 1


def test_numbers_by_value_and_words_by_their_endings() -> None:
    assert {value(text) for text in ("1,250", "1.250", "1 250", "1\u202f250", "1250")} == {"1250"}
    assert value("3,14") == value("3.14") == "3.14" and value("1.250,5") == value("1,250.5") == "1250.5"
    assert alike("moskwa", "moskwie") and alike("planet", "planeten") and alike("москва", "москвой")
    assert alike("wackeln", "wackelt", small=True) and not alike("wackeln", "wackelt")
    assert not alike("tokajew", "tokajev") and not alike("iran", "iraq") and not alike("haus", "maus")


def test_its_configuration_builds_it() -> None:
    metric = registry.build("metric", {"kind": "consistency"})
    assert metric.needs_documents and metric.needs_source and metric.higher_is_better
