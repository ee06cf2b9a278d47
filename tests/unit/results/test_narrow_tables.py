"""Tables on a terminal of 80 columns: what is left out is said, in its order, and names stay whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.tables import cell_width, print_table
from harness.compare.cells import Sheet
from harness.compare.formats import _fit, terminal
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


HEADER = ["run", "model", "pair", "data", "n", "BLEU ↑", "chrF2 ↑", "TER ↓", "health"]


def row_of(pair: str = "fr-pl", health: str = "‼ 12 a, 1 b") -> list[str]:
    scores = ["9.8 ± 2.7", "40.0 ± 1.0", "80.0 ± 1.0"]
    return ["r" * 24, "m" * 20, pair, "set:12345678", "12", *scores, health]


def test_scores_lose_columns_in_the_stated_order() -> None:
    rows = [row_of(), row_of(health="ok")]
    order = ["flags", f"run ({'r' * 24})", "data (set:12345678)", "pair (fr-pl)", "names of flags"]
    order += ["TER ↓", "chrF2 ↑", "n (12)", "health", "intervals"]
    for width in range(140, 10, -1):
        left, cells, hidden = fitted(HEADER, rows, width)
        assert hidden == order[: len(hidden)]
        assert cells[0][left.index("model")] == ("‼ " if "health" in hidden else "") + "m" * 20
        assert cells[1][left.index("model")] == "m" * 20, "the mark is of the system that does not translate"
        assert "BLEU ↑" in left
        assert ("9.8 ± 2.7" in cells[0]) == ("intervals" not in hidden)
    assert fitted(HEADER, rows, 10)[2] == order
    assert fitted(HEADER, rows, 200)[2] == []


def test_a_tag_has_a_column_and_goes_late() -> None:
    header = [*HEADER[:2], "tag", *HEADER[2:]]
    rows = [[*row[:2], tag, *row[2:]] for row, tag in ((row_of(), "mine"), (row_of(health="ok"), ""))]
    hidden = fitted(header, rows, 10)[2]
    assert hidden.index("n (12)") < hidden.index("tag") < hidden.index("health")


def test_a_pair_that_tells_rows_apart_goes_after_the_metrics() -> None:
    hidden = fitted(HEADER, [row_of(), row_of("pl-fr")], 10)[2]
    assert hidden.index("pair") > hidden.index("chrF2 ↑")


def test_80_columns_keep_what_the_readme_promises() -> None:
    """Four metrics with intervals, the size, and the mark of broken output."""
    header = ["run", "model", "pair", "data", "n", "BLEU ↑", "chrF2 ↑", "chrF2++ ↑", "TER ↓", "health"]
    scores = ["13.4 ± 3.0", "48.6 ± 3.3", "44.4 ± 3.2", "151.8 ± 14.6"]
    copied = ["r" * 24, "copy", "fr-pl", "seeds:ef993ec0", "15", *scores, "‼ 15 copied, 15 wrong-language"]
    left, cells, _ = fitted(header, [copied, [*copied[:1], "reference", *copied[2:9], "ok"]], 80)
    assert left == ["model", "n", "BLEU ↑", "chrF2 ↑", "chrF2++ ↑", "TER ↓", "health"]
    assert cells[0] == ["copy", "15", *scores, "‼ 15"]


def test_a_comparison_keeps_the_intervals_longest() -> None:
    header = ("rank", "range", "system", "BLEU ↑", "95 % interval", "Δ to b", "95 % interval of Δ")
    header += ("p (max-t)", "p (ar)", "wins/ties/losses", "judges agree")
    sheet = Sheet("BLEU", header, (("1", "1", "s" * 20, "12.00", "[1.00, 2.00]", *["0.1234"] * 6),))
    order = ["judges agree", "wins/ties/losses", "range", "p (max-t)", "p (ar)", "rank"]
    order += ["95 % interval of Δ", "Δ to b", "95 % interval"]
    for width in range(200, 20, -1):
        fit, note = _fit(sheet, width)
        hidden = [name for name in order if name not in fit.header]
        assert hidden == order[: len(hidden)] and {"system", "BLEU ↑"} <= set(fit.header)
        assert note == (
            (f"left out to fit {width} columns: {', '.join(hidden)} (--wide shows everything)",)
            if hidden
            else ()
        )


@pytest.mark.usefixtures("terminal_80")
def test_a_sheet_of_many_columns_keeps_its_systems(capsys: pytest.CaptureFixture[str]) -> None:
    header = ("rank", "system", *(f"a column {k}" for k in range(12)))
    terminal([Sheet("many", header, (("1", NAMES[0], *("0.123" for _ in range(12))),))], [], "title")
    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert NAMES[0] in out and "a column 0" in out and "left out to fit 80 columns: rank, a column 11" in out


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
