"""`clean` as a user sees it: the diff, JSON, files written, and one line for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.paths import resource

SEEDS = {path.parent.name[:3]: path for path in resource("seeds").glob("*/*.txt")}


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["clean", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_edits_are_a_diff_with_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, SEEDS["000"], SEEDS["001"], "--lang", "fr")
    assert code == 0
    assert "[-Toka?ev-]{+Tokaïev+}" in out and "[-le100e-]{+le 100e+}" in out and "[-⍽-]{+␣+}" in out
    assert "edits: 2 lost-accent, 5 lost-letter, 1 lost-space" in out
    assert "17  byline  (Rédactrice : Lucie ZHOU)" in out


def test_damage_without_evidence_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, SEEDS["000"], "--lang", "fr")
    assert out.count("Toka?ev: damaged, no evidence") == 3 and "unrepaired: 3 lost-letter" in out


def test_json_holds_every_edit_with_offsets_into_the_raw_text(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, SEEDS["004"], "--lang", "pl", "--json")
    [found] = json.loads(out)
    raw = SEEDS["004"].read_text("utf-8")
    [edit] = found["edits"]
    assert (edit["rule"], edit["before"], edit["after"], edit["line"], edit["column"]) == (
        "quote",
        ",,",
        "„",
        10,
        1,
    )
    assert raw[edit["start"] : edit["end"]] == ",,"
    assert [p["text"] for p in found["furniture"]] == [
        "Współpraca wielokierunkowa",
        "Współpraca dwustronna i regionalna",
    ]


def test_without_a_cleaner_nothing_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, SEEDS["004"], "--lang", "pl", "--cleaner", "none")
    assert "edits: none" in out and "furniture: none" in out


def test_the_cleaned_text_is_written_and_the_raw_text_stays(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    raw = SEEDS["004"].read_bytes()
    code, _, err = run(capsys, SEEDS["004"], "--lang", "pl", "-o", tmp_path / "out.txt")
    assert code == 0 and str(tmp_path / "out.txt") in err
    assert (tmp_path / "out.txt").read_text("utf-8") == raw.decode().replace(",,", "„")
    run(capsys, SEEDS["004"], "--lang", "pl", "-o", tmp_path / "less.txt", "--drop-furniture")
    kept = (tmp_path / "less.txt").read_text("utf-8").split("\n")
    assert len(kept) == len(raw.decode().split("\n")) - 2 and not any(
        "wielokierunkowa" in line for line in kept
    )
    assert SEEDS["004"].read_bytes() == raw


def test_several_texts_go_to_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, _ = run(capsys, SEEDS["000"], SEEDS["003"], "--lang", "fr", "-o", tmp_path / "cleaned")
    assert code == 0 and len(list((tmp_path / "cleaned").iterdir())) == 2


def test_a_cleaner_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("kind: rules\nquotes: false\n")
    _, out, _ = run(capsys, SEEDS["004"], "--lang", "pl", "--cleaner", own)
    assert "edits: none" in out


def test_mistakes_are_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty, bad, text = tmp_path / "empty.txt", tmp_path / "bad.txt", tmp_path / "text.txt"
    empty.write_text(" \n")
    bad.write_bytes(b"abc \xff def")
    text.write_text("Un texte.")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("kind: [")
    for words, message in (
        ([tmp_path / "none.txt", "--lang", "fr"], "none.txt: no such file"),
        ([empty, "--lang", "fr"], "empty.txt: empty"),
        ([bad, "--lang", "fr"], "bad.txt:1: not UTF-8 (byte 0xff at offset 4)"),
        ([text, "--lang", "xyzzy"], "no language with the code 'xyzzy'"),
        ([text, "--lang", "fr", "--cleaner", "rule"], "Did you mean 'rules'"),
        ([text, "--lang", "fr", "--cleaner", wrong], "wrong.yaml:1: not valid YAML"),
        ([text, "--lang", "fr", "-o", text], "is the input itself"),
        ([text, "--lang", "fr", "--drop-furniture"], "add -o OUT"),
        ([text], "--lang"),
    ):
        code, out, err = run(capsys, *words)
        assert code == 2 and not out and message in err and err.count("\n") == 1, (words, err)
    assert text.read_text() == "Un texte."


def test_what_would_upset_a_terminal_is_escaped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("a\x1b[31mb \u202eevil.", "utf-8")
    _, out, _ = run(capsys, path, "--lang", "en")
    assert "\x1b" not in out and "\u202e" not in out and "[-\\u001b-]" in out
