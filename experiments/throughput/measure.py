"""Throughput ratios of the engines, all from one run.

usage: python -m experiments.throughput.measure SHAPE --sources FILE [--checkpoint DIR] [--n 192] …

SHAPE is `opus` (a MarianMT of OPUS-MT's exact shape with random weights and forced lengths, made on the
spot) or `checkpoint` (a real one, --checkpoint). Prints segments/s and ratios; the rounds interleave the
systems, so that whatever else the machine does falls on all of them alike, and the best round counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from experiments.throughput import shape
from harness import registry
from harness.protocols import Batch
from harness.types import Translation

BEAMS, LIMIT = 4, 128


def plain(checkpoint: Path, threads: int, forced: bool) -> Callable[[Sequence[str], int], list[str]]:
    """`generate` in batches of the given size, in the order of the sources: what one writes first."""
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(threads)
    tokenizer = MarianTokenizer.from_pretrained(checkpoint)
    model = MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    model.generation_config.max_length = None
    if forced:
        shape.force_lengths(model)

    def translate(sources: Sequence[str], size: int) -> list[str]:
        out: list[str] = []
        for start in range(0, len(sources), size):
            inputs = tokenizer(list(sources[start : start + size]), return_tensors="pt", padding=True)
            with torch.no_grad():
                ids = model.generate(**inputs, num_beams=BEAMS, max_new_tokens=LIMIT)
            out += tokenizer.batch_decode(ids, skip_special_tokens=True)
        return out

    return translate


def engine(
    kind: str, checkpoint: Path, threads: int, forced: bool, **options: Any
) -> Callable[[Sequence[str]], list[Translation]]:
    """A system of the harness, built as a run builds it."""
    model = {"name": "benchmark", "family": "marian", "path": str(checkpoint)}
    config = {"kind": kind, "beams": BEAMS, "max_new_tokens": LIMIT, "threads": threads, **options}
    built = registry.build("engine", config, model=model, src="fr", tgt="pl")
    if forced and kind == "transformers":
        shape.force_lengths(built._model._loaded[0])
    elif forced:
        translator, suppressed = built._runs.loaded
        built._runs.__dict__["loaded"] = shape.ForcedTranslator(translator), suppressed

    def translate(sources: Sequence[str]) -> list[Translation]:
        found = [pair for batch in built.translate(Batch(sources)) for pair in batch]
        return [translation for _, translation in sorted(found, key=lambda pair: pair[0])]

    return translate


def best(rounds: int, systems: dict[str, Callable[[], Any]], clock: str) -> dict[str, float]:
    """Seconds of the fastest round of each; every round runs all of them."""
    seconds: dict[str, float] = {}
    for number in range(rounds):
        for name, run in systems.items():
            now = time.process_time if clock == "cpu" else time.perf_counter
            start = now()
            run()
            took = now() - start
            seconds[name] = min(seconds.get(name, took), took)
            print(f"  round {number + 1}  {name:<28} {took:8.2f} s", flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shape", choices=["opus", "checkpoint"])
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--sources", type=Path, required=True, help="one segment a line")
    parser.add_argument("--references", type=Path, help="to compare chrF of the engines")
    parser.add_argument("--n", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--clock", choices=["wall", "cpu"], default="wall", help="cpu: on a busy machine, with --threads 1"
    )
    parser.add_argument("--one-by-one", type=int, default=32, help="segments for the one-by-one system")
    args = parser.parse_args()
    every = args.sources.read_text(encoding="utf-8").splitlines()
    step = max(1, len(every) // args.n)
    picked = list(range(0, len(every), step))[: args.n]
    sources = [every[i] for i in picked]
    with tempfile.TemporaryDirectory() as scratch:
        forced = args.shape == "opus"
        checkpoint = shape.build(Path(scratch) / "opus-mt", every) if forced else args.checkpoint
        naive = plain(checkpoint, args.threads, forced)
        ours = engine("transformers", checkpoint, args.threads, forced)
        fast = engine("ctranslate2", checkpoint, args.threads, forced, cache=str(Path(scratch) / "ct2"))
        few = sources[:: max(1, len(sources) // args.one_by_one)]
        outputs: dict[str, list[Translation]] = {}
        for warm in (lambda: naive(sources[:4], 4), lambda: ours(sources[:4]), lambda: fast(sources[:4])):
            warm()
        seconds = best(
            args.rounds,
            {
                "generate, batches of 16": lambda: naive(sources, 16),
                "generate, one by one": lambda: naive(few, 1),
                "engine transformers": lambda: outputs.update(transformers=ours(sources)),
                "engine ctranslate2 int8": lambda: outputs.update(ctranslate2=fast(sources)),
            },
            args.clock,
        )
    # The one-by-one system gets a sample: ratios are of the seconds a character of the source takes.
    characters = {name: sum(map(len, few if "one" in name else sources)) for name in seconds}
    pace = {name: took / characters[name] for name, took in seconds.items()}
    average = characters["generate, batches of 16"] / len(sources)
    report: dict[str, Any] = {
        "segments": len(sources),
        "one_by_one": len(few),
        "threads": args.threads,
        "beams": BEAMS,
        "clock": args.clock,
    }
    report["segments_per_second"] = {name: round(1 / (value * average), 2) for name, value in pace.items()}
    base = pace["generate, batches of 16"]
    report["ratios"] = {
        "transformers / batches of 16": round(base / pace["engine transformers"], 2),
        "transformers / one by one": round(pace["generate, one by one"] / pace["engine transformers"], 2),
        "ctranslate2 int8 / batches of 16": round(base / pace["engine ctranslate2 int8"], 2),
    }
    report["tokens"] = {name: sum(t.n_tokens or 0 for t in found) for name, found in outputs.items()}
    if args.references:
        from sacrebleu.metrics import CHRF

        lines = args.references.read_text(encoding="utf-8").splitlines()
        references = [[lines[i] for i in picked]]
        report["chrf"] = {
            name: round(CHRF().corpus_score([t.hypothesis for t in found], references).score, 2)
            for name, found in outputs.items()
        }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
