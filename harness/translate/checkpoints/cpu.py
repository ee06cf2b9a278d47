"""Process settings for generation on a CPU: memory that is kept."""

from __future__ import annotations

import ctypes
import os
from functools import cache

# mallopt's parameters (malloc.h): from which size on a block is mapped on its own, and how much free memory
# at the top of the heap is kept.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 1 << 29


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
