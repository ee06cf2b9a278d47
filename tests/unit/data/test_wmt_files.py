"""Test sets of WMT as files: SGML, XML, and the folders of mt-metrics-eval."""

from pathlib import Path
from typing import Any

import pytest

from harness.data.load import load
from harness.data.loaders.sgm import Sgm
from harness.data.loaders.wmt_xml import WmtXml
from harness.errors import DataError
from harness.types import Bitext
from tests.support import made_wmt

SOURCE = """<!DOCTYPE srcset SYSTEM "mteval.dtd">
<srcset setid="made" srclang="any">
<DOC docid="d1" genre="news" origlang="en">
<hl><seg id=1> Dogs &amp; cats &quot;bark&quot;, 5 < 6, &#8364;5 at AT&T. </seg></hl>
<p>
<seg id="2">It
   rains.</seg>
</p>
</DOC>
<doc docid="d2" genre="speech"
  origlang="cs"><seg id="1">Good &amp;lt; evening.</seg></doc>
</srcset>
"""
REFERENCES = """<refset setid="made" srclang="any" trglang="pl">
<doc docid="d1" sysid="ref"><seg id="1">Psy i koty.</seg><seg id="2">Pada.</seg></doc>
<doc docid="d2" sysid="ref"><seg id="1">Dobry wieczór.</seg></doc>
<doc docid="d1" sysid="second"><seg id="1">Pieski.</seg></doc>
</refset>
"""
XML = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="made">
 <collection id="general">
  <doc origlang="en" id="a" domain="news">
   <src lang="en"><p><seg id="1">Dogs &amp; cats.</seg><seg id="2">
     It
     rains.</seg></p></src>
   <ref lang="pl" translator="B"><p><seg id="1">Psy i koty.</seg><seg id="2">Pada.</seg></p></ref>
   <ref lang="pl" translator="A"><p><seg id="2">Deszcz.</seg></p></ref>
   <ref lang="de" translator="A"><p><seg id="1">Hunde.</seg></p></ref>
   <hyp lang="pl" system="Online-A"><p><seg id="2">Leje.</seg><seg id="1">Psy.</seg></p></hyp>
  </doc>
  <doc origlang="cs" id="b" domain="speech" testsuite="names">
   <src lang="en"><p><seg id="1">Hi.</seg></p></src>
   <ref lang="pl" translator="A"><p><seg id="1">Hej.</seg></p></ref>
   <ref lang="pl" translator="B"><p><seg id="1">Cześć.</seg></p></ref>
   <hyp lang="pl" system="Online-A"><p><seg id="1">Hejka.</seg></p></hyp>
   <hyp lang="pl" system="Online-B"><p><seg id="1">Siema.</seg></p></hyp>
  </doc>
 </collection>
