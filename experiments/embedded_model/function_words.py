"""Hand-written French function words and their Polish counterparts (this project's own work).

PREPOSITIONS: word → (Polish, case it governs). FIXED: word → Polish, uninflected; "" drops the word.
DETERMINERS: word → Polish adjective lemma that agrees with the noun. PHRASES: several words, one unit.
"""

from __future__ import annotations

PREPOSITIONS = {
    "dans": ("w", "loc"), "sur": ("na", "loc"), "sous": ("pod", "inst"), "avec": ("z", "inst"), "sans": ("bez", "gen"),
    "pour": ("dla", "gen"), "par": ("przez", "acc"), "vers": ("do", "gen"), "chez": ("u", "gen"),
    "contre": ("przeciwko", "dat"), "entre": ("między", "inst"), "depuis": ("od", "gen"), "pendant": ("podczas", "gen"),
    "après": ("po", "loc"), "avant": ("przed", "inst"), "dès": ("od", "gen"), "selon": ("według", "gen"),
    "malgré": ("mimo", "gen"), "parmi": ("wśród", "gen"), "devant": ("przed", "inst"), "derrière": ("za", "inst"),
    "durant": ("podczas", "gen"), "envers": ("wobec", "gen"), "hors": ("poza", "inst"), "lors": ("podczas", "gen"),
    "via": ("przez", "acc"), "suite": ("po", "loc"), "concernant": ("dotyczący", "gen"), "outre": ("oprócz", "gen"),
    "sauf": ("oprócz", "gen"), "voilà": ("oto", "nom"), "voici": ("oto", "nom"), "en": ("w", "loc"),
    "à": ("do", "gen"), "au": ("do", "gen"), "aux": ("do", "gen"),
    "de": ("", "gen"), "d'": ("", "gen"), "du": ("", "gen"), "des": ("", "gen"),
}  # fmt: skip

FIXED = {
    "le": "", "la": "", "les": "", "l'": "", "un": "", "une": "", "je": "", "j'": "", "tu": "", "il": "", "elle": "",
    "ils": "", "elles": "", "nous": "", "vous": "", "y": "", "on": "się", "se": "się", "s'": "się", "me": "mnie",
    "m'": "mnie", "te": "cię", "t'": "cię", "ne": "nie", "n'": "nie", "pas": "", "point": "", "lui": "mu", "moi": "mnie",
    "toi": "ciebie", "eux": "nich", "soi": "siebie",
    "et": "i", "ou": "lub", "mais": "ale", "donc": "więc", "car": "ponieważ", "ni": "ani", "or": "otóż", "si": "jeśli",
    "comme": "jak", "quand": "gdy", "lorsque": "gdy", "lorsqu'": "gdy", "puisque": "ponieważ", "puisqu'": "ponieważ",
    "où": "gdzie", "que": "że", "qu'": "że", "quoi": "co", "comment": "jak", "pourquoi": "dlaczego", "combien": "ile",
    "ce": "to", "c'": "to", "cela": "to", "ça": "to", "ceci": "to",
    "son": "jego", "sa": "jego", "ses": "jego", "leur": "ich", "leurs": "ich",
    "ainsi": "tak", "aussi": "także", "très": "bardzo", "trop": "zbyt", "plus": "bardziej", "moins": "mniej",
    "encore": "jeszcze", "déjà": "już", "toujours": "zawsze", "souvent": "często", "ici": "tutaj", "là": "tam",
    "maintenant": "teraz", "alors": "wtedy", "puis": "potem", "ensuite": "następnie", "enfin": "wreszcie",
    "également": "również", "notamment": "zwłaszcza", "beaucoup": "wiele", "peu": "mało", "seulement": "tylko",
    "presque": "prawie", "environ": "około", "jusque": "aż", "jusqu'": "aż", "bien": "dobrze", "mal": "źle",
    "mieux": "lepiej", "hier": "wczoraj", "demain": "jutro", "jamais": "nigdy", "rien": "nic", "personne": "nikt",
    "parfois": "czasami", "cependant": "jednak", "pourtant": "jednak", "toutefois": "jednak", "néanmoins": "niemniej",
    "surtout": "przede wszystkim", "actuellement": "obecnie", "récemment": "niedawno", "ailleurs": "gdzie indziej",
    "tôt": "wcześnie", "tard": "późno", "vite": "szybko", "ensemble": "razem", "loin": "daleko", "près": "blisko",
    "autant": "tyle", "tant": "tyle", "assez": "dość", "plutôt": "raczej", "non": "nie", "oui": "tak", "afin": "aby",
    "dehors": "na zewnątrz", "dessus": "nad", "dessous": "pod", "chacun": "każdy", "chacune": "każda",
    "quelqu'un": "ktoś", "quelque": "jakiś", "monde": "świat", "mille": "tysiąc", "zéro": "zero",
    "cinq": "pięć", "six": "sześć", "sept": "siedem", "huit": "osiem", "neuf": "dziewięć", "dix": "dziesięć",
    "onze": "jedenaście", "douze": "dwanaście", "treize": "trzynaście", "quatorze": "czternaście", "quinze": "piętnaście",
    "seize": "szesnaście", "vingt": "dwadzieścia", "trente": "trzydzieści", "quarante": "czterdzieści",
    "cinquante": "pięćdziesiąt", "soixante": "sześćdziesiąt", "cent": "sto", "plusieurs": "kilka", "quelques": "kilka",
    "km": "km", "mm": "mm", "cm": "cm", "kg": "kg", "m": "m",
}  # fmt: skip

