"""The number format of `dtype=auto`: what the checkpoint is stored in, never float16 of our own choosing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.translate.checkpoints.precision import computed_in, stored_dtype


def checkpoint(folder: Path, config: dict[str, object], **tensors: str) -> Path:
    import torch
    from safetensors.torch import save_file

    (folder / "config.json").write_text(json.dumps(config))
    if tensors:
        made = {name: torch.zeros(8, dtype=getattr(torch, dtype)) for name, dtype in tensors.items()}
        save_file(made, str(folder / "model.safetensors"))
    return folder


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_the_format_is_that_of_the_weights(tmp_path: Path, dtype: str) -> None:
    assert stored_dtype(checkpoint(tmp_path, {"dtype": "float16"}, weight=dtype)) == dtype


def test_most_of_the_weights_decide(tmp_path: Path) -> None:
    stored = checkpoint(tmp_path, {}, norm="float32", first="bfloat16", second="bfloat16")
    assert stored_dtype(stored) == "bfloat16"


@pytest.mark.parametrize(
    "config",
    [{"torch_dtype": "bfloat16"}, {"dtype": "torch.bfloat16"}, {"text_config": {"dtype": "bfloat16"}}],
)
def test_pickled_weights_are_told_by_the_config(tmp_path: Path, config: dict[str, object]) -> None:
    assert stored_dtype(checkpoint(tmp_path, config)) == "bfloat16"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"dtype": 7}'])
def test_a_damaged_config_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 20)
    assert stored_dtype(tmp_path) is None


@pytest.mark.parametrize(
    ("device", "stored", "has_bfloat16", "expected"),
    [
        ("cpu", "bfloat16", True, "float32"),
        ("cuda", "bfloat16", True, "bfloat16"),
        ("cuda", "bfloat16", False, "float32"),
        ("cuda:1", "float16", True, "float16"),
        ("cuda", "float32", True, "float32"),
        ("cuda", None, True, "float32"),
    ],
)
def test_auto(device: str, stored: str | None, has_bfloat16: bool, expected: str) -> None:
    assert computed_in(device, stored, lambda: has_bfloat16) == expected
