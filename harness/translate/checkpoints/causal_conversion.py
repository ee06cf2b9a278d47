"""Converting decoder-only checkpoints for CTranslate2, and whether it computes what their config.json says.

CTranslate2's converter takes an architecture by the name of its config and leaves out what it has no place
for: Llama 3's scaling of positions, the caps of Gemma 2's scores, another activation. The model then answers
almost as it should. So each configuration is tried first, in small and with random weights, against
transformers.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError, first_line
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.loading import (
    Placement,
    load_config,
    load_tokenizer,
    load_weights,
    versions,
)

_TOKENS, _VOCABULARY = 64, 256  # of the trial
_CLOSE = 1e-3  # of the largest score; in float32 the two differ by some 1e-6
_FAILURES = (ValueError, KeyError, AttributeError, RuntimeError, NotImplementedError, TypeError, IndexError)


def convert_causal(checkpoint: Checkpoint, model: Mapping[str, Any], compute: str, folder: Path) -> None:
    """Write the converted model into `folder`.

    Raises DataError for a checkpoint that is not whole, that CTranslate2 cannot convert, or that it would
    convert to something else.
    """
    config = load_config(checkpoint)
    name = checkpoint.id or str(checkpoint.path)
    if getattr(config, "quantization_config", None):
        raise DataError(f"CTranslate2 cannot convert {name} (its weights are quantized); engine=transformers")
    check_faithful(name, config.get_text_config(decoder=True))
    loaded = load_weights(checkpoint, model, Placement("cpu", "auto", None), "AutoModelForCausalLM")
    try:
        _write(loaded, load_tokenizer(checkpoint), compute, folder)
    except _FAILURES as error:
        raise _refused(name, type(config).__name__, error) from error


def check_faithful(name: str, config: Any) -> None:
    """DataError where CTranslate2 does not compute the scores that transformers does by this `config`."""
    import numpy as np
    import torch

    kind = type(config).__name__
    try:
        with torch.random.fork_rng(devices=[]), tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(0)
            model = _random_model(_smaller(config))
            ids = torch.randint(0, _VOCABULARY, (1, _TOKENS))
            with torch.inference_mode():
                expected = model(ids).logits[0].numpy()
            _write(model, None, "float32", Path(folder))
            found = _scores(folder, ids.tolist())[:, : expected.shape[1]]
    except _FAILURES as error:
        raise _refused(name, kind, error) from error
    apart = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not apart <= _CLOSE:
        raise DataError(
            f"CTranslate2 {versions('ctranslate2')['ctranslate2']} does not compute {name} as its config.json"
            f" has it: scores of a {kind} differ by {apart:.0%} (scaled positions, caps or windows that it"
            " leaves out); engine=transformers"
        )


def _refused(name: str, kind: str, error: Exception) -> DataError:
    reason = first_line(error)
    if reason.startswith("No conversion is registered"):
        return DataError(f"CTranslate2 cannot convert {name} (no {kind}); engine=transformers")
    return DataError(f"CTranslate2 cannot convert {name} ({kind}: {reason}); engine=transformers")


def _scores(folder: str, ids: list[list[int]]) -> Any:
    """Of each token of the vocabulary at each place, `(len(ids[0]), vocabulary)`."""
    import ctranslate2
    import numpy as np

    generator = ctranslate2.Generator(folder, device="cpu", compute_type="float32", intra_threads=1)
    return np.array(generator.forward_batch(ids))[0]


def _smaller(config: Any) -> Any:
    """The same architecture and settings with few layers (one of each type) and narrow ones."""
    small = copy.deepcopy(config)
    types = getattr(small, "layer_types", None)
    layers = max([2, *(types.index(one) + 1 for one in set(types))]) if types else 2
    small.num_hidden_layers = min(layers, small.num_hidden_layers)
    if types:
        small.layer_types = types[: small.num_hidden_layers]
    kept = getattr(small, "num_key_value_heads", None)
    if kept:  # the heads that share keys, and how wide a head is, stay
        heads, width = small.num_attention_heads, small.hidden_size
        head = getattr(small, "head_dim", None) or width // heads
        fewer = 1 if kept < heads else 2
        small.num_key_value_heads, small.num_attention_heads = fewer, fewer * (heads // kept)
        narrow = small.num_attention_heads * head
        small.hidden_size = narrow if width == heads * head else 2 * narrow
        if "head_dim" in vars(small):  # elsewhere it follows from the others
            small.head_dim = head
    if getattr(small, "intermediate_size", None):
        small.intermediate_size = 64
    small.vocab_size = _VOCABULARY
    small.pad_token_id, small.bos_token_id, small.eos_token_id = None, 0, 0
    return small


def _random_model(config: Any) -> Any:
    """A model with weights large enough for every part of it to tell in the scores."""
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
    model.eval()
    with torch.no_grad():
        for weight in model.parameters():
            noise = torch.randn_like(weight)
            if weight.dim() > 1:
                weight.copy_(noise * (1.5 / weight.shape[-1] ** 0.5))
            else:
                weight.add_(0.2 * noise)
    return model


def _write(model: Any, tokenizer: Any, compute: str, folder: Path) -> None:
    """Save a model in CTranslate2's format. Its layers are taken apart as they are converted."""
    import torch
    from ctranslate2.converters import transformers as loaders

    kind = type(model.config).__name__
    if kind not in loaders._MODEL_LOADERS:
        raise ValueError(f"No conversion is registered for {kind}")
    size = model.get_input_embeddings().weight.shape[0]
    with torch.no_grad():
        spec = loaders._MODEL_LOADERS[kind](model, Vocabulary(tokenizer, size))
        spec.validate()
        spec.optimize(quantization=compute)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


class Vocabulary:
    """A tokenizer as the converter asks one: a token for each row of the embedding, none left out.

    The converter numbers a tokenizer's tokens as they come and writes its special ones as they are, which
    shifts all tokens behind a number that has none, and fails where there is no special one.
    """

    chat_template = None

    def __init__(self, tokenizer: Any, size: int) -> None:
        own = tokenizer.get_vocab() if tokenizer is not None else {}
        names = {number: token for token, number in own.items() if number < size}
        self._tokens = {names.get(number, f"<no token {number}>"): number for number in range(size)}
        first = next(iter(self._tokens))
        end = getattr(tokenizer, "eos_token", None)
        self.eos_token = end if end in self._tokens else first
        for role in ("bos_token", "unk_token", "pad_token"):
            token = getattr(tokenizer, role, None)
            setattr(self, role, token if token in self._tokens else self.eos_token)

    def get_vocab(self) -> dict[str, int]:
        return self._tokens

    def __len__(self) -> int:
        return len(self._tokens)
