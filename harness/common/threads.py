"""Matrix products on one thread each, so that no digit depends on the cores; how many a process may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Within, BLAS adds up in one order: split among threads, products differ in the seventh digit."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def spread(work: Callable[[Sequence[T]], R], parts: Sequence[Sequence[T]], workers: int) -> list[R]:
    """`work` on each of the parts, in order; what it gives is the same for any number of workers."""
    with one_thread_each():
        if workers == 1 or len(parts) < 2:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(work, parts))


def threads_here(own: int) -> int:
    """As many threads as the library would use (`own`), but never more than the cores this process may use.

    Libraries count the machine's cores; a scheduler or container may allow fewer, and a thread that waits
    for one without a core holds up all the others at every operation.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(own, allowed, _quota(Path("/sys/fs/cgroup/cpu.max")) or allowed))


def _quota(path: Path) -> int | None:
    """The cores that a container's CPU quota (cgroup v2) amounts to, None without one."""
    try:
        quota, period = path.read_text().split()
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):  # no cgroup v2, or "max"
        return None


def cores() -> int:
    """Cores that this process may use; a worker of a cluster has been given so many (HARNESS_CORES)."""
    if "HARNESS_CORES" in os.environ:
        return int(os.environ["HARNESS_CORES"])
    return threads_here(os.cpu_count() or 1)
