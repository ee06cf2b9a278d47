"""Parallel files of every format, as a user brings them: good ones, odd ones, hostile ones."""

import bz2
import gzip
import json
import lzma
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from harness import registry
from harness.common.files import sha256_text
from harness.data.load import load
from harness.data.mismatch import first_mismatch
from harness.data.reading import TextFile
from harness.errors import ConfigError, DataError
from harness.types import Bitext

FR = ["Bonjour à tous.", "Le président a parlé.", "Merci."]
PL = ["Dzień dobry wszystkim.", "Prezydent przemówił.", "Dziękuję."]


def bitext(kind: str, limit: int | None = None, **options: Any) -> Bitext:
    loaded = load({"kind": kind, **options}, "fr", "pl", limit)
    assert isinstance(loaded, Bitext)
    return loaded


def write(folder: Path, name: str, lines: list[str], end: str = "\n") -> str:
    (folder / name).write_bytes("".join(line + end for line in lines).encode())
    return str(folder / name)


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Any]:
    return {"src": write(tmp_path, "a.fr", FR), "tgt": write(tmp_path, "a.pl", PL)}


def pairs(loaded: Bitext) -> list[tuple[str, ...]]:
    return [(item.source, *item.references) for item in loaded.items]


def test_two_text_files(pair: dict[str, Any]) -> None:
    loaded = bitext("bitext", name="mine", licence="CC0", url="https://example.org", **pair)
    assert pairs(loaded) == list(zip(FR, PL, strict=True)) and loaded.name == "mine"
    assert [item.id for item in loaded.items] == ["1", "2", "3"]
    first = loaded.inputs[0]
    assert (first.n, first.licence, first.url) == (3, "CC0", "https://example.org")
    assert first.sha256 == sha256_text(Path(pair["src"]).read_text())


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: pyarrow.Codec("zstd").compress(data, asbytes=True),
}


@pytest.mark.parametrize("suffix", PACKERS)
def test_packed_copies_read_and_hash_like_the_plain_file(
    tmp_path: Path, pair: dict[str, Any], suffix: str
) -> None:
    packed = tmp_path / f"a.fr.{suffix}"
    packed.write_bytes(PACKERS[suffix](Path(pair["src"]).read_bytes()))
    plain, loaded = bitext("bitext", **pair), bitext("bitext", src=str(packed), tgt=pair["tgt"])
    assert loaded.items == plain.items and loaded.inputs[0].sha256 == plain.inputs[0].sha256
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DataError, match=rf"a\.fr\.{suffix}: (damaged|cannot be read)"):
        bitext("bitext", src=str(packed), tgt=pair["tgt"])


def test_members_of_a_zip_archive(tmp_path: Path, pair: dict[str, Any]) -> None:
    archive = tmp_path / "corpus.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as container:
        container.write(pair["src"], "x/a.fr")
        container.write(pair["tgt"], "x/a.pl")
    loaded = bitext("bitext", src=f"{archive}/x/a.fr", tgt=f"{archive}/x/a.pl")
    assert pairs(loaded) == list(zip(FR, PL, strict=True))
    with pytest.raises(DataError, match=r"has no member 'x/b\.fr'; it holds x/a\.fr, x/a\.pl"):
        bitext("bitext", src=f"{archive}/x/b.fr", tgt=f"{archive}/x/a.pl")
    with pytest.raises(DataError, match="name a member"):
        bitext("bitext", src=str(archive), tgt=pair["tgt"])


def test_crlf_bom_and_lf_copies_hash_alike(tmp_path: Path, pair: dict[str, Any]) -> None:
    crlf = Path(write(tmp_path, "crlf.fr", FR, "\r\n"))
    crlf.write_bytes(b"\xef\xbb\xbf" + crlf.read_bytes())
    there, here = bitext("bitext", src=str(crlf), tgt=pair["tgt"]), bitext("bitext", **pair)
    assert there.items == here.items
    assert there.inputs[0].sha256 == here.inputs[0].sha256


def test_unusual_line_separators_do_not_split_lines(tmp_path: Path, pair: dict[str, Any]) -> None:
    odd = ["Bon\u2028jour", "a\x0bb\x85c", "Merci."]
    loaded = bitext("bitext", src=write(tmp_path, "odd.fr", odd), tgt=pair["tgt"])
    assert [item.source for item in loaded.items] == odd


