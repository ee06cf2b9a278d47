from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.common.files import (
    digest,
    read_jsonl,
    read_lines,
    read_text,
    sha256_text,
    write_atomic,
    write_json,
)
from harness.common.paths import no_such_file
from harness.errors import DataError, StageError


def test_bad_utf8_names_line_and_byte_offset(tmp_path: Path) -> None:
    path = tmp_path / "latin1.txt"
    path.write_bytes("été\n".encode() + b"caf\xe9\n")
    with pytest.raises(DataError, match=r"latin1\.txt:2: not UTF-8 \(byte 0xe9 at offset 9\)"):
        read_text(path)


def test_crlf_and_lf_copies_hash_alike_and_a_bom_is_no_text(tmp_path: Path) -> None:
    assert sha256_text("a\r\nb\r\n") == sha256_text("a\nb\n")
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfa\r\nb")
    assert read_lines(tmp_path / "bom") == ["a", "b"]


def test_only_newlines_end_a_line(tmp_path: Path) -> None:
    (tmp_path / "u").write_text("a\u2028b\x0cc\n\nd", encoding="utf-8")
    assert read_lines(tmp_path / "u") == ["a\u2028b\x0cc", "", "d"]


def test_a_torn_last_line_is_ignored_and_a_torn_middle_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n{"a": 2', encoding="utf-8")
    assert list(read_jsonl(path)) == [{"a": 1}]
    path.write_text('{"a": 1\n{"a": 2}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"x\.jsonl:1"):
        list(read_jsonl(path))


def test_json_files_hold_no_nan_and_keep_the_old_content_on_failure(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write_json(path, {"b": 1, "a": 2})
    assert path.read_text() == '{\n  "a": 2,\n  "b": 1\n}\n'
    with pytest.raises(ValueError):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text()) == {"a": 2, "b": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StageError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "x", "text")


def test_digest_does_not_depend_on_key_order() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("texts/fr.tx", "texts/fr.tx: no such file; did you mean 'fr.txt'?"),
        ("texts/gone.txt", "texts/gone.txt: no such file; it is a broken symbolic link"),
        ("texts", "texts: is a folder, expected a file"),
        ("texts/x", "texts/x: no such file; it is not in {folder}/texts"),
        ("text/deep/fr.txt", "text/deep/fr.txt: no such file; there is no folder 'text' in {folder}"),
        ("y" * 300, "y" * 300 + ": no such file; it is not in {folder}"),
    ],
)
def test_a_missing_file_says_where_to_look_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/fr.txt").write_text("Oui.\n")
    (tmp_path / "texts/gone.txt").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    assert str(no_such_file(name)) == told.format(folder=tmp_path)
