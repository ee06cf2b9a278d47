"""Whether a program waits for more input, as Linux tells it: a guess for pacing, never needed to be right."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_CALLS = {  # numbers of read; of poll, select and epoll; of waiting for children, signals and locks
    "x86_64": ({0}, {7, 23, 232, 270, 271, 281}, {34, 61, 128, 130, 202, 247}),
    "aarch64": ({63}, {22, 72, 73}, {95, 98, 133, 137, 260}),
}


def waits_for_input(session: int, pipe: int) -> bool | None:
    """Whether a process of a session waits for what is written to `pipe`, and none of them is at work.

    `pipe` is the descriptor of our end. None where that cannot be told: on other systems, without the right
    to look, of programs that wait for several things at once.
    """
    numbers = _CALLS.get(platform.machine())
    if numbers is None:
        return None
    reading, polling, idle = numbers
    found: bool | None = False
    try:
        wanted = Path(f"/proc/self/fd/{pipe}").readlink()
        for process in _of(session):
            given = str((process / "fd" / "0").readlink())
            if not given.startswith(("pipe:", "socket:")):  # in the background, with no input
                continue
            ours = given == str(wanted)
            for task in (process / "task").iterdir():
                words = (task / "syscall").read_text().split()
                call = int(words[0]) if words[0].isdigit() else -1  # "running", or "-1" in a page fault
                if call in reading and int(words[1], 16) == 0:
                    found = True if ours else found
                elif call in polling:
                    found = None if ours and not found else found
                elif call not in idle:
                    return False
    except (OSError, ValueError, IndexError):
        return None
    return found


def _of(session: int) -> Iterator[Path]:
    """The processes of a session."""
    for process in _PROC.iterdir():
        if process.name.isdigit():
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                yield process