def test_several_references_and_documents(tmp_path: Path, pair: dict[str, Any]) -> None:
    second = write(tmp_path, "b.pl", [line.upper() for line in PL])
    docs = write(tmp_path, "docs", ["d1", "d1", "d2"])
    loaded = bitext("bitext", src=pair["src"], tgt=[pair["tgt"], second], docs=docs)
    assert loaded.items[2].references == ("Dziękuję.", "DZIĘKUJĘ.")
    assert [item.doc for item in loaded.items] == ["d1", "d1", "d2"]
    assert loaded.meta["counts"]["documents"] == 2 and len(loaded.inputs) == 4
    short = write(tmp_path, "short", ["d1"])
    with pytest.raises(DataError, match=r"has 3 lines, .*short has 1; data\.docs needs"):
        bitext("bitext", **pair, docs=short)


def test_blank_second_references_are_left_out_and_counted(tmp_path: Path, pair: dict[str, Any]) -> None:
    second = write(tmp_path, "b.pl", ["Cześć.", " ", ""])
    loaded = bitext("bitext", src=pair["src"], tgt=[pair["tgt"], second])
    assert [len(item.references) for item in loaded.items] == [2, 1, 1]
    assert loaded.meta["blank_references"] == 2


def test_a_lost_line_is_found(tmp_path: Path) -> None:
    source = [f"{'mot ' * (5 + i * 7 % 23)}{i}" for i in range(300)]
    target = [f"{'słowo' * (4 + i * 7 % 23)}{i}" for i in range(300)]
    del target[187]
    files = {"src": write(tmp_path, "a.fr", source), "tgt": write(tmp_path, "a.pl", target)}
    with pytest.raises(
        DataError, match=r"a\.fr has 300 lines, .*a\.pl has 299; .*at about line 188 \('mot"
    ) as e:
        bitext("bitext", **files)
    assert "\n" not in str(e.value)


def test_a_cut_off_end_is_named(tmp_path: Path) -> None:
    lengths = [10, 80, 35, 120, 20, 60, 15, 90]
    assert first_mismatch(lengths, lengths[:6]) == 6
    assert first_mismatch(lengths, lengths[2:]) == 0
    assert first_mismatch([], [1]) == 0


def test_not_utf8_names_file_line_and_remedy(tmp_path: Path, pair: dict[str, Any]) -> None:
    bad = tmp_path / "bad.fr"
    bad.write_bytes(b"ok\ncaf\xe9\nok\n")
    with pytest.raises(DataError, match=r"bad\.fr:2: not UTF-8 \(byte 0xe9, column 4\); convert it.*iconv"):
        bitext("bitext", src=str(bad), tgt=pair["tgt"])


@pytest.mark.parametrize(
    "content",
    [
        "Łódź śpi\nzażółć\n".encode() + b"d\xe9j\xe0 vu \xe0 l'\xe9t\xe9 \xe9t\xe9 \xe9t\xe9 \xe9t\xe9\n",
        b"schl\xc3ft und tr\xc3\xa4umt\nja\n",
        b"a \xed\xa0\x80 b\ncaf\xc3\xa9\n",
        b"a \xc0\xaf b\ncaf\xc3\xa9\n",
    ],
)
def test_one_bad_line_in_utf8_is_no_other_encoding(
    tmp_path: Path, pair: dict[str, Any], content: bytes
) -> None:
    bad = tmp_path / "bad.fr"
    bad.write_bytes(content)
    with pytest.raises(DataError, match="though the rest of the text is: fix that line by hand"):
        bitext("bitext", src=str(bad), tgt=pair["tgt"])


def test_files_that_are_not_there_or_empty(tmp_path: Path, pair: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"none\.fr: no such file"):
        bitext("bitext", src=str(tmp_path / "none.fr"), tgt=pair["tgt"])
    with pytest.raises(DataError, match="a folder"):
        bitext("bitext", src=str(tmp_path), tgt=pair["tgt"])
    empty = write(tmp_path, "empty", [])
    with pytest.raises(DataError, match="empty"):
        bitext("bitext", src=empty, tgt=empty)
    with pytest.raises(DataError, match=r"needs data\.tgt"):
        bitext("bitext", src=pair["src"])


