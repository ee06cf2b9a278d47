"""Words of two systems against references, by hand: n-grams that one gets right, F1 by frequency."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from harness.cli.main import main
from harness.compare.evaluate import Result, evaluate
from harness.compare.frequency import WordF1, accuracy
from harness.compare.groups import group
from harness.compare.ngrams import Matches, Only
from harness.compare.options import Options
from harness.compare.select import select
from harness.compare.tokens import tokenizer
from harness.compare.word_cells import accuracy_sheet
from harness.results.store import Store
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses

CHRF = {"chrf": METRICS["chrf"]}
REFERENCES = [["the cat sat on the mat"], ["the dog sat", "a dog sits"]]
FIRST = ["the cat sat on a mat", "a dog sat"]
SECOND = ["the the the cat on mat", "the dog"]


def compared(
    root: Path, systems: dict[str, list[str]], references: list[list[str]], **options: object
) -> Result:
    for number, (name, outputs) in enumerate(systems.items()):
        write_run(root, f"r{number}", name, outputs, references, metrics=CHRF, pair=("fr", "en"))
    store = Store(root)
    sets, _ = group(store, select(store, []))
    return evaluate(sets[0], Options(samples=500, **options))  # type: ignore[arg-type]


def contrast(result: Result, most: int) -> tuple[Only, Only]:
    return Matches(result.test_set, result.test_set.systems).contrasts([("first", "second")], most)[0]


def test_ngrams_that_one_system_gets_right(tmp_path) -> None:
    result = compared(tmp_path, {"first": FIRST, "second": SECOND}, REFERENCES)
    first, second = contrast(result, 50)
    # Right in `first` and never in `second`: sat (twice: in both segments), "cat sat", "sat on",
    # "the cat sat", "cat sat on", "the cat sat on", a, "a dog", "dog sat" (each by one of two references).
    assert (first.only, first.only_times) == (9, 10)
    rows = {one.text: (one.n, one.references, one.first, one.second) for one in first.ngrams}
    assert rows["sat"] == (1, 2, 2, 0)
    assert rows["the cat sat on"] == (4, 1, 1, 0)
    assert "cat sat" not in rows, "inside a longer one with the same counts"
    assert next(one.text for one in first.ngrams) == "sat", "twice against never is the clearest"
    # `second` has "the" right three times (twice in segment 1, where the reference has two; once in 2),
    # `first` once: no n-gram that `first` never has but "the dog".
    rows = {one.text: (one.n, one.references, one.first, one.second) for one in second.ngrams}
    assert rows["the"] == (1, 3, 3, 1)
    assert rows["the dog"] == (2, 1, 1, 0)
    assert (second.only, second.only_times) == (1, 1)


def test_only_so_many_are_listed_and_all_are_counted(tmp_path) -> None:
    first, _ = contrast(compared(tmp_path, {"first": FIRST, "second": SECOND}, REFERENCES), 1)
    assert len(first.ngrams) == 1 and first.only == 9


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    assert tokenizer("zh")("我爱3.5 AI。") == ["我", "爱", "3.5", "AI", "。"]
    assert tokenizer("hi")("हिन्दी में।") == ["हिन्दी", "में", "।"], "marks stay with their letters"
    assert tokenizer("pl")("„Żółć”, 1,5 km") == ["„", "Żółć", "”", ",", "1,5", "km"]


def test_f1_of_words_by_hand() -> None:
    metric = WordF1(tokenizer("en"))
    rows = metric.statistics([""] * 2, SECOND, REFERENCES)
    # the, the, cat, on, mat of six and six; the, dog of two and three (the second reference has one of two).
    assert rows.tolist() == [[5, 6, 6], [2, 2, 3]]
    assert metric.aggregate(rows.sum(axis=0, keepdims=True))[0] == pytest.approx(100 * 2 * 7 / (8 + 9))
    assert np.isnan(metric.aggregate(np.zeros((1, 3)))[0])
    assert metric.statistics(
        [""],
        [
            "",
        ],
        [["?!"]],
    ).tolist() == [[0, 0, 0]], "punctuation is no word"


def test_accuracy_by_frequency_by_hand(tmp_path) -> None:
    result = compared(tmp_path, {"first": FIRST, "second": SECOND}, REFERENCES)
    text = tmp_path / "corpus.txt"
    text.write_text("the the the the the sat\non on\n", encoding="utf-8")
    found = accuracy(result, text)
    buckets = {bucket.label: bucket for bucket in found.buckets}
    # Never: cat, mat, dog, a. `first`: cat mat right of (cat a mat; cat mat), a dog of "a dog sat" with
    # "a dog sits" or "the dog sat": both share two words of three; the first counts, and there only dog.
    assert list(buckets) == ["0", "1", "2-4", "5-9"]
    assert buckets["0"].scores["first"] == pytest.approx(100 * 2 * 3 / (5 + 3))
    assert buckets["1"].words == 2 and buckets["1"].scores == {"first": 100.0, "second": 0.0}
    # the: `first` one of (one; three), `second` three of (four; three).
    assert buckets["5-9"].scores["first"] == pytest.approx(100 * 2 * 1 / (1 + 3))
    assert buckets["5-9"].scores["second"] == pytest.approx(100 * 2 * 3 / (4 + 3))
    gap = buckets["5-9"].differences[next(iter(buckets["5-9"].differences))]
    assert np.isnan(gap.p) and np.isnan(gap.ci[0]), "two segments test nothing"
    assert buckets["5-9"].n == 2


def test_differences_by_frequency_are_tested_together(tmp_path) -> None:
    _, _, references = corpus(120)
    rare = [[f"{texts[0]} rare{k % 40}"] for k, texts in enumerate(references)]
    base = [texts[0] for texts in rare]
    near = [text if k % 3 else text.rsplit(" ", 1)[0] for k, text in enumerate(base)]  # loses rare words only
    result = compared(tmp_path, {"base": hypotheses(rare, 1, 0.0), "near": near}, rare, baseline="r0")
    found = accuracy(result)
    by = {bucket.label: bucket.differences["near"] for bucket in found.buckets}
    assert by["2-4"].p < 0.01 and by["2-4"].ci[1] < 0, "each of 40 words stands three times"
    assert by["2-4"].value == pytest.approx(f1_of_last_words(near, rare) - 100)
    sheet = accuracy_sheet(result, found)
    assert sheet.header[:5] == ("occurrences", "words", "n", "system", "F1 ↑")
    assert ["2-4", "120", "120"] in [list(row[:3]) for row in sheet.rows]


def f1_of_last_words(outputs: list[str], references: list[list[str]]) -> float:
    """F1 of the words rareK alone, counted plainly."""
    right = sum(texts[0].split()[-1] in text.split() for text, texts in zip(outputs, references, strict=True))
    return 100 * 2 * right / (right + len(references))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("words")
    _, _, references = corpus(60)
    systems = {"base": hypotheses(references, 1, 0.1), "far": hypotheses(references, 2, 0.6)}
    for number, (name, outputs) in enumerate(systems.items()):
        write_run(root, f"r{number}", name, outputs, references, metrics=CHRF)
    return root


def run(capsys: pytest.CaptureFixture[str], store: Path, *words: str) -> tuple[int, str, str]:
    code = main(["compare", "--results", str(store), "--samples", "500", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_verb_prints_words_and_ngrams(store, capsys) -> None:
    code, out, _ = run(capsys, store, "--words", "--ngrams", "3", "--format", "md")
    assert code == 0
    assert "**Words found, by how often they occur in the references**" in out
    assert "**What base gets right and far does not**" in out
    assert "**What far gets right and base does not**" in out
    assert "p corrected for all buckets and systems" in out


@pytest.mark.parametrize("option", [("--words",), ("--ngrams", "4"), ("--by", "length")])
def test_the_same_as_csv_latex_and_json(store, capsys, option) -> None:
    _, out, _ = run(capsys, store, *option, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows and {"data_hash", "system"} <= set(rows[0])
    _, out, _ = run(capsys, store, *option, "--format", "json")
    name = option[0].removeprefix("--")
    assert len(json.loads(out)["test_sets"][0][name]) == len(rows)
    _, out, _ = run(capsys, store, *option, "--format", "latex")
    assert out.count("\\begin{table}") == (2 if name == "ngrams" else 1)
    assert "Δ" not in out and "–" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "lenght"), "--by lenght is not known. Did you mean 'length'?"),
        (("--corpus", "missing.txt"), "missing.txt: no such file"),
        (("--ngrams", "-1"), "--ngrams -1: expected"),
        (("--words", "--by", "length", "--format", "csv"), "--format csv is one table: --by or --words"),
        (("--pairs", "--words"), "leave out --words"),
        (("--ngrams", "2", "--versus", "fra"), "Did you mean 'far'?"),
    ],
)
def test_what_cannot_be_followed_is_said_before_any_table(store, capsys, words, said) -> None:
    code, out, err = run(capsys, store, *words)
    assert (code, out) == (2, "") and said in err
