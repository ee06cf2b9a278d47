"""`compare` over made stores: what is chosen, what is printed, what is refused, which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.compare import select as select_module
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses

N = 60


def beads(count: int) -> list[dict]:
    """The last third doubtful, the last tenth partial."""
    return [
        {
            "src": [i],
            "tgt": [i],
            "shape": "1-1" if i % 3 else "2-1",
            "score": 1.0,
            "confidence": 0.99 if i < count * 2 // 3 else 0.4,
            "flags": ["partial"] if i >= count * 9 // 10 else [],
        }
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("results")
    _, _, references = corpus(N)
    for run_id, model, loss in (("a1", "good", 0.1), ("a2", "middling", 0.4), ("a3", "poor", 0.7)):
        write_run(
            root,
            f"20260101-{run_id}",
            model,
            hypotheses(references, 3, loss),
            references,
            beads=beads(N),
            health=[["empty"] if i == 0 else [] for i in range(N)],
            docs=[f"d{i % 2}" for i in range(N)],
            domains=["news" if i < 40 else "speech" for i in range(N)],
        )
    return root


def run(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, str, str]:
    code = main(["compare", "--results", str(root), "--samples", "200", *words])
    out, err = capsys.readouterr()
    return code, out, err


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_ranks_and_differences(made, capsys) -> None:
    code, out, err = run(capsys, made, "--format", "csv", "--test", "both")
    assert (code, err) == (0, "")
    found = {(row["metric"], row["system"]): row for row in rows(out)}
    assert [s for m, s in found if m == "ter"] == ["good", "middling", "poor"], "lower TER is better"
    assert float(found["ter", "poor"]["difference"]) > 0
    assert float(found["bleu", "poor"]["difference"]) < 0
    assert found["bleu", "good"]["difference"] == ""
    assert [found["chrf", s]["cluster"] for s in ("good", "middling", "poor")] == ["1", "2", "3"]
    assert found["length_ratio", "good"]["cluster"] == "", "a neutral metric is not ranked"
    tally = [int(found["chrf", "poor"][key]) for key in ("wins", "ties", "losses")]
    assert sum(tally) == N
    assert tally[2] > tally[0]
    assert [found["chrf", s]["rank_low"] for s in ("good", "middling", "poor")] == ["1", "2", "3"]
    assert float(found["bleu", "poor"]["p_bs"]) < 0.05
    assert float(found["bleu", "poor"]["p_corrected"]) < 0.05
    assert found["bleu", "poor"]["verdict"] == "worse"
    assert float(found["bleu", "poor"]["judges_agree"]) > 0.8
    assert found["ter", "poor"]["judges_agree"] == ""


def test_table_tells_test_samples_seed_and_source(made, capsys) -> None:
    _, out, err = run(capsys, made, "--test", "both", "--seed", "7")
    flat = " ".join(out.split())
    assert "paired bootstrap resampling (Koehn 2004), 200 samples" in flat
    assert "paired approximate randomization (Riezler and Maxwell 2005), 200 samples, seed 7" in flat
    assert "Kocmi et al. 2024" in flat
    assert (
        "step-down max-T over all pairs within a metric (Romano and Wolf 2005), 200 joint resamples" in flat
    )
    assert "By sacreBLEU's convention" in flat
    assert "the ranks that the comparisons of all pairs leave open" in flat
    assert "nrefs:1|case:mixed" in flat
    assert err == ""


def test_alignment_view_says_whether_the_order_holds(made, capsys) -> None:
    _, out, _ = run(capsys, made, "--metric", "chrf", "--format", "json")
    view = json.loads(out)["test_sets"][0]["alignment"]
    sizes = {subset["label"]: subset["n"] for subset in view["subsets"]}
    assert sizes["all beads"] == 60
    assert sizes["confidence ≥ 0.95"] == 40
    assert sizes["without partial"] == 54
    assert view["expected_right"] == pytest.approx(40 * 0.99 + 20 * 0.4)
    assert all(verdict["holds"] for verdict in view["verdicts"])
    _, out, _ = run(capsys, made, "--metric", "chrf", "--format", "md")
    assert "good over middling: the order holds over the whole grid" in out


def test_alignment_view_finds_an_order_that_turns(tmp_path, capsys) -> None:
    """A wins on the sure beads, B on the doubtful ones, and B has more of the score."""
    references = [[f"alpha beta gamma delta {i}"] for i in range(20)]
    right = [r[0] for r in references]
    wrong = [r[0].replace("gamma delta", "omega omicron") for r in references]
    doubtful = [{"confidence": 0.9 if i < 6 else 0.3, "flags": [], "shape": "1-1"} for i in range(20)]
    write_run(tmp_path, "1", "a", right[:6] + wrong[6:], references, beads=doubtful)
    write_run(tmp_path, "2", "b", wrong[:6] + right[6:], references, beads=doubtful)
    _, out, _ = run(capsys, tmp_path, "--metric", "bleu", "--format", "json", "--grid", "0.2,0.8")
    view = json.loads(out)["test_sets"][0]["alignment"]
    assert view["verdicts"] == [
        {
            "metric": "bleu",
            "better": "b",
            "worse": "a",
            "holds": False,
            "flips_at": ["confidence ≥ 0.8"],
            "equal": False,
        }
    ]
    low, high = view["intervals"]["bleu"]["a"]
    plain = rows(run(capsys, tmp_path, "--metric", "bleu", "--format", "csv")[1])
    narrow = next(row for row in plain if row["system"] == "a")
    assert high - low > float(narrow["high"]) - float(narrow["low"]), "doubt about beads widens the interval"


@pytest.mark.parametrize("kind", ["length", "shape", "confidence", "document", "domain", "health"])
def test_buckets_cover_every_segment_once(made, capsys, kind) -> None:
    _, out, _ = run(capsys, made, "--metric", "bleu", "--format", "md", "--by", kind)
    table = out.split(f"by {kind}**")[1].split("\n\n")[1]
    counts = [int(found) for line in table.splitlines()[2:] if (found := line.split("|")[2].strip(" ―"))]
    assert sum(counts) == N
    assert "good" in table


def test_buckets_by_domain(made, capsys) -> None:
    _, out, _ = run(capsys, made, "--metric", "bleu", "--format", "md", "--by", "domain")
    table = out.split("by domain**")[1].split("\n\n")[1]
    cells = [[cell.strip() for cell in line.split("|")[1:4]] for line in table.splitlines()[2:]]
    assert [cell[:2] for cell in cells if cell[1].isdigit()] == [["news", "40"], ["speech", "20"]]
    assert [cell[2] for cell in cells].count("good") == 2, "each system in each bucket"


def test_most_different_segments_mark_words(made, capsys) -> None:
    _, out, _ = run(capsys, made, "--segments", "3", "--versus", "poor", "--metric", "chrf")
    flat = out[out.index("Where good and poor differ most in chrF2, 3 of 60 segments") :]
    assert len(re.findall(r"made-\d{4}  [+-]\d", flat)) == 3
    assert "[-" in flat
    _, out, _ = run(capsys, made, "--segments", "2", "--format", "md")
    assert "Where good and middling differ most in BLEU, 2 of 60 segments" in out
    assert re.search(r"- good \(.*\*\*", out)


def test_markdown_and_latex(made, capsys) -> None:
    _, out, _ = run(capsys, made, "--format", "md", "--metric", "bleu")
    table = [line for line in out.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table[:7]}) == 1
    assert table[3].startswith("| ―"), "a cluster line below the best"
    _, out, _ = run(capsys, made, "--format", "latex")
    assert "\\toprule" in out
    assert re.search(r"good & \\textbf\{[\d.]+\}", out)
    assert "length ratio" not in out
    assert out.count("&") == 4 * 3


def test_equal_systems_share_a_dagger_and_a_cluster(tmp_path, capsys) -> None:
    _, first, references = corpus(40)
    write_run(tmp_path, "1", "one_&_only", first, references)
    write_run(tmp_path, "2", "twin", [*first[:-1], "x"], references)
    _, out, _ = run(capsys, tmp_path, "--format", "latex", "--metric", "chrf")
    assert "$^\\dagger$" in out
    assert "one\\_\\&\\_only" in out
    _, out, _ = run(capsys, tmp_path, "--format", "csv", "--metric", "chrf")
    assert {row["cluster"] for row in rows(out)} == {"1"}


@pytest.mark.parametrize(("baseline", "code"), [("good", 1), ("poor", 0)])
def test_fail_if_worse(made, capsys, baseline, code) -> None:
    words = ("--baseline", baseline, "--fail-if-worse", "--metric", "chrf", "--format", "json")
    got, out, err = run(capsys, made, *words)
    assert got == code
    assert json.loads(out)["test_sets"][0]["baseline"] == baseline
    assert ("significantly worse than good" in err) is (code == 1)


def test_fail_if_worse_judges_by_direction(tmp_path, capsys) -> None:
    _, _, references = corpus(40)
    write_run(
        tmp_path, "1", "base", hypotheses(references, 1, 0.5), references, metrics={"ter": METRICS["ter"]}
    )
    write_run(
        tmp_path, "2", "new", hypotheses(references, 1, 0.1), references, metrics={"ter": METRICS["ter"]}
    )
    assert run(capsys, tmp_path, "--baseline", "base", "--fail-if-worse")[0] == 0
    assert run(capsys, tmp_path, "--baseline", "new", "--fail-if-worse")[0] == 1


def test_queries_prefixes_and_newest(tmp_path, capsys) -> None:
    _, first, references = corpus(20)
    for run_id, model, tag in (
        ("2024a", "x", None),
        ("2024b", "x", None),
        ("2025a", "y", "t"),
        ("2025b", "z", None),
    ):
        write_run(tmp_path, run_id, model, first, references, tag=tag, metrics={"chrf": METRICS["chrf"]})

    def chosen(*words: str) -> list[str]:
        return sorted(row["run_id"] for row in rows(run(capsys, tmp_path, "--format", "csv", *words)[1]))

    assert chosen() == ["2024b", "2025a", "2025b"]
    assert chosen("--all") == ["2024a", "2024b", "2025a", "2025b"]
    assert chosen("model=x,y") == ["2024b", "2025a"]
    assert chosen("model=[yz]", "pair=fr-pl") == ["2025a", "2025b"]
    assert chosen("2024") == ["2024a", "2024b"], "runs asked for by id stay"
    assert chosen("t", "z") == ["2025a", "2025b"]
    assert chosen("latest", "x") == ["2024b", "2025b"]
    _, _, err = run(capsys, tmp_path, "--all")
    assert "2 runs share a name and are distinguished by run id: 2024a, 2024b" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["goood"], "Did you mean 'good'"),
        (["modle=good"], "Did you mean 'model'"),
        (["model=none"], "no run in .* matches model=none"),
        (["--metric", "blue"], "Did you mean 'bleu'"),
        (["--by", "lenght"], "Did you mean 'length'"),
        (["--fail-if-worse"], "needs --baseline"),
        (["--grid", "x"], "numbers from 0 to 1"),
        (["--baseline", "nobody"], "no run 'nobody'"),
        (["--segments", "1", "--versus", "por"], "Did you mean 'poor'"),
        (["--format", "csv", "--segments", "2"], "not as csv"),
        (["--margin", "nothing"], "a difference above 0 such as 0.5, or a share"),
        (["--margin", "40%"], "a share of judges above 50 %"),
    ],
)
def test_mistakes_are_one_line_with_a_remedy(made, capsys, words, message) -> None:
    code, _, err = run(capsys, made, *words)
    assert code == 2
    assert re.search(message, err)
    assert len(err.strip().splitlines()) == 1


def test_no_runs(tmp_path, capsys) -> None:
    code, out, err = run(capsys, tmp_path / "nothing")
    assert (code, out) == (2, "")
    assert "make one with: python -m harness run" in err


def test_different_test_data_is_refused_and_common_segments_compared(tmp_path, capsys) -> None:
    _, first, references = corpus(30)
    write_run(tmp_path, "1", "whole", first, references)
    write_run(
        tmp_path, "2", "part", first[5:20], references[5:20], sources=[f"source {i}" for i in range(5, 20)]
    )
    code, _, err = run(capsys, tmp_path, "1", "2")
    assert code == 2
    assert "different test data" in err
    assert "--common" in err
    code, out, _ = run(capsys, tmp_path, "1", "2", "--common", "--format", "csv")
    assert code == 0
    assert {row["n"] for row in rows(out)} == {"15"}
    scores = {row["score"] for row in rows(out) if row["metric"] == "chrf"}
    assert len(scores) == 1, "the same outputs on the same segments"
    _, out, _ = run(capsys, tmp_path, "--format", "csv")
    assert {row["n"] for row in rows(out)} == {"30", "15"}, "without names: a table a test set"


def test_a_baseline_of_several_runs_of_its_name_is_the_one_that_the_query_chooses(tmp_path, capsys) -> None:
    _, good, references = corpus(30)
    write_run(tmp_path, "2026-1", "good", good, references, data="first")
    write_run(tmp_path, "2026-2", "bad", ["nic"] * 30, references, data="first")
    write_run(tmp_path, "2026-3", "good", good[:20], references[:20], data="second")
    asked = ["data=first", "--baseline", "good", "--fail-if-worse", "--metric", "chrf"]
    code, _, err = run(capsys, tmp_path, *asked)
    assert code == 1 and "bad is significantly worse than good" in err and "left out" not in err
    assert run(capsys, tmp_path, "--baseline", "good")[0] == 0, "without a query the newest"


def test_runs_of_one_name_are_told_apart_on_their_common_segments(tmp_path, capsys) -> None:
    good, bad, references = corpus(30)
    write_run(tmp_path, "2026-1-aaaaaa", "x", good, references)
    write_run(
        tmp_path,
        "2026-2-bbbbbb",
        "x",
        bad[5:20],
        references[5:20],
        sources=[f"source {i}" for i in range(5, 20)],
    )
    asked = ["2026-1-aaaaaa", "2026-2-bbbbbb", "--common", "--format", "csv"]
    _, out, _ = run(capsys, tmp_path, *asked)
    assert {row["system"] for row in rows(out)} == {"x aaaaaa", "x bbbbbb"}


def test_damaged_runs_are_told_and_the_others_shown(made, tmp_path, capsys) -> None:
    import shutil

    root = tmp_path / "results"
    shutil.copytree(made, root)
    runs = root / "runs"
    for name in ("b1", "b2", "b3", "b4", "b5", "b6"):
        shutil.copytree(runs / "20260101-a1", runs / name)

    def edit(name: str, **changes: object) -> None:
        record = json.loads((runs / name / "record.json").read_text())
        record |= {
            "run_id": name,
            "model": record["model"] | {"name": name, "identity": {"name": name}},
            **changes,
        }
        (runs / name / "record.json").write_text(json.dumps(record))

    edit("b1")
    (runs / "b1" / "segments.jsonl").write_text(
        "".join((runs / "b1" / "segments.jsonl").read_text().splitlines(keepends=True)[:10])
    )
    edit("b2", schema=99)
    (runs / "b3" / "record.json").write_text("{ not json")
    (runs / "b4" / "record.json").unlink()
    (runs / "b4" / "error.json").write_text('{"stage": "translate", "message": "out of memory", "type": "x"}')
    edit("b5")
    text = (runs / "b5" / "segments.jsonl").read_text()
    (runs / "b5" / "segments.jsonl").write_text(re.sub(r'"bleu": \[[\d.]+', '"bleu": [NaN', text, count=1))
    edit("b6")
    lines = (runs / "b6" / "segments.jsonl").read_text().splitlines(keepends=True)
    lines[4] = lines[4].replace('"hypothesis"', '"hypo"')
    (runs / "b6" / "segments.jsonl").write_text("".join(lines))

    code, out, err = run(capsys, root, "--format", "csv")
    assert code == 0
    systems = {row["system"] for row in rows(out) if row["metric"] == "chrf"}
    assert systems == {"good", "middling", "poor", "b5"}
    told = err.splitlines()
    assert re.search(r"b1 .*10 segments, but the record says 60", err)
    assert re.search(r"b2 .*newer harness \(schema 99", err)
    assert re.search(r"b3 .*damaged", err)
    assert re.search(r"b4 .*failed \(translate: out of memory\)", err)
    assert re.search(r"b5: bleu is left out \(a statistic in line 1 is not a number\)", err)
    assert re.search(r"b6 .*segments.jsonl:5: 'hypothesis' is missing", err)
    assert len([line for line in told if "was edited" not in line]) == 6


def test_metrics_of_other_settings_are_not_mixed(tmp_path, capsys) -> None:
    _, first, references = corpus(20)
    write_run(tmp_path, "1", "a", first, references, metrics={"bleu": {"kind": "bleu"}})
    write_run(tmp_path, "2", "b", first, references, metrics={"bleu": {"kind": "bleu", "tokenize": "char"}})
    _, out, _ = run(capsys, tmp_path)
    assert "BLEU: b is left out, its settings (nrefs:1|case:mixed|eff:no|tok:char" in " ".join(out.split())


def test_several_test_sets_begin_with_an_overview(tmp_path, capsys) -> None:
    for data, seed in (("news", 1), ("talks", 2)):
        _, _, references = corpus(30, seed=seed)
        for run_id, model, loss in (("1", "good", 0.1), ("2", "poor", 0.7)):
            outputs = hypotheses(references, 3, loss)
            write_run(tmp_path, f"{data}{run_id}", model, outputs, references, data=data)
    code, out, _ = run(capsys, tmp_path, "--metric", "chrf", "--format", "md")
    assert code == 0
    table = out.split("chrF2 over 2 test sets")[1].split("\n\n")[1].splitlines()
    assert "news fr-pl" in table[0]
    assert "talks fr-pl" in table[0]
    good = next(line for line in table if "| good" in line)
    assert good.count("#1 ") == 2
    cells = [float(cell.replace("#1", "")) for cell in good.split("|")[2:5]]
    assert cells[2] == pytest.approx((cells[0] + cells[1]) / 2, abs=0.011)
    poor = next(line for line in table if "| poor" in line)
    assert "#2 " in poor
    low, high = re.search(r"\[(-[\d.]+), (-[\d.]+)\]", poor).groups()
    assert float(low) < float(poor.split("|")[5]) < float(high) < 0, "worse on average, and surely so"


def test_a_single_run_and_a_neutral_first_metric(tmp_path, capsys) -> None:
    _, first, references = corpus(20)
    metrics = {key: METRICS[key] for key in ("length_ratio", "chrf")}
    flags = [["empty"] if i < 3 else [] for i in range(20)]
    write_run(tmp_path, "1", "only", first, references, metrics=metrics, health=flags)
    code, out, err = run(capsys, tmp_path, "--segments", "2")
    assert (code, err) == (0, "")
    assert "Flagged outputs, of 20: only 3 empty." in out
    assert "p (bs)" not in out
    longer = [f"{line} and more and more" for line in hypotheses(references, 3, 0.8)]
    write_run(tmp_path, "2", "longer", longer, references, metrics=metrics)
    _, out, _ = run(capsys, tmp_path, "--format", "json")
    assert json.loads(out)["test_sets"][0]["baseline"] == "only", "best in chrF, although shorter"


def test_the_ceiling_is_no_baseline_unless_asked_for(tmp_path, capsys) -> None:
    _, _, references = corpus(20)
    outputs = {"ceiling": [found[0] for found in references], "good": hypotheses(references, 3, 0.1)}
    outputs["poor"] = hypotheses(references, 3, 0.6)
    for name, output in outputs.items():
        engine = "reference" if name == "ceiling" else "made"
        write_run(tmp_path, name, name, output, references, engine=engine)

    def baseline(*words: str) -> str:
        _, out, _ = run(capsys, tmp_path, "--format", "json", *words)
        return str(json.loads(out)["test_sets"][0]["baseline"])

    assert baseline() == "good"
    assert baseline("--baseline", "ceiling") == "ceiling"


def test_word_diff_gives_the_texts_back() -> None:
    from harness.compare.differ import word_diff

    a, b = word_diff("the big  cat, sat", "the cat sat down")
    assert "".join(text for text, _ in a) == "the big  cat, sat"
    assert "".join(text for text, _ in b) == "the cat sat down"
    assert [text.strip() for text, differs in a if differs] == ["big", ","]
    assert [text.strip() for text, differs in b if differs] == ["down"]


def test_documents_are_resampled_whole(tmp_path, capsys) -> None:
    _, _, references = corpus(N, seed=5)
    good, bad = hypotheses(references, 1, 0.1), hypotheses(references, 1, 0.6)
    docs = [f"d{i // 12}" for i in range(N)]
    uneven = [good[i] if int(docs[i][1:]) % 2 else bad[i] for i in range(N)]  # whole documents go wrong
    for name, of_line in (("few", docs), ("own", [f"d{i:03d}" for i in range(N)]), ("none", None)):
        write_run(tmp_path / name, "1", "a", uneven, references, docs=of_line)
        write_run(tmp_path / name, "2", "b", bad, references, docs=of_line)

    def values(name: str, *words: str) -> list[dict[str, str]]:
        return rows(run(capsys, tmp_path / name, "--metric", "chrf", "--format", "csv", *words)[1])

    segments, documents = values("few"), values("few", "--resample", "documents")
    for before, after in zip(segments, documents, strict=True):
        assert before["score"] == after["score"]
        if before["system"] == "a":
            width = float(before["high"]) - float(before["low"])
            assert float(after["high"]) - float(after["low"]) > 1.3 * width
    assert values("own", "--resample", "documents") == values("own"), "a document a segment"
    out = run(capsys, tmp_path / "few", "--resample", "documents")[1]
    assert "n of n documents" in " ".join(out.split()) and "sacreBLEU for the same seed" not in out
    code, _, err = run(capsys, tmp_path / "none", "--resample", "documents")
    assert code == 2 and f"{N} of its {N} segments have none; a set names them with data.docs" in err


def test_the_newest_systems_of_a_set_are_taken_and_the_rest_is_said(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(select_module, "MOST", 2)
    _, _, references = corpus(10)
    for number in range(4):
        write_run(tmp_path, f"2026-{number}", f"m{number}", hypotheses(references, number, 0.1), references)
    write_run(tmp_path, "2026-9", "m3", hypotheses(references, 9, 0.1), references)
    code, out, err = run(capsys, tmp_path, "--format", "json")
    systems = {row["system"] for row in json.loads(out)["test_sets"][0]["rows"]}
    assert code == 0 and systems == {"m2", "m3"}
    assert "of 4 systems on made" in err and "older runs of the same systems that are left out: 1" in err
    code, out, err = run(capsys, tmp_path, "--format", "json", "--all")
    assert len({row["system"] for row in json.loads(out)["test_sets"][0]["rows"]}) == 5
    assert "are left out" not in err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["lium"], "LIUM.2019.fr-pl"),
        (["pair=fr-pll"], "fr-pl"),
        (["model=LIUM.2018.fr-pl"], "LIUM.2019.fr-pl"),
    ],
)
def test_part_of_a_name_or_a_slip_in_a_query_is_understood(tmp_path, capsys, words, meant) -> None:
    _, _, references = corpus(4)
    write_run(tmp_path, "2026-1", "LIUM.2019.fr-pl", hypotheses(references, 1, 0.1), references)
    code, _, err = run(capsys, tmp_path, *words)
    assert code == 2 and f"Did you mean '{meant}'?" in err


def test_runs_that_failed_are_one_line(tmp_path, capsys) -> None:
    _, _, references = corpus(10)
    write_run(tmp_path, "2026-1", "good", hypotheses(references, 1, 0.1), references)
    for number in range(16):
        folder = tmp_path / "runs" / f"2026-f{number:02d}"
        folder.mkdir()
        (folder / "error.json").write_text(json.dumps({"stage": "load", "message": "no such file"}))
    code, _, err = run(capsys, tmp_path)
    assert code == 0 and err.count("left out") == 1
    assert "left out: 16 failed: 2026-f15, 2026-f14, 2026-f13 and 13 more" in err