def test_a_decompression_bomb_is_refused(tmp_path: Path, pair: dict[str, Any]) -> None:
    bomb = tmp_path / "bomb.gz"
    with gzip.open(bomb, "wb") as out:
        for _ in range(10):
            out.write((b"a" * 99 + b"\n") * 10_000)
    with pytest.raises(DataError, match=r"bomb\.gz: unpacks to more than 200 times its size"):
        bitext("bitext", src=str(bomb), tgt=str(bomb))


def test_one_endless_line_is_refused(tmp_path: Path, pair: dict[str, Any]) -> None:
    endless = tmp_path / "endless.gz"
    with gzip.open(endless, "wb") as out:
        for _ in range(20):
            out.write(b"a" * (1 << 20))
    with pytest.raises(DataError, match="refused as a bomb"):
        bitext("bitext", src=str(endless), tgt=pair["tgt"])
    (tmp_path / "endless.fr").write_bytes(b"a" * (17 << 20))
    with pytest.raises(DataError, match=r"endless\.fr:1: a line of more than 16 MiB"):
        bitext("bitext", src=str(tmp_path / "endless.fr"), tgt=pair["tgt"])


def test_odd_lines_are_counted_and_warned_about(tmp_path: Path) -> None:
    source = ["", "Oui.", "Oui.", "Xi Jinping", "42", "Voici une phrase."]
    target = ["Nic.", "Tak.", "Tak.", "Xi Jinping", "42", " "]
    files = {"src": write(tmp_path, "a", source), "tgt": write(tmp_path, "b", target)}
    loaded = bitext("bitext", **files)
    counts = loaded.meta["counts"]
    assert (counts["empty_source"], counts["empty_reference"]) == (1, 1)
    assert (counts["duplicates"], counts["identical"]) == (1, 1), "a number alone is no untranslated text"
    assert len(loaded.meta["warnings"]) == 4 and len(loaded.items) == 6
    dropped = bitext("bitext", **files, empty="drop")
    assert [item.id for item in dropped.items] == ["2", "3", "4", "5"], "ids stay line numbers"
    assert dropped.meta["subset"]["dropped_empty"] == 2


def test_the_wrong_language_is_warned_about(tmp_path: Path) -> None:
    german = ["Der Präsident sprach gestern am Telefon über die wirtschaftliche Zusammenarbeit."] * 3
    french = ["Le président a parlé hier au téléphone de la coopération économique entre les pays."] * 3
    files = {"src": write(tmp_path, "a", french), "tgt": write(tmp_path, "b", german)}
    warnings = bitext("bitext", **files).meta["warnings"]
    assert [w for w in warnings if "look" in w] == [
        "references: declared pl, look like de: give the right files, or the pair: pair.src=fr pair.tgt=de"
    ]


def test_utf8_read_in_another_encoding_is_warned_about(tmp_path: Path) -> None:
    source = ["Le signe Ã est rare", "SÃO PAULO", "Tôi Ã đây"]
    target = ["Nie.", "Die StraÃŸe ist fÃ¼r FuÃŸgÃ¤nger.", "cafÃ©"]
    files = {"src": write(tmp_path, "a", source), "tgt": write(tmp_path, "b", target)}
    warnings = bitext("bitext", **files).meta["warnings"]
    assert [w for w in warnings if "encoding" in w] == [
        "2 reference lines are UTF-8 that was read in another encoding (the first is line 2: 'StraÃŸe' for"
        " 'Straße'): repair the file; `python -m harness clean` shows the repair"
    ]


def test_limit_and_sample_take_a_recorded_subset(tmp_path: Path) -> None:
    files = {
        "src": write(tmp_path, "a", [f"phrase {i}" for i in range(500)]),
        "tgt": write(tmp_path, "b", [f"zdanie {i}" for i in range(500)]),
    }
    first = bitext("bitext", limit=3, **files)
    assert [item.id for item in first.items] == ["1", "2", "3"]
    assert first.meta["subset"] == {"of": 500, "kept": 3, "limit": 3}
    drawn = bitext("bitext", sample=40, seed=7, **files)
    ids = [int(item.id) for item in drawn.items]
    assert ids == sorted(ids) and len(set(ids)) == 40 and max(ids) > 250
    assert drawn.meta["subset"] == {"of": 500, "kept": 40, "limit": None, "sample": 40, "seed": 7}
    assert bitext("bitext", sample=40, seed=7, **files).items == drawn.items
    assert bitext("bitext", sample=40, seed=8, **files).items != drawn.items
    assert bitext("bitext", sample=40, seed=7, limit=5, **files).items == drawn.items[:5]
    back = load(
        {"kind": "bitext", "src": files["tgt"], "tgt": files["src"], "sample": 40, "seed": 7}, "pl", "fr"
    )
    assert isinstance(back, Bitext) and [item.id for item in back.items] == [item.id for item in drawn.items]
    whole = bitext("bitext", sample=5000, **files)
    assert len(whole.items) == 500 and "subset" not in whole.meta


