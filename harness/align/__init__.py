"""Sentence alignment. The package can be called: `harness.align(src, tgt)` is `harness.align.api.align`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.types import Bead


class _Callable(ModuleType):
    """A module that can be called, so that the package and the function may share the name."""

    def __call__(self, src: Sequence[str], tgt: Sequence[str], *args: Any, **options: Any) -> list[Bead]:
        """See `harness.align.api.align`."""
        from harness.align.api import align

        return align(src, tgt, *args, **options)


sys.modules[__name__].__class__ = _Callable
