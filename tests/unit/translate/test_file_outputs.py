"""Outputs that exist already: packed, in a column, matched by id, of several systems in one file."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.common.notices import collecting
from harness.errors import ConfigError, DataError
from harness.protocols import Batch
from harness.run.sweep import fan_out

IDS = ["7", "8", "9"]
SOURCES = ["un", "deux", "trois"]


def read(path: Path, **options: Any) -> list[str]:
    config = {"kind": "file", "path": str(path), **options}
    engine = registry.build("engine", config, model={"name": "file"}, src="fr", tgt="pl")
    (batch,) = engine.translate(Batch(SOURCES, ids=IDS))
    return [translation.hypothesis for _, translation in batch]


def write(folder: Path, name: str, rows: list[str]) -> Path:
    (folder / name).write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return folder / name


def test_packed_outputs_read_and_count_like_plain_ones(tmp_path: Path) -> None:
    plain = write(tmp_path, "a.txt", ["jeden", "dwa", "trzy"])
    packed = tmp_path / "a.txt.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed) == read(plain) == ["jeden", "dwa", "trzy"]
    one, other = (
        registry.build("engine", {"kind": "file", "path": str(p)}, model={"name": "file"}, src="fr", tgt="pl")
        for p in (plain, packed)
    )
    assert one.name == other.name == "a" and one.identity["sha256"] == other.identity["sha256"]


def test_marks_and_stray_carriage_returns_of_outputs_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF8 + b"jeden\ndwa\rdwa\ntrzy\n")
    with collecting() as told:
        assert read(path) == ["jeden", "dwa\rdwa", "trzy"]
    assert len(told) == 2
    path.write_bytes("\ufeffjeden\ndwa\nżółć\n".encode("utf-16-le"))
    with collecting():
        assert read(path) == ["jeden", "dwa", "żółć"]


TSV = ["seg\tout\tnote", "9\ttrzy\t", '7\t"jeden"\tx', "8\tdwa\t"]
CSV = ["seg;out;note", "9;trzy;", '7;"""jeden""";"a;b"', "8;dwa;"]
JSONL = [json.dumps({"seg": n, "out": {"a": t}}) for n, t in ((9, "trzy"), (7, '"jeden"'), (8, "dwa"))]


@pytest.mark.parametrize(
    ("name", "rows", "column"),
    [
        ("a.tsv", TSV, "out"),
        ("a.csv", CSV, "out"),
        ("a.csv", ["sep=;", *CSV], "out"),
        ("a.jsonl", JSONL, "out.a"),
    ],
)
def test_a_column_is_matched_by_id_whatever_the_order(
    tmp_path: Path, name: str, rows: list[str], column: str
) -> None:
    path = write(tmp_path, name, rows)
    assert read(path, column=column, id="seg") == ['"jeden"', "dwa", "trzy"]
    assert read(path, column=column) == ["trzy", '"jeden"', "dwa"], "without ids, the order of the file"


def test_columns_go_by_number_without_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", TSV[1:])
    assert read(path, column=2, id=1, header=False) == ['"jeden"', "dwa", "trzy"]


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (TSV[:3], {}, r"a\.tsv: no output for 1 of 3 segments: 8"),
        ([*TSV, "7\tx\t"], {}, r"a\.tsv:5: the id '7' was in line 3 already"),
        (TSV, {"column": "otu"}, r"a\.tsv:2: no field 'otu'\. Did you mean 'out'\?"),
        (TSV, {"id": "sge"}, r"a\.tsv:2: no field 'sge'\. Did you mean 'seg'\?"),
        ([*TSV, "10\tx"], {}, r"a\.tsv:5: 2 columns where the first line has 3"),
        (["seg\tout", "a\tx"], {}, r"no output for 3 of 3 segments: 7, 8, 9; ids there: a"),
        ([], {}, "empty; a table needs rows"),
        ([*TSV, "10\tx\t"], {"id": None}, r"4 rows for 3 segments; .*engine\.id=COLUMN"),
    ],
)
def test_what_does_not_match_is_named(
    tmp_path: Path, rows: list[str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, "a.tsv", rows), **{"column": "out", "id": "seg", **options})


def test_ids_that_no_segment_has_are_told(tmp_path: Path) -> None:
    with collecting() as told:
        read(write(tmp_path, "a.tsv", [*TSV, "10\tx\t"]), column="out", id="seg")
    assert [line for line in told if "left out (1): 10" in line]


def test_a_null_output_is_scored_as_empty_and_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", [json.dumps({"o": text}) for text in ("a", None, "c")])
    with collecting() as told:
        assert read(path, column="o") == ["a", "", "c"]
    assert [line for line in told if "null, one in line 2" in line]
    with pytest.raises(DataError, match=r"a\.jsonl:1: 'o' holds int, expected text"):
        read(write(tmp_path, "a.jsonl", ['{"o": 1}'] * 3), column="o")


LONG = ["who\tseg\tout", "B\t7\tb7", "A\t8\ta8", "A\t7\ta7", "B\t9\tb9", "A\t9\ta9", "B\t8\tb8"]


def test_one_file_with_several_systems_is_a_run_each(tmp_path: Path) -> None:
    path = write(tmp_path, "wmt.tsv", LONG)
    options = {"column": "out", "id": "seg", "system_column": "who"}
    assert read(path, system="A", **options) == ["a7", "a8", "a9"]
    assert read(path, system="B", **options) == ["b7", "b8", "b9"]
    config = {"kind": "file", "path": str(path), "system": "A", **options}
    assert registry.build("engine", config, model={"name": "file"}, src="fr", tgt="pl").name == "A"
    with pytest.raises(DataError, match=r"no row of the system 'C'\. Systems: B, A"):
        read(path, system="C", **options)
    words = [f"engine.path={path}", "engine.system_column=who", "engine.system=all"]
    assert fan_out(words) == ["-m", *words[:2], "engine.system='B','A'"]
    with pytest.raises(DataError, match="no column 'system' says whose a row is"):
        fan_out([words[0], words[2]])


def test_rows_of_several_systems_are_not_taken_for_one(tmp_path: Path) -> None:
    path = write(tmp_path, "wmt.tsv", [LONG[0].replace("who", "system"), *LONG[1:]])
    with pytest.raises(DataError, match=r"the id '7' was in line 2 already; .*engine\.system=A, or all"):
        read(path, column="out", id="seg")


def test_a_system_may_have_a_column_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, "wide.tsv", ["seg\tA\tB", "8\ta8\tb8", "7\ta7\tb7", "9\ta9\tb9"])
    assert read(path, system="B", id="seg") == ["b7", "b8", "b9"]


def test_json_lines_and_markup_are_not_scored_as_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.jsonl: is JSON lines, not plain text; .*engine\.column=NAME"):
        read(write(tmp_path, "a.jsonl", JSONL))
    with pytest.raises(DataError, match=r"is XLIFF.*outputs are one line a segment"):
        read(write(tmp_path, "a.xlf", ['<xliff version="1.2">', "<file>", "</file></xliff>"]))
    with pytest.raises(ConfigError, match=r"engine\.column=NAME says what to read"):
        read(write(tmp_path, "a.tsv", TSV), id="seg")


def test_doctor_reads_the_outputs(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xlf", ['<xliff version="1.2">', "<file>", "</file></xliff>"])
    config = {"kind": "file", "path": str(path)}
    engine = registry.build("engine", config, model={"name": "file"}, src="fr", tgt="pl")
    with pytest.raises(DataError, match="is XLIFF"):
        engine.check()


# Outputs in a test set

WMT_XML = """<?xml version="1.0"?>
<dataset id="x"><doc id="d" origlang="fr">
<src lang="fr"><p><seg id="1">un</seg><seg id="2">deux</seg></p></src>
<ref lang="pl" translator="A"><p><seg id="1">jeden</seg><seg id="2">dwa</seg></p></ref>
<hyp lang="pl" system="Online-A"><p><seg id="2">dwa!</seg><seg id="1">jeden!</seg></p></hyp>
<hyp lang="pl" system="Online-B"><p><seg id="1">raz</seg></p></hyp></doc></dataset>
"""
TSTSET = """<tstset setid="x" srclang="fr" trglang="pl">
<doc docid="d" sysid="mine"><seg id="1">jeden &amp;</seg><seg id="2">dwa</seg></doc>
</tstset>
"""


def held(path: Path, **options: Any) -> list[str]:
    config = {"kind": "file", "path": str(path), **options}
    engine = registry.build("engine", config, model={"name": "file"}, src="fr", tgt="pl")
    assert not engine.divisible, "ids are matched with the whole test set"
    engine.check()
    (batch,) = engine.translate(Batch(["deux", "un"], ids=["d:2", "d:1"]))
    return [engine.name, *(translation.hypothesis for _, translation in batch)]


def test_outputs_in_a_test_set_are_matched_by_its_ids(tmp_path: Path) -> None:
    xml, sgm = write(tmp_path, "w.xml", [WMT_XML.strip()]), write(tmp_path, "t.sgm", [TSTSET.strip()])
    assert held(xml, system="Online-A") == ["Online-A", "dwa!", "jeden!"]
    assert held(sgm) == ["mine", "dwa", "jeden &"], "the only system needs no name"
    words = ["run", f"engine.path={xml}", "engine.system=all"]
    assert fan_out(words) == ["-m", "run", f"engine.path={xml}", "engine.system='Online-A','Online-B'"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"system": "Online-B"}, r"w\.xml: no output for 1 of 2 segments: d:2"),
        (
            {"system": "Online-C"},
            r"w\.xml: no outputs of 'Online-C'\. Did you mean '.*Systems: Online-A, Online-B",
        ),
        (
            {},
            r"w\.xml: holds several systems; engine\.system=NAME scores one.*: Online-A, Online-B",
        ),
    ],
)
def test_systems_that_a_test_set_does_not_hold_are_named(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        held(write(tmp_path, "w.xml", [WMT_XML.strip()]), **options)


@pytest.mark.parametrize("unit", ["segment", "document"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[" * 200_000, "nested too deeply"),
        ("no JSON, at all", "Expecting value"),
        ('["text", "list"]', "expected a JSON object"),
        ('{"id": ' + "9" * 5000 + "}", "a number with too many digits"),
    ],
)
@pytest.mark.parametrize("place", [1, 2])
def test_a_line_that_is_no_json_is_named_wherever_it_stands(
    line: str, said: str, place: int, unit: str, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    good = '{"id": "a", "text": "Ala ma kota."}'
    path.write_text("\n".join([*[good] * (place - 1), line, good]) + "\n", encoding="utf-8")
    options = {"kind": "file", "path": str(path), "column": "text", "id": "id", "unit": unit}
    engine = registry.build("engine", options, model={"name": "file"}, src="en", tgt="pl")
    with pytest.raises(DataError, match=rf"out\.jsonl:{place}: .*{said}"):
        engine.check()
        list(engine.translate(Batch(["A"], ids=["a"])))
