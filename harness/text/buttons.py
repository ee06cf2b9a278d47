"""The words of buttons, notices and marks that are whole lines of news pages, by language of the page."""

from __future__ import annotations

import re

_I = re.IGNORECASE


def _line(*patterns: str) -> re.Pattern[str]:
    """A line that is one of them, but for signs around; one that ends as sentences do is not."""
    return re.compile(r"^\W*(?:" + "|".join(patterns) + r")[^\w.!?…。]*$", _I)


ACTION = _line(
    r"(?:share|partager|udostępnij|compartir|condividi|поділитися|поделиться)"
    r"(?: (?:this(?: article| story)?|cet article|l['’]article|(?:ten )?artykuł|este artículo"
    r"|questo articolo))?"
    r"(?: (?:on|via|by|sur|par|na|przez|en|por|su|у|в) [\w.-]+)?",
    r"(?:artikel )?teilen(?: (?:auf|via|per) [\w.-]+)?",
    # cookies
    r"(?:i )?accept(?: all)?(?: cookies)?", r"accept (?:and|&) continue", r"reject all(?: cookies)?",
    r"(?:tout |j['’])?accepte[rz]?(?: tout| et continuer)?(?: (?:tous )?les cookies)?", r"tout refuser",
    r"continuer sans accepter", r"(?:za)?akceptuj[ęe]?(?: wszystkie)?(?: (?:pliki )?cookies?)?",
    r"odrzuć wszystkie",
    r"alle(?: cookies)? (?:akzeptieren|ablehnen)",
    r"(?:aceptar|rechazar)(?: tod[ao]s)?(?: las)?(?: cookies)?",
    r"(?:accetta|rifiuta)(?: tutti)?(?: i)?(?: cookie)?", r"прийняти(?: всі| усі)?(?: (?:файли )?cookie)?",
    r"(?:manage|cookie) (?:cookies|settings|preferences)", r"cookie-?einstellungen",
    r"(?:paramétrer|paramètres|gérer) (?:les |des |mes )?cookies", r"ustawienia (?:plików )?cookies?",
    r"configurar (?:las )?cookies", r"(?:gestisci|impostazioni)(?: i)? cookie",
    r"налаштування (?:файлів )?cookie",
    # the article
    r"copy link", r"copier le lien", r"skopiuj link", r"link kopieren", r"copiar (?:el )?enlace",
    r"copia (?:il )?link", r"скопіювати посилання",
    r"listen to (?:this )?article", r"écouter l['’]article", r"posłuchaj artykułu", r"artikel anhören",
    r"escuchar (?:el )?artículo", r"ascolta l['’]articolo",
    r"(?:skip|jump) to (?:main )?content", r"aller au contenu(?: principal)?",
    r"przejdź do (?:głównej )?treści", r"zum (?:haupt)?inhalt springen", r"saltar al contenido",
    r"vai al contenuto", r"перейти до (?:основного )?вмісту",
    # readers
    r"(?:comments?|commentaires?|komentarze|kommentare|comentarios"
    r"|commenti|коментарі|комментарии) ?[(:] ?\d+",
    r"\d+ (?:comments?|commentaires?|komentarzy|kommentare|comentarios|commenti|коментарів)",
    r"leave a comment", r"commenter(?: cet article)?", r"dodaj komentarz", r"kommentar schreiben",
    r"deja un comentario", r"lascia un commento", r"залишити коментар",
    r"(?:subscribe|sign up)(?: to| for)?(?: (?:our|the))? newsletters?",
    r"(?:abonnez-vous|s['’]abonner) à la newsletter",
    r"abonnez-vous", r"zapisz się (?:na|do) newslettera?", r"(?:newsletter|jetzt) abonnieren",
    r"suscr[ií]b(?:ete|ase|irse)(?: a (?:nuestro boletín|la newsletter))?", r"iscriviti(?: alla newsletter)?",
    r"підписатися(?: на розсилку)?",
    r"(?:follow us on|suivez-nous sur|obserwuj nas (?:w|na)|folgen sie uns auf|síguenos en|seguici su)"
    r" (?:google news|facebook|instagram|twitter|x|youtube|linkedin|whatsapp|telegram)",
    r"(?:cet )?article (?:est )?réservé aux abonnés",
    r"artykuł (?:tylko )?dla (?:subskrybentów|prenumeratorów)",
    r"nur für abonnenten", r"solo para suscriptores", r"riservato agli abbonati", r"subscribers? only",
    r"分享到?(?:微信|微博|朋友圈)?", r"扫一扫分享", r"接受(?:所有|全部)? ?cookie", r"评论[（(]\d+", r"广告",
)  # fmt: skip

