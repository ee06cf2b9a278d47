"""Where sentences end in texts with abbreviations, quotations, dialogue and dates, in several languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import harness.text.cues
from harness.registry import build
from harness.text.cues import cues
from harness.text.segment import segment
from harness.types import Cleaned, Document

UNSPACED = ("zh", "ja")
DATA = Path(__file__).parents[2] / "data"


def cut(text: str, lang: str) -> list[str]:
    document = Document("d", lang, text, "")
    return [s.text for s in segment(Cleaned(document, text), build("splitter", {"kind": "sentencex"}))]


def check(lang: str, sentences: list[str]) -> None:
    assert cut(("" if lang in UNSPACED else " ").join(sentences), lang) == sentences


# Initials, titles, ordinals, Roman numerals, dates, abbreviations, quotations, dialogue, CJK: by hand.
CASES = [json.loads(line) for line in (DATA / "split_cases.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{c['lang']}: {' ¦ '.join(c['sentences'])[:60]}" for c in CASES]
)
def test_cases_written_by_hand(case: dict[str, Any]) -> None:
    check(case["lang"], case["sentences"])


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("es", ["Vive en los EE. UU. desde 1990.", "Los JJ. OO. París gustaron.", "Lea el cap. IV."]),
        ("hr", ["Živi u ul. Marka Kralja.", "Radi."]),
        ("sr", ["Живи у ул. Марка Краља.", "Ради."]),
        ("id", ["Dia tinggal di Jl. Sudirman.", "Rumahnya besar."]),
        ("da", ["Han nævnte bl.a. Danmark.", "Det er godt."]),
        ("de", ["Siehe Bd. II.", "Das genügt."]),
        ("en", ["He left Yahoo! Inc. in May.", "He likes Yahoo!", "Then he left."]),
        ("ro", ["Locuiește pe str. Mihai nr. 5, bl. A, ap. C din sec. XX.", "E bine."]),
        ("vi", ["Ông ở TP. Vinh với TS. Nguyễn.", "Ông vui."]),
        ("ar", ["قال د. محمد إن الوضع جيد.", "ثم خرج."]),
        ("ka", ["რა არის ეს?", "ეს წიგნია.", "კარგია!", "მოდი აქ."]),
        ("ko", ["그는 “간다.”라고 말했다.", "“뭐야?” 하고 물었다.", "나는 갔다."]),
    ],
)
def test_short_forms_and_scripts_of_further_languages(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("pl", ["Był tam m.in. Jan Kos.", "Inni nie przyszli."]),
        ("pl", ["Bilet kosztuje ok. 20 zł.", "Kasa otwarta od godz. 8.30."]),
        ("pl", ["Bitwę wydał gen. bryg. J. Haller.", "Wygrał."]),
        ("pl", ["Ukazał się w Dz.U. Nr 5.", "Obowiązuje."]),
        ("pl", ["Wiersze Cz. Nowaka są znane.", "Czyta się je chętnie."]),
        ("pl", ["Pomnik św. Jacka stoi na pl. Wolności.", "Jest stary."]),
        ("fr", ["Il est né le 5 févr. 1802 à Besançon.", "Sa mère pleura."]),
        ("fr", ["Le train de 10 h. 30 est parti.", "Le suivant part à 14 h.", "Il est plein."]),
        ("fr", ["César naquit en 100 av. J.-C. à Rome.", "Il y mourut."]),
        ("fr", ["M. Le Pen et M. de La Tour sont absents.", "M. Tissot préside."]),
        ("de", ["Dr. med. Müller wohnt am Goethepl. 5.", "Er ist nett."]),
        ("de", ["Er kommt z. B. Montag.", "Das kostet 5 Mio. Euro."]),
        ("en", ["See Fig. 3 and Sec. 2.1 on p. 45.", "It is clear."]),
        ("en", ["The U.S. Senate met at 5 p.m. on Monday.", "It voted."]),
        ("es", ["La Dra. Pérez vive en la Avda. Goya núm. 5.", "Es médica."]),
        ("it", ["Il sig. Rossi e la prof.ssa Verdi arrivano.", "Poi partono."]),
        ("cs", ["Pan Ing. Novák bydlí v ul. Dlouhé č. 5.", "Je doma."]),
        ("ru", ["Это ул. Ленина, д. 5.", "Там живёт проф. Иванов."]),
        ("uk", ["Вул. ім. Т. Шевченка довга.", "Вона гарна."]),
        ("nl", ["Dhr. De Vries en mevr. Bakker zijn er.", "Ze praten."]),
    ],
)
def test_an_abbreviation_does_not_end_the_sentence(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("pl", ["Kupił jabłka, gruszki itp.", "Wszystko zjadł."]),
        ("pl", ["Zmarł w 1855 r.", "Pogrzeb odbył się w maju."]),
        ("fr", ["Elle vend du fil, des boutons, etc.", "Puis elle ferme."]),
        ("de", ["Sie mag Äpfel, Birnen usw.", "Dann geht sie."]),
        ("en", ["Is there a key?", "No.", "Ann has no key."]),
        ("en", ["Her brother stayed in the U.K.", "They write often."]),
        ("es", ["Compró pan, leche, etc.", "Luego volvió."]),
        ("nl", ["Hij kocht brood, melk enz.", "Daarna ging hij."]),
        ("ru", ["А. С. Пушкин родился в 1799 г.", "Он жил в Москве."]),
        ("fr", ["Prenez de la vitamine D.", "Elle est utile."]),
        ("fr", ["Il coud, brode, etc.", "Anne chante."]),
    ],
)
def test_an_abbreviation_may_end_the_sentence(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("pl", ["W 1683 r. Jan Sobieski wygrał pod Wiedniem.", "Turcy uciekli."]),
        ("pl", ["W latach 80. XIX w. kolej urosła.", "Miasto też."]),
        ("pl", ["Świętują 100. rocznicę.", "Będzie tort."]),
        ("de", ["Im 18. Jahrhundert und am 2. Mai.", "Friedrich II. war König."]),
        ("de", ["Der Zug hielt in Bonn.", "17.45 Uhr war es."]),
        ("en", ["1. Open the door.", "2. Close it."]),
        ("fr", ["1. Premier essai.", "2. Second essai."]),
        ("cs", ["Karel IV. byl císař.", "Narodil se 14. května 1316."]),
    ],
)
def test_figures_and_ordinals(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("pl", ["Odparł: „Nie chcę.", "Może kiedyś.”", "I wyszedł."]),
        ("pl", ["„Idź stąd!” – krzyknął.", "Poszła."]),
        ("fr", ["« Je ne veux pas.", "Un jour peut-être. »", "Elle sortit."]),
        ("fr", ["« Quelle horreur ! » s'écria Mme. Verdurin.", "On rit."]),
        ("fr", ["— Tu viens ? demanda-t-il.", "— Non, répondit-elle."]),
        ("de", ["„Ich will nicht.", "Morgen vielleicht.“", "Er schwieg."]),
        ("de", ["„Wohin?“, fragte er.", "Sie schwieg."]),
        ("en", ['The song "Help! Help! Help!" came out in 1965.', "It sold well."]),
        ("en", ["(He was tired.)", "She was not."]),
        ("pl", ["(Patrz str. 5.)", "Dalej jest łatwiej."]),
        ("en", ['"Stop!" he cried.', 'Nobody said "Why?"', '"Because," she said.']),
        ("ru", ["«Куда?» — спросил он.", "Она молчала."]),
        ("zh", ["他说：“我不去。", "你去吧。”", "她走了。"]),
        ("zh", ["“你去哪儿？”他问。", "“去北京。”", "她笑了。"]),
        ("zh", ["他看了《你好！世界！》这本书。", "真的吗？！", "我不信。"]),
        ("ja", ["「早く！」と叫んだ。", "「行こう。」", "誰も来なかった。"]),
    ],
)
def test_quotations_stay_with_the_sentence_they_close(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("fr", ["Il hésita… puis entra.", "Nul ne parla…", "Le vent tomba."]),
        ("pl", ["Stał… i stał.", "Nic…", "Zapadła noc."]),
        ("en", ["She paused . . . what a day.", "Nobody spoke…", "Rain fell."]),
        ("fr", ["Que faire ?...", "Attendre."]),
    ],
)
def test_an_ellipsis_ends_a_sentence_before_a_capital(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("fr", ["Effets sur la conduite", "Les patients doivent être prudents."]),
        ("fr", ["Durée du séjour (en jours)", "L'hôtel est ouvert en été."]),
        ("de", ["Alles war ein wenig teuer", "Wir sind trotzdem sehr zufrieden."]),
        ("fr", ["les veuves et orphelins ;", "Pour eux, rien ne change."]),
    ],
)
def test_a_lost_full_stop_is_found_by_the_word_that_follows(lang: str, sentences: list[str]) -> None:
    check(lang, sentences)


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("fr", "Elle lit Le Monde à La Haye avec Kim Jong Un."),
        ("en", "They sailed from The Hague to Los Angeles."),
        ("de", "Das hat Ihnen Der Spiegel mitgeteilt."),
        ("fr", "Le fichier CONFIG.SYS est à la B.C.E. de Paris."),
    ],
)
def test_names_are_not_cut(lang: str, sentence: str) -> None:
    assert cut(sentence, lang) == [sentence]


@pytest.mark.parametrize(
    ("text", "lang", "count"),
    [
        ("Pies zszedł po drabinie. potem zasnął.", "pl", 2),  # a careless writer
        ("Zakres obejmuje kontrolę zdrowia. - kontrolę handlu.", "pl", 2),
        ("– Wracam zaraz do domu. – powiedział.", "pl", 1),  # speech
        ("Le partage des richesses. et malheur.", "fr", 1),  # a conjunction carries on
        ("Zakładowy kierown. działu.", "pl", 1),  # no word of the lexicon
    ],
)
def test_a_small_letter_begins_a_sentence_only_after_a_word(text: str, lang: str, count: int) -> None:
    assert len(cut(text, lang)) == count


def test_the_splitter_alone_gives_whole_sentences_to_translate() -> None:
    text = "M. Xi parle. Mme. Li écoute."
    spans = build("splitter", {"kind": "sentencex"}).boundaries(text, "fr")
    assert [text[start:end] for start, end in spans] == ["M. Xi parle.", "Mme. Li écoute."]


def test_other_splitters_are_rejoined_but_never_cut_further() -> None:
    document = Document("d", "fr", "Non… Oui. Puis il part.", "")
    [segment_] = segment(Cleaned(document, document.text), build("splitter", {"kind": "line"}))
    assert segment_.text == document.text


@pytest.mark.parametrize("lang", ["cs", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk"])
def test_no_word_of_a_list_contradicts_another(lang: str) -> None:
    known = cues(lang)
    assert known.start and known.end
    assert not known.inside & (known.end | known.name), "inside a sentence, yet at its end"
    assert not known.name & known.end
    assert not any(word.endswith(".") for words in (known.inside, known.name, known.end) for word in words)


@pytest.mark.parametrize("text", ["." * 30_000, '."' * 15_000, "(a. B) " * 4_000, "« a ! " * 4_000])
def test_a_line_of_marks_alone_is_split_without_searching_forever(text: str) -> None:
    assert "".join("".join(cut(text, "fr")).split()) == "".join(text.split())


def test_a_language_without_lists_has_none() -> None:
    assert not cues("xh").known
    check("xh", ["Umntwana uyadlala.", "Uyavuya!", "Uyahamba."])


LISTED = sorted(
    path.stem for path in Path(harness.text.cues.__file__).with_name("sentence_cues").glob("*.txt")
)


@pytest.mark.parametrize("lang", [{"hbs": "sr"}.get(code, code) for code in LISTED])
def test_every_listed_word_does_what_its_section_says(lang: str) -> None:
    known = cues(lang)
    name = {"el": "Γιάννης", "ar": "محمد"}.get(
        lang, "Мария" if lang in ("be", "bg", "mk", "ru", "uk") else "Maria"
    )
    assert not known.inside & known.end
    assert not [word for word in known.inside | known.number | known.end if word.endswith(".")]
    for word in known.inside:
        if word[0] != "-":
            assert len(cut(f"{name} abc {word}. {name} cde.", lang)) == 1, word
    for month in known.month:
        assert len(cut(f"24 {month}. {name} abc cde.", lang)) == 1, month
        assert len(cut(f"{name} abc 24 {month}. 1990 cde.", lang)) == 1, month
    opens = sorted(word for word in known.opens if len(word) > 2 and word.isalpha())
    for word in known.end if opens else ():
        assert len(cut(f"{name} abc cde efg 5 {word}. {opens[0]} cde efg.", lang)) == 2, word