@pytest.mark.parametrize(
    ("options", "limit", "message"),
    [
        ({"sample": 0}, None, r"data\.sample=0: needs a whole number of at least 1"),
        ({}, 0, "limit=0: needs a whole number of at least 1"),
        ({"seed": "x"}, None, r"data\.seed=x"),
        ({"empty": "dorp"}, None, r"data\.empty=dorp: needs keep or drop\. Did you mean 'drop'\?"),
        ({"tgd": 1}, None, r"no option 'tgd'\. Did you mean 'tgt'\?"),
    ],
)
def test_options_are_checked(
    pair: dict[str, Any], options: dict[str, Any], limit: int | None, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        bitext("bitext", limit=limit, **{**pair, **options})


# Tables


def test_tsv_by_name_and_by_number(tmp_path: Path) -> None:
    rows = [f"{i}\t{fr}\t{pl}\tdoc{i // 2}" for i, (fr, pl) in enumerate(zip(FR, PL, strict=True))]
    named = write(tmp_path, "named.tsv", ["nr\tfr\tpl\tdoc", *rows])
    loaded = bitext("tsv", path=named, source="{src}", target="{tgt}", line_id="nr", doc_id="doc")
    assert pairs(loaded) == list(zip(FR, PL, strict=True))
    assert [item.id for item in loaded.items] == ["0", "1", "2"] and loaded.items[0].doc == "doc0"
    bare = write(tmp_path, "bare.tsv", rows)
    numbered = bitext("tsv", path=bare, source=2, target=3, header=False)
    assert pairs(numbered) == pairs(loaded)


def test_tsv_keeps_quotes_unless_told(tmp_path: Path) -> None:
    plain = write(tmp_path, "a.tsv", ["source\ttarget", '"Oui", dit-il\t"NA'])
    assert pairs(bitext("tsv", path=plain)) == [('"Oui", dit-il', '"NA')]
    table = write(tmp_path, "a.csv", ["source,target", '"Oui, ""dit""-il","Tak', 'mówi"'])
    quoted = bitext("tsv", path=table, delimiter=",", quoted=True)
    assert pairs(quoted) == [('Oui, "dit"-il', "Tak mówi")]
    assert quoted.meta["counts"]["joined_lines"] == 1


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (["source\ttarget", "a\tb\tc"], {}, r"x\.tsv:2: 3 columns where the first line has 2.*data\.quoted"),
        (["source\ttagret", "a\tb"], {}, r"x\.tsv:2: no field 'target'\. Did you mean 'tagret'\? Fields: s"),
        (["a\tb"], {"header": False, "source": 1, "target": 5}, r"x\.tsv:1: no field '5'"),
        (["a\ta", "1\t2"], {}, r"x\.tsv:1: two columns have the same name"),
        ([], {}, "empty"),
        (["source\ttarget"], {}, "no line to score"),
        (
            ["source\ttarget\tid", "a\tb\t1", "c\td\t1"],
            {"line_id": "id"},
            "duplicate id '1'; ids must be unique",
        ),
        (['source,"target', "a"], {"quoted": True, "delimiter": ","}, r"x\.tsv:2: not valid CSV"),
    ],
)
def test_tsv_errors_name_the_line(
    tmp_path: Path, lines: list[str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        bitext("tsv", path=write(tmp_path, "x.tsv", lines), **options)


def test_jsonl_paths_and_lists_of_references(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "translation": {"fr": "Bonjour.", "pl": ["Dzień dobry.", "Cześć."]}, "doc": "d"},
        {"id": 8, "translation": {"fr": "Oui,\nmonsieur.", "pl": ["Tak, panie.", None]}, "doc": "d"},
    ]
    path = write(tmp_path, "a.jsonl", [json.dumps(row) for row in rows] + [""])
    loaded = bitext(
        "jsonl", path=path, source="translation.{src}", target="translation.{tgt}", line_id="id", doc_id="doc"
    )
    assert pairs(loaded) == [("Bonjour.", "Dzień dobry.", "Cześć."), ("Oui, monsieur.", "Tak, panie.")]
    assert [item.id for item in loaded.items] == ["7", "8"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"x\.jsonl:1: not valid JSON"),
        ("3", r"x\.jsonl:1: a JSON object was expected"),
        ("[1]", r"x\.jsonl: element 1: a JSON object was expected"),
        ('{"source": 3, "target": "b"}', r"x\.jsonl:1: 'source' holds int, expected text"),
        ('{"source": {"fr": "a"}, "target": "b"}', r"'source' holds dict.*for example 'source\.fr'"),
        ('{"source": "a", "targte": "b"}', r"no field 'target'\. Did you mean 'targte'\?"),
        ('{"source": ["a", "b"], "target": "b"}', "a source is one"),
    ],
)
def test_jsonl_errors_name_the_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        bitext("jsonl", path=write(tmp_path, "x.jsonl", [line]))


