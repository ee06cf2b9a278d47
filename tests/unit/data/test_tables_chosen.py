"""Tables as spreadsheets and programs write them, and rows chosen by their columns."""

import datetime
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from harness.data.load import load
from harness.errors import ConfigError, DataError
from harness.types import Bitext


def read(folder: Path, kind: str, data: str | bytes, **options: Any) -> Bitext:
    path = folder / f"x.{kind}"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    loaded = load({"kind": kind, "path": str(path), **options}, "en", "pl")
    assert isinstance(loaded, Bitext)
    return loaded


def texts(bitext: Bitext) -> list[tuple[str, ...]]:
    return [(item.source, *item.references) for item in bitext.items]


# CSV

ROWS = [("One; two, three.", "Raz."), ('"Four" | five', "Cztery,\nczyli pięć."), ("NA", "None")]


def written(delimiter: str, end: str = "\n") -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + end for row in [("source", "target"), *ROWS])


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("source:target\na:b\n", {}, "divides the cells, data.delimiter=':'"),
        ("source^target\na^b\n", {}, r"divides the cells, data.delimiter='\^'"),
        ("Hello,Cześć\na,b\n", {}, "data.header=false data.source=1 data.target=2"),
        ("Hello,Cześć\na,b\n", {"header": False}, "by number: data.source=1"),
    ],
)
def test_csv_says_how_to_name_its_columns(
    tmp_path: Path, data: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, "csv", data, **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_needs_no_options(tmp_path: Path, delimiter: str, end: str, encoding: str) -> None:
    expected = [(source, target.replace("\n", " ")) for source, target in ROWS]
    assert texts(read(tmp_path, "csv", written(delimiter, end).encode(encoding))) == expected


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_that_excel_names_counts(tmp_path: Path, line: str) -> None:
    table = f"{line}\r\nsource;target\r\na,b;c,d\r\n\r\n"
    assert texts(read(tmp_path, "csv", table)) == [("a,b", "c,d")]
    with pytest.raises(
        DataError, match=r"x\.csv:4: 3 columns where the first line has 2 \(between semicolons\)"
    ):
        read(tmp_path, "csv", f"{line}\nsource;target\na;b\nc;d;e\n")


def test_commas_in_unquoted_text_are_not_taken_for_delimiters(tmp_path: Path) -> None:
    bare = "Yes, sir;Tak, panie\nNo, sir;Nie, panie\n"
    loaded = read(tmp_path, "csv", bare, header=False, source=1, target=2)
    assert texts(loaded) == [("Yes, sir", "Tak, panie"), ("No, sir", "Nie, panie")]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (
            "source,target\na,b\nc,d,e\n",
            {},
            r"x\.csv:3: 3 columns where the first line has 2 \(between commas\)",
        ),
        ('source,target\na,b\n"c,d\ne,f\n', {}, r"x\.csv:3: not valid CSV from here on"),
        ("source,target,source\n", {}, r"x\.csv:1: two columns have the same name"),
        ("", {}, r"x\.csv: empty; a table needs rows"),
        ("quelle,target\na,b\n", {}, r"x\.csv:2: no field 'source'\. Fields: quelle, target"),
        ('{"source": 1}\n{"source": 2}\n', {}, r"x\.csv: is JSON lines, not plain text; data=jsonl reads it"),
    ],
)
def test_what_is_no_table_is_refused_by_line(
    tmp_path: Path, table: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, "csv", table, **options)
    with pytest.raises(ConfigError, match=r"data\.delimiter=ab: needs one character"):
        read(tmp_path, "csv", "", delimiter="ab")


def test_a_table_without_tabs_is_sent_to_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x\.tsv:1: no tab in the first line; data=csv detects"):
        read(tmp_path, "tsv", "source,target\na,b\n")


# JSON


def test_an_array_of_objects_is_read_as_lines_are(tmp_path: Path) -> None:
    rows = [{"source": "One.", "target": ["Raz.", "Jeden."]}, {"source": "Two.", "target": "Dwa."}]
    with pytest.raises(DataError, match=r"x\.csv: is a JSON array, not plain text; data=json reads it"):
        read(tmp_path, "csv", json.dumps(rows, indent=2))
    lines = "\n".join(map(json.dumps, rows))
    for text in (json.dumps(rows), json.dumps(rows, indent=2), lines):
        for kind in ("json", "jsonl"):
            assert texts(read(tmp_path, kind, text)) == [("One.", "Raz.", "Jeden."), ("Two.", "Dwa.")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n "data": [{"source": "a"}]\n}', r"x\.json:1: .*give an array of objects"),
        ('[{"source": "a", "target": "b"},\n 3]', r"x\.json: element 2: a JSON object was expected"),
        ('[{"source": "a"},\n {"source": ]', r"x\.json: not valid JSON \(.*line 2"),
        ("[]", "no line to score"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, "json", text)


# Excel


