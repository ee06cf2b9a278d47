"""Lines given to a program and taken from it so that none is taken for the answer to another.

A program that leaves out a line shifts all that follow, and nothing in its output says so. So it is given a
line and asked for one before it gets more: where as many have come as were given, and nothing further, they
are its answers, and are handed on. A program that waits for more before it answers (it reads ahead, or its
output is buffered) is given more, in the end everything: then the count at its end has to tell.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.translate.engines.program import Program

_LOOK = 0.1  # seconds of silence after which it is looked at
_UNKNOWN = 2.0  # of silence, of one that cannot be looked at, before it is given more
_BUSY = 60.0  # the same of one that seems to work
_SETTLE = 0.003  # seconds in which a line too many would follow the last, of one that cannot be looked at
_LEAVE = 2.0  # seconds for a program to end that has answered everything
_QUICK = 0.05  # lines that are answered sooner may be more at once: a kill loses the work of so long
_MOST = 64


@dataclass(slots=True)
class Pace:
    """How many lines a program is given at once, as it has shown; kept from one start of it to the next."""

    lines: int = 1
    reads_all: bool = False
    """Whether it answers nothing before its input ends."""


class Stopped(Exception):
    """The exchange did not come to its end: `why` is `silence`, `death`, `missing` lines or `surplus` ones.

    Of the lines that the program wrote, `given` were handed on; `written` counts those too.
    """

    def __init__(self, why: str, written: int, given: int) -> None:
        super().__init__(why)
        self.why, self.written, self.given = why, written, given


class Exchange:
    """The exchange with one start of a program. `timeout`: seconds without a line after which it hangs."""

    def __init__(self, program: Program, lines: Sequence[bytes], timeout: float, pace: Pace) -> None:
        self._program, self._lines, self._timeout, self._pace = program, lines, timeout, pace
        self._sent = self._given = 0
        self._got: list[bytes] = []
        self._closed = False
        self._early = False  # whether a line came before the end of its input
        self._last = time.monotonic()  # when a line was last given or taken

    def answers(self) -> Iterator[list[bytes]]:
        """The answers to consecutive lines, each group once its lines are known to be answered.

        Raises Stopped, also after the last answer where more lines come.
        """
        self._give()
        while not self._program.ended:
            found = self._program.read(self._wait())
            if found:
                yield from self._taken(found)
            elif not self._program.ended and self._silent():
                return
        yield from self._rest()

    def _give(self) -> None:
        """The next lines, or the end of the input where there are none."""
        if self._sent < len(self._lines):
            until = len(self._lines) if self._pace.reads_all else self._sent + self._pace.lines
            self._program.send(self._lines[self._sent : until])
            self._sent = min(until, len(self._lines))
        else:
            self._closed = True
        if self._pace.reads_all:
            self._closed = True
        if self._closed:
            self._program.close()
        self._last = self._asked = time.monotonic()
        self._reads = 0

    def _taken(self, found: list[bytes]) -> Iterator[list[bytes]]:
        self._last = now = time.monotonic()
        self._early |= not self._closed
        self._got += found
        self._reads += 1
        if self._written < self._sent or (self._closed and self._written == self._sent):
            return
        if self._written > self._sent or not self._settled():
            raise self._stopped("surplus")
        yield self._got
        self._given, self._got = self._sent, []
        self._adapt(now - self._asked)
        self._give()

    def _settled(self) -> bool:
        """Whether no line comes beyond those: the program waits for more, or is silent."""
        until = time.monotonic() + _LOOK
        while not self._program.read(_SETTLE):
            waits = self._program.waits_for_input
            if waits:
                return not self._program.read(0)  # what it wrote before it waited
            if waits is None or self._program.ended or time.monotonic() > until:
                return True
        return False

    def _adapt(self, seconds: float) -> None:
        """More lines at once where they are answered in no time, fewer where they are answered one by one."""
        lines = self._pace.lines
        if seconds < _QUICK:
            self._pace.lines = max(lines, min(2 * lines, _MOST))
        elif self._reads > 1:
            self._pace.lines = max(1, lines // 2)

    def _wait(self) -> float:
        left = self._last + self._timeout - time.monotonic()
        return max(0.0, left if self._closed and self._given < self._sent else min(left, _LOOK))

    def _silent(self) -> bool:
        """What silence means. True: all is answered, and the program does not end."""
        now = time.monotonic()
        silence = now - self._last
        if self._given == len(self._lines):
            return silence >= _LEAVE
        if silence >= self._timeout:
            raise self._stopped("silence")
        if not self._closed and self._program.has_read:
            waits = self._program.waits_for_input
            patience = _UNKNOWN if waits is None else _LOOK if waits else _BUSY
            if silence >= patience:
                self._pace.lines = max(self._pace.lines, self._sent - self._given)
                self._give()  # as many again: then it has twice as many
                self._pace.lines = min(self._sent - self._given, len(self._lines))
        return False

    def _rest(self) -> Iterator[list[bytes]]:
        """What came last, once the program has ended."""
        code = self._program.code
        if self._given == len(self._lines):
            return
        if code is None:
            raise self._stopped("silence")
        if code or self._written != len(self._lines):
            raise self._stopped("death" if code else "missing")
        self._pace.reads_all = not self._early
        yield self._got

    @property
    def _written(self) -> int:
        return self._given + len(self._got)

    def _stopped(self, why: str) -> Stopped:
        return Stopped(why, self._written, self._given)
