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
