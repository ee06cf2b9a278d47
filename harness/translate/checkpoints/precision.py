"""The number format a checkpoint is stored in, and the one to compute in when none is asked for."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.common.json_text import json_value

FLOATS = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}
WIDTH = {"F32": 4, "F16": 2, "BF16": 2}  # bytes a number
LONGEST_HEADER = 100_000_000  # bytes; safetensors itself refuses longer ones


def stored_dtype(checkpoint: Path) -> str | None:
    """float32, float16 or bfloat16: what most of the weights are stored in, else what the config says.

    The files come before `dtype` in config.json: converted checkpoints often keep the old word. None where
    neither can be read; loading the weights then says what is amiss.
    """
    return _of_weights(checkpoint) or _of_config(checkpoint)


def computed_in(device: str, stored: str | None, has_bfloat16: Callable[[], bool]) -> str:
    """The format for `auto`: float32 on a CPU, elsewhere the checkpoint's own.

    Models trained in bfloat16 overflow in float16 (Gemma 3 and MADLAD then give empty outputs), so float16 is
    taken only for a checkpoint stored in it, and hardware without bfloat16 computes in float32.
    """
    if device == "cpu" or stored is None:
        return "float32"
    if stored == "bfloat16" and not has_bfloat16():
        return "float32"
    return stored


def cuda_has_bfloat16() -> bool:
    """Whether the CUDA device computes in bfloat16 by itself, not by emulation."""
    import torch

    return torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)


def stored_names(checkpoint: Path) -> set[str]:
    """The names of the weights in a checkpoint's safetensors files; empty where it has none of these."""
    return {name for path in checkpoint.glob("model*.safetensors") for name in _header(path)}


def _of_weights(checkpoint: Path) -> str | None:
    numbers: Counter[str] = Counter()
    for path in sorted(checkpoint.glob("model*.safetensors")):
        for tensor in _header(path).values():
            if isinstance(tensor, dict) and tensor.get("dtype") in FLOATS:
                start, end = tensor["data_offsets"]
                numbers[FLOATS[tensor["dtype"]]] += (end - start) // WIDTH[tensor["dtype"]]
    return numbers.most_common(1)[0][0] if numbers else None


def extent(path: Path) -> int | None:
    """The bytes that a safetensors file must have by its own header; None where that cannot be read.

    A file that ends within its header has at least the header's.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else None
    if length is None or length > LONGEST_HEADER:
        return None
    if size < 8 + length:
        return int(8 + length)
    try:
        ends = [t["data_offsets"][1] for name, t in _header(path).items() if name != "__metadata__"]
        return int(8 + length + max(ends)) if ends else None
    except (KeyError, TypeError, IndexError, ValueError):
        return None


def _header(path: Path) -> dict[str, Any]:
    """The tensors of a safetensors file by name; empty for a file that is none."""
    try:
        with path.open("rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            header = json_value(file.read(length)) if length <= LONGEST_HEADER else {}
    except (OSError, ValueError, struct.error):
        return {}
    return header if isinstance(header, dict) else {}


def _of_config(checkpoint: Path) -> str | None:
    try:
        config = json_value((checkpoint / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    # Models with a vision tower keep what is said of the language model one level down.
    for part in (config, config.get("text_config") if isinstance(config, dict) else None):
        if isinstance(part, dict):
            said = str(part.get("dtype") or part.get("torch_dtype") or "").removeprefix("torch.")
            if said in FLOATS.values():
                return said
    return None
