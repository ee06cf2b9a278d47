"""How a checkpoint's weights are held and computed with, where that is not the library's own choice."""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import dataclass
from typing import Any

from harness.errors import UnavailableError, missing_package

SPLIT = "split"
"""The device that stands for all of them: a model larger than one is spread over GPUs, memory and disk."""


@dataclass(frozen=True, slots=True)
class Computing:
    """Each of these can change outputs a little, so what is asked for is part of the identity.

    quantize   "8bit" or "4bit": weights rounded as they are loaded (LLM.int8, Dettmers et al. 2022; NF4,
               Dettmers et al. 2023)
    attention  "eager", "sdpa" or "flash_attention_2"
    compiled   steps of generation through torch.compile, with a cache of fixed length
    """

    quantize: str | None = None
    attention: str | None = None
    compiled: bool = False

    @property
    def identity(self) -> dict[str, Any]:
        asked = {"quantize": self.quantize, "attention": self.attention, "compile": self.compiled}
        return {name: value for name, value in asked.items() if value}

    def check(self, device: str) -> None:
        """Raises UnavailableError for a package that is needed and not there."""
        if device == SPLIT and not has("accelerate"):
            raise missing_package("engine.device=split", "accelerate", "large")
        for package in ("accelerate", "bitsandbytes") if self.quantize else ():
            if not has(package):
                raise missing_package(f"engine.quantize={self.quantize}", package, "large")
        compilers = (os.environ.get("CXX"), "g++", "clang++", "c++")
        if self.compiled and not any(name and shutil.which(name) for name in compilers):
            raise UnavailableError(
                "engine.compile=true needs a C++ compiler, and none is on the PATH: install g++ or clang"
            )
        if self.attention == "flash_attention_2" and not has("flash_attn"):
            raise missing_package("engine.attention=flash_attention_2", "flash-attn")

    def arguments(self, device: str) -> dict[str, Any]:
        """What `from_pretrained` is told beside the usual."""
        told: dict[str, Any] = {}
        if self.attention:
            told["attn_implementation"] = self.attention
        if self.quantize:
            from transformers import BitsAndBytesConfig

            told["quantization_config"] = BitsAndBytesConfig(  # type: ignore[no-untyped-call]
                load_in_8bit=self.quantize == "8bit",
                load_in_4bit=self.quantize == "4bit",
                bnb_4bit_quant_type="nf4",
            )
        if device == SPLIT or self.quantize:  # rounded weights cannot be moved afterwards
            told["device_map"] = "auto" if device == SPLIT else {"": device}
        return told

    def placed(self, model: Any, device: str) -> Any:
        """The loaded model where it belongs."""
        return model if device == SPLIT or self.quantize else model.to(device)


def has(package: str) -> bool:
    """Whether a package is installed, without importing it."""
    return importlib.util.find_spec(package) is not None


PLAIN = Computing()