def test_parquet_columns_hash_like_text_files(tmp_path: Path, pair: dict[str, Any]) -> None:
    table = pyarrow.table({"nr": [1, 2, 3], "fr": FR, "pl": PL})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    loaded = bitext("parquet", path=str(tmp_path / "a.parquet"), source="fr", target="pl", line_id="nr")
    assert pairs(loaded) == list(zip(FR, PL, strict=True))
    assert [i.sha256 for i in loaded.inputs] == [i.sha256 for i in bitext("bitext", **pair).inputs]
    with pytest.raises(DataError, match=r"no column 'pll'\. Did you mean 'pl'\? Columns: nr, fr, pl"):
        bitext("parquet", path=str(tmp_path / "a.parquet"), source="fr", target="pll")
    with pytest.raises(DataError, match="not a Parquet file"):
        bitext("parquet", path=pair["src"])


# many files


def test_shards_read_like_one_file(tmp_path: Path) -> None:
    rows = [{"source": fr, "target": pl} for fr, pl in zip(FR, PL, strict=True)]
    for number, row in enumerate(rows):
        line = json.dumps(row) + "\n"
        (tmp_path / f"part-{number}.jsonl").write_text(line)
        (tmp_path / f"part-{number}.jsonl.gz").write_bytes(gzip.compress(line.encode()))
        table = pyarrow.table({name: [text] for name, text in row.items()})
        pyarrow.parquet.write_table(table, tmp_path / f"part-{number}.parquet")
        write(tmp_path, f"part-{number}.tsv", ["target\tsource", f"{row['target']}\t{row['source']}"])
        unit = "".join(
            f'<tuv xml:lang="{c}"><seg>{row[s]}</seg></tuv>' for c, s in (("fr", "source"), ("pl", "target"))
        )
        (tmp_path / f"part-{number}.tmx").write_text(f"<tmx><body><tu>{unit}</tu></body></tmx>")
    for ending in ("jsonl", "jsonl.gz", "parquet", "tsv", "tmx"):
        kind = ending.removesuffix(".gz")
        loaded = bitext(kind, path=f"{tmp_path}/*.{ending}")
        assert pairs(loaded) == list(zip(FR, PL, strict=True)), kind
        assert len({item.id for item in loaded.items}) == 3 and loaded.name == tmp_path.name
        if kind == "parquet":
            assert loaded.inputs[0].sha256 == sha256_text("".join(f"{fr}\n" for fr in FR))
        else:
            single = [bitext(kind, path=f"{tmp_path}/part-{n}.{ending}").inputs[0] for n in range(3)]
            assert list(loaded.inputs) == single
    backwards = bitext("jsonl", path=[f"{tmp_path}/part-{n}.jsonl" for n in (2, 0)])
    assert [item.source for item in backwards.items] == [FR[2], FR[0]], "a list is read as it is given"