def workbook(*rows: list[Any], title: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xlsx(tmp_path: Path) -> None:
    data = workbook(
        ["source", "target", None, "kind"],
        ["One.", "Raz.", "a note", "news"],
        [],
        ["NA", "Wiersz_x000D_\nniżej."],
        [12, datetime.date(2024, 1, 2)],
        title="Texts",
    )
    loaded = read(tmp_path, "xlsx", data, domain="kind")
    assert texts(loaded) == [("One.", "Raz."), ("NA", "Wiersz niżej."), ("12", "2024-01-02 00:00:00")]
    assert [item.domain for item in loaded.items] == ["news", None, None]
    assert any("2 texts are stored as numbers" in warning for warning in loaded.meta["warnings"])
    assert texts(read(tmp_path, "xlsx", data, sheet="Texts", where="kind=news")) == [("One.", "Raz.")]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (
            workbook(["source", "target"], ["a", "b"]),
            {"sheet": "Shet"},
            r"no sheet 'Shet'\. Did you mean 'Sheet'",
        ),
        (
            workbook(["source", "target"], ["a", "b"]),
            {"sheet": 2},
            r"no sheet 2\. .*one of: Sheet, or its number",
        ),
        (workbook(["source", "source"]), {}, r"row 1: two columns have the same name"),
        (workbook(["source", "target"], ["a", "#REF!"]), {}, r"row 2: 'target' holds the error #REF!"),
        (workbook(), {}, r"the sheet 'Sheet' is empty"),
        (b"source,target\n", {}, r"not an Excel workbook"),
        (workbook(["source", "target"], ["a", "b"])[:900], {}, r"not an Excel workbook"),
    ],
)
def test_other_workbooks_are_refused(
    tmp_path: Path, data: bytes, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=rf"x\.xlsx.*{message}"):
        read(tmp_path, "xlsx", data, **options)


def test_a_workbook_that_unpacks_to_a_bomb_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(workbook(["source", "target"], ["a", "b"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/media/image.bin", bytes(8 << 20))
    with pytest.raises(DataError, match="refused as a bomb"):
        read(tmp_path, "xlsx", out.getvalue())


# data.where

TABLE = "source\ttarget\tdomain\tbad\na\tA\tnews\tfalse\nb\tB\tspeech\tFalse\nc\tC\tnews\ttrue\n"


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("domain=news", "1 3"),
        ("domain != news", "2"),
        ("bad=false", "1 2"),
        (["domain=news", "bad!=true"], "1"),
        ("domain=news, bad!=true", "1"),
        ([], "1 2 3"),
        (None, "1 2 3"),
    ],
)
def test_rows_are_chosen_by_their_columns(tmp_path: Path, where: Any, ids: str) -> None:
    loaded = read(tmp_path, "tsv", TABLE, where=where)
    assert [item.id for item in loaded.items] == ids.split(), "ids stay the numbers of the rows"
    if where:
        conditions = where if isinstance(where, list) else where.split(",")
        conditions = [text.replace(" ", "") for text in conditions]
        assert loaded.meta["where"] == {"conditions": conditions, "of": 3, "kept": len(ids.split())}
    else:
        assert "where" not in loaded.meta


def test_values_of_json_are_compared_as_they_are_written(tmp_path: Path) -> None:
    rows = [
        {"source": "a", "target": "A", "bad": False, "n": 3, "meta": {"lang": "de"}},
        {"source": "b", "target": "B", "bad": True, "n": 3.5, "meta": {"lang": None}},
        {"source": "c", "target": "C"},
    ]
    text = "\n".join(map(json.dumps, rows))
    for where, ids in {
        "bad=false": "1", "bad=False": "1", "bad!=true": "1 3", "n=3": "1", "n=3.0": "1", "meta.lang=de": "1",
        "n=null": "3",
    }.items():  # fmt: skip
        assert [item.id for item in read(tmp_path, "jsonl", text, where=where).items] == ids.split(), where


def test_columns_of_parquet_that_are_only_compared_are_read(tmp_path: Path) -> None:
    table = pyarrow.table({"source": ["a", "b"], "target": ["A", "B"], "domain": ["x", "y"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    loaded = load({"kind": "parquet", "path": str(tmp_path / "a.parquet"), "where": "domain=y"}, "en", "pl")
    assert isinstance(loaded, Bitext) and texts(loaded) == [("b", "B")]


@pytest.mark.parametrize(
    ("where", "error", "message"),
    [
        (
            "domian=news",
            DataError,
            r"no column 'domian'\. Did you mean 'domain'\? Columns: source, target, domain",
        ),
        ("domian!=news", DataError, r"no column 'domian'"),
        (
            "domain=sport",
            DataError,
            r"no row meets data\.where \(domain=sport\); values there: domain: news, speech",
        ),
        ("news", ConfigError, r"data\.where=news: needs a condition such as domain=news"),
    ],
)
def test_conditions_that_choose_nothing_are_refused(
    tmp_path: Path, where: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(tmp_path, "tsv", TABLE, where=where)
    with pytest.raises(DataError, match=r"x\.jsonl:1: 'tags' holds list; data\.where compares a text"):
        read(tmp_path, "jsonl", '{"source": "a", "target": "b", "tags": ["x"]}', where="tags=x")


# CSV files as data sets of the hub


@pytest.mark.parametrize(("name", "delimiter"), [("test.csv", ","), ("test.tsv", "\t")])
def test_cells_of_hub_data_sets_are_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, delimiter: str
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    rows = [
        ("source", "target", "kind"),
        ("NA", "None", "news"),
        ("null", '"cytat', "news"),
        ('5" x', "", "web"),
    ]
    if delimiter == ",":
        rows = [(a, b.replace('"cytat', '"""cytat"'), c) for a, b, c in rows]
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / name).write_text("".join(delimiter.join(row) + "\n" for row in rows))
    options = {"kind": "hf", "id": str(tmp_path / "set"), "source": "source", "target": "target"}
    loaded = load({**options, "domain": "kind"}, "en", "pl")
    assert isinstance(loaded, Bitext)
    assert texts(loaded) == [("NA", "None"), ("null", '"cytat'), ('5" x', "")]
    assert [item.domain for item in loaded.items] == ["news", "news", "web"]
    some = load({**options, "where": "kind=web"}, "en", "pl")
    assert isinstance(some, Bitext) and texts(some) == [('5" x', "")]
