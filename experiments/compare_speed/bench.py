"""Compare 16 systems of 3,000 segments from stored statistics, and with sacreBLEU's own command.

    python experiments/compare_speed/bench.py [--systems 16] [--segments 3000] [--samples 1000]

Prints seconds and ratios, and fails when a p-value differs. The texts are made (seeded), of the length
of news sentences; both programs read the same outputs and references in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
METRICS: dict[str, dict[str, Any]] = {"bleu": {"kind": "bleu"}, "chrf": {"kind": "chrf"}}


def texts(systems: int, segments: int, seed: int = 1) -> tuple[list[str], list[list[str]]]:
    """References, and outputs that lose or change more and more of their words."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("abcdeiklmnoprstuwyz", k=draw.randint(2, 11))) for _ in range(6000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    references = [
        " ".join(draw.choices(words, weights, k=draw.randint(8, 36))) + "." for _ in range(segments)
    ]
    outputs = []
    for k in range(systems):
        rate = 0.3 + 0.004 * k
        outputs.append(
            [
                " ".join(draw.choice(words) if draw.random() < rate else word for word in line.split())
                for line in references
            ]
        )
    return references, outputs


def seconds(command: list[str], **options: Any) -> tuple[float, str]:
    """Wall seconds and standard output of a command that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, **options)
    return time.perf_counter() - start, done.stdout.decode()


def make_store(folder: Path, references: list[str], outputs: list[list[str]]) -> None:
    """Score and store the outputs as runs, with the metrics and the store of the harness."""
    sys.path.insert(0, str(ROOT))
    from tests.support.made_stores import write_run

    for k, output in enumerate(outputs):
        write_run(
            folder, f"2026-{k:02d}", f"system{k:02d}", output, [[r] for r in references], metrics=METRICS
        )


def scoring(references: list[str], output: list[str]) -> dict[str, float]:
    """Seconds to score one system with the lexical metrics: ours on all cores, sacreBLEU's alone."""
    import sacrebleu.metrics as theirs

    from harness import registry

    kinds = {
        "bleu": ({"kind": "bleu"}, lambda: theirs.BLEU()),
        "spbleu": ({"kind": "bleu", "tokenize": "flores200"}, lambda: theirs.BLEU(tokenize="flores200")),
        "chrf": ({"kind": "chrf"}, lambda: theirs.CHRF()),
        "chrfpp": ({"kind": "chrf", "word_order": 2}, lambda: theirs.CHRF(word_order=2)),
        "ter": ({"kind": "ter"}, lambda: theirs.TER()),
    }
    found: dict[str, float] = {}
    total = [0.0, 0.0]
    for name, (config, make) in kinds.items():
        metric = registry.build("metric", config)
        start = time.perf_counter()
        rows = metric.statistics(output, output, [[r] for r in references])
        ours = float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0])
        middle = time.perf_counter()
        score = make().corpus_score(output, [references]).score
        end = time.perf_counter()
        assert abs(ours - score) < 1e-9, (name, ours, score)
        found[f"{name} ours"], found[f"{name} sacreBLEU"] = middle - start, end - middle
        total[0] += middle - start
        total[1] += end - middle
    return found | {"all ours": total[0], "all sacreBLEU": total[1]}


def stand_in(folder: Path, texts: list[str]) -> None:
    """A SentencePiece model made of the texts where sacreBLEU would download that of FLORES-200.

    The time it takes is alike; its scores mean nothing and are only compared with sacreBLEU's.
    """
    import sentencepiece

    os.environ["SACREBLEU"] = str(folder)
    (folder / "models").mkdir(parents=True)
    with (folder / "models" / "flores200sacrebleuspm").open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=stream,
            vocab_size=8000,
            hard_vocab_limit=False,
            minloglevel=2,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--systems", type=int, default=16)
    parser.add_argument("--segments", type=int, default=3000)
    parser.add_argument("--samples", type=int, default=1000)
    args = parser.parse_args()
    references, outputs = texts(args.systems, args.segments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not (Path.home() / ".sacrebleu" / "models" / "flores200sacrebleuspm").exists():
            print("spBLEU: a SentencePiece model made here stands in for that of FLORES-200")
            stand_in(folder / "sacrebleu", references)  # before sacreBLEU is imported: it looks once
        make_store(folder / "results", references, outputs)
        (folder / "ref.txt").write_text("\n".join(references) + "\n", encoding="utf-8")
        files = []
        for k, output in enumerate(outputs):
            files.append(str(folder / f"system{k:02d}.txt"))
            Path(files[-1]).write_text("\n".join(output) + "\n", encoding="utf-8")
        harness = [sys.executable, "-m", "harness"]
        store = ["--results", str(folder / "results")]
        ours, text = seconds(
            [
                *harness,
                "compare",
                *store,
                "--baseline",
                "system00",
                "--format",
                "json",
                "--test",
                "bs",
                "--samples",
                str(args.samples),
            ]
        )
        report, told = seconds([*harness, "report", *store, "-o", str(folder / "report.html")])
        theirs, table = seconds(
            [
                *[
                    sys.executable,
                    "-m",
                    "sacrebleu",
                    str(folder / "ref.txt"),
                    "-i",
                    *files,
                    "-m",
                    "bleu",
                    "chrf",
                ],
                *["--paired-bs", "--paired-bs-n", str(args.samples), "-f", "text"],
            ],
            env={**os.environ, "SACREBLEU_SEED": "12345"},
            stderr=subprocess.DEVNULL,
        )
        same = check(json.loads(text), table)
        print(f"sacrebleu --paired-bs    {theirs:8.2f} s")
        print(
            f"harness compare          {ours:8.2f} s   1/{theirs / ours:.1f}; {same} p-values, all identical"
        )
        print(f"harness report           {report:8.2f} s   {told.strip().split(': ')[-1]}")
        for verb in (["list", *store], ["compare", "--help"]):
            best = min(seconds([*harness, *verb])[0] for _ in range(5))
            print(
                f"harness {' '.join(verb[:1] if '--results' in verb else verb):16} {best:8.2f} s   best of 5"
            )
        for label, value in scoring(references, outputs[0]).items():
            print(f"score {label:18} {value:8.2f} s")


def check(ours: dict[str, Any], theirs: str) -> int:
    """How many p-values were compared; AssertionError when one differs in the four digits printed.

    sacreBLEU's table has a row a system, after the baseline's, and a column a metric. (Its JSON output
    fails under numpy 2.)
    """
    found = {(row["metric"], row["system"]): row["p_bs"] for row in ours["test_sets"][0]["rows"]}
    printed = re.findall(r"p = ([\d.]+)", theirs)
    wanted = [
        found[key, system]
        for system in sorted({system for _, system in found} - {"system00"})
        for key in ("bleu", "chrf")
    ]
    assert printed == [f"{p:.4f}" for p in wanted], (printed, wanted)
    return len(printed)


if __name__ == "__main__":
    main()
