"""Process settings for generation on a CPU: how many threads, how they wait, memory that is kept."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

# mallopt's parameters (malloc.h): from which size on a block is mapped on its own, and how much free memory
# at the top of the heap is kept.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 1 << 29


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


@cache
def keep_memory() -> None:
    """Let the C allocator keep large freed blocks instead of giving them back at every step.

    The logits of a batch (beams × segments × vocabulary, tens of MB) are allocated and freed several times
    a token; mapping and clearing their pages anew took an eighth of the time. glibc only, else nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _KEPT)
        mallopt(_TRIM_THRESHOLD, _KEPT)