def test_shards_that_cannot_be_read(tmp_path: Path) -> None:
    good = write(tmp_path, "a.jsonl", ['{"source": "a", "target": "b", "id": 1}'])
    write(tmp_path, "b.jsonl", ['{"source": "c", "target": "d", "id": 1}', "oops"])
    with pytest.raises(DataError, match=r"b\.jsonl:2: not valid JSON"):
        bitext("jsonl", path=f"{tmp_path}/*.jsonl")
    write(tmp_path, "b.jsonl", ['{"source": "c", "target": "d", "id": 1}'])
    with pytest.raises(DataError, match="duplicate id '1'; ids must be unique"):
        bitext("jsonl", path=f"{tmp_path}/*.jsonl", line_id="id")
    with pytest.raises(DataError, match=r"\*\.json: no file matches this pattern"):
        bitext("jsonl", path=f"{tmp_path}/*.json")
    with pytest.raises(DataError, match=r"is a folder.*pattern: data\.path='.*/\*\.jsonl'"):
        bitext("jsonl", path=str(tmp_path))
    with pytest.raises(DataError, match=r"a\.jsonl: named twice"):
        bitext("jsonl", path=[good, f"{tmp_path}/*.jsonl"])
    table = pyarrow.table({"source": ["a"], "target": ["b"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    pyarrow.parquet.write_table(table.rename_columns(["source", "tgt"]), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b\.parquet: no column 'target'"):
        bitext("parquet", path=f"{tmp_path}/*.parquet")


# TMX

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="fr"/><body>
<tu tuid="x"><tuv xml:lang="fr-FR"><seg>Bonjour <bpt i="1">&lt;b></bpt>à <hi>tous</hi><ept i="1">&lt;/b></ept>
.</seg></tuv><tuv xml:lang="PL"><seg>Dzień dobry.</seg></tuv><tuv xml:lang="pl"><seg>Cześć.</seg></tuv></tu>
<tu><tuv xml:lang="fr"><seg>Oui.</seg></tuv><tuv xml:lang="de"><seg>Ja.</seg></tuv></tu>
<tu><note>x</note><tuv lang="pl"><seg>Tak &amp; no.</seg></tuv><tuv lang="fr"><seg>O &amp; n.</seg></tuv></tu>
</body></tmx>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tmx(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.tmx").write_bytes(TMX.encode(encoding))
    loaded = bitext("tmx", path=str(tmp_path / "a.tmx"))
    assert pairs(loaded) == [
        ("Bonjour à tous .", "Dzień dobry.", "Cześć."),
        ("O & n.", "Tak & no."),
    ]
    assert [item.id for item in loaded.items] == ["x#1", "3"]
    assert (loaded.meta["counts"]["units"], loaded.meta["counts"]["other_units"]) == (3, 1)
    assert loaded.inputs[0].sha256 == sha256_text(TMX) and loaded.inputs[0].n == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            TMX.replace("fr", "cs").replace("FR", "CZ"),
            r"no unit has both 'fr' and 'pl'; its languages: PL, cs",
        ),
        (TMX.replace("</body>", ""), r"a\.tmx:8: not well-formed XML"),
        ("<tmx>a & b</tmx>", r"a\.tmx:1: not well-formed XML at column \d+ \([^:]*\); in text `&` is"),
        ("<html/>", "not a TMX file, its root element is <html>"),
        ("", "not well-formed XML"),
        (
            TMX.replace('SYSTEM "tmx14.dtd"', '[<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]'),
            "declares an XML entity or an outside file .*refused",
        ),
        (
            TMX.replace('SYSTEM "tmx14.dtd"', '[<!ENTITY a SYSTEM "file:///etc/passwd">]'),
            "declares an XML entity or an outside file .*refused",
        ),
        (TMX.replace("Oui.", "a" * (1 << 21)), "a unit longer than 1 MiB"),
    ],
)
def test_tmx_that_is_broken_or_hostile(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.tmx").write_text(text)
    with pytest.raises(DataError, match=message) as error:
        bitext("tmx", path=str(tmp_path / "a.tmx"))
    assert "\n" not in str(error.value)


def test_a_sample_of_a_large_tmx_needs_little_memory(tmp_path: Path) -> None:
    variant = "<tuv xml:lang='{}'><seg>{}</seg></tuv>"
    unit = f"<tu>{variant.format('fr', 'Phrase {0} {1}')}{variant.format('pl', 'Zdanie {0}')}</tu>\n"
    with gzip.open(tmp_path / "a.tmx.gz", "wt", compresslevel=1) as out:
        out.write("<tmx><body>")
        for number in range(10_000):
            out.write(unit.format(number, f"{number * 7919:x}" * 160))
        out.write("</body></tmx>")
    tracemalloc.start()
    loaded = bitext("tmx", path=str(tmp_path / "a.tmx.gz"), sample=20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(loaded.items) == 20 and loaded.meta["subset"]["of"] == 10_000
    assert peak < 8 << 20, "the text is 16 MB; only a chunk of it may be held"


def test_every_shipped_format_has_a_config_with_all_its_options() -> None:
    import inspect

    import yaml

    from harness.common.paths import resource
    from harness.data.load import SHARED

    for path in sorted((resource("conf") / "data").glob("*.yaml")):
        config = yaml.safe_load(path.read_text())
        assert config["kind"] == path.stem
        parameters = inspect.signature(registry.resolve("data", config["kind"])).parameters
        documents = path.stem in ("seeds", "documents")
        expected = {"kind", *parameters, *(("sample", "seed") if documents else SHARED)}
        assert set(config) == expected, path.name
        for name, parameter in parameters.items():
            assert config[name] == parameter.default, f"{path.name}: {name}"


# What reading changed


def test_what_reading_left_out_or_changed_is_told(tmp_path: Path) -> None:
    source = write(tmp_path, "a.fr", ["\ufeffOui.", "Non\rmerci.", "", "Si."])
    first = write(tmp_path, "a.pl", ["Tak.", "Nie.", "x", "Tak, tak."])
    second = write(tmp_path, "b.pl", ["Tak!", "", "y", "Owszem."])
    loaded = bitext("bitext", src=source, tgt=[first, second], empty="drop")
    assert [item.source for item in loaded.items] == ["Oui.", "Non\rmerci.", "Si."]
    told = loaded.meta["warnings"]
    assert [line for line in told if "byte-order mark is left out" in line]
    assert [line for line in told if "is inside line 2" in line]
    assert [line for line in told if line.startswith("1 blank references are left out")]
    assert [line for line in told if line.startswith("1 of 4 lines without text on one side are left out")]


def test_a_stray_cr_does_not_shift_the_lines_and_keeps_other_hashes(tmp_path: Path) -> None:
    lines = [f"line {i}" for i in range(6)]
    crs = {name: tmp_path / name for name in ("lf", "crlf", "cr", "stray")}
    for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        write(tmp_path, name, lines, end)
    write(tmp_path, "stray", [*lines[:2], "line\r2", *lines[3:]])
    read = {name: bitext("bitext", src=str(path), tgt=str(crs["lf"])) for name, path in crs.items()}
    assert [len(loaded.items) for loaded in read.values()] == [6] * 4
    hashes = [loaded.inputs[0].sha256 for loaded in read.values()]
    assert hashes[0] == hashes[1] == hashes[2] == sha256_text("\n".join(lines) + "\n") != hashes[3]


def test_what_is_no_text_names_its_loader(tmp_path: Path, pair: dict[str, Any]) -> None:
    sgm = write(tmp_path, "a.sgm", ['<srcset setid="a" srclang="fr">', "<doc docid='a'>", "<seg>a</seg>"])
    with pytest.raises(DataError, match=r"a\.sgm: is SGML of WMT or NIST, not plain text; data=sgm reads it"):
        bitext("bitext", src=sgm, tgt=pair["tgt"])
    with pytest.raises(DataError, match=r"a\.sgm: is SGML"):
        bitext("tsv", path=sgm)
    rows = write(tmp_path, "a.jsonl", [json.dumps({"source": "a", "target": "b"})] * 2)
    with pytest.raises(DataError, match="is JSON lines, .*data=jsonl"):
        bitext("bitext", src=rows, tgt=rows)
    assert len(bitext("jsonl", path=rows).items) == 2


def test_the_language_of_a_side_names_its_encoding(tmp_path: Path, pair: dict[str, Any]) -> None:
    polish = "Zażółć gęślą jaźń, powiedział wczoraj; święta są już blisko.\n" * 3
    bad = tmp_path / "bad.txt"
    bad.write_bytes(polish.encode("cp1250"))
    with pytest.raises(DataError, match=r"bad\.txt:1: .*iconv -f WINDOWS-1250 -t UTF-8"):
        bitext("bitext", src=pair["src"], tgt=str(bad))


def test_detection_reads_no_more_than_the_beginning(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    with big.open("w") as out:
        for i in range(400_000):
            out.write(f"une ligne parmi beaucoup d'autres, la {i}e\n")
    tracemalloc.start()
    for _ in TextFile(big).lines():
        pass
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