# After these a counted noun stands in the genitive plural.
COUNTERS = {"plusieurs", "quelques", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quinze",
            "vingt", "trente", "quarante", "cinquante", "soixante", "cent", "mille", "beaucoup"}  # fmt: skip

DETERMINERS = {
    "cet": "ten", "cette": "ten", "ces": "ten", "celui": "ten", "celle": "ten", "ceux": "ten", "celles": "ten",
    "notre": "nasz", "nos": "nasz", "votre": "wasz", "vos": "wasz", "mon": "mój", "ma": "mój", "mes": "mój",
    "ton": "twój", "ta": "twój", "tes": "twój", "tout": "cały", "toute": "cały", "tous": "wszystek", "toutes": "wszystek",
    "autre": "inny", "autres": "inny", "même": "sam", "mêmes": "sam", "chaque": "każdy", "certain": "pewien",
    "certaine": "pewny", "certains": "niektóry", "certaines": "niektóry", "aucun": "żaden", "aucune": "żaden",
    "tel": "taki", "telle": "taki", "tels": "taki", "telles": "taki", "quel": "jaki", "quelle": "jaki", "quels": "jaki",
    "quelles": "jaki", "lequel": "który", "laquelle": "który", "lesquels": "który", "lesquelles": "który",
    "qui": "który", "dont": "który", "premier": "pierwszy", "première": "pierwszy", "premiers": "pierwszy",
    "premières": "pierwszy", "deuxième": "drugi", "second": "drugi", "seconde": "drugi", "troisième": "trzeci",
    "dernier": "ostatni", "dernière": "ostatni", "derniers": "ostatni", "dernières": "ostatni",
    "deux": "dwa", "trois": "trzy", "quatre": "cztery",
}  # fmt: skip

NUMERALS = {  # lemma → (nominative and accusative m2/m3/n, f, m1; genitive and locative, dative, instrumental)
    "dwa": ("dwa", "dwie", "dwaj", "dwóch", "dwóm", "dwoma"),
    "trzy": ("trzy", "trzy", "trzej", "trzech", "trzem", "trzema"),
    "cztery": ("cztery", "cztery", "czterej", "czterech", "czterem", "czterema"),
}

_OF_PHRASES = {  # closed by de, du, des or d'
    "à cause": "z powodu gen", "en raison": "z powodu gen", "au cours": "w trakcie gen", "lors": "podczas gen",
    "près": "blisko gen", "à partir": "od gen", "au sein": "w ramach gen", "en faveur": "na rzecz gen",
    "autour": "wokół gen", "au lieu": "zamiast gen", "à côté": "obok gen", "à la fin": "pod koniec gen",
    "à l'égard": "wobec gen", "en dehors": "poza inst", "à l'occasion": "z okazji gen", "dans le cadre": "w ramach gen",
    "plus": "ponad acc", "moins": "mniej niż acc", "en matière": "w zakresie gen", "au nom": "w imieniu gen",
    "à propos": "na temat gen", "hors": "poza inst", "loin": "daleko od gen", "en cas": "w przypadku gen",
    "avant": "przed inst", "à l'aide": "za pomocą gen", "au bout": "po loc", "à bord": "na pokładzie gen",
    "beaucoup": "wiele gen", "au-delà": "poza inst", "le long": "wzdłuż gen", "à la tête": "na czele gen",
    "afin": "aby inf", "un peu": "trochę gen", "en présence": "w obecności gen", "au début": "na początku gen",
    "au milieu": "w środku gen", "en vue": "w celu gen", "compte tenu": "z uwagi na acc", "en plus": "oprócz gen",
    "à l'intérieur": "wewnątrz gen", "à l'extérieur": "na zewnątrz gen", "au-dessus": "nad inst",
    "au-dessous": "pod inst", "à l'issue": "po loc", "au niveau": "na poziomie gen", "de la part": "ze strony gen",
}  # fmt: skip

