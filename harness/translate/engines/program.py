"""A program that reads lines and writes lines: started, fed, read line by line as it answers, ended."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress

_READ = 1 << 16


class Program:
    """One start of a program. Use as a context manager: what is left of it is killed on leaving.

    `words` is the command line; `lines` are what it reads, with their ends. Raises OSError where the program
    cannot be started.
    """

    def __init__(self, words: Sequence[str], lines: Sequence[bytes]) -> None:
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that a hanging pipeline of it can be ended whole
        )
        self._said: deque[bytes] = deque(maxlen=20)
        self._threads = [
            threading.Thread(target=self._feed, args=(b"".join(lines),), daemon=True),
            threading.Thread(target=self._listen, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def answers(self, patience: float) -> Iterator[list[bytes]]:
        """Complete lines as they come, without their ends, until the program closes its output.

        A last line without an end counts only if the program has ended well. Raises TimeoutError when no line
        has come for `patience` seconds.
        """
        assert self._process.stdout is not None
        out, rest = self._process.stdout.fileno(), b""
        deadline = time.monotonic() + patience
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                raise TimeoutError
            data = os.read(out, _READ)
            if not data:
                break
            *complete, rest = (rest + data).split(b"\n")
            if complete:
                yield complete
                deadline = time.monotonic() + patience
        try:
            code = self._process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        if rest and not code:
            yield [rest]

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while the program runs."""
        return self._process.poll()

    def last_words(self) -> str:
        """The last line that the program wrote to its standard error, for a message."""
        self._threads[1].join(timeout=1.0)
        lines = b"".join(self._said).decode("utf-8", "replace").strip().splitlines()
        return f"; it said: {lines[-1].strip()[:200]}" if lines else ""

    def _feed(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.close()
        except OSError:
            return  # it ended, or does not read to the end: its exit code and lines tell

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)
