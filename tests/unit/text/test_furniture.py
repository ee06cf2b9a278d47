"""Page furniture is flagged by its form, kept where it stands, and kept out of alignment by choice."""

from __future__ import annotations

import pytest

from harness.common.paths import resource
from harness.registry import build
from harness.text.segment import segment
from harness.types import Cleaned, Document, Segment

PROSE = "Le président a dit qu'il viendrait demain avec tous les ministres du pays."


def clean(text: str, lang: str = "fr", **options: object) -> Cleaned:
    [cleaned] = build("cleaner", {"kind": "rules", **options}).clean([Document("d", lang, text, "")])
    assert isinstance(cleaned, Cleaned)
    return cleaned


def flagged(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, text[piece.start : piece.end]) for piece in clean(text).furniture]


def cut(text: str, splitter: str = "sentencex", **options: object) -> list[Segment]:
    return segment(clean(text, **options), build("splitter", {"kind": splitter}))


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        ("000", ["byline"]),
        ("001", ["caption", "caption", "teaser"]),
        (
            "002",
            ["navigation", "title", "dateline", "copyright", "copyright", "registration", "registration"],
        ),
        ("003", ["bullet", "navigation", "title"]),
        ("004", ["heading", "heading"]),
    ],
)
def test_the_furniture_of_the_seeds(document: str, kinds: list[str]) -> None:
    [path] = resource("seeds").glob(f"{document}_*/*.txt")
    cleaned = clean(path.read_text("utf-8"), path.stem)
    assert [piece.kind for piece in cleaned.furniture] == kinds


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Accueil > Monde > Asie", "navigation"),
        ("English Français Polski", "navigation"),
        ("Więcej", "navigation"),
        ("Opublikowano: 12.03.2021", "dateline"),
        ("Updated March 3, 2021 | BBC News", "dateline"),
        ("Par Jean Dupont", "byline"),
        ("Autor: Jan Kowalski", "byline"),
        ("By Jane Doe", "byline"),
        ("(Rédacteurs : Lucie Zhou, Ying Xie)", "byline"),
        ("Le roi à Paris. Fot. PAP/Jan Kowalski", None),
        ("Une rue de Paris. Photo : AFP", "caption"),
        ("Zdjęcie: Reuters", "caption"),
        ("Lire aussi : La Chine et le monde", "teaser"),
        ("Czytaj także: Nowe wybory w Polsce", "teaser"),
        ("Read more", "teaser"),
        ("© 2021 Le Journal", "copyright"),
        ("Wszelkie prawa zastrzeżone", "copyright"),
        ("All rights reserved.", "copyright"),
        ("京ICP备18041594号", "registration"),
        ("ISSN 1234-5678", "registration"),
        ("Partager sur Facebook", "navigation"),
        ("Udostępnij artykuł na X", "navigation"),
        ("Artikel teilen", "navigation"),
        ("分享到：", "navigation"),
        ("Tout accepter", "navigation"),
        ("Alle Cookies akzeptieren", "navigation"),
        ("Ustawienia plików cookie", "navigation"),
        ("We use cookies to improve your experience. You can change this.", "navigation"),
        ("Ta strona używa plików cookies.", "navigation"),
        ("Ми використовуємо файли cookie.", "navigation"),
        ("本网站使用Cookie。", "navigation"),
        ("Komentarze (12)", "navigation"),
        ("12 commentaires", "navigation"),
        ("Copiar enlace", "navigation"),
        ("Iscriviti alla newsletter", "navigation"),
        ("Skip to main content", "navigation"),
        ("Cet article est réservé aux abonnés", "navigation"),
        ("Temps de lecture : 3 min", "dateline"),
        ("Lesedauer: 3 Min.", "dateline"),
        ("3 hours ago", "dateline"),
        ("2 godz. temu", "dateline"),
        ("发布时间：2026-03-03 10:15", "dateline"),
        ("2026年3月3日 10:15", "dateline"),
        ("Publicado el 3 de marzo de 2026", "dateline"),
        ("(PAP)", "byline"),
        ("dpa/Hans Müller", "byline"),
        ("Jean Dupont / AFP", "byline"),
        ("责任编辑：张三", "byline"),
        ("fot. PAP", "caption"),
        ("Image source, Getty Images", "caption"),
        ("新华社记者 张三 摄", "caption"),
        ("Lire aussi | Le budget adopté", "teaser"),
        ("延伸阅读：新预算", "teaser"),
    ],
)
def test_a_line_is_known_by_its_form(line: str, kind: str | None) -> None:
    text = f"{PROSE}\n{PROSE}\n{line}\n{PROSE}\n{PROSE}"
    kinds = [found for found, where in flagged(text) if where == line]
    assert kinds == [kind] if kind else kinds in ([], ["heading"])


