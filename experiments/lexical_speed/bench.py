"""Score outputs with the five lexical metrics, and with the `sacrebleu` command, on the same cores.

    python experiments/lexical_speed/bench.py [--reference FILE --outputs FILE] [--segments 3004]

Prints processor and wall seconds of both, metric by metric within one process and as whole commands, best of
`--repeats`. Fails when a statistic of any segment or a printed score differs. Without files the texts are
made (seeded), of the length of news sentences, with words changed, lost and moved.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
METRICS: dict[str, tuple[dict[str, Any], str, dict[str, Any], list[str]]] = {
    "BLEU": ({"kind": "bleu"}, "BLEU", {}, ["-m", "bleu"]),
    "spBLEU": (
        {"kind": "bleu", "tokenize": "flores200"}, "BLEU", {"tokenize": "flores200"},
        ["-m", "bleu", "--tokenize", "flores200"],
    ),
    "chrF2": ({"kind": "chrf"}, "CHRF", {}, ["-m", "chrf"]),
    "chrF2++": (
        {"kind": "chrf", "word_order": 2}, "CHRF", {"word_order": 2},
        ["-m", "chrf", "--chrf-word-order", "2"],
    ),
    "TER": ({"kind": "ter"}, "TER", {}, ["-m", "ter"]),
}  # fmt: skip
# What one would type: all metrics that fit into one call of the command.
COMMANDS = [
    ["-m", "bleu", "chrf", "ter"],
    ["-m", "chrf", "--chrf-word-order", "2"],
    ["-m", "bleu", "--tokenize", "flores200"],
]


def made(segments: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """References, and outputs in which a third of the words is another, lost or elsewhere."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("abcdeiklmnoprstuwyz", k=draw.randint(2, 11))) for _ in range(6000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    references, outputs = [], []
    for _ in range(segments):
        line = draw.choices(words, weights, k=draw.randint(8, 36))
        references.append(" ".join(line) + ".")
        kept = [draw.choice(words) if draw.random() < 0.2 else w for w in line if draw.random() < 0.93]
        for _ in range(draw.randint(0, 2)):
            at, length = draw.randrange(len(kept) or 1), draw.randint(1, 4)
            block, kept[at : at + length] = kept[at : at + length], []
            to = draw.randint(0, len(kept))
            kept[to:to] = block
        outputs.append(" ".join(kept) + ".")
    return references, outputs


def ours(reference: Path, output: Path) -> None:
    """The program that is held against the command: read two files, print five scores."""
    sys.path.insert(0, str(ROOT))
    from harness import registry

    hypotheses, references = _lines(output), [[line] for line in _lines(reference)]
    for name, (config, *_) in METRICS.items():
        metric = registry.build("metric", config)
        rows = metric.statistics(hypotheses, hypotheses, references)
        print(f"{name} {metric.aggregate(rows.sum(axis=0, keepdims=True))[0]:.6f} {metric.signature}")


def compare_in_process(references: list[str], outputs: list[str], repeats: int) -> None:
    """Processor seconds of each metric in this process, all statistics held against each other."""
    sys.path.insert(0, str(ROOT))
    import sacrebleu.metrics as theirs

    sums = [0.0, 0.0]
    for name, (config, family, options, _) in METRICS.items():
        own, rows = _best(repeats, lambda c=config: _ours(c, outputs, references))
        scorer = getattr(theirs, family)
        other, expected = _best(repeats, lambda s=scorer, o=options: _theirs(s(**o), outputs, references))
        wrong = [i for i, row in enumerate(expected) if rows[i].tolist() != [float(v) for v in row]]
        assert not wrong, (name, wrong[0], outputs[wrong[0]], references[wrong[0]])
        print(f"{name:8} sacreBLEU {other:6.2f} s, harness {own:6.2f} s, 1/{other / own:.1f}")
        sums[0], sums[1] = sums[0] + other, sums[1] + own
    print(f"{'all':8} sacreBLEU {sums[0]:6.2f} s, harness {sums[1]:6.2f} s, 1/{sums[0] / sums[1]:.1f}")
    print(f"statistics of {len(outputs)} segments in five metrics: all equal")


def _ours(config: dict[str, Any], outputs: list[str], references: list[str]) -> tuple[float, Any]:
    from harness import registry
    from harness.metrics import rows

    metric = registry.build("metric", {**config, "workers": 1})
    metric.prepare()
    rows._edits.cache_clear()  # what an earlier repeat left behind
    start = time.process_time()
    found = metric.statistics(outputs, outputs, [[line] for line in references])
    return time.process_time() - start, found


def _theirs(scorer: Any, outputs: list[str], references: list[str]) -> tuple[float, Any]:
    start = time.process_time()
    found = scorer._extract_corpus_statistics(outputs, [references])
    return time.process_time() - start, found


def _best(repeats: int, work: Callable[[], tuple[float, Any]]) -> tuple[float, Any]:
    found = [work() for _ in range(repeats)]
    return min(seconds for seconds, _ in found), found[-1][1]


def compare_commands(reference: Path, output: Path, repeats: int) -> None:
    """Whole programs on all cores, then on one: wall and processor seconds of the processes."""
    sacrebleu = [[sys.executable, "-m", "sacrebleu", str(reference), "-i", str(output), *w] for w in COMMANDS]
    harness = [[sys.executable, str(Path(__file__)), "--ours", str(reference), str(output)]]
    every = os.sched_getaffinity(0)
    for cores in ({min(every)}, every) if len(every) > 1 else (every,):
        os.sched_setaffinity(0, cores)
        wall, processor = _measured(sacrebleu, repeats)
        own_wall, own_processor = _measured(harness, repeats)
        print(
            f"{len(cores)} core(s): sacrebleu {wall:.2f} s wall, {processor:.2f} s processor;"
            f" harness {own_wall:.2f} and {own_processor:.2f}: 1/{wall / own_wall:.1f} and"
            f" 1/{processor / own_processor:.1f}"
        )
    told = subprocess.run(harness[0], check=True, capture_output=True, text=True).stdout
    for name, line in zip(METRICS, told.splitlines(), strict=True):
        words = [sys.executable, "-m", "sacrebleu", str(reference), "-i", str(output), *METRICS[name][3]]
        printed = subprocess.run(
            [*words, "-b", "-w", "6"], check=True, capture_output=True, text=True
        ).stdout.strip()
        assert line.split()[1] == printed, (line, printed)
    print("scores as printed by both to six places: all equal")


def _measured(commands: list[list[str]], repeats: int) -> tuple[float, float]:
    found = []
    for _ in range(repeats):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        for command in commands:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
        found.append((wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime))
    return min(wall for wall, _ in found), min(processor for _, processor in found)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--outputs", type=Path)
    parser.add_argument("--segments", type=int, default=3004)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ours", type=Path, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ours:
        ours(*args.ours)
        return
    if args.reference and args.outputs:
        references, outputs = _lines(args.reference)[: args.segments], _lines(args.outputs)[: args.segments]
    else:
        references, outputs = made(args.segments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not (Path.home() / ".sacrebleu" / "models" / "flores200sacrebleuspm").exists():
            print("spBLEU: a SentencePiece model made here stands in for that of FLORES-200")
            sys.path.insert(0, str(ROOT))
            from experiments.compare_speed.bench import stand_in

            stand_in(folder / "sacrebleu", references)  # before sacreBLEU is imported: it looks once
        files = folder / "reference.txt", folder / "outputs.txt"
        for path, lines in zip(files, (references, outputs), strict=True):
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        compare_in_process(references, outputs, args.repeats)
        compare_commands(*files, args.repeats)


if __name__ == "__main__":
    main()
