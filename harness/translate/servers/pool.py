"""Many requests at once: as many under way as asked for, answers as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from harness.translate.servers.budget import Spent

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def answered(
    ask: Callable[[Task], Answer], tasks: Iterable[Task], concurrency: int, stop: Callable[[], None]
) -> Iterator[tuple[Task, Future[Answer]]]:
    """Each task with its future, done, in the order in which answers come.

    `stop` is called when the caller leaves early, to wake what waits. Once a task raises Spent, no other is
    begun, and Spent is raised when those under way have answered.
    """
    waiting: dict[Future[Answer], tuple[int, Task]] = {}
    todo: Iterator[tuple[int, Task]] = iter(enumerate(tasks))
    spent: Spent | None = None
    with ThreadPoolExecutor(concurrency, thread_name_prefix="asking") as pool:
        try:
            while True:
                while len(waiting) < 2 * concurrency and (following := next(todo, None)) is not None:
                    waiting[pool.submit(ask, following[1])] = following
                if not waiting:
                    if spent is not None:
                        raise spent
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=lambda future: waiting[future][0]):
                    _, task = waiting.pop(future)
                    error = future.exception()
                    if isinstance(error, Spent):
                        spent, todo = error, iter(())
                    else:
                        yield task, future
        except BaseException:
            stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
