"""The files of translation tools: TMX by language tags, XLIFF, PO."""

from pathlib import Path
from typing import Any

import pytest

from harness.data.load import load
from harness.data.tags import choose, fit
from harness.errors import DataError, UnavailableError
from harness.types import Bitext


def read(folder: Path, kind: str, text: str, pair: str = "en pl", **options: Any) -> Bitext:
    path = folder / f"x.{kind}"
    path.write_text(text)
    loaded = load({"kind": kind, "path": str(path), **options}, *pair.split())
    assert isinstance(loaded, Bitext)
    return loaded


def texts(bitext: Bitext) -> list[tuple[str, ...]]:
    return [(item.source, *item.references) for item in bitext.items]


def told(bitext: Bitext, word: str) -> list[str]:
    return [warning.partition(": ")[2] for warning in bitext.meta["warnings"] if word in warning]


# Language tags


@pytest.mark.parametrize(
    ("tag", "wanted", "how"),
    [
        ("PT_br", "pt-BR", 0),
        ("por-BR", "pt-BR", 0),
        ("pol", "pl", 0),
        ("pt", "pt-BR", 1),
        ("fr-CA", "fr", 1),
        ("zh-TW", "zh-Hant", 1),
        ("pt-PT", "pt-BR", 2),
        ("zh-TW", "zh", 3),
        ("sr-Latn", "sr", 3),
        ("cs", "sk", None),
        ("", "en", None),
        ("x-none", "en", None),
    ],
)
def test_how_well_a_tag_fits(tag: str, wanted: str, how: int | None) -> None:
    assert fit(tag, wanted) == how


@pytest.mark.parametrize(
    ("tags", "pair", "chosen"),
    [
        ("en-US en-GB", "en-US en-GB", ("en-US", ["en-GB"])),
        ("en-US", "en-US en-GB", ("en-US", [])),
        ("en-GB en-US", "en en-GB", ("en-US", ["en-GB"])),
        ("en en-GB", "en-US en-GB", ("en", ["en-GB"])),
        ("fr pt-PT pt-BR pt", "fr pt-BR", ("fr", ["pt-BR"])),
        ("fr pt-PT pt", "fr pt-BR", ("fr", ["pt"])),
        ("fr pt-PT pt-AO", "fr pt-BR", ("fr", ["pt-PT", "pt-AO"])),
        ("de", "fr pt", (None, [])),
    ],
)
def test_source_and_target_are_the_best_and_never_the_same(
    tags: str, pair: str, chosen: tuple[str | None, list[str]]
) -> None:
    src, tgt = pair.split()
    assert choose(tuple(tags.split()), src, tgt) == chosen


# TMX


def tmx(*units: str, namespace: str = "") -> str:
    body = "\n".join(f"<tu>{unit}</tu>" for unit in units)
    return f'<?xml version="1.0"?>\n<tmx version="1.4"{namespace}><header/><body>\n{body}\n</body></tmx>\n'


def tuv(**variants: str) -> str:
    return "".join(
        f'<tuv xml:lang="{tag.replace("_", "-")}"><seg>{text}</seg></tuv>' for tag, text in variants.items()
    )


def test_regions_are_told_apart_and_pooling_them_is_told(tmp_path: Path) -> None:
    units = tuv(en="Bus.", pt_PT="Autocarro.", pt_BR="Ônibus."), tuv(en="Phone.", pt_PT="Telemóvel.")
    brazilian = read(tmp_path, "tmx", tmx(*units), "en pt-BR")
    assert texts(brazilian) == [("Bus.", "Ônibus."), ("Phone.", "Telemóvel.")]
    assert told(brazilian, "pooled") == [
        "variants tagged pt-BR, pt-PT are pooled as 'pt-BR'; name one of these tags in the pair to prefer it"
    ]
    european = read(tmp_path, "tmx", tmx(*units), "en pt-PT")
    assert texts(european) == [("Bus.", "Autocarro."), ("Phone.", "Telemóvel.")]
    assert not told(european, "tagged")
    either = read(tmp_path, "tmx", tmx(units[0]), "en pt")
    assert texts(either) == [("Bus.", "Autocarro.", "Ônibus.")] and told(either, "pooled")
    only = read(tmp_path, "tmx", tmx(units[1]), "en pt-BR")
    assert told(only, "tagged") == ["nothing is tagged 'pt-BR'; variants tagged 'pt-PT' are used instead"]