# What a page says of itself, a whole sentence or more.
COOKIES = re.compile(
    r"^\W*(?:we(?: and our partners)? use|(?:this|our) (?:web)?site uses"
    r"|nous(?: et nos partenaires)? utilisons"
    r"|ce site utilise|(?:ta|nasza|niniejsza) (?:strona|witryna)(?: internetowa)? (?:używa|korzysta z"
    r"|wykorzystuje)"
    r"|używamy|korzystamy z|wir(?: und unsere partner)? (?:verwenden|nutzen)|diese (?:web)?(?:seite|site)"
    r" (?:verwendet|nutzt)|(?:utilizamos|usamos)|este sitio(?: web)? (?:utiliza|usa)|(?:utilizziamo|usiamo)"
    r"|questo sito(?: web)? (?:utilizza|usa)"
    r"|ми використовуємо|цей сайт використовує)\s(?:\w+\s){0,2}cookies?\b"
    r"(?![”»\"]|, (?:\w+ )?(?:said|says|dit|sagte|powiedzia\w+|mówi\w*|dijo|disse|dice|сказа\w+)\b"
    r"|, a-t-(?:il|elle))"
    r"|^(?:本网站|本站|我们)使用 ?cookie",
    _I,
)

# How long it takes to read, how long ago it was written.
TIMES = _line(
    r"(?:temps de lecture|lecture|czas czytania|lese(?:zeit|dauer)|reading time|tiempo de lectura"
    r"|tempo di lettura"
    r"|час читання|阅读时间)\s*[:：]?\s*\d+ ?(?:minut\w*|min|хв|分钟)\.?",
    r"\d+[ -]min(?:ute)?s? read", r"\d+ (?:hours?|minutes?|mins?|days?) ago",
    r"il y a \d+ (?:heures?|minutes?|jours?)",
    r"\d+ (?:godzin\w*|godz\.|minut\w*|min\.?|dni|dzień) temu", r"vor \d+ (?:stunden?|minuten?|tag(?:en)?)",
    r"hace \d+ (?:horas?|minutos?|días?)", r"\d+ (?:ore|minuti|giorni) fa",
    r"\d+ (?:годин\w*|год\.?|хвилин\w*|хв\.?) тому",
)  # fmt: skip

_AGENCIES = (
    r"(?:AFP|PAP|IAR|dpa|APA|ATS|Reuters|AP|EFE|ANSA|Lusa|Belga|ČTK|Xinhua|EPA|TASS|Укрінформ|Ukrinform|新华社"
    r"|Getty Images|Shutterstock|Bloomberg)"
)
_PERSON = r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}"
# `(PAP)`, `dpa/Hans Müller`, `Jean Dupont / AFP`, `Avec AFP`
AGENCY = re.compile(
    rf"^(?:\({_AGENCIES}\)"
    rf"|(?:[Aa]vec|[Ww]ith|[Mm]it|[Cc]on|[Zz]a) {_AGENCIES}|{_PERSON}(?: ?/ ?|\s?\(){_AGENCIES}\)?"
    rf"|{_AGENCIES} ?/ ?{_PERSON}|{_AGENCIES}(?: ?/ ?{_AGENCIES})+|AFP|PAP"
    rf"|dpa|新华社|Getty Images|Shutterstock)$"
)