</dataset>
"""


def read(kind: str, tgt_lang: str = "pl", **options: Any) -> Bitext:
    loaded = load({"kind": kind, **options}, "en", tgt_lang)
    assert isinstance(loaded, Bitext)
    return loaded


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def table(bitext: Bitext) -> list[tuple[Any, ...]]:
    return [(item.id, item.doc, item.domain, item.source, item.references) for item in bitext.items]


@pytest.fixture
def sgm(tmp_path: Path) -> dict[str, Any]:
    return {"src": write(tmp_path, "s.sgm", SOURCE), "tgt": write(tmp_path, "r.sgm", REFERENCES)}


def test_sgml_with_two_references_of_which_one_has_gaps(sgm: dict[str, Any]) -> None:
    loaded = read("sgm", **sgm)
    assert table(loaded) == [
        ("d1:1", "d1", "news", 'Dogs & cats "bark", 5 < 6, €5 at AT&T.', ("Psy i koty.", "Pieski.")),
        ("d1:2", "d1", "news", "It rains.", ("Pada.",)),
        ("d2:1", "d2", "speech", "Good &lt; evening.", ("Dobry wieczór.",)),
    ]
    assert [w for w in loaded.meta["warnings"] if "reference" in w] == [
        "s.sgm: reference 'second' has 1 of 3 segments; the rest are scored without it"
    ]
    assert [(entry.name, entry.n) for entry in loaded.inputs] == [("s.sgm", 3), ("r.sgm", 4)]


def test_paragraphs_of_xml_are_kept(tmp_path: Path) -> None:
    text = """<dataset><doc id="a"><src lang="en"><p><seg id="1">A.</seg><seg id="2">B.</seg></p>
      <p><seg id="3">C.</seg></p></src><ref lang="pl" translator="x"><p><seg id="1">D.</seg>
      <seg id="2">E.</seg><seg id="3">F.</seg></p></ref></doc></dataset>"""
    loaded = read("wmt-xml", path=write(tmp_path, "w.xml", text))
    assert [item.paragraph for item in loaded.items] == [1, 1, 2]


def test_sgml_references_of_one_name_in_two_files_are_two(tmp_path: Path, sgm: dict[str, Any]) -> None:
    other = write(tmp_path, "r2.sgm", REFERENCES.replace("Pada", "Leje").replace('"second"', '"ref" x="1"'))
    with pytest.raises(DataError, match=r"r2\.sgm:4: the document 'd1' appears twice in the refset"):
        read("sgm", src=sgm["src"], tgt=[sgm["tgt"], other])
    other = write(tmp_path, "r2.sgm", REFERENCES.replace("Pada", "Leje").replace('"d2"', '"d7"'))
    loaded = read("sgm", src=sgm["src"], tgt=[sgm["tgt"], other], reference=["ref-2", "ref"])
    assert loaded.items[1].references == ("Leje.", "Pada.")
    assert (
        "s.sgm: documents of reference 'ref-2' that the source lacks are left out (1): d7"
        in (loaded.meta["warnings"])
    )


def test_sgml_sets_say_what_they_are(tmp_path: Path, sgm: dict[str, Any]) -> None:
    both = read("sgm", path=[sgm["tgt"], sgm["src"]], name="s.sgm")
    assert table(both) == table(read("sgm", **sgm))
    one = write(tmp_path, "all.sgm", f"<mteval>\n{SOURCE}{REFERENCES}</mteval>\n")
    assert table(read("sgm", path=one)) == table(both)
    with pytest.raises(DataError, match=r"r\.sgm:2: a refset, where a srcset was expected; data\.src is the"):
        read("sgm", src=sgm["tgt"], tgt=sgm["src"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("   rains.</seg>", "   rains.", r"s\.sgm:9: segment 2 has no end \(</seg>\) before <doc>"),
        ("</srcset>\n", "", r"s\.sgm:11: ends within a srcset \(no </srcset>\); the file is cut off"),
        ('docid="d2"', "", r"s\.sgm:11: <doc> needs a docid"),
        ('docid="d2"', 'docid="d1"', r"s\.sgm:11: the document 'd1' appears twice in the srcset"),
        ('<seg id="2">', '<seg id="1">', r"s\.sgm:6: segment 1 appears twice in the document 'd1'"),
        ('srclang="any"', 'srclang="fr"', r"s\.sgm:3: is in 'fr', not in 'en'; is the pair the right way"),
        ("srcset", "tgtset", r"s\.sgm:3: <doc> needs a docid, and to be in a srcset"),
    ],
)
def test_damaged_sgml_is_refused_by_line(
    tmp_path: Path, sgm: dict[str, Any], old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read("sgm", src=write(tmp_path, "s.sgm", SOURCE.replace(old, new)), tgt=sgm["tgt"])


def test_outputs_in_sgml_have_the_ids_of_the_set(tmp_path: Path, sgm: dict[str, Any]) -> None:
    path = write(tmp_path, "t.sgm", REFERENCES.replace("refset", "tstset"))
    assert Sgm.systems(path) == ["ref", "second"] and Sgm.systems(sgm["tgt"]) == []
    assert dict(Sgm.outputs(path, "second")) == {"d1:1": "Pieski."}
    with pytest.raises(
        DataError, match=r"no outputs of 'secnd'\. Did you mean 'second'\? Systems: ref, second"
    ):
        list(Sgm.outputs(path, "secnd"))


def test_xml_keeps_the_order_of_its_translators(tmp_path: Path) -> None:
    path = write(tmp_path, "w.xml", XML)
    loaded = read("wmt-xml", path=path)
    assert table(loaded) == [
        ("a:1", "a", "news", "Dogs & cats.", ("Psy i koty.",)),
        ("a:2", "a", "news", "It rains.", ("Pada.", "Deszcz.")),
        ("b:1", "b", "speech", "Hi.", ("Cześć.", "Hej.")),
    ]
    only = read("wmt-xml", path=path, reference="A")
    assert [item.references for item in only.items] == [("",), ("Deszcz.",), ("Hej.",)]
    with pytest.raises(DataError, match=r"no reference 'C'\. data\.reference is one or more of: B, A"):
        read("wmt-xml", path=path, reference="C")
    with pytest.raises(
        DataError, match=r"w\.xml: no document with a reference in 'fr'; its languages: src en,"
    ):
        read("wmt-xml", path=path, tgt_lang="fr")


def test_xml_holds_outputs_too(tmp_path: Path) -> None:
    path = write(tmp_path, "w.xml", XML)
    assert WmtXml.systems(path) == ["Online-A", "Online-B"]
    assert dict(WmtXml.outputs(path, "Online-A")) == {"a:1": "Psy.", "a:2": "Leje.", "b:1": "Hejka."}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("</collection>", "", r"w\.xml:21: not well-formed XML"),
        (
            '<doc origlang="cs" id="b"',
            '<doc origlang="cs" id="a"',
            r"w\.xml:13: the id 'a' is that of an earl",
        ),
        ('id="b"', "", r"w\.xml:13: a document without an id"),
        ('<seg id="2">Pada', '<seg id="1">Pada', r"w\.xml:8: <seg> needs an id of its own"),
        ("Dogs &amp; cats.", "<b>Dogs</b>", r"w\.xml:5: <b> within <seg>"),
        (
            'translator="A"><p><seg id="2">D',
            'translator="B"><p><seg id="2">D',
            r"w\.xml:9: a second <ref> of 'B'",
        ),
        ("dataset", "data", r"w\.xml:2: not a test set of WMT, its root element is <data>, not <dataset>"),
        (">\n<dataset", "><!DOCTYPE dataset [<!ENTITY x 'y'>]>\n<dataset", "declares an XML entity"),
    ],
)
def test_damaged_xml_is_refused_by_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read("wmt-xml", path=write(tmp_path, "w.xml", XML.replace(old, new)))


# Folders of mt-metrics-eval


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "wmt99"
    write(root, "sources/en-pl.txt", "One.\nTwo.\nThree.\n")
    write(root, "references/en-pl.refB.txt", "Jedno.\nDwoje.\nTroje.\n")
    write(root, "references/en-pl.refA.txt", "Jeden.\nDwa.\nTrzy.\n")
    write(root, "documents/en-pl.docs", "news\tdocA\nnews\tdocB\nspeech\tdocC\n")
    write(root, "human-scores/en-pl.mqm.sys.score", "sysA\t-1.5\nsysB\tNone\n")
    write(root, "human-scores/en-pl.mqm.seg.score", "sysA\t-1\nsysA\tNone\nsysA\t-2\n")
    write(root, "metric-scores/en-pl/BLEU-refA.sys.score", "sysA\t30.25\n")
    return root


def test_a_folder_of_mt_metrics_eval(folder: Path) -> None:
    loaded = read("mt-metrics-eval", path=str(folder))
    assert table(loaded) == [
        ("1", "docA", "news", "One.", ("Jeden.", "Jedno.")),
        ("2", "docB", "news", "Two.", ("Dwa.", "Dwoje.")),
        ("3", "docC", "speech", "Three.", ("Trzy.", "Troje.")),
    ]
    assert loaded.name == "wmt99" and loaded.meta["references"] == ["refA", "refB"]
    assert loaded.meta["published"] == {
        "human": {"en-pl.mqm": {"sysA": -1.5, "sysB": None}},
        "metric": {"BLEU-refA": {"sysA": 30.25}},
    }
    assert {"en-pl.mqm.seg.score", "en-pl.mqm.sys.score"} <= {entry.name for entry in loaded.inputs}
    one = read("mt-metrics-eval", path=str(folder), reference="refB", where="domain=speech")
    assert [(item.id, item.references) for item in one.items] == [("3", ("Troje.",))]


def test_what_a_folder_of_mt_metrics_eval_lacks_is_named(folder: Path) -> None:
    with pytest.raises(DataError, match=r"no pair en-cs; pairs there: en-pl"):
        read("mt-metrics-eval", path=str(folder), tgt_lang="cs")
    with pytest.raises(DataError, match=r"no reference 'refC'\. Did you mean 'ref.'\?"):
        read("mt-metrics-eval", path=str(folder), reference="refC")
    with pytest.raises(DataError, match=r"no folder 'sources' in it"):
        read("mt-metrics-eval", path=str(folder / "sources"))
    write(folder, "human-scores/en-pl.mqm.sys.score", "sysA\t-1.5\nsysB\n")
    with pytest.raises(DataError, match=r"en-pl\.mqm\.sys\.score:2: a system and its score were expected"):
        read("mt-metrics-eval", path=str(folder))


def test_the_documents_of_a_bitext_in_that_form(folder: Path) -> None:
    files = {"src": str(folder / "sources/en-pl.txt"), "tgt": str(folder / "references/en-pl.refA.txt")}
    docs = folder / "documents/en-pl.docs"
    loaded = read("bitext", **files, docs=str(docs), where="domain!=speech")
    assert [(item.id, item.doc, item.domain) for item in loaded.items] == [
        ("1", "docA", "news"),
        ("2", "docB", "news"),
    ]
    docs.write_text("news\tdocA\ndocB\nspeech\tdocC\n")
    with pytest.raises(DataError, match=r"en-pl\.docs:2: 1 columns; every line of data\.docs is"):
        read("bitext", **files, docs=str(docs))


def test_the_set_of_the_tutorial_is_what_its_recipe_makes() -> None:
    assert made_wmt.PLACE.read_text(encoding="utf-8") == made_wmt.xml()
