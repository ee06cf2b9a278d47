"""What is read is what was meant: marks, encodings, line ends, packed files, files that are no plain text."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import shlex
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pyarrow
import pytest

from harness.common import texts
from harness.common.decoding import guess, iconv_name
from harness.common.files import read_lines, read_text, sha256_text
from harness.common.notices import collecting, tell
from harness.common.texts import Text
from harness.errors import DataError

PL = (
    "Zażółć gęślą jaźń. Przyszedł wczoraj do domu i powiedział, że nie będzie już więcej pracował.\n"
    "Święta są w grudniu, a więc dziś nie.\n"
)


def lines(path: Path, **options: object) -> list[str]:
    return list(Text(path, **options).lines())  # type: ignore[arg-type]


def test_a_byte_order_mark_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF8 + "é\nb\n".encode())
    with collecting() as told:
        assert read_lines(path) == ["é", "b"] and read_text(path) == "é\nb\n"
    assert list(told) == [f"{path}: its byte-order mark is left out"], "each notice comes once"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_text_with_another_mark_is_read_as_it_says(tmp_path: Path, encoding: str) -> None:
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
             "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}  # fmt: skip
    path = tmp_path / "a.txt"
    path.write_bytes(marks[encoding] + "Zażółć\r\n日本\n".encode(encoding))
    text = Text(path)
    with collecting() as told:
        assert list(text.lines()) == ["Zażółć", "日本"]
    assert text.sha256 == sha256_text("Zażółć\n日本\n")
    assert [line for line in told if f"read as {iconv_name(encoding)}" in line]
    path.write_bytes(marks[encoding] + "Zażółć\n".encode(encoding) + b"a")
    with pytest.raises(DataError, match=r"a\.txt: UTF-\d\d.E text that ends within a character"):
        lines(path)
    path.write_bytes(marks[encoding] + b"\x00\xdc\xdc\x00" * 2)
    with pytest.raises(DataError, match="its byte-order mark says UTF"):
        lines(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [PL, "总统昨天表示，工作将继续进行。\n这是非常好的事情。\n"])
def test_utf16_without_a_mark_is_refused_with_a_command_that_works(
    tmp_path: Path, encoding: str, text: str
) -> None:
    path = tmp_path / "a b.pl"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DataError, match="UTF-16 without a byte-order mark; convert it: iconv") as error:
        read_text(path)
    subprocess.run(str(error.value).partition("convert it: ")[2], shell=True, check=True)
    assert read_text(tmp_path / "a b.utf8.pl") == text


def test_a_stray_cr_stays_in_its_line_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"One.\nTwo is\rbetter.\nThree.\n")
    with collecting() as told:
        assert read_lines(path) == ["One.", "Two is\rbetter.", "Three."]
    assert list(told) == [
        f"{path}: a carriage return (CR) is inside line 2: not a line end in a file whose lines end with LF,"
        " kept in the text"
    ]
    with collecting() as whole:
        read_text(path)
    assert list(whole) == list(told)
    assert Text(path).where in next(iter(told))


def test_a_file_without_lf_has_cr_as_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "mac.txt"
    path.write_bytes(b"One.\rTwo.\r\rFour.")
    text = Text(path)
    with collecting() as told:
        assert list(text.lines()) == ["One.", "Two.", "", "Four."]
    assert not told and text.sha256 == sha256_text("One.\nTwo.\n\nFour.")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_line_ends_do_not_depend_on_where_a_chunk_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("harness.common.containers.CHUNK", size)
    path = tmp_path / "a.txt"
    for data, wanted in (
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\xef\xbb\xbfa\r\n\r\nb", ["a", "", "b"]),
        (b"a\rb\nc\r", ["a\rb", "c\r"]),
        (b"a\rb\rc", ["a", "b", "c"]),
        (b"a\r\r\nb", ["a\r", "b"]),
        (b"\r", [""]),
        (b"", []),
    ):
        path.write_bytes(data)
        text = Text(path)
        with collecting():
            assert list(text.lines()) == wanted, data
            assert text.sha256 == sha256_text(read_text(path)), "the whole text hashes like the stream"


def test_a_file_that_turns_from_cr_to_lf_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_LINE", 100)
    monkeypatch.setattr("harness.common.containers.CHUNK", 64)
    path = tmp_path / "a.txt"
    path.write_bytes(b"word\r" * 100 + b"word\n")
    with pytest.raises(DataError, match=r"end with CR at its beginning and with LF later.*tr '\\r' '\\n'"):
        lines(path)


def test_only_cr_lf_end_a_line(tmp_path: Path) -> None:
    odd = "a\u2028b\u2029c\x0bd\x0ce\x85f\x1cg"
    (tmp_path / "a.txt").write_text(f"{odd}\nh\n", encoding="utf-8")
    assert lines(tmp_path / "a.txt") == [odd, "h"]


def test_nul_characters_are_told_and_binary_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\0b\n" + b"text\n" * 50)
    with collecting() as told:
        assert lines(path)[0] == "a\0b"
    assert [line for line in told if "1 NUL" in line]
    path.write_bytes(bytes(range(64)) * 2 + b"\0\1\2\3" * 100)
    with pytest.raises(DataError, match="is binary data, not plain text"):
        lines(path)


SAMPLES = {
    "pl": (PL, ["cp1250", "iso8859_2"]),
    "cs": ("Příliš žluťoučký kůň úpěl ďábelské ódy.\nDěkuji vám za vaši práci, přijdu zítra.\n", ["cp1250"]),
    "fr": ("Le président a été réélu à Paris, où il a dit que l’été fut chaud.\n", ["cp1252", "mac_roman"]),
    "ru": ("Президент вчера сказал, что работа будет продолжена.\n", ["cp1251", "koi8_r", "cp866"]),
    "el": ("Ο πρόεδρος δήλωσε χθες ότι η εργασία θα συνεχιστεί.\n", ["cp1253"]),
    "tr": ("Başkan dün çalışmanın devam edeceğini söyledi.\nBu çok güzel bir şey değil mi?\n", ["cp1254"]),
    "ja": ("大統領は昨日、作業を続けると述べた。\nこれはとても良いことです。\n", ["cp932", "euc_jp"]),
    "zh": ("总统昨天表示，工作将继续进行。\n这是非常好的事情。\n", ["gb18030"]),
    "ko": ("대통령은 어제 작업이 계속될 것이라고 말했다.\n이것은 매우 좋은 일이다.\n", ["cp949"]),
    "th": ("ประธานาธิบดีกล่าวเมื่อวานว่างานจะดำเนินต่อไป\nนี่เป็นสิ่งที่ดีมาก\n", ["cp874"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "encoding"), [(lang, encoding) for lang, (_, found) in SAMPLES.items() for encoding in found]
)
def test_a_wrong_encoding_is_named_by_the_language(tmp_path: Path, lang: str, encoding: str) -> None:
    text = SAMPLES[lang][0]
    path = tmp_path / "wrong.txt"
    path.write_bytes(text.encode(encoding))
    told = rf"wrong\.txt:1: not UTF-8 \(byte 0x.*\); convert it from {iconv_name(encoding)}, which it seems"
    with pytest.raises(DataError, match=told) as error:
        lines(path, langs=(lang,))
    assert f"iconv -f {iconv_name(encoding)} -t UTF-8" in str(error.value) and "\n" not in str(error.value)
    command = str(error.value).partition("seems to be: ")[2]
    assert shlex.split(command)[-1] == str(tmp_path / "wrong.utf8.txt")


@pytest.mark.parametrize("lang", ["pl", "fr", "el", "tr", "ja", "ko", "th"])
def test_the_language_of_a_wrong_encoding_is_found_where_it_is_not_declared(lang: str) -> None:
    text, encodings = SAMPLES[lang]
    found = guess(text.encode(encodings[0]))
    assert found is not None and text.encode(encodings[0]).decode(found) == text


@pytest.mark.parametrize(
    ("lang", "text", "encoding"),
    [
        ("pl", "źródło wody\n", "iso8859_2"), ("pl", "Są już.\n", "iso8859_2"),
        ("cs", "šťáva\n", "iso8859_2"),
        ("fr", "id;texte\n1;été\n2;déjà vu\n", "latin-1"), ("de", "a,b\nGröße,Maß\n", "latin-1"),
        ("es", "niño\n", "latin-1"), ("fr", "été\n", "mac_roman"), ("pl", "źródło\n", "cp1250"),
    ],
)  # fmt: skip
def test_a_few_words_are_enough_to_name_an_encoding(lang: str, text: str, encoding: str) -> None:
    found = guess(text.encode(encoding), (lang,))
    assert found is not None and text.encode(encoding).decode(found) == text


def test_the_end_of_a_files_name_declares_its_language(tmp_path: Path) -> None:
    path = tmp_path / "wrong.pl"
    path.write_bytes(PL.encode("iso8859_2"))
    with pytest.raises(DataError, match="convert it from ISO-8859-2"):
        read_text(path)


def test_a_packed_file_in_a_wrong_encoding_is_unpacked_in_the_advice(tmp_path: Path) -> None:
    path = tmp_path / "wrong.pl.gz"
    path.write_bytes(gzip.compress(PL.encode("cp1250")))
    with pytest.raises(DataError) as error:
        lines(path, langs=("pl",))
    subprocess.run(str(error.value).partition("seems to be: ")[2], shell=True, check=True)
    assert read_text(tmp_path / "wrong.utf8.pl") == PL


def test_one_damaged_line_of_utf8_is_no_reason_to_convert_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pl"
    path.write_bytes(PL.encode() + b"caf\xe9\n")
    with pytest.raises(DataError, match=r"a\.pl:3: not UTF-8 .* fix that line by hand") as error:
        lines(path)
    assert "iconv" not in str(error.value)


KINDS = [
    ('<?xml version="1.0"?>\n<tmx version="1.4">\n', "TMX", "data=tmx"),
    ('<tmx version="1.4"><header/>', "TMX", "data=tmx"),
    ('<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0">', "XLIFF", "data=xliff"),
    ('<?xml version="1.0"?><!-- a --><x:xliff xmlns:x="u">', "XLIFF", "data=xliff"),
    ('<dataset id="newstest2021">\n', "WMT test set", "data=wmt-xml"),
    ('<refset setid="t" srclang="any" trglang="en">\n', "SGML", "data=sgm"),
    ("<!DOCTYPE mteval SYSTEM 'x'>\n<mteval>\n", "SGML", "data=sgm"),
    ('<DOC docid="a" sysid="b">\n<seg id="1">Hallo</seg>\n', "SGML", "data=sgm"),
    ("<!doctype html>\n<html lang=fr>", "HTML", "extract its text"),
    ("\n<html><head>", "HTML", "extract its text"),
    ('<?xml version="1.0"?>\n<TEI xmlns="x">', "XML", "extract its text"),
    ('# German\nmsgid ""\nmsgstr ""\n"Content-Type: x\\n"\n', "PO", "data=po"),
    ('#: a.c:1\nmsgid "a"\nmsgstr "b"\n', "PO", "data=po"),
    ("1\n00:00:01,000 --> 00:00:02,000\nBonjour\n", "SubRip", "no loader reads subtitles"),
    ("1\r\n00:00:01,000 --> 00:00:02,000\r\nBonjour\r\n", "SubRip", "no loader reads subtitles"),
    ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "WebVTT", "no loader reads subtitles"),
    ('{"a": 1}\n{"a": 2}\n', "JSON lines", "data=jsonl"),
]
BINARY = [
    ("%PDF-1.7\n", "PDF", "pdftotext"),
    ("{\\rtf1\\ansi", "RTF", "plain text"),
    ("PAR1\x15", "Parquet", "data=parquet"),
]


@pytest.mark.parametrize(
    ("head", "told", "remedy", "encoding"),
    [(*kind, "utf-8") for kind in KINDS + BINARY] + [(*kind, "utf-16") for kind in KINDS],
)
def test_what_is_no_plain_text_is_refused_with_what_reads_it(
    tmp_path: Path, head: str, told: str, remedy: str, encoding: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(head.encode(encoding))
    with collecting(), pytest.raises(DataError, match=f"a\\.txt: is .*{told}.*, not plain text; .*{remedy}"):
        lines(path)


@pytest.mark.parametrize(
    "text",
    [
        "<b>Bold</b> text\nmore\n",
        "<head> of state\n",
        "< 5 %\n",
        "<unk> <unk>\n",
        "1\n2\n3\n",
        "msgid is a keyword\n",
        '{"a": 1}\nand text\n',
        "WEBVTTs are files\n",
        "%PD\n",
    ],
)
def test_plain_text_that_begins_oddly_is_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    assert lines(tmp_path / "a.txt") == text.splitlines()


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: pyarrow.Codec("zstd").compress(data, asbytes=True),
}


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", ["a.pl.{}", "a.pl"])
def test_a_packed_file_is_known_by_its_content(tmp_path: Path, packer: str, name: str) -> None:
    path = tmp_path / name.format(packer)
    path.write_bytes(PACKERS[packer](PL.encode()))
    assert read_text(path) == PL and read_lines(path) == PL.splitlines()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_members_of_a_tar_archive(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "corpus.tar"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in (("x/a.pl", PL.encode()), ("x/b.pl", b"b\n")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert lines(path / "x/a.pl") == PL.splitlines() and lines(path / "x/b.pl") == ["b"]
    with pytest.raises(DataError, match=r"an archive of 2 files; name a member, .*corpus\.tar/x/a\.pl"):
        lines(path)
    with pytest.raises(DataError, match=r"has no member 'x/c\.pl'; it holds x/a\.pl, x/b\.pl"):
        lines(path / "x/c.pl")


def test_an_archive_of_one_file_is_that_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.pl", PL)
    assert lines(tmp_path / "a.zip") == PL.splitlines()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4", "packed by 7-Zip"),
        (b"Rar!\x1a\x07\x01\0", "packed by RAR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Office document"),
    ],
)
def test_what_cannot_be_unpacked_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(DataError, match=told):
        lines(tmp_path / "a")


@pytest.mark.parametrize(
    ("member", "told"),
    [("word/document.xml", "a Word document"), ("xl/workbook.xml", "an Excel workbook, .*data=xlsx")],
)
def test_office_documents_are_named(tmp_path: Path, member: str, told: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr(member, "x")
    with pytest.raises(DataError, match=f"is {told}"):
        lines(tmp_path / "a.docx")


def test_a_file_that_is_not_what_its_name_says(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_text("plain")
    with pytest.raises(DataError, match=r"a\.gz: damaged or not what its name says"):
        lines(tmp_path / "a.gz")


def test_a_notice_that_nobody_collects_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    tell("a.txt: odd")
    assert capsys.readouterr().err == "warning: a.txt: odd\n"
    with collecting() as outer, collecting() as inner:
        tell("a.txt: odd")
    assert list(inner) == ["a.txt: odd"] and not outer and not capsys.readouterr().err


def test_a_json_lines_file_of_one_line_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text('{"src": "Hello.", "tgt": "Hallo."}\n', encoding="utf-8")
    with pytest.raises(DataError, match="JSON"):
        lines(path)
    path.write_text("{Hello} he said.\n", encoding="utf-8")
    assert lines(path) == ["{Hello} he said."]
