"""Tables on a terminal of 80 columns: what is left out is said, in its order, and names stay whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.tables import cell_width, print_table
from harness.compare.cells import Sheet
from harness.compare.formats import terminal
from harness.results.tables import fitted
from tests.support.made_stores import write_run

NAMES = ["facebook-nllb-200-distilled-600M", "opus-mt-tc-big-fr-zls"]
REFERENCES = [["To jest dom."], ["Pada deszcz od rana."], ["Kot śpi."]] * 4


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for number, name in enumerate(NAMES):
        hypotheses = ["To jest dom." if number else "Dom."] * 12
        health = [["copied", "numbers"] for _ in hypotheses]
        write_run(tmp_path, f"20260101-0000{number}-aaaaaaaa", name, hypotheses, REFERENCES, health=health)
    return tmp_path


@pytest.fixture
def terminal_80(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)


def shown(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[list[str], str]:
    assert main([*map(str, words)]) == 0
    out, err = capsys.readouterr()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out).splitlines(), err


@pytest.mark.usefixtures("terminal_80")
@pytest.mark.parametrize("verb", ["list", "compare", "history"])
def test_lines_fit_and_names_stay_whole(store: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    lines, err = shown(capsys, verb, "--results", store)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert all(name in text for name in NAMES)
    assert "left out to fit 80 columns" in text + err
    lines, err = shown(capsys, verb, "--results", store, "--wide")
    assert max(map(len, lines)) > 80
    assert "left out to fit" not in "\n".join(lines) + err


def test_nothing_is_left_out_in_a_file(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines, err = shown(capsys, "list", "--results", store)
    assert "health" in lines[1] and "left out" not in err


def test_scores_lose_columns_in_the_stated_order() -> None:
    header = ["run", "model", "pair", "data", "n", "BLEU ↑", "TER ↓", "health"]
    rows = [["r" * 24, "m" * 20, "fr-pl", "set:12345678", "12", "9.8 ± 2.7", "80.0 ± 1.0", "1 a, 1 b"]]
    order = ["flags", "n", "data", "intervals", "run", "health", "pair", "TER ↓"]
    for width in range(120, 10, -1):
        left, cells, hidden = fitted(header, rows, width)
        assert hidden == [name for name in order if name in hidden]
        assert "m" * 20 in cells[0] and "BLEU ↑" in left
    assert fitted(header, rows, 10)[2][-1] == "TER ↓"
    assert fitted(header, rows, 200)[2] == []


@pytest.mark.usefixtures("terminal_80")
def test_a_sheet_of_many_columns_keeps_its_systems(capsys: pytest.CaptureFixture[str]) -> None:
    header = ("rank", "system", *(f"a column {k}" for k in range(12)))
    terminal([Sheet("many", header, (("1", NAMES[0], *("0.123" for _ in range(12))),))], [], "title")
    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert NAMES[0] in out and "a column 0" in out and "left out to fit 80 columns: a column 11" in out


@pytest.mark.usefixtures("terminal_80")
def test_text_is_broken_before_a_column_goes(capsys: pytest.CaptureFixture[str]) -> None:
    header = ["model", "why", "note", "size"]
    row = ["m" * 30, "because it is so " * 4, "日本語" * 12, "2 GB"]
    print_table(header, [row], spare=("size",))
    out, err = capsys.readouterr()
    assert max(map(cell_width, out.splitlines())) <= 80 and not err
    assert "m" * 30 in out and "2 GB" in out
    assert sum("日" in line for line in out.splitlines()) > 1, "broken, not cut"
    print_table(header, [["m" * 42, *row[1:]]], spare=("size",))
    out, err = capsys.readouterr()
    assert "2 GB" not in out and "m" * 42 in out and "because" in out
    assert "left out to fit 80 columns: size\n" in err


@pytest.mark.usefixtures("terminal_80")
def test_list_models_names_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    lines, _ = shown(capsys, "list", "models")
    assert max(map(len, lines)) <= 80
    assert {"gloss", "nllb-600m", "opus-mt"} <= {line.split()[0] for line in lines if line.strip()}
