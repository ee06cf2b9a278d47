"""`harness align` as a user calls it, with the embedded encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests" / "data" / "call-gold" / "gold.txt"
FR = next(ROOT.glob("seeds/000_*/fr.txt"))
PL = next(ROOT.glob("seeds/004_*/pl.txt"))
PAIR = ["--src", "fr", "--tgt", "pl"]


def call(*words: str | Path) -> int:
    return main(["align", *map(str, words)])


def test_the_real_reports_from_the_raw_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(FR, PL, *PAIR, "--gold", GOLD, "-o", tmp_path / "beads.tsv") == 0
    out = capsys.readouterr()
    strict = next(line for line in out.out.splitlines() if "strict" in line)
    assert strict.count("1.000") == 3
    assert "15 links, 4 sentences left alone" in out.err
    rows = [line.split("\t") for line in (tmp_path / "beads.tsv").read_text().splitlines()[1:]]
    assert {row[0] for row in rows if "partial" in row[5]} == {"2", "7", "10", "11", "14"}


def test_folders_are_paired_by_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side in ("fr", "pl"):
        (tmp_path / side).mkdir()
        for path in ROOT.glob(f"seeds/*/{side}.txt"):
            (tmp_path / side / f"{path.parent.name[:3]}.txt").write_bytes(path.read_bytes())
    assert call(tmp_path / "fr", tmp_path / "pl", *PAIR, "-o", tmp_path / "out", "--format", "txt") == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000--004.txt"]
    assert capsys.readouterr().err.count("no counterpart") == 3


def test_a_list_of_pairs_with_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "Le chat dort.\nIl pleut beaucoup.\n"
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode())
    (tmp_path / "b.txt").write_text(lines)
    (tmp_path / "g.txt").write_text("[0]:[0]\n[1]:[1]\n")
    (tmp_path / "list.tsv").write_text("a.txt\tb.txt\tg.txt\n")
    words = ["--pairs", tmp_path / "list.tsv", "--segmented", *PAIR, "-o", tmp_path / "out"]
    assert call(*words, "--set", "temperature=1.1", "encoder.threads=1") == 0
    captured = capsys.readouterr()
    assert "1.000" in captured.out
    assert "hold the same text" in captured.err
    assert (tmp_path / "out" / "a--b.tsv").exists()


@pytest.mark.parametrize(
    ("content", "words", "message"),
    [
        (b"", [], "the file is empty"),
        (b"  \n\n", ["--segmented"], "the file is empty"),
        (b"caf\xe9", [], "not UTF-8 (byte 0xe9 at offset 3)"),
        (b"x", ["--gold", "none.txt"], "none.txt: no such file"),
        (b"x", ["-o", "out.tmz"], "Did you mean '.tmx'"),
        (b"x", ["--aligner", "autos"], "Did you mean 'auto'"),
        (b"x", ["--set", "temprature=2"], "Did you mean 'temperature'"),
        (b"x", ["--set", "temperature"], "expected KEY=VALUE"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: list[str], message: str
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    (tmp_path / "b.txt").write_text("To jest zdanie.\n")
    assert call(tmp_path / "a.txt", tmp_path / "b.txt", *PAIR, *words) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert message in lines[0]


def test_a_language_plainly_wrong_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [GOLD.parent / "src.fr.txt", GOLD.parent / "tgt.pl.txt"]
    words = ["--src", "de", "--tgt", "pl", "--segmented", "--aligner", "gale-church"]
    assert call(*texts, *words, "-o", tmp_path / "o.html") == 0
    assert "declared as German, but it looks like French (fr)" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["\u200b\u200b\n\ufeff\u2060\n", "… — !\n***\n"])
@pytest.mark.parametrize("options", [[], ["--segmented"]])
def test_a_text_without_a_letter_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: list[str]
) -> None:
    (tmp_path / "none.txt").write_text(text, encoding="utf-8")
    assert call(tmp_path / "none.txt", PL, *PAIR, *options) == 2
    told = capsys.readouterr().err
    assert "none.txt: " in told and "Traceback" not in told
    assert "no letter or figure" in told or "nothing to align" in told or "no text is left" in told
