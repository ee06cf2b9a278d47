"""Loading configs, tokenizers and weights from a checkpoint on disk; every failure as one line."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.common.threads import threads_here
from harness.errors import DataError, StageError, first_line
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.computing import PLAIN, Computing
from harness.translate.checkpoints.cpu import keep_memory
from harness.translate.checkpoints.generation import CHECKPOINTS_OWN, MODES, Replaced
from harness.translate.checkpoints.precision import computed_in, cuda_has_bfloat16, stored_dtype
from harness.translate.checkpoints.whole import check_files, check_vocabulary, check_whole


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen. `beams` 1 is greedy; sampling draws instead, repeatably by `seed`."""

    beams: int
    max_new_tokens: int
    sample: bool = False
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0
    replaced: Replaced = CHECKPOINTS_OWN

    @property
    def identity(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {"beams": self.beams, "max_new_tokens": self.max_new_tokens}
        if self.sample:
            chosen |= {"temperature": self.temperature, "top_p": self.top_p, "seed": self.seed}
            chosen |= {"top_k": self.top_k} if self.top_k else {}
        return chosen | self.replaced.given

    def configure(self, config: Any, max_new_tokens: int) -> Any:
        """A copy of a model's generation config with these choices in it."""
        import copy

        config = copy.deepcopy(config)
        config.update(
            num_beams=self.beams,
            do_sample=self.sample,
            max_length=None,
            max_new_tokens=min(self.max_new_tokens, max_new_tokens),
            # Forcing the end at the limit would make a cut translation look finished.
            forced_eos_token_id=None,
            temperature=self.temperature if self.sample else None,
            top_p=self.top_p if self.sample else None,
            top_k=self.top_k if self.sample else None,
            **MODES,
            **self.replaced.settings,
        )
        if self.beams == 1:
            config.update(early_stopping=False, length_penalty=None)
        return config


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the weights go, resolved by `choose`; a `dtype` of "auto" is the one they are stored in."""

    device: str
    dtype: str
    threads: int | None
    computing: Computing = PLAIN

    @property
    def packs(self) -> bool:
        """Whether linear layers are packed for the CPU (see `packed`)."""
        return self.device == "cpu" and self.computing.quantize is None and not self.computing.compiled

    @classmethod
    def choose(
        cls,
        checkpoint: Checkpoint,
        device: str,
        dtype: str,
        threads: int | None,
        computing: Computing = PLAIN,
    ) -> Placement:
        """Resolve "auto": CUDA where there is one; float32 on CPU, elsewhere the checkpoint's own format."""
        if device == "auto":
            import torch

            device = "cuda" if torch.cuda.is_available() else "cpu"
        computing.check(device)
        if dtype == "auto":
            dtype = computed_in(device, stored_dtype(checkpoint.path), cuda_has_bfloat16)
        return cls(device, dtype, threads, computing)


def versions(*packages: str) -> dict[str, str]:
    """Minor versions of the packages that outputs depend on, without importing them."""
    return {name: ".".join(importlib.metadata.version(name).split(".")[:2]) for name in packages}


def load_config(checkpoint: Checkpoint) -> Any:
    """The configuration of a checkpoint; DataError when it is damaged or would run code of its own."""
    from transformers import AutoConfig

    with _explained(checkpoint, "not a usable model config", "/config.json"):
        return AutoConfig.from_pretrained(checkpoint.path, local_files_only=True, trust_remote_code=False)


def generation_config(checkpoint: Checkpoint) -> Any:
    """The generation settings of a checkpoint; those of its config.json where it is older than their file."""
    from transformers import GenerationConfig

    try:
        return GenerationConfig.from_pretrained(checkpoint.path, local_files_only=True)
    except OSError:
        return GenerationConfig.from_model_config(load_config(checkpoint))


def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """The tokenizer of a checkpoint; DataError when it is damaged or would run code of its own."""
    from transformers import AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    check_files(checkpoint.path)
    with _explained(checkpoint, "no usable tokenizer"):
        return AutoTokenizer.from_pretrained(checkpoint.path, local_files_only=True, trust_remote_code=False)


def load_weights(checkpoint: Checkpoint, model: Mapping[str, Any], place: Placement, auto_class: str) -> Any:
    """The model in evaluation mode; safetensors only, unless the model's YAML says `pickle: true`.

    Raises DataError for a checkpoint that is damaged or incomplete (see `whole`), StageError when memory is
    not enough.
    """
    import torch
    import transformers
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # what is amiss is an error below
    torch.set_num_threads(place.threads or threads_here(torch.get_num_threads()))
    if place.device == "cpu":
        keep_memory()
    check_files(checkpoint.path)
    with _explained(checkpoint, "the checkpoint cannot be loaded"):
        loaded, report = getattr(transformers, auto_class).from_pretrained(
            checkpoint.path,
            dtype="auto" if place.dtype == "auto" else getattr(torch, place.dtype),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=None if model.get("pickle") else True,
            ignore_mismatched_sizes=True,  # named below, which the library's own error does not
            output_loading_info=True,
            **place.computing.arguments(place.device),
        )
    check_whole(checkpoint.path, loaded, report)
    check_vocabulary(checkpoint.path, loaded, load_tokenizer(checkpoint))
    with _explained(checkpoint, f"the weights cannot be moved to {place.device}"):
        return place.computing.placed(loaded, place.device).eval()


def check_weights(checkpoint: Checkpoint, model: Mapping[str, Any], auto_class: str) -> None:
    """Load the weights as they are stored, on the CPU, to see that they are complete; see `load_weights`."""
    load_weights(checkpoint, model, Placement("cpu", "auto", None), auto_class)


@contextmanager
def _explained(checkpoint: Checkpoint, what: str, file: str = "") -> Iterator[None]:
    try:
        yield
    except Exception as error:  # a damaged file raises whatever its parser raises
        if out_of_memory(error):
            raise StageError(f"not enough memory to load {checkpoint.path}; use a smaller model") from error
        raise DataError(f"{checkpoint.path}{file}: {what} ({first_line(error)})") from error


def out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch, CUDA or the allocator says that memory ran out."""
    signs = ("out of memory", "can't allocate", "not enough memory", "status_alloc_failed")
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in signs)


def until_end(row: list[int], ends: set[int]) -> tuple[list[int], bool]:
    """The generated ids before the first end token, and whether there was one."""
    for position, token in enumerate(row):
        if token in ends:
            return row[:position], True
    return row, False


def end_tokens(config: Any) -> set[int]:
    """The ids that end an output: a configuration has one or a list."""
    value = config.eos_token_id
    return {int(token) for token in (value if isinstance(value, (list, tuple)) else [value])}