_TO_PHRASES = {  # closed by à, au or aux
    "grâce": "dzięki dat", "face": "wobec gen", "quant": "co do gen", "par rapport": "w porównaniu do gen",
    "suite": "w następstwie gen", "jusqu'": "aż do gen", "conformément": "zgodnie z inst",
}  # fmt: skip

_PHRASES = {
    "parce que": "ponieważ", "parce qu'": "ponieważ", "ainsi que": "oraz", "alors que": "podczas gdy",
    "tandis que": "podczas gdy", "bien que": "chociaż", "afin que": "aby", "pour que": "aby", "avant que": "zanim",
    "après que": "po tym jak", "depuis que": "odkąd", "dès que": "gdy tylko", "tant que": "dopóki", "sans que": "bez tego by",
    "il y a": "jest", "il n'y a": "nie ma", "il y avait": "było", "c'est": "to jest", "c'était": "to było",
    "plus tard": "później", "y compris": "w tym", "tout le monde": "wszyscy", "d'abord": "najpierw",
    "d'accord": "zgoda", "bien sûr": "oczywiście", "au moins": "co najmniej", "de plus": "ponadto",
    "en même temps": "jednocześnie", "en tant que": "jako", "de nouveau": "ponownie", "tout de suite": "natychmiast",
    "par exemple": "na przykład", "en effet": "w istocie", "en fait": "w rzeczywistości", "par ailleurs": "ponadto",
    "en outre": "ponadto", "au contraire": "przeciwnie", "de même": "podobnie", "à travers": "przez acc",
    "aujourd'hui": "dziś", "d'ailleurs": "zresztą", "en ce qui concerne": "jeśli chodzi o acc", "à nouveau": "ponownie",
    "ne pas": "nie", "n'est pas": "nie jest", "n'a pas": "nie ma", "peut-être": "może", "tout à fait": "całkowicie",
    "à peu près": "mniej więcej", "quelque chose": "coś", "à la fois": "jednocześnie", "d'une part": "z jednej strony",
    "d'autre part": "z drugiej strony", "en général": "ogólnie", "plus que": "więcej niż", "moins que": "mniej niż",
    "de plus en plus": "coraz bardziej", "en cours": "w toku", "à l'étranger": "za granicą", "ce qui": "co",
    "ce que": "to co", "ce qu'": "to co", "au total": "łącznie", "en moyenne": "średnio", "lui-même": "sam",
    "elle-même": "sama", "eux-mêmes": "sami", "pas encore": "jeszcze nie", "non plus": "też nie",
    "premier ministre": "premier", "chef de l'état": "głowa państwa", "mise en œuvre": "wdrożenie",
    "mise à jour": "aktualizacja", "point de vue": "punkt widzenia", "droits de l'homme": "prawa człowieka",
}  # fmt: skip

# Polish conjunctions that take a comma before them.
CONJUNCTIONS = {"że", "ponieważ", "aby", "podczas gdy", "chociaż", "ale", "gdzie", "jeśli", "gdy", "więc", "zanim", "odkąd",
                "gdy tylko", "dopóki", "po tym jak"}  # fmt: skip
COMMA = ("że", "poni", "aby", "podczas gdy", "choc", "ale", "gdz", "jeśli", "gdy", "więc", "zanim", "odk", "dop", "po tym",
         "któr")  # fmt: skip

CASES = {"nom", "gen", "dat", "acc", "inst", "loc", "inf"}


def phrases() -> dict[str, tuple[str, str]]:
    """Phrase → (Polish, case it governs or "")."""
    table: dict[str, tuple[str, str]] = {}

    def put(phrase: str, value: str) -> None:
        polish, _, last = value.rpartition(" ")
        table[phrase] = (polish, last) if last in CASES and polish else (value, "")

    for phrase, value in _PHRASES.items():
        put(phrase, value)
    for phrase, value in _OF_PHRASES.items():
        for of in ("de", "du", "des", "d'"):
            put(f"{phrase} {of}", value)
    for phrase, value in _TO_PHRASES.items():
        for to in ("à", "au", "aux"):
            put(f"{phrase} {to}", value)
    return table


