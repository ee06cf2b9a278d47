"""The words by which page furniture is known, in the languages of the web's news sites.

Not chosen by the language of the document: a French page may carry English furniture.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEASER = re.compile(
    r"^\W*"
    + _any(
        r"(?:à|a) (?:lire|voir|découvrir|écouter)(?: (?:également|aussi|encore|ensuite))?",
        r"(?:lire|voir) (?:également|aussi|la suite|plus)", r"sur le même (?:sujet|thème)",
        r"en savoir plus",
        r"articles? (?:liés?|connexes?|similaires?)", r"(?:read|see|watch) (?:also|more|next)",
        r"also read", r"related (?:articles?|stories|news)", r"more on this", r"recommended(?: for you)?",
        r"(?:czytaj|zobacz|przeczytaj|sprawdź|obejrzyj) (?:też|także|również|więcej|dalej)", r"czytaj",
        r"powiązane(?: artykuły)?", r"polecamy", r"więcej na ten temat",
        r"(?:lesen|sehen) sie (?:auch|mehr)", r"mehr zum thema", r"auch interessant",
        r"(?:lea|lee|ver) (?:también|además|más)", r"te puede interesar", r"leggi anche", r"vedi anche",
        r"(?:leia|veja) (?:também|mais)", r"lees (?:ook|meer)", r"čtěte (?:také|též)",
        r"читайте (?:также|ещё|також)", r"延伸阅读", r"相关(?:阅读|新闻|报道)", r"related",
    )
    + r"(?=\s*(?:[:：|>»…]|$))",
    _I,
)  # fmt: skip

BYLINE = re.compile(
    r"^\W{0,2}"
    + _any(
        r"rédact(?:eur|rice|ion)s?", r"auteure?s?", r"rédigé par", r"écrit par",
        r"(?:publié|traduit|édité) par",
        r"journalistes?", r"editors?", r"authors?", r"written by", r"reported by", r"reporters?",
        r"edited by",
        r"autor(?:zy|ka|ki|en|in|es|a|i)?", r"redaktor(?:ka|zy)?", r"redakcja",
        r"oprac(?:\.|owanie|ował|owała)",
        r"źródło", r"source", r"quelle", r"fuente", r"fonte", r"redakteur(?:in)?", r"redacci[oó]n",
        r"автор", r"редактор",
        r"джерело", r"источник", r"web editor", r"responsable éditorial", r"责任编辑", r"编辑",
        r"记者", r"作者", r"来源", r"文章来源",
    )
    + r"\s*[:：]\s*\S",
    _I,
)  # fmt: skip
SIGNED = re.compile(
    r"^\(?(?:Par|By|Von|Por|Di|Door|Autor|PAR|BY)\s+(?:\w\.\s*)*(?:[A-ZÀ-ÞĄ-Ž][\w’'-]+(?:\s+|,\s*|$|\))){2,5}"
)

CREDIT = re.compile(
    r"(?<!\w)"
    + _any(
        r"(?:crédits? )?photos?(?: d['’]illustration| credit)?", r"crédits?", r"images?(?: credit)?",
        r"fot(?:ografia|\.|o)?", r"zdjęci[ea]", r"foto(?:s|graf)?", r"bild(?:er)?", r"picture",
        r"photographie",
        r"imagen", r"фото",
    )
    + r"\s*[:：/©]\s*(?P<owner>\S.{0,80})$"
    r"|^(?:fot\. |image (?:source|caption), |图片来源[:：])(?P<named>\S.{0,80})$|记者\s?\S{2,8}\s?摄$",
    _I,
)  # fmt: skip

COPYRIGHT = re.compile(
    r"©|\(c\)\s*(?:19|20)\d\d|(?<!\w)"
    + _any(
        r"copyright(?!\w)", r"all rights reserved", r"tous droits réservés", r"wszelkie prawa zastrzeżone",
        r"alle rechte vorbehalten", r"todos los derechos reservados", r"tutti i diritti riservati",
        r"todos os direitos reservados", r"alle rechten voorbehouden", r"všechna práva vyhrazena",
        r"все права защищены", r"усі права захищено",
    )
    + r"|版权所有",
    _I,
)  # fmt: skip

REGISTRATION = re.compile(
    r"ICP\s*[备備证證]|公网安备|(?<!\w)"
    + _any(
        r"ISSN\s*[:\d]", r"RCS\s+[A-ZÀ-Þ][\w-]+", r"SIRET\s*[:\d]", r"CPPAP", r"NIP\s*:?\s*\d",
        r"KRS\s*:?\s*\d",
        r"REGON\s*:?\s*\d", r"HRB\s*\d", r"USt-?IdNr", r"VAT (?:no|reg|id)\b",
    )
)  # fmt: skip

# The names languages give themselves on language menus, and the entries of site menus.
MENU = _set(
    """english français francais polski deutsch español português italiano русский українська العربية 中文
    日本語 한국어 қазақша nederlands čeština türkçe magyar română
    accueil contact contacts contactez-nous recherche rechercher menu connexion s'abonner abonnement
    newsletter plus
    home search login register subscribe about help sitemap more news share next previous print
    kontakt szukaj zaloguj strona główna start menu więcej udostępnij drukuj następny poprzedni
    startseite suche anmelden mehr teilen drucken impressum datenschutz
    inicio buscar más compartir cerca altro condividi início mais partager imprimer suivant précédent retour
    advertisement publicité reklama anzeige werbung publicidad pubblicità
    facebook twitter whatsapp telegram instagram youtube rss linkedin"""
)

AGENCY_DATELINE = re.compile(
    r"^[A-ZÀ-ÞĄ-Ž][\w’'.()/ -]{1,40}(?:,\s*[^()]{1,40}?)?\s*\((?:[^()]{2,30})\)\s*(?:--|[-–—])\s+(?=\S)"
)
DATE = re.compile(
    r"\b(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:(?:19|20)\d\d|\d\d)"
    r"|\d{1,2}(?:er|st|nd|rd"
    r"|th|\.)?\s+[^\W\d_]{3,12}\.?,?\s+(?:19|20)\d\d|[^\W\d_]{3,12}\s+\d{1,2},\s+(?:19|20)\d\d"
    r"|\d{1,2} de [^\W\d_]{3,12} de (?:19|20)\d\d|(?:19|20)\d\d年\d{1,2}月\d{1,2}日)(?!\w)"
)
PUBLISHED = re.compile(
    r"(?<!\w)"
    + _any(
        r"mis(?:e)? à jour", r"publiée? le", r"modifiée? le", r"updated", r"published", r"posted",
        r"last modified",
        r"opublikowano", r"aktualizacja", r"zaktualizowano", r"data publikacji", r"veröffentlicht",
        r"aktualisiert", r"stand", r"publicado", r"actualizado", r"aggiornato", r"pubblicato",
        r"atualizado", r"опубліковано", r"оновлено", r"опубликовано", r"обновлено", r"发布时间", r"更新时间",
    )
    + r"(?!\w)",
    _I,
)  # fmt: skip

# Small words of names and titles: `Ministry of the Interior`, `Association des amis de la musique`.
PARTICLES = _set(
    """of the and by for in on at to de la le les du des et d l à au aux en par pour sur i w z na do oraz dla
    przez der die das dem den von vom zu zur zum im für und e del della dei di gli da y los las el por o os as
    dos van het voor a и в на с й та у з із за"""
)

# A short line that is a clause of its own all the same: `It Didn't Go Well`. Only pronouns that are no other
# language's preposition or article (not `On`, `Il`, `We`, `I`).
CLAUSE = re.compile(
    r"^\W*(?:It|He|She|They|You|There|Je|Nous|Vous|Ils|Ich|Wir|Er|Es|Ona|Oni|Он|Она|Они|Мы|Вона|Вони|Ми)"
    r"\s+\S+\s+\S|(?<!\w)(?:\w+n['’]t|I['’](?:m|ve|d|ll))(?!\w)"
)
