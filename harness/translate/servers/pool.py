"""Many requests at once: as many under way as asked for, answers as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def answered(
    ask: Callable[[Task], Answer], tasks: Iterable[Task], concurrency: int, stop: Callable[[], None]
) -> Iterator[tuple[Task, Future[Answer]]]:
    """Each task with its future, done, in the order in which answers come.

    `stop` is called when the caller leaves early, to wake what waits.
    """
    waiting: dict[Future[Answer], tuple[int, Task]] = {}
    todo = iter(enumerate(tasks))
    with ThreadPoolExecutor(concurrency, thread_name_prefix="asking") as pool:
        try:
            while True:
                while len(waiting) < 2 * concurrency and (following := next(todo, None)) is not None:
                    waiting[pool.submit(ask, following[1])] = following
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda future: waiting[future][0]):
                    _, task = waiting.pop(future)
                    yield task, future
        except BaseException:
            stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