# Content words where a dictionary's first choice is not the everyday one: (French lemma, pos) → Polish lemma.
PREFERRED = {
    ("pays", "n"): "kraj", ("président", "n"): "prezydent", ("homme", "n"): "mężczyzna", ("état", "n"): "stan",
    ("partie", "n"): "część", ("fois", "n"): "raz", ("fait", "n"): "fakt", ("an", "n"): "rok", ("année", "n"): "rok",
    ("jour", "n"): "dzień", ("temps", "n"): "czas", ("chose", "n"): "rzecz", ("ville", "n"): "miasto",
    ("gens", "n"): "ludzie", ("personne", "n"): "osoba", ("enfant", "n"): "dziecko", ("entreprise", "n"): "firma",
    ("match", "n"): "mecz", ("équipe", "n"): "drużyna", ("joueur", "n"): "gracz", ("police", "n"): "policja",
    ("loi", "n"): "prawo", ("droit", "n"): "prawo", ("mort", "n"): "śmierć", ("tour", "n"): "runda", ("but", "n"): "cel",
    ("point", "n"): "punkt", ("affaire", "n"): "sprawa", ("plan", "n"): "plan", ("service", "n"): "usługa",
    ("relation", "n"): "stosunek", ("développement", "n"): "rozwój", ("coopération", "n"): "współpraca",
    ("domaine", "n"): "dziedzina", ("mesure", "n"): "środek", ("cours", "n"): "kurs", ("côté", "n"): "strona",
    ("mois", "n"): "miesiąc", ("semaine", "n"): "tydzień", ("heure", "n"): "godzina", ("question", "n"): "pytanie",
    ("dire", "v"): "powiedzieć", ("faire", "v"): "robić", ("aller", "v"): "iść", ("voir", "v"): "widzieć",
    ("savoir", "v"): "wiedzieć", ("pouvoir", "v"): "móc", ("vouloir", "v"): "chcieć", ("devoir", "v"): "musieć",
    ("venir", "v"): "przyjść", ("prendre", "v"): "wziąć", ("mettre", "v"): "położyć", ("donner", "v"): "dać",
    ("avoir", "v"): "mieć", ("être", "v"): "być", ("parler", "v"): "mówić", ("trouver", "v"): "znaleźć",
    ("déclarer", "v"): "oświadczyć", ("annoncer", "v"): "ogłosić", ("ajouter", "v"): "dodać", ("tenir", "v"): "trzymać",
    ("rendre", "v"): "oddać", ("penser", "v"): "myśleć", ("croire", "v"): "wierzyć", ("falloir", "v"): "trzeba",
    ("passer", "v"): "przejść", ("jouer", "v"): "grać", ("travailler", "v"): "pracować", ("rester", "v"): "pozostać",
    ("devenir", "v"): "stać się", ("estimer", "v"): "uważać", ("affirmer", "v"): "twierdzić", ("gagner", "v"): "wygrać",
    ("perdre", "v"): "stracić", ("arriver", "v"): "przybyć", ("demander", "v"): "prosić", ("laisser", "v"): "zostawić",
    ("permettre", "v"): "pozwolić", ("montrer", "v"): "pokazać", ("continuer", "v"): "kontynuować",
    ("développer", "v"): "rozwijać", ("souligner", "v"): "podkreślić", ("indiquer", "v"): "wskazać",
    ("expliquer", "v"): "wyjaśnić", ("rencontrer", "v"): "spotkać", ("essayer", "v"): "próbować",
    ("nouveau", "adj"): "nowy", ("grand", "adj"): "wielki", ("bon", "adj"): "dobry", ("petit", "adj"): "mały",
    ("beau", "adj"): "piękny", ("jeune", "adj"): "młody", ("vieux", "adj"): "stary", ("seul", "adj"): "jedyny",
    ("important", "adj"): "ważny", ("fort", "adj"): "silny", ("public", "adj"): "publiczny", ("haut", "adj"): "wysoki",
    ("long", "adj"): "długi", ("politique", "adj"): "polityczny", ("économique", "adj"): "gospodarczy",
    ("social", "adj"): "społeczny", ("national", "adj"): "narodowy", ("international", "adj"): "międzynarodowy",
    ("français", "adj"): "francuski", ("américain", "adj"): "amerykański", ("chinois", "adj"): "chiński",
    ("russe", "adj"): "rosyjski", ("britannique", "adj"): "brytyjski", ("allemand", "adj"): "niemiecki",
    ("prochain", "adj"): "następny", ("meilleur", "adj"): "lepszy", ("mauvais", "adj"): "zły", ("gros", "adj"): "duży",
    ("propre", "adj"): "własny", ("libre", "adj"): "wolny", ("bilatéral", "adj"): "dwustronny",
    ("droit", "adj"): "prawy", ("gauche", "adj"): "lewy", ("général", "adj"): "ogólny", ("militaire", "adj"): "wojskowy",
}  # fmt: skip

# Adjectives that stand before their noun, and verbs whose compound past takes être.
PREPOSED = {"nouveau", "grand", "petit", "bon", "beau", "jeune", "vieux", "gros", "mauvais", "meilleur", "premier",
            "prochain", "haut", "long", "seul", "ancien", "futur", "vrai", "double", "large", "important",
            "fort"}  # fmt: skip
ETRE_VERBS = {"aller", "venir", "arriver", "partir", "devenir", "naître", "mourir", "rester", "entrer", "sortir",
              "tomber", "retourner", "monter", "descendre", "revenir", "parvenir", "intervenir"}  # fmt: skip
