"""How much is translated at once: fixed on a CPU, on a GPU as much as its memory has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a batch: padded source tokens (texts × the longest), and texts."""

    tokens: int
    texts: int


ON_CPU = Limits(2048, 64)
MOST = Limits(32768, 512)  # beyond it nothing more was gained (experiments/throughput)
TOKENS_SHARE, TEXTS_SHARE = 0.5, 0.25  # of the free memory: the rest is for what is not counted here


def limits(model: Any, beams: int, tokens: int | None, texts: int | None) -> Limits:
    """The limits as given; those that are not given by where the loaded model is.

    They depend on the model and the device alone, not on what else runs there, so a resumed run makes the
    same batches. What they do not foresee, much longer outputs for one, halves the batch when it happens.
    """
    free = free_bytes(model) if tokens is None or texts is None else None
    found = ON_CPU if free is None else room(model.config, beams, model.dtype.itemsize, free)
    return Limits(tokens or found.tokens, texts or found.texts)


def room(config: Any, beams: int, width: int, free: float) -> Limits:
    """What has room in `free` bytes for numbers of `width` bytes.

    Counted are the keys and values of attention (the output taken to be as long as the source and half as
    much again, and once more while beams change places), a layer's activations, and the scores of the next
    token over the vocabulary, which generation copies in float32.
    """
    text = config.get_text_config(decoder=True)
    layers = getattr(text, "decoder_layers", None) or text.num_hidden_layers
    width_of_state = text.hidden_size
    heads = text.num_attention_heads
    kept = getattr(text, "num_key_value_heads", None) or heads  # fewer than heads where they share them
    head = getattr(text, "head_dim", None) or width_of_state // heads
    times = 4.0 if config.is_encoder_decoder else 4.0 * 1.5
    per_token = beams * 2 * layers * kept * head * width * times + 24 * width_of_state * width
    per_text = beams * text.vocab_size * (width + 3 * 4)
    return Limits(
        max(1, min(MOST.tokens, int(free * TOKENS_SHARE / per_token))),
        max(1, min(MOST.texts, int(free * TEXTS_SHARE / per_text))),
    )


def free_bytes(model: Any) -> float | None:
    """The memory of the model's GPU less what the weights take; None on a CPU."""
    if model.device.type != "cuda":
        return None
    import torch

    total = torch.cuda.get_device_properties(model.device).total_memory
    weights = sum(p.numel() * p.element_size() for p in model.parameters() if p.device == model.device)
    return float(total - weights)
