"""Comparisons in a process of their own: the other pages stay quick meanwhile, and Ctrl-C need not wait.

The process holds what was loaded and computed, and answers several requests at a time. It is started with the
server, again with the next request should it have died (of too little memory, say), and ends with the server,
however that ends.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from harness.serve.answers import answer, told

_LONG, _SHORT = 4, 6
"""Requests at a time: comparisons, and what takes tenths of a second."""
Handler = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Question:
    """A request for the other process. `long`: it may take seconds."""

    name: str
    query: bytes
    params: Mapping[str, str] = field(default_factory=dict)
    long: bool = False

    @property
    def request(self) -> Request:
        """As the handler sees it."""
        return Request({"type": "http", "method": "GET", "path": "/", "headers": [],
                        "query_string": self.query, "path_params": dict(self.params)})  # fmt: skip


Reply = tuple[int, str, dict[str, str], bytes]  # status, media type, headers, body
Handlers = Mapping[str, Handler]


class Computing(Protocol):
    """What answers questions."""

    async def reply(self, question: Question) -> Response: ...


class Here:
    """Answers in a thread of this process."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = {name: told(handler) for name, handler in handlers.items()}

    async def reply(self, question: Question) -> Response:
        return await run_in_threadpool(self._handlers[question.name], question.request)


class Elsewhere:
    """Answers in another process. `make` (`module:function`) gives its handlers over the store `root`; it is
    imported there alone."""

    def __init__(self, make: str, root: str) -> None:
        self._make, self._root = make, root
        self._lock = Lock()
        self._process: BaseProcess | None = None
        self._wire: Connection | None = None
        self._waiting: dict[int, tuple[Connection, Future[Reply]]] = {}
        self._number = 0
        self._stopped = False

    def start(self) -> None:
        """Have the process ready for the first question."""
        with self._lock:
            if not self._stopped:
                self._connected()

    def stop(self) -> None:
        """End it at once, whatever it computes; who waits for it is told so."""
        with self._lock:
            self._stopped = True
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    async def reply(self, question: Question) -> Response:
        try:
            status, media_type, headers, body = await asyncio.wrap_future(self._sent(question))
        except _Gone as gone:
            return answer({"error": str(gone)}, 503)
        return Response(body, status, headers, media_type)

    def _sent(self, question: Question) -> Future[Reply]:
        found: Future[Reply] = Future()
        with self._lock:
            if self._stopped:
                raise _Gone(_STOPPED)
            wire = self._connected()
            self._number += 1
            self._waiting[self._number] = wire, found
            try:
                wire.send((self._number, question))
            except OSError:  # it has just died
                self._waiting.pop(self._number, None)
                raise _Gone(_DIED) from None
        return found

    def _connected(self) -> Connection:
        if self._process is not None and self._process.is_alive() and self._wire is not None:
            return self._wire
        context = get_context("spawn")
        self._wire, there = context.Pipe()
        self._process = context.Process(
            target=_work, args=(there, self._make, self._root), name="comparisons", daemon=True
        )
        with _deaf_to_ctrl_c():
            self._process.start()
        there.close()
        Thread(target=self._read, args=(self._wire,), daemon=True).start()
        return self._wire

    def _read(self, wire: Connection) -> None:
        while True:
            try:
                number, reply = wire.recv()
            except (OSError, EOFError):
                break
            if number in self._waiting:
                _settle(self._waiting.pop(number)[1], reply)
        with self._lock:
            if self._wire is wire:
                self._wire = self._process = None
            why = _STOPPED if self._stopped else _DIED
            for number in [number for number, (theirs, _) in self._waiting.items() if theirs is wire]:
                _settle(self._waiting.pop(number)[1], _Gone(why))


_STOPPED = "the server is being stopped"
_DIED = "the process that computes comparisons has died (too little memory?); load the page again"


class _Gone(Exception):
    """Nobody is there to answer."""


def _settle(found: Future[Reply], reply: Reply | _Gone) -> None:
    if found.set_running_or_notify_cancel():
        if isinstance(reply, _Gone):
            found.set_exception(reply)
        else:
            found.set_result(reply)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process started within does not get Ctrl-C from the terminal: its parent ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(wire: Connection, make: str, root: str) -> None:
    """The other process: until the server closes its end, which it does even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module, _, name = make.partition(":")
    found: Handlers = getattr(importlib.import_module(module), name)(root)
    handlers = {name: told(handler) for name, handler in found.items()}
    writing = Lock()
    long, short = ThreadPoolExecutor(_LONG), ThreadPoolExecutor(_SHORT)

    def work(number: int, question: Question) -> None:
        found = handlers[question.name](question.request)
        headers = {k: v for k, v in found.headers.items() if k not in ("content-length", "content-type")}
        reply = found.status_code, found.headers["content-type"], headers, bytes(found.body)
        with writing:
            wire.send((number, reply))

    while True:
        try:
            number, question = wire.recv()
        except (OSError, EOFError):
            os._exit(0)  # threads that still compute are not waited for
        (long if question.long else short).submit(work, number, question)
