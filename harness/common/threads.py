"""Matrix products on one thread each, so that no digit depends on how many cores a machine has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Within, BLAS adds up in one order: split among threads, products differ in the seventh digit."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def spread(work: Callable[[Sequence[T]], R], items: Sequence[T], size: int, workers: int) -> list[R]:
    """`work` on `size` items at a time, in order; the parts are the same for any number of workers."""
    parts = [items[k : k + size] for k in range(0, len(items), size)]
    with one_thread_each():
        if workers == 1 or len(parts) < 2:
            return [work(part) for part in parts]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(work, parts))
