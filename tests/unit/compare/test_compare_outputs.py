"""What `compare` prints for a paper, a pull request and a gate; buckets with differences."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses

N = 80


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("outputs")
    _, _, references = corpus(N)
    sources = ["a short source" if i < 60 else "a source of many words " * 5 for i in range(N)]
    chrf = {"chrf": METRICS["chrf"]}
    base = hypotheses(references, 1, 0.2)
    systems = {"base": base, "near": ["nothing", *base[1:]], "far": hypotheses(references, 1, 0.7)}
    for name, outputs in systems.items():
        write_run(root, name, name, outputs, references, sources, metrics=chrf)
    repeats = [reference[0] for reference in references]
    write_run(root, "zref", "reference", repeats, references, sources, metrics=chrf, engine="reference")
    return root


def compare(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, str, str]:
    code = main(["compare", "--results", str(root), "--samples", "400", *words])
    got = capsys.readouterr()
    return code, got.out, got.err


def test_latex_says_in_its_caption_what_bold_and_dagger_mean(store, capsys) -> None:
    _, out, _ = compare(capsys, store, "--format", "latex")
    caption = re.search(r"\\caption\{(.*)\}\n", out)[1]
    assert "Bold: the best score, the reference aside" in caption
    assert ("dagger" in caption) == ("$^\\dagger$ \\\\" in out)
    assert "\\textbf" in next(line for line in out.splitlines() if line.startswith("base &"))
    assert "\\textbf" not in next(line for line in out.splitlines() if line.startswith("reference &"))


def test_all_pairs_as_latex_csv_and_table(store, capsys) -> None:
    _, out, _ = compare(capsys, store, "--pairs", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 4 * 3, "every ordered pair"
    by_pair = {(row["a"], row["b"]): row for row in rows}
    there, back = by_pair["base", "far"], by_pair["far", "base"]
    assert float(there["difference"]) == -float(back["difference"]) > 0
    assert (there["verdict"], back["verdict"]) == ("better", "worse")
    assert there["p_corrected"] == back["p_corrected"]
    _, out, _ = compare(capsys, store, "--pairs", "--format", "latex")
    body = [line for line in out.splitlines() if line.startswith("(")]
    assert len(body) == 4 and all(line.count("&") == 4 for line in body)
    assert "row minus column" in out
    _, out, _ = compare(capsys, store, "--pairs")
    assert "chrF2, all pairs" in out and f"{float(there['difference']):+.2f}" in out


def test_pairs_go_with_no_other_view(store, capsys) -> None:
    code, _, err = compare(capsys, store, "--pairs", "--format", "json")
    assert code == 2 and "leave out --format json" in err


def test_buckets_have_differences_intervals_and_a_note_of_small_ones(store, capsys) -> None:
    _, out, _ = compare(capsys, store, "--by", "length", "--format", "md")
    table = [line for line in out.split("by length**")[1].splitlines() if line.startswith("|")]
    assert "Δ to base" in table[0]
    far = [line for line in table if "| far |" in line]
    assert len(far) == 2 and all(re.search(r"\| -\d+\.\d+ \| \[-", line) for line in far)
    assert re.search(r"fewer than 30 segments in .*\(20\)", out)
    assert "not corrected for the 2 buckets" in out


def test_buckets_draw_what_the_comparison_draws(tmp_path, capsys) -> None:
    _, _, references = corpus(N)
    sources = ["a short source" if i % 2 else "a source of many words " * 5 for i in range(N)]
    docs = [f"d{i // 4}" for i in range(N)]
    for name, noise in (("base", 0.2), ("far", 0.7)):
        outputs = hypotheses(references, 1, noise)
        chrf = {"chrf": METRICS["chrf"]}
        write_run(tmp_path, name, name, outputs, references, sources, metrics=chrf, docs=docs)

    def rows(*words: str) -> tuple[list[str], str]:
        _, out, _ = compare(capsys, tmp_path, "--format", "md", *words)
        shown = out.split("chrF2 by ")[1].splitlines()
        return [line for line in shown if "| far |" in line], out

    by_length, out = rows("--by", "length")
    assert "interval over the documents of the bucket" in out
    segments, out = rows("--by", "length", "--resample", "segments")
    assert "interval over the segments of the bucket" in out
    scores = [[line.split(" | ")[3] for line in lines] for lines in (by_length, segments)]
    assert scores[0] == scores[1], "what is drawn changes no score"
    assert by_length != segments
    _, out = rows("--by", "document")
    assert "(within a document segments are drawn)" in out


@pytest.mark.parametrize("kind", ["shape", "confidence", "document", "domain"])
def test_a_set_without_such_buckets_says_so(store, capsys, kind) -> None:
    code, out, _ = compare(capsys, store, "--by", kind)
    assert code == 0
    assert f"--by {kind}: made fr-pl" in out and "cannot be split so" in out
    assert f"chrF2 by {kind}" not in out


def test_the_gate_lets_pass_what_is_within_the_tolerance(store, capsys) -> None:
    words = ("near", "base", "--baseline", "base", "--fail-if-worse", "--alpha", "0.99")
    code, _, err = compare(capsys, store, *words)
    drop = float(re.search(r"significantly worse than base in chrF2 \((-[\d.]+)", err)[1])
    assert code == 1 and -10 < drop < 0
    code, _, err = compare(capsys, store, *words, "--tolerance", str(abs(drop) + 0.5))
    assert code == 0 and "within the tolerance" in err
    code, _, _ = compare(capsys, store, *words, "--tolerance", str(abs(drop) / 2))
    assert code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tolerance", "1"), "--tolerance needs --fail-if-worse"),
        (("--baseline", "base", "--fail-if-worse", "--tolerance", "much"), "--tolerance much: expected"),
    ],
)
def test_a_tolerance_that_cannot_be_used(store, capsys, words, said) -> None:
    code, _, err = compare(capsys, store, *words)
    assert code == 2 and said in err


def test_the_summary_for_a_pull_request(store, capsys) -> None:
    gate = ("--baseline", "base", "--fail-if-worse", "--format", "github")
    code, out, _ = compare(capsys, store, *gate)
    assert code == 1
    assert out.startswith("## Translation scores: failed, 1 system is worse\n")
    assert "- far is significantly worse than base in chrF2" in out
    table = [line for line in out.splitlines() if line.startswith("|")]
    assert table[2].startswith("| base (baseline) |"), "the baseline first"
    assert re.search(r"\| far \| [\d.]+ ▼ -[\d.]+ \[-", out)
    assert out.count("<details>") == out.count("</details>") == 1
    code, out, _ = compare(capsys, store, *gate, "--tolerance", "100")
    assert code == 0 and out.startswith("## Translation scores: passed\n")
    _, out, _ = compare(capsys, store, "--format", "github")
    assert out.startswith("## Translation scores\n"), "no gate, no verdict"


def test_a_name_cannot_end_the_folded_part(tmp_path, capsys) -> None:
    _, _, references = corpus(20)
    for name in ("</details><img src=x>", "other | name"):
        write_run(tmp_path, name[:3].strip("</"), name, hypotheses(references, len(name), 0.2), references)
    _, out, _ = compare(capsys, tmp_path, "--format", "github")
    assert out.count("</details>") == 1 and "<img" not in out