@pytest.mark.parametrize(
    "sentence",
    [
        "La photo : une preuve de plus que le président était bien là ce jour et qu'il le savait.",
        "Il faut lire également ce que la loi de 1978 dit du copyright et de ses limites.",
        "La loi dit que tous droits réservés ne veut rien dire sans l'accord de l'auteur.",
        "Le 21 janvier 2021, le ministre a eu un entretien téléphonique avec son homologue.",
        "– Non, dit-il.",
        "- Je ne viendrai pas demain.",
        "Par la voix de son ministre, Paris a dit non.",
        "Il ajoute :",
        "Nous utilisons des méthodes de 1978, et personne ne parle de cookies.",
        "Partager sur un pied d'égalité, voilà ce qu'il demande.",
        "Accepte !",
        "Udostępnij to, co masz.",
        "Il y a 3 jours, le ministre est parti.",
        "AFP, Reuters et AP ont confirmé la nouvelle.",
        "2021年1月21日，习近平讲话。",
    ],
)
def test_prose_is_not_furniture(sentence: str) -> None:
    assert flagged(f"{PROSE}\n{sentence}\n{PROSE}\n{PROSE}") == []


def test_a_caption_is_known_again_without_its_credit() -> None:
    caption = "Le roi à Paris (à gauche) mardi"
    text = f"{PROSE}\n{caption}. Photo : AFP\n{PROSE}\n{caption}\n{PROSE}"
    assert [kind for kind, _ in flagged(text)] == ["caption", "caption"]


def test_titles_under_a_teaser_are_teasers_until_prose() -> None:
    text = f"{PROSE}\nA lire également\nLa Chine avance\nLe Kazakhstan aussi\n{PROSE}"
    assert [kind for kind, _ in flagged(text)] == ["teaser"] * 3


def test_a_text_without_punctuation_has_no_headings() -> None:
    text = "\n".join(["Un jour", "Il est venu", "Nous avons ri", "Fin", "Rien de plus"])
    assert flagged(text) == []


def test_bullets_and_datelines_are_cut_off_their_line() -> None:
    text = f"{PROSE}\nPARIS, 2 mai (AFP) -- {PROSE}\n• Des pommes\n• Des poires.\n{PROSE}"
    segments = cut(text)
    assert [(s.furniture, s.text) for s in segments] == [
        (None, PROSE),
        ("dateline", "PARIS, 2 mai (AFP) --"),
        (None, PROSE),
        ("bullet", "•"),
        (None, "Des pommes"),
        ("bullet", "•"),
        (None, "Des poires."),
        (None, PROSE),
    ]


def test_what_is_kept_out_is_the_users_choice() -> None:
    text = f"Un titre\n{PROSE}\nUn intertitre\n{PROSE}\n• Une pomme."
    assert [s.furniture for s in cut(text)] == [None, None, "heading", None, "bullet", None]
    kept = clean(text, keep_out=["title"])
    assert [piece.kind for piece in kept.furniture] == ["title", "heading", "bullet"]
    assert [s.furniture for s in cut(text, keep_out=["title"])] == ["title", None, None, None, None]
    assert cut(text, keep_out=["title"])[-1].text == "• Une pomme."
    assert [s.furniture for s in cut(text, furniture=False)] == [None] * 5


LONG = "Le gouvernement a annoncé mardi une série de mesures pour les familles. " * 3


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Une coopération régionale", True),
        ("Il est arrivé trop tard pour voir ses enfants avant la nuit", False),
        ("\nPourquoi le projet de loi a été retiré au dernier moment", True),
    ],
)
def test_a_sentence_that_lost_its_full_stop_is_no_heading(line: str, heading: bool) -> None:
    kinds = [kind for kind, _ in flagged(f"{LONG}\n{LONG}\n{line}\n{LONG}\n{LONG}")]
    assert kinds == (["heading"] if heading else [])


