"""The `ray` backend: shards and document pairs stream through a pool of actors (Ray Data).

Texts, results and the cache are files in the results store, which every node must see under the same path;
only descriptions of shards travel through Ray.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from harness import errors
from harness.common.limits import Above, AtLeast, Count, Natural
from harness.common.notices import tell
from harness.data.spool import write_items
from harness.errors import ConfigError, HarnessError, StageError, UnavailableError, missing_package
from harness.protocols import Context
from harness.run.backends.actors import AlignActor, ShardActor, beads_of, texts_of, tries_of
from harness.run.backends.base import Backend
from harness.run.documents import Sides, TextParts, align_pairs
from harness.run.shards import Done, Shard
from harness.run.timings import Stages
from harness.run.worker import Worker
from harness.types import Bead, Item

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # of its C++ parts; they would write on the terminal
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_LOCAL_STORE = 200_000_000  # bytes of shared memory: what travels is small


class Ray(Backend):
    """Work shards on a Ray cluster, with results as from the local backend.

    shard_size        segments translated, scored and kept at once by a worker
    retries           how often a batch that the engine raises for is tried again before it is narrowed down
    address           of a cluster (`auto`, `HOST:6379`, `ray://…`); null: one here, for this run
    workers           actors, each with a model of its own; null: as many as the cluster has room for
    cpus_per_worker   cores, gpus_per_worker GPUs that Ray reserves for each
    deaths            workers that may die with one shard (kill, lost node) before the run ends

    Raises UnavailableError without Ray or when no cluster answers, ConfigError when no worker can fit.
    """

    def __init__(
        self,
        shard_size: Count = 10_000,
        retries: Natural = 2,
        address: str | None = None,
        workers: Count | None = None,
        cpus_per_worker: Annotated[float, Above(0)] = 1,
        gpus_per_worker: Annotated[float, AtLeast(0)] = 0,
        deaths: Natural = 10,
    ) -> None:
        if importlib.util.find_spec("ray") is None:
            raise missing_package("backend=ray", "ray[data]", "ray")
        self.shard_size, self.retries = shard_size, retries
        self._address, self._workers, self._deaths = address, workers, deaths
        self._cpus, self._gpus = cpus_per_worker, gpus_per_worker
        self._ours = False  # whether it was we who connected

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        address = options.get("address")
        return [f"connects to the Ray cluster at {address}"] if address else ["starts a Ray cluster here"]

    def run(
        self,
        worker: Worker,
        shards: Sequence[Shard],
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None,
    ) -> Iterator[Done]:
        inputs = Path(worker.job.folder) / "inputs"
        rows = []
        for shard in shards:
            path = inputs / shard.name
            write_items(path, items[shard.start : shard.stop])
            tries_of(path).unlink(missing_ok=True)
            rows.append({"shard": json.dumps(asdict(shard)), "items": str(path), "deaths": self._deaths})
        for row in self._mapped(ShardActor, asdict(worker.job), rows):
            stages.add(json.loads(row["seconds"]))
            value = json.loads(_checked(row, stages))
            done = Done(**{**value, "shard": Shard(**value["shard"])})
            yield done
            (inputs / done.shard.name).unlink(missing_ok=True)
            tries_of(inputs / done.shard.name).unlink(missing_ok=True)
            if advance is not None:
                advance(len(done.shard))

    def align(self, parts: TextParts, pairs: Sequence[Sides]) -> Iterable[list[Bead]]:
        if len(pairs) < 2:
            return align_pairs(parts, pairs)
        rows = [{"number": k, "sides": texts_of(sides)} for k, sides in enumerate(pairs)]
        found = {
            int(row["number"]): beads_of(_checked(row))
            for row in self._mapped(AlignActor, parts.recipe, rows)
        }
        in_order = [found[number] for number in range(len(pairs))]
        for notice in (notice for _, notices in in_order for notice in notices):
            tell(notice)
        return [beads for beads, _ in in_order]

    def close(self) -> None:
        """Leave the cluster; end it when it is our own."""
        if self._ours:
            import ray

            ray.shutdown()
            self._ours = False

    def _mapped(self, actor: type, job: Mapping[str, Any], rows: list[dict[str, Any]]) -> Iterator[Any]:
        """The rows that actors make of `rows`, as they come. The engine of it all is Ray Data."""
        self._connect()
        import ray.data
        from ray.data import ActorPoolStrategy, DataContext
        from ray.exceptions import RayError

        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # reported below, in one line
        workers = min(self._room(), len(rows))
        setup = (job, str(Path.cwd()), list(sys.path), max(1, math.floor(self._cpus)))
        # Ray Data starts dead actors again and repeats their tasks without end; ShardActor sets the bound.
        mapped = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            actor,
            fn_constructor_args=setup,
            compute=ActorPoolStrategy(
                min_size=1, max_size=workers, initial_size=workers, max_tasks_in_flight_per_actor=1
            ),
            num_cpus=self._cpus,
            num_gpus=self._gpus or None,
        )
        try:
            yield from mapped.iter_rows()
        except HarnessError:
            raise
        except (RayError, RuntimeError, OSError) as error:
            logging.getLogger("harness").error("ray", exc_info=error)
            raise StageError(f"Ray gave up: {_line(error)}; finished shards are kept") from error

    def _room(self) -> int:
        """How many workers to start; ConfigError when the cluster has no room for one."""
        import ray

        have: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        fits = int(have.get("CPU", 0) // self._cpus)
        if self._gpus:
            fits = min(fits, int(have.get("GPU", 0) // self._gpus))
        if not fits:
            raise ConfigError(
                f"backend=ray: a worker needs {self._cpus:g} CPUs and {self._gpus:g} GPUs, the cluster has"
                f" {have.get('CPU', 0):g} and {have.get('GPU', 0):g}; lower backend.cpus_per_worker or"
                " backend.gpus_per_worker"
            )
        return self._workers or fits

    def _connect(self) -> None:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        import ray

        if ray.is_initialized():
            return
        options: dict[str, Any] = {"address": self._address}
        if self._address is None:
            cores = math.ceil((self._workers or 1) * self._cpus)
            options = {
                "address": "local",
                "include_dashboard": False,
                "num_cpus": max(os.cpu_count() or 1, cores),
                "object_store_memory": _LOCAL_STORE,
            }
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with _no_greeting():
                ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
        except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
            where = f"backend.address={self._address}" if self._address else "a cluster on this machine"
            raise UnavailableError(
                f"{where}: no Ray cluster can be reached or started ({_line(error)})"
            ) from error
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, handler)  # Ray has put its own in place of ours
        self._ours = True


@contextmanager
def _no_greeting() -> Iterator[None]:
    """Keep what Ray's C++ parts write on the terminal when they start away from it; errors are exceptions."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _checked(row: Mapping[str, Any], stages: Stages | None = None) -> str:
    """What an actor made; raises its error as if it had been raised here."""
    if not row["error"]:
        return str(row["made"])
    failure = json.loads(row["error"])
    if stages is not None and failure["stage"]:
        stages.current = failure["stage"]
    kind = getattr(errors, failure["type"], None)
    if isinstance(kind, type) and issubclass(kind, HarnessError):
        raise kind(failure["message"])
    logging.getLogger("harness").error("in a worker:\n%s", failure["trace"])
    raise StageError(
        f"in a worker: {failure['type']}: {failure['message']} (its stack trace is in the run's harness.log)"
    )


def _line(error: BaseException) -> str:
    """The last line of what Ray says, where the cause is."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