def test_another_region_is_scored_as_sacrebleu_does_against_the_right_one(tmp_path: Path) -> None:
    import sacrebleu

    buses = tuv(en_US="The bus is late.", pt_BR="O ônibus está atrasado.", pt_PT="O autocarro está atrasado.")
    phones = tuv(en_US="I lost my phone.", pt_PT="Perdi o meu telemóvel.", pt_BR="Perdi meu celular.")
    loaded = read(tmp_path, "tmx", tmx(buses, phones), "en pt-BR")
    outputs = ["O autocarro está atrasado.", "Perdi o meu telemóvel."]
    streams = [list(stream) for stream in zip(*(item.references for item in loaded.items), strict=True)]
    assert round(sacrebleu.corpus_bleu(outputs, streams).score, 1) == 24.6
    assert round(sacrebleu.corpus_chrf(outputs, streams).score, 1) == 45.6


def test_one_tag_in_two_spellings_is_no_pool(tmp_path: Path) -> None:
    loaded = read(tmp_path, "tmx", tmx(tuv(EN="One.", pl="Raz."), tuv(en="Two.", PL="Dwa.")))
    assert len(loaded.items) == 2 and not told(loaded, "tagged")


def test_what_units_lack_is_told(tmp_path: Path) -> None:
    units = tuv(en="One.", pl="Raz."), tuv(en="Two."), tuv(pl="Trzy.", de="Drei.")
    loaded = read(tmp_path, "tmx", tmx(*units))
    assert texts(loaded) == [("One.", "Raz.")]
    assert told(loaded, "units") == ["units without both 'en' and 'pl' are left out (2 of 3)"]
    two = tuv(en="One.") + tuv(en="Uno?") + tuv(pl="Raz.")
    assert told(read(tmp_path, "tmx", tmx(two)), "several") == [
        "of several texts in 'en' in a unit only the first is read (1 left out)"
    ]


def test_white_space_and_breaks_of_tmx_in_its_namespace(tmp_path: Path) -> None:
    pretty = tuv(en="\n      Hello\n      world.\n    ", pl="  Witaj,  świecie ")
    codes = tuv(
        en="One<ph>\n</ph>two<it pos='begin'>&lt;br/&gt;</it>three<ph>{1}</ph>.", pl="Raz<ph type='lb'/>dwa."
    )
    code = tuv(en=f"Four<ph>{chr(10) * 5000}x</ph>five.", pl="Cztery.")
    assert texts(read(tmp_path, "tmx", tmx(code))) == [("Fourfive.", "Cztery.")]
    loaded = read(tmp_path, "tmx", tmx(pretty, codes, namespace=' xmlns="http://www.lisa.org/tmx14"'))
    assert texts(loaded) == [
        ("Hello world.", "  Witaj,  świecie "),  # white space is significant
        ("One two three.", "Raz dwa."),
    ]


def test_units_are_chosen_by_attribute_and_property(tmp_path: Path) -> None:
    news = f'<prop type="domain">news</prop>{tuv(en="One.", pl="Raz.")}'
    loaded = read(tmp_path, "tmx", tmx(news, tuv(en="Two.", pl="Dwa.")), where="domain=news")
    assert texts(loaded) == [("One.", "Raz.")]
    assert loaded.meta["where"] == {"conditions": ["domain=news"], "of": 2, "kept": 1}


# XLIFF

XLIFF_1 = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:tool="urn:tool">
<file original="a.docx" source-language="en-US" target-language="pl-PL" datatype="plaintext">
<header><note>Not a segment.</note></header><body>
<group id="g"><trans-unit id="1" approved="yes">
<source>Click <g id="1">here</g><x id="2" ctype="lb"/>now.</source>
<target state="translated">Kliknij <g id="1">tutaj</g><x id="2" ctype="lb"/>teraz.</target>
<alt-trans><source>Click</source><target>Klik</target></alt-trans></trans-unit>
<trans-unit id="2"><source>New.</source><target state="new">New.</target></trans-unit>
<trans-unit id="3"><source>None.</source></trans-unit></group>
<group translate="no"><trans-unit id="4"><source>ABC</source><target>ABC</target></trans-unit></group>
<trans-unit id="5"><source>One. Two.</source>
<seg-source><mrk mtype="seg" mid="1">One.</mrk>
<mrk mtype="seg" mid="2">T<bpt id="1">&lt;b></bpt>wo.</mrk></seg-source>
<target><mrk mtype="seg" mid="1">Raz.</mrk> <mrk mtype="seg" mid="2">Dwa.</mrk></target>
<tool:data><source>Not this.</source></tool:data></trans-unit>
</body></file></xliff>
"""
XLIFF_2 = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.1" version="2.1" srcLang="en" trgLang="pl"
  xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><file id="f"><unit id="u">
<mtc:matches><mtc:match ref="#1"><source>Match.</source><target>Memory.</target></mtc:match></mtc:matches>
<originalData><data id="d">&lt;br/></data></originalData>
<segment id="s" state="final"><source>A <pc id="1">big</pc><ph id="2" dataRef="d"/>dog<sc id="3"/>.</source>
<target>Duży pies.</target></segment>
<ignorable><source> </source></ignorable>
<segment><source>
    It
    barks.</source><target>Szczeka.</target></segment>
<segment state="initial"><source>It.</source><target>It.</target></segment>
</unit></file></xliff>
"""


