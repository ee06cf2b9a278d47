"""Count sacreBLEU statistics on several cores.

The file is also the program of the worker processes: run by path, it needs sacreBLEU only. Plain
subprocesses rather than multiprocessing, because forking a process that has PyTorch's threads can
hang and spawning one runs the caller's script again.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

StatisticsRows = list[list[float]]


def scorer(family: str, options: dict[str, Any]) -> Any:
    """A `sacrebleu.metrics.<family>` with these options."""
    import sacrebleu.metrics

    return getattr(sacrebleu.metrics, family)(**options)


@contextmanager
def heard() -> Iterator[dict[str, None]]:
    """What sacreBLEU warns about within, each line once, instead of its printing it."""
    warnings: dict[str, None] = {}

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            warnings.setdefault(" ".join(record.getMessage().split()))

    logger = logging.getLogger("sacrebleu")
    listener, before = Listener(logging.WARNING), (logger.handlers, logger.propagate)
    logger.handlers, logger.propagate = [listener], False
    try:
        yield warnings
    finally:
        logger.handlers, logger.propagate = before


def count_here(
    family: str, options: dict[str, Any], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[StatisticsRows, list[str]]:
    """The statistics of each segment, and what sacreBLEU warned about.

    A reference list may differ in length from its neighbour's.
    """
    most = max((len(found) for found in references), default=0)
    streams = [[found[k] if k < len(found) else None for found in references] for k in range(most)]
    if not streams:
        return [], []
    with heard() as warnings:
        rows: StatisticsRows = scorer(family, options)._extract_corpus_statistics(hypotheses, streams)
    return rows, list(warnings)


def count(
    family: str,
    options: dict[str, Any],
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    workers: int | None,
    costly: int,
) -> tuple[StatisticsRows, list[str]]:
    """As `count_here`, on `workers` cores (None: all this process may use) from `costly` segments on."""
    n = len(hypotheses)
    cores = _cores() if workers is None else max(1, workers)
    cores = min(cores, 1 + n // costly)
    if cores == 1:
        return count_here(family, options, hypotheses, references)
    # Dealt out in turn, so that a run of long segments does not land on one core.
    shares = [list(range(k, n, cores)) for k in range(cores)]

    def one(k: int) -> tuple[StatisticsRows, list[str]]:
        texts = [hypotheses[i] for i in shares[k]]
        against = [list(references[i]) for i in shares[k]]
        if k == 0:
            return count_here(family, options, texts, against)
        return _count_elsewhere(family, options, texts, against)

    with ThreadPoolExecutor(cores) as pool:
        parts = list(pool.map(one, range(cores)))
    rows: StatisticsRows = [[] for _ in range(n)]
    for share, (part, _) in zip(shares, parts, strict=True):
        for index, row in zip(share, part, strict=True):
            rows[index] = row
    return rows, list(dict.fromkeys(line for _, warnings in parts for line in warnings))


def _count_elsewhere(
    family: str, options: dict[str, Any], hypotheses: list[str], references: list[list[str]]
) -> tuple[StatisticsRows, list[str]]:
    job = json.dumps([family, options, hypotheses, references])
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=job.encode(),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        from harness.errors import StageError

        raise StageError(f"{family}: a counting process ended with code {done.returncode}; see above")
    rows, warnings = json.loads(done.stdout)
    return rows, warnings


def _cores() -> int:
    if "HARNESS_CORES" in os.environ:  # a worker of a cluster has been given so many
        return int(os.environ["HARNESS_CORES"])
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


if __name__ == "__main__":
    # Run by path, this file's folder leads sys.path and would shadow packages of the same name.
    sys.path.pop(0)
    print(json.dumps(count_here(*json.load(sys.stdin))))
