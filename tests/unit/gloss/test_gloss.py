from __future__ import annotations

import gzip
import subprocess
import sys

import pytest

from harness import registry
from harness.errors import UserError
from harness.gloss import tables as gloss_tables
from harness.gloss.text import tokens
from harness.protocols import Batch


def engine(src: str = "fr", tgt: str = "pl"):
    return registry.build("engine", {"kind": "gloss"}, model={}, src=src, tgt=tgt)


def gloss(text: str, src: str = "fr", tgt: str = "pl") -> str:
    [[(index, translation)]] = engine(src, tgt).translate(Batch([text]))
    assert index == 0
    assert translation.source == text
    assert translation.finish_reason == "stop"
    return translation.hypothesis


@pytest.mark.parametrize(
    ("french", "polish"),
    [
        ("La ville.", "Miasto."),
        ("le président de la république", "prezydent republiki"),  # de: genitive
        ("les présidents", "prezydenci"),
        ("avec le président", "z prezydentem"),  # a preposition governs its case
        ("L'accord", "Porozumienie"),  # elision
        ("le parlement européen", "parlament europejski"),  # agreement: masculine
        ("une nouvelle décision", "nowa decyzja"),  # agreement: feminine
        ("dans les nouvelles villes", "w nowych miastach"),
        ("Le président a dit", "Prezydent powiedział"),
        ("Elle travaille", "Pracuje"),
        ("Ils ne travaillent pas", "Nie pracują"),
        ("La police a été informée", "Policja została poinformowana"),
        ("Les États-Unis et la France", "Stany Zjednoczone i Francja"),
        ("aux États-Unis", "w Stanach Zjednoczonych"),  # a phrase is declined word by word
        ("« Oui »", "„Tak”"),
        ("en 2019", "w 2019"),
        ("le 3 mars", "3 marca"),
        ("Le 1er mars", "1. marca"),
        ("deux villes", "dwa miasta"),
        ("Il pourra travailler", "Będzie móc pracować"),
        ("Il ne dit que la vérité", "Mówi tylko prawdę"),
        ("Oui. Le chat dort.", "Tak. Kot śpi."),  # an article's capital goes to its noun
        ("M. Xi dort", "Pan Xi śpi"),
        ("le président Xi Jinping", "prezydent Xi Jinping"),  # xi is a Greek letter too
        ("La Chine est prête", "Chiny są gotowe"),  # plural in Polish alone
        ("les deux pays", "dwa kraje"),
        ("La police travaille, a-t-il ajouté", "Policja pracuje, dodał"),
        ("Il a dit mercredi que la police travaille", "Powiedział w środę, że policja pracuje"),
    ],
)
def test_french_becomes_inflected_polish(french, polish):
    assert gloss(french) == polish


@pytest.mark.parametrize(
    ("polish", "french"),
    [
        ("Miasto.", "La ville."),
        ("prezydent republiki", "le président de la république"),
        ("decyzja parlamentu", "la décision du parlement"),
        ("w Polsce", "en Pologne"),
        ("nowa decyzja", "la nouvelle décision"),
        ("Pracujemy", "Nous travaillons"),
        ("Prezydent nie pracuje", "Le président ne travaille pas"),
        ("w 2019", "en 2019"),
        ("w marcu", "en mars"),
        ("prezydent był w Polsce", "le président était en Pologne"),
        ("Będą pracować", "Ils travailleront"),
        ("europejski parlament", "le parlement européen"),
        ("Prezydent Xi Jinping", "Le président Xi Jinping"),
        ("z prezydentem", "avec le président"),
        ("z decyzji", "de la décision"),
        ("„Tak”", "« Ainsi »"),
    ],
)
def test_polish_becomes_inflected_french(polish, french):
    assert gloss(polish, "pl", "fr") == french


@pytest.mark.parametrize(("src", "tgt"), [("fr", "pl"), ("pl", "fr")])
def test_what_no_dictionary_knows_is_copied(src, tgt):
    out = gloss("Zzyzxqa Tokaïev 2019 3,5 10 000 % x@y.org", src, tgt)
    for part in ("Zzyzxqa", "Tokaïev", "2019", "3,5", "10 000", "%", "x@y.org"):
        assert part in out


@pytest.mark.parametrize(
    "text", ["", " ", "…", "'", "l'", "qu'", "-", "?!", "\u200b", "12", "’", "A", "日本語", "a-t-il"]
)
@pytest.mark.parametrize(("src", "tgt"), [("fr", "pl"), ("pl", "fr")])
def test_odd_lines_do_not_fail(text, src, tgt):
    assert "\n" not in gloss(text, src, tgt)


def test_every_line_once_and_in_batches():
    sources = [f"La ville {number}." for number in range(600)]
    batches = list(engine().translate(Batch(sources)))
    assert len(batches) > 1
    found = dict(pair for batch in batches for pair in batch)
    assert [found[index].hypothesis for index in range(600)] == [f"Miasto {number}." for number in range(600)]


def test_a_line_does_not_depend_on_the_lines_before_it():
    sources = ["Elle est belle.", "Les présidents ne", "Il travaille.", "La police a été informée."]
    together = [t.hypothesis for batch in engine().translate(Batch(sources)) for _, t in batch]
    assert together == [gloss(source) for source in sources]


@pytest.mark.parametrize("pair", [("de", "cs"), ("fr", "de"), ("fr", "fr")])
def test_another_pair_is_refused_with_the_pairs_there_are(pair):
    with pytest.raises(UserError, match="fr-pl, pl-fr"):
        engine(*pair)


def test_identity_names_rules_and_tables():
    first, second = engine("fr", "pl").identity, engine("pl", "fr").identity
    assert first == engine("fr", "pl").identity
    assert first["dictionary"] != second["dictionary"]
    assert first["version"]


def test_building_loads_no_table_and_no_lemmatizer():
    code = (
        "import sys; from harness import registry;"
        "registry.build('engine', {'kind': 'gloss'}, model={}, src='fr', tgt='pl');"
        "from harness.gloss import tables as gloss_tables;"
        "print(gloss_tables.load.cache_info().currsize, 'simplemma' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]


def test_every_table_is_well_formed_and_small():
    paths = sorted(gloss_tables.FOLDER.iterdir())
    assert sum(path.stat().st_size for path in paths) < 3_000_000
    for pair in gloss_tables.pairs():
        for row in (
            gzip.decompress((gloss_tables.FOLDER / f"{pair}.tsv.gz").read_bytes()).decode().splitlines()
        ):
            word, pos, translation = row.split("\t")
            assert word and pos in "nvarx" and translation.strip("|")
    assert (gloss_tables.FOLDER / "LICENCE.md").read_text("utf-8").count("ShareAlike") == 1


def test_tokens_cover_the_line():
    line = "L’accord d'aujourd'hui, explique-t-il : « 10 000 € » (M. Xi)."
    found = tokens(line, "fr")
    expected = "L' accord d' aujourd'hui , explique il : « 10_000 € » ( M. Xi ) ."
    assert [token.text.replace(" ", "_") for token in found] == expected.split()
