"""What a GPU changes: the number format that `auto` takes, chrF2 in each format, and segments a second.

usage: python -m experiments.throughput.gpu --sources FILE --references FILE [--checkpoint DIR]

Quality: a real checkpoint, stored again in each format, translates all sources. Throughput: a MarianMT of
OPUS-MT's exact shape with random weights and forced lengths, against plain `generate` in the library's own
defaults (float32, batches of 16, in the order of the sources), on the same device, rounds interleaved.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from experiments.throughput import shape
from experiments.throughput.measure import BEAMS, LIMIT
from harness import registry
from harness.protocols import Batch

FORMATS = ("float32", "bfloat16", "float16")
TINY = Path(__file__).resolve().parents[2] / "harness" / "models" / "tiny-fr-pl"


def built(checkpoint: Path, **options: Any) -> Any:
    model = {"name": "benchmark", "family": "marian", "path": str(checkpoint)}
    config = {"kind": "transformers", "beams": BEAMS, "max_new_tokens": LIMIT, **options}
    return registry.build("engine", config, model=model, src="fr", tgt="pl")


def translate(engine: Any, sources: Sequence[str]) -> list[str]:
    found = [pair for batch in engine.translate(Batch(sources)) for pair in batch]
    return [translation.hypothesis for _, translation in sorted(found, key=lambda pair: pair[0])]


def stored_in(name: str, checkpoint: Path, target: Path) -> Path:
    """A copy of a checkpoint with its weights in another format."""
    import shutil

    import torch
    from transformers import MarianMTModel

    shutil.copytree(checkpoint, target)
    MarianMTModel.from_pretrained(checkpoint, dtype=getattr(torch, name)).save_pretrained(target)
    return target


def quality(checkpoint: Path, scratch: Path, device: str, sources: list[str], refs: list[str]) -> Any:
    from sacrebleu.metrics import CHRF

    report: dict[str, Any] = {}
    for name in FORMATS:
        engine = built(stored_in(name, checkpoint, scratch / name), device=device)
        start = time.perf_counter()
        outputs = translate(engine, sources)
        report[f"stored {name}"] = {
            "auto is": engine.identity["dtype"],
            "chrF2": round(CHRF().corpus_score(outputs, [refs]).score, 3),
            "segments_per_second": round(len(sources) / (time.perf_counter() - start), 1),
        }
    return report


def plain(checkpoint: Path, device: str) -> Callable[[Sequence[str]], None]:
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(checkpoint)
    model = MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32).eval().to(device)
    model.generation_config.max_length = None
    shape.force_lengths(model)

    def run(sources: Sequence[str]) -> None:
        for start in range(0, len(sources), 16):
            inputs = tokenizer(list(sources[start : start + 16]), return_tensors="pt", padding=True).to(
                device
            )
            with torch.no_grad():
                model.generate(**inputs, num_beams=BEAMS, max_new_tokens=LIMIT)

    return run


def throughput(scratch: Path, device: str, sources: list[str], n: int, rounds: int) -> Any:
    checkpoint = shape.build(scratch / "opus-mt", sources)
    sources = sources[:: max(1, len(sources) // n)][:n]
    systems: dict[str, Callable[[Sequence[str]], Any]] = {
        "generate, batches of 16": plain(checkpoint, device)
    }
    for dtype in ("auto", "bfloat16"):
        for tokens, size in ((None, None), (2048, 64), (8192, 512), (32768, 1024)):
            chosen = {} if tokens is None else {"batch_tokens": tokens, "batch_size": size}
            engine = built(checkpoint, device=device, dtype=dtype, **chosen)
            shape.force_lengths(engine._model._loaded[0])
            name = f"engine {engine.identity['dtype']}, {tokens or 'default'} tokens"
            systems[name] = lambda texts, engine=engine: translate(engine, texts)
    seconds: dict[str, float] = {}
    used: dict[str, float] = {}
    for run in systems.values():
        run(sources[:32])
    for _ in range(rounds):
        for name, run in systems.items():
            with Utilisation() as gpu:
                start = time.perf_counter()
                run(sources)
                took = time.perf_counter() - start
            if took < seconds.get(name, took + 1):
                seconds[name], used[name] = took, gpu.mean
            print(f"  {name:<40} {took:7.2f} s  {gpu.mean:5.1f} %", flush=True)
    base = seconds["generate, batches of 16"]
    return {
        name: {
            "segments_per_second": round(len(sources) / took, 1),
            "times plain generate": round(base / took, 2),
            "gpu_percent": round(used[name], 1),
        }
        for name, took in seconds.items()
    }


class Utilisation:
    """The mean of what nvidia-smi calls utilisation, sampled twice a second; 0 where there is none."""

    def __enter__(self) -> Utilisation:
        self._seen: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def mean(self) -> float:
        return sum(self._seen) / len(self._seen) if self._seen else 0.0

    def _watch(self) -> None:
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        while not self._done.wait(0.5):
            try:
                self._seen.append(
                    float(subprocess.run(command, capture_output=True, text=True).stdout.split()[0])
                )
            except (OSError, ValueError, IndexError):
                return


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=Path, required=True, help="one segment a line")
    parser.add_argument("--references", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, default=TINY)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--n", type=int, default=1000, help="segments of the throughput part")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    sources = args.sources.read_text(encoding="utf-8").splitlines()
    references = args.references.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as scratch:
        report = {"quality": quality(args.checkpoint, Path(scratch), args.device, sources, references)}
        print(json.dumps(report, indent=2), flush=True)
        report["throughput"] = throughput(Path(scratch), args.device, sources, args.n, args.rounds)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