@pytest.mark.parametrize(
    "sentence",
    [
        "Le logo © Disney figure sur chaque page du livre, a-t-il expliqué aux jurés.",
        "He said the © sign is not needed under the Berne Convention, and the court agreed.",
        "Tous droits réservés, a-t-il dit en riant, cela ne veut rien dire pour un enfant.",
        "Tous droits réservés, a-t-il dit.",
        "All rights reserved means nothing to a child.",
        "Alle Rechte vorbehalten, sagte er lachend, das heißt einem Kind nichts.",
        "Das Zeichen © ist nach der Berner Übereinkunft nicht nötig.",
        "Wszelkie prawa zastrzeżone, powiedział ze śmiechem, nic nie znaczy dla dziecka.",
        "Znak © stoi na każdej stronie książki, mówił sędzia.",
        "Todos los derechos reservados, dijo riendo, no significa nada para un niño.",
        "Tutti i diritti riservati, disse ridendo, non vuol dire nulla per un bambino.",
        "Todos os direitos reservados, disse ele, não quer dizer nada.",
        "Alle rechten voorbehouden, zei hij lachend, dat zegt een kind niets.",
        "Všechna práva vyhrazena, řekl se smíchem, dítěti nic neříká.",
        "Все права защищены, сказал он со смехом, ничего не значит для ребёнка.",
        "Усі права захищено, сказав він, нічого не означає для дитини.",
        "Знак © стоит на каждой странице книги, сказал судья.",
        "版权所有是一个法律概念，他说。",
        "Copyright is a legal right, he said.",
        "Copyright law protects authors for seventy years.",
        "Copyright matters, he said.",
        "© Disney est partout, dit-il aux jurés.",
        '"All rights reserved," he said with a laugh, "means nothing to a child."',
        "« Tous droits réservés », dit-il en riant.",
        "He found that the ISSN 1234-5678 was wrong.",
        "Le RCS Paris a refusé la demande de la société hier.",
        "Source : il refuse de répondre à la question.",
        "Auteur : il est mort en 1950.",
        "Journalist: I asked him why.",
        "By New York Times standards, that is rare.",
        "Von Berlin Mitte fuhr er mit dem Zug.",
        "Par Saint Antoine, il a menti.",
        "Polecamy: zupa dnia jest świetna.",
        "We use cookies, she said, only at Christmas.",
        "Nous utilisons des cookies, dit le boulanger, pour décorer.",
        "The (c) 1999 mark was printed on the last page of the book.",
        'I saw "Copyright 1999" on the last page, she told the court.',
        "Le 3 mai 2021, tous droits réservés ou non, il a tout copié.",
    ],
)
def test_a_sentence_with_a_word_of_notices_is_text(sentence: str) -> None:
    assert flagged(f"{PROSE}\n{PROSE}\n{sentence}\n{PROSE}\n{PROSE}") == []


@pytest.mark.parametrize(
    "line",
    [
        "© AFP 2020. Tous droits réservés.",
        "© 2021 Le Journal",
        "Wszelkie prawa zastrzeżone",
        "All rights reserved.",
        "Copyright © 2020 BBC. The BBC is not responsible for the content of external sites.",
        "© 2021 Le Journal. Toute reproduction interdite sans autorisation écrite.",
        "Alle Rechte vorbehalten, auch die der Übersetzung.",
        "All rights reserved, including the right of reproduction in whole or in part in any form.",
        "Copyright by Jan Kowalski.",
        "Copyright 1999-2005 The Authors",
        "© Association des amis de la musique ancienne",
        "© 2021 Association des amis de la musique ancienne de Paris.",
        "Le Monde – Tous droits réservés",
        "Le Monde. Tous droits réservés.",
        "Tous droits réservés, reproduction interdite.",
        "Photo by John Smith © 2020 for the New York Times",
        "版权所有 © 2020 新华网。未经许可不得转载。",
        "本网站版权所有，未经书面授权不得转载。",
        "Все права защищены.",
        "(c) 2019 Reuters. All rights reserved.",
        "Texte et photos © Jean Dupont",
        "Copyright Reuters",
        "© Copyright 2020",
        "© Le Monde diplomatique",
    ],
)
def test_a_notice_is_one_however_long(line: str) -> None:
    assert flagged(f"{PROSE}\n{PROSE}\n{line}\n{PROSE}\n{PROSE}") == [("copyright", line)]


@pytest.mark.parametrize(
    "line", ["It Didn't Go Well", "They lost the vote", "Ils ont tout perdu", "Ich bin nicht da"]
)
def test_a_short_clause_between_long_lines_is_no_heading(line: str) -> None:
    assert flagged(f"{PROSE}\n{PROSE}\n{line}\n{PROSE}\n{PROSE}") == []
    assert flagged(f"{PROSE}\n{PROSE}\nLa fin du voyage\n{PROSE}\n{PROSE}") == [
        ("heading", "La fin du voyage")
    ]
