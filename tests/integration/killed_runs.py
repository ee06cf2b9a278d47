"""Kill a translation run at random moments until it is done; not a test module, `test_resume.py` runs it.

usage: killed_runs.py CHECKPOINT FOLDER KILLS SEED

The parent loads the checkpoint once and forks a child for every attempt, so that 20 kills of a real model
take seconds. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import registry
from harness.translate.runner import translate
from tests import checkpoints


class Logged:
    """The engine, writing down what it starts to generate (one line a batch, in one write)."""

    def __init__(self, engine: Any, log: Path) -> None:
        generate = type(engine._model).generate.__get__(engine._model)

        def logged(texts: Sequence[str]) -> Any:
            handle = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
            os.write(handle, (json.dumps(list(texts)) + "\n").encode())
            os.close(handle)
            return generate(texts)

        engine._model.generate = logged
        self.sentence_level = True
        self.identity = engine.identity
        self.translate = engine.translate


def attempt(engine: Any, sources: list[str], folder: Path) -> None:
    """One run: translations and a score into result.json, as the last step."""
    found = translate(engine, sources, folder / "cache")
    rows = [[t.source, t.hypothesis, t.finish_reason, t.n_tokens] for t in found]
    (folder / "result.json").write_text(json.dumps(rows, ensure_ascii=False))


def in_child(engine: Any, sources: list[str], folder: Path, seconds: float | None) -> bool:
    """Run in a forked child, killed with SIGKILL after `seconds`; whether it came to its end."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        attempt(Logged(engine, folder / "log.jsonl"), sources, folder)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == 0


def main() -> None:
    checkpoint, root, kills, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    engine = registry.build(
        "engine",
        {"kind": "transformers", "beams": 2, "max_new_tokens": 24, "batch_size": 2, "threads": 1},
        model={"name": "opus-mt", "family": "marian", "path": str(checkpoint)},
        src="fr",
        tgt="pl",
    )
    sources = checkpoints.lines("fr")[:24]
    whole = root / "whole"
    whole.mkdir(parents=True)
    attempt(Logged(engine, whole / "log.jsonl"), sources, whole)
    warm = root / "warm"
    warm.mkdir()
    start = time.monotonic()
    in_child(engine, sources, warm, None)
    duration = time.monotonic() - start

    draw = random.Random(seed)
    done = rounds = 0
    outcomes = []
    while done < kills or not outcomes:
        rounds += 1
        folder = root / f"round{rounds}"
        folder.mkdir()
        killed = 0
        # The first kills of a round come at any moment of the whole run, later ones sooner.
        while not in_child(engine, sources, folder, draw.uniform(0, duration / 2) if done < kills else None):
            done += 1
            killed += 1
        batches = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        outcomes.append(
            {
                "kills": killed,
                "same": (folder / "result.json").read_bytes() == (whole / "result.json").read_bytes(),
                "batches": len(batches),
                "distinct": len({tuple(batch) for batch in batches}),
            }
        )
    expected = len((whole / "log.jsonl").read_text().splitlines())
    print(json.dumps({"kills": done, "rounds": outcomes, "batches": expected, "duration": duration}))


if __name__ == "__main__":
    main()