def test_xliff_1_2(tmp_path: Path) -> None:
    loaded = read(tmp_path, "xliff", XLIFF_1)
    assert [(item.id, item.doc) for item in loaded.items] == [
        ("1#1", "a.docx"),
        ("5.1#5", "a.docx"),
        ("5.2#6", "a.docx"),
    ]
    assert texts(loaded) == [
        ("Click here now.", "Kliknij tutaj teraz."),
        ("One.", "Raz."),
        ("Two.", "Dwa."),
    ]
    assert told(loaded, "left out") == [
        "segments left out: 1 in a state of new, needs-translation, initial (data.states names others),"
        " 1 without a target, 1 not to be translated, of 6"
    ]
    assert texts(read(tmp_path, "xliff", XLIFF_1, states="new")) == [("New.", "New.")]
    assert len(read(tmp_path, "xliff", XLIFF_1, where="approved=yes").items) == 1


def test_xliff_2(tmp_path: Path) -> None:
    loaded = read(tmp_path, "xliff", XLIFF_2)
    assert texts(loaded) == [("A big dog.", "Duży pies."), ("It barks.", "Szczeka.")]
    unnamed = read(tmp_path, "xliff", XLIFF_2.replace(' trgLang="pl"', ""))
    assert told(unnamed, "languages") == ["does not name both its languages; taken to be 'en' and 'pl'"]


@pytest.mark.parametrize(
    ("text", "pair", "message"),
    [
        (XLIFF_1, "pl en", r"no translated segment for 'pl' and 'en' \(6 in other lang.*: en-US→pl-PL"),
        (XLIFF_2.replace("</unit>", ""), "en pl", r"x\.xliff:12: not well-formed XML"),
        (
            XLIFF_2.replace("<ignorable><source> </source></ignorable>", "<segment/>"),
            "en pl",
            "without <source>",
        ),
        ("<tmx/>", "en pl", r"x\.xliff:1: not an XLIFF file, its root element is <tmx>"),
        (f"<!DOCTYPE xliff [<!ENTITY a 'b'>]>{XLIFF_2}", "en pl", "declares an XML entity"),
    ],
)
def test_other_or_damaged_xliff_is_refused(tmp_path: Path, text: str, pair: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, "xliff", text, pair)


# PO

PO = """msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

#: src/menu.c:12
msgctxt "menu"
msgid "File"
msgstr "Plik"

#, fuzzy
msgid "Fuzzy"
msgstr "Puszysty"

msgid "Untranslated"
msgstr ""

msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d plik"
msgstr[1] "%d pliki"
msgstr[2] "%d plików"

msgid ""
"Two\\n"
"\\"lines\\""
msgstr "Dwie\\nlinie"

#~ msgid "Old"
#~ msgstr "Stary"
"""


def test_po(tmp_path: Path) -> None:
    loaded = read(tmp_path, "po", PO)
    assert [(item.id, item.source, item.references) for item in loaded.items] == [
        ("1", "File", ("Plik",)),
        ("4", "%d file", ("%d plik",)),
        ("4+", "%d files", ("%d pliki", "%d plików")),
        ("5", 'Two "lines"', ("Dwie linie",)),
    ]
    assert loaded.items[0].doc == "src/menu.c"
    assert told(loaded, "entries") == ["entries left out: 1 fuzzy, 1 untranslated, 1 obsolete, of 6"]
    assert [item.source for item in read(tmp_path, "po", PO, where="msgctxt=menu").items] == ["File"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Plik"', '"Plik', r"x\.po:9: not a line of a PO file"),
        ('msgctxt "menu"', 'msgstr "menu"', r"x\.po:7: not valid PO: this line cannot follow"),
        (
            PO[PO.index("#: src") :],
            'msgid "Un"\nmsgstr ""\n',
            r"x\.po: no translated entry \(1 untranslated\)",
        ),
        ("Language: pl", "Language: cs", r"x\.po \(its Language header\): is in 'cs', not in 'pl'"),
    ],
)
def test_other_or_damaged_po_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, "po", PO.replace(old, new))


@pytest.mark.parametrize(("kind", "package"), [("po", "polib"), ("xlsx", "openpyxl")])
def test_a_package_that_is_missing_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(
        UnavailableError, match=rf"needs the package '{package}'.*pip install 'mt-harness\[{kind}\]'"
    ):
        read(tmp_path, kind, PO)
