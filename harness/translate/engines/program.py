"""A program that reads lines and writes lines: started, fed as it goes, read as it answers, ended."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue

from harness.translate.engines.idle import waits_for_input

_READ = 1 << 16
_LINGER = 0.5  # seconds without output after its end: a child of it may hold the output open for ever

Split = Callable[[bytes], tuple[list[bytes], bytes]]
"""Complete lines at the beginning of some bytes, without their ends, and what is left."""


class Program:
    """One start of a program. Use as a context manager: what is left of it is killed on leaving.

    `words` is the command line. Raises OSError where the program cannot be started.
    """

    def __init__(self, words: Sequence[str], split: Split) -> None:
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that a hanging pipeline of it can be ended whole
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._split, self._rest = split, b""
        self._said: deque[bytes] = deque(maxlen=20)
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._sent = self._written = 0  # bytes given by `send`, and written to its input
        self._closed = False
        self._over, self._waker = os.pipe()  # readable once the process has ended
        self._quiet_from: float | None = None  # since when nothing has come though the process has ended
        self.ended = False  # no more lines will come
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._feed, self._listen, self._watch)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=1.0)  # a child with a session of its own may hold a stream open
        if not any(thread.is_alive() for thread in self._threads):
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()
            os.close(self._over)

    def send(self, lines: Sequence[bytes]) -> None:
        """Give it more lines, with their ends, without waiting for it to read them."""
        data = b"".join(lines)
        self._sent += len(data)
        self._queue.put(data)

    def close(self) -> None:
        """Tell it that there are no more lines."""
        self._closed = True
        self._queue.put(None)

    @property
    def waits_for_input(self) -> bool | None:
        """Whether it waits for more lines and nothing in it is at work; None where that cannot be told."""
        return True if self._closed else waits_for_input(self._process.pid, self._in)

    @property
    def has_read(self) -> bool:
        """Whether it has taken all that was sent. True where the system cannot tell."""
        if self._sent > self._written:
            return False
        if self._closed:
            return True
        try:
            waiting = struct.unpack("i", fcntl.ioctl(self._in, termios.FIONREAD, b"\0" * 4))[0]
        except (OSError, ValueError):
            return True
        return not waiting

    def read(self, wait: float) -> list[bytes]:
        """The complete lines that come first within so many seconds; none where none do, or it has `ended`.

        A last line without an end counts if the program has ended well.
        """
        deadline = time.monotonic() + wait
        while not self.ended:
            now = time.monotonic()
            over = self.code is not None
            if over and self._quiet_from is None:
                self._quiet_from = now
            until = min(deadline, self._quiet_from + _LINGER) if self._quiet_from is not None else deadline
            watched = [self._out] if over else [self._out, self._over]
            ready = select.select(watched, [], [], max(0.0, until - now))[0]
            data = os.read(self._out, _READ) if self._out in ready else None
            if data:
                self._quiet_from = None
                lines, self._rest = self._split(self._rest + data)
                if lines:
                    return lines
            elif data is not None or (self._quiet_from is not None and time.monotonic() >= until < deadline):
                return self._end(deadline)
            elif time.monotonic() >= deadline:
                break
        return []

    def _end(self, deadline: float) -> list[bytes]:
        """Nothing more will come: what is left, once the exit code says that it is whole."""
        self.ended = True
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.1, deadline - time.monotonic()))
        rest, self._rest = self._rest, b""
        return [rest] if rest and self.code == 0 else []

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while the program runs."""
        return self._process.poll()

    def last_words(self) -> str:
        """The last line that the program wrote to its standard error, for a message."""
        self._threads[1].join(timeout=1.0)
        lines = b"".join(self._said).decode("utf-8", "replace").strip().splitlines()
        return f"; it said: {lines[-1].strip()[:200]}" if lines else ""

    def _feed(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended, or does not read to the end: its exit code and lines tell
            while (data := self._queue.get()) is not None:
                self._process.stdin.write(data)
                self._process.stdin.flush()
                self._written += len(data)
        with suppress(OSError):
            self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)

    def _watch(self) -> None:
        self._process.wait()
        os.close(self._waker)
