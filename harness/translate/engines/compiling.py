"""`engine.compile`: the steps of generation through torch.compile, in shapes that come again.

A cache that grows is another shape at every step, and torch.compile gives up after a few: so the cache has
the length of prompt and answer from the start, prompts are padded to one of few widths, and batches to one
size a width. Each width is compiled once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import ConfigError, StageError

_NARROWEST = 64
_TOKENS, _ROWS = 2048, 64  # padded tokens and rows of a batch at most
_WIDTHS = 64  # compilations before it is an error: more than there are widths


def width_of(longest: int) -> int:
    """To how many tokens prompts are padded: 64, 128, 256 …"""
    width = _NARROWEST
    while width < longest:
        width *= 2
    return width


def rows_of(width: int) -> int:
    """How many rows a batch of this width always has."""
    return max(1, min(_ROWS, _TOKENS // width))


def prepare(model: Any, config: Any, beams: int) -> None:
    """Set up a loaded model and its generation `config`. ConfigError for what cannot be compiled."""
    import torch
    from transformers import CompileConfig

    if beams > 1:
        raise ConfigError("engine.compile=true is for one beam: engine.beams=1")
    if not getattr(model, "_can_compile_fullgraph", False):
        raise ConfigError(
            f"engine.compile=true: transformers cannot compile a {type(model).__name__}; engine.compile=false"
        )
    how = CompileConfig(fullgraph=False, dynamic=False, mode="default")
    how._compile_all_devices = True  # type: ignore[assignment]  # CPUs, too
    config.update(cache_implementation="static", compile_config=how, disable_compile=False)
    # Rather an error than a silent return to the slow way.
    torch._dynamo.config.recompile_limit = _WIDTHS
    torch._dynamo.config.fail_on_recompile_limit_hit = True


def padded(prompts: Sequence[list[int]]) -> list[list[int]]:
    """The prompts of a batch with copies of the last for the rows that are missing."""
    rows = rows_of(width_of(max(map(len, prompts))))
    return [*prompts, *([prompts[-1]] * (rows - len(prompts)))]


def explained(error: Exception) -> StageError | None:
    """The error of a compilation as one of ours; None for another error."""
    name = type(error).__module__
    if not name.startswith(("torch._dynamo", "torch._inductor")):
        return None
    line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return StageError(f"engine.compile=true: the model cannot be compiled ({line}); engine.compile=false")
