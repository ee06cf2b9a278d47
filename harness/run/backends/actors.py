"""What runs in the workers of a Ray cluster. Errors come back as values, to be raised again there."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.notices import collecting
from harness.data.spool import read_items
from harness.encode.kept import KeptEncoder
from harness.errors import StageError
from harness.protocols import Aligner, Encoder
from harness.run.documents import Sides, align_pair
from harness.run.shards import Shard
from harness.run.timings import Stages
from harness.run.worker import Job, Worker
from harness.types import Bead, Segment


class Actor:
    """A worker process in the driver's place: its folder, its Python path, and the cores it was given."""

    def __init__(self, settings: Mapping[str, Any], folder: str, path: Sequence[str], cores: int) -> None:
        os.environ["HARNESS_CORES"] = str(cores)
        os.chdir(folder)
        sys.path += [entry for entry in path if entry not in sys.path]
        self.settings = settings

    def answer(self, make: Callable[[Stages], str]) -> dict[str, str]:
        """What `make` returns, or its error; and the seconds of each stage."""
        stages = Stages()
        answer = {"made": "", "error": ""}
        try:
            answer["made"] = make(stages)
        except Exception as error:
            failure = {
                "type": type(error).__name__,
                "message": str(error),
                "stage": stages.current if stages.seconds or stages.current != "configure" else "",
                "trace": traceback.format_exc(),
            }
            answer["error"] = json.dumps(failure)
        return answer | {"seconds": json.dumps(stages.seconds)}


class ShardActor(Actor):
    """Works shards: the model is loaded once, at the first."""

    @cached_property
    def _worker(self) -> Worker:
        return Worker(Job(**self.settings)).__enter__()  # until the process ends

    def __call__(self, row: dict[str, Any]) -> dict[str, str]:
        shard = Shard(**json.loads(row["shard"]))

        def make(stages: Stages) -> str:
            # Ray asks again for what was on a lost node: it may be finished already.
            done = self._worker.finished.find(shard)
            if done is None:
                _count_try(Path(row["items"]), shard, int(row["deaths"]))
                done = self._worker.work(shard, read_items(row["items"]), stages, _mute)
            return json.dumps(asdict(done))

        return self.answer(make)


class AlignActor(Actor):
    """Aligns pairs of documents: aligner and encoder are built once."""

    @cached_property
    def _built(self) -> tuple[Aligner, Encoder]:
        encoder = KeptEncoder(registry.build("encoder", self.settings["encoder"]))
        aligner = registry.build("aligner", self.settings["aligner"], offered={"encoder": lambda: encoder})
        return aligner, encoder

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        def make(stages: Stages) -> str:
            with stages("align"), collecting() as notices:
                left, right = ([Segment(*fields) for fields in side] for side in json.loads(row["sides"]))
                beads = align_pair(left, right, *self._built)
                rows = [[b.src, b.tgt, b.score, b.confidence, b.flags] for b in beads]
                return json.dumps({"beads": rows, "notices": list(notices)})

        return {"number": row["number"], **self.answer(make)}


def tries_of(items: Path) -> Path:
    """The file with a byte for each time that a shard with these items was begun."""
    return items.with_suffix(".tries")


def _count_try(items: Path, shard: Shard, deaths: int) -> None:
    """StageError when a shard has been begun too often: Ray would give what kills its worker to the next."""
    with tries_of(items).open("ab") as stream:
        stream.write(b".")
        tries = stream.tell()
    if tries > deaths + 1:
        raise StageError(
            f"segments {shard.start + 1} to {shard.stop}: {deaths + 1} workers have died with them; do they"
            " exhaust the memory? backend.deaths=N allows more"
        )


def texts_of(sides: Sides) -> str:
    """Two segmented documents, to send to an `AlignActor`."""
    return json.dumps(
        [[[s.doc, s.index, s.text, s.start, s.end, s.furniture] for s in side] for side in sides]
    )


def beads_of(made: str) -> tuple[list[Bead], list[str]]:
    """The beads that an `AlignActor` made, and the notices that came up on the way."""
    value = json.loads(made)
    beads = [
        Bead(tuple(src), tuple(tgt), score, confidence, tuple(flags))
        for src, tgt, score, confidence, flags in value["beads"]
    ]
    return beads, value["notices"]


def _mute(n: int) -> None:
    """No progress bar of its own: the driver shows one over all shards."""
