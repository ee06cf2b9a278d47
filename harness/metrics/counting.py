"""Count the statistics of the lexical metrics: each text once, on several cores, held against sacreBLEU.

The file is also the program of the worker processes, run by path. Plain subprocesses rather than
multiprocessing, because forking a process that has PyTorch's threads can hang and spawning one runs the
caller's script again.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.common.threads import cores

if TYPE_CHECKING:
    from harness.protocols import Statistics

References = Sequence[Sequence[str]]
_CHECKED, _CHECKED_LENGTH = 8, 400  # segments of a call that sacreBLEU counts too, and their characters


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


def by_sacrebleu(made: Any, hypotheses: Sequence[str], references: References) -> list[list[float]]:
    """The statistics of each segment, counted by sacreBLEU itself.

    A reference list may differ in length from its neighbour's.
    """
    most = max((len(found) for found in references), default=0)
    streams = [[found[k] if k < len(found) else None for found in references] for k in range(most)]
    rows: list[list[float]] = made._extract_corpus_statistics(hypotheses, streams) if streams else []
    return rows


def differing(family: str, made: Any, hypotheses: Sequence[str], references: References) -> int | None:
    """Let sacreBLEU count the beginnings of a few segments too: the first that differs, None if none does.

    A release of sacreBLEU may count otherwise than `rows`, and the signature names the release.
    """
    from harness.metrics.rows import FAMILIES

    chosen = range(0, len(hypotheses), max(1, len(hypotheses) // _CHECKED))[:_CHECKED]
    texts = [hypotheses[i][:_CHECKED_LENGTH] for i in chosen]
    against = [[text[:_CHECKED_LENGTH] for text in references[i]] for i in chosen]
    ours, theirs = FAMILIES[family](made, texts, against).tolist(), by_sacrebleu(made, texts, against)
    return next((i for i, row, other in zip(chosen, ours, theirs, strict=True) if row != other), None)


def count(
    family: str,
    options: dict[str, Any],
    made: Any,
    hypotheses: Sequence[str],
    references: References,
    *,
    workers: int | None,
    costly: int,
) -> tuple[Statistics, list[str]]:
    """`(n, k)` statistics and sacreBLEU's warnings, on `workers` cores from `costly` segments on.

    `made` is `scorer(family, options)`; workers None: all cores this process may use. Segments with equal
    texts are counted once.
    """
    import numpy as np

    from harness.metrics.rows import FAMILIES

    first: dict[tuple[str, ...], int] = {}
    whose = [
        first.setdefault((text, *found), len(first))
        for text, found in zip(hypotheses, references, strict=True)
    ]
    texts, against = [key[0] for key in first], [list(key[1:]) for key in first]
    n = len(texts)
    count = cores() if workers is None else max(1, workers)
    count = min(count, 1 + n // costly)
    # Dealt out in turn, so that a run of long segments does not land on one core.
    shares = [slice(k, n, count) for k in range(count)]
    with ThreadPoolExecutor(count) as pool:
        others = [
            pool.submit(_count_elsewhere, family, options, texts[share], against[share])
            for share in shares[1:]
        ]
        with heard() as warnings:
            part = FAMILIES[family](made, texts[shares[0]], against[shares[0]])
        rows = np.empty((n, part.shape[1]))
        rows[shares[0]] = part
        for share, other in zip(shares[1:], others, strict=True):
            rows[share], lines = other.result()
            warnings.update(dict.fromkeys(lines))
    return rows[whose], list(warnings)


def _count_elsewhere(
    family: str, options: dict[str, Any], hypotheses: list[str], references: list[list[str]]
) -> tuple[list[list[float]], list[str]]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=json.dumps([family, options, hypotheses, references]).encode(),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        from harness.errors import StageError

        raise StageError(f"{family}: a counting process ended with code {done.returncode}; see above")
    rows, warnings = json.loads(done.stdout)
    return rows, warnings


def _work() -> None:
    """Count what standard input asks for."""
    from harness.metrics.rows import FAMILIES

    family, options, hypotheses, references = json.load(sys.stdin)
    with heard() as warnings:
        rows = FAMILIES[family](scorer(family, options), hypotheses, references)
    print(json.dumps([rows.tolist(), list(warnings)]))


if __name__ == "__main__":
    # Run by path, this file's folder leads sys.path and would shadow packages of the same name.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    _work()
