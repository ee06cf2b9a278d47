"""Encoder-decoder models through `generate`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.translate.batching import Output
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.codec import Codec
from harness.translate.checkpoints.loading import Decoding, Placement, end_tokens, load_weights, until_end
from harness.translate.checkpoints.packed import pack
from harness.translate.engines.logits import processors
from harness.types import NO_DETAILS, Details


class Seq2Seq:
    """Generates translations of whole batches with an encoder-decoder checkpoint."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Mapping[str, Any],
        codec: Codec,
        decoding: Decoding,
        place: Placement,
    ) -> None:
        self._checkpoint, self._model = checkpoint, model
        self._codec, self._decoding, self._place = codec, decoding, place

    @property
    def source_limit(self) -> int:
        return self._codec.source_limit

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return self._codec.lengths(texts)

    def details(self, texts: Sequence[str]) -> Details:
        """Nothing: the model sees the text alone."""
        return NO_DETAILS

    def generate(self, texts: Sequence[str]) -> list[Output]:
        import torch

        model, config = self._loaded
        inputs = self._codec.tokenizer.pad({"input_ids": self._codec.ids(texts)}, return_tensors="pt")
        with torch.inference_mode():
            output = model.generate(
                **inputs.to(model.device),
                generation_config=config,
                logits_processor=self._processors,
                tokenizer=self._codec.tokenizer if config.stop_strings else None,
                **({cache_keyword(model): _beam_cache()} if self._decoding.beams > 1 else {}),
            )
        ends = end_tokens(config)
        # The start token and the forced target language are given, not generated.
        forced = 1 if self._codec.target_id is None else 2
        rows = [until_end(row, ends) for row in output[:, forced:].tolist()]
        decoded = self._codec.decode([ids for ids, _ in rows])
        return [(text, ended, len(ids)) for text, (ids, ended) in zip(decoded, rows, strict=True)]

    @property
    def loaded(self) -> Any:
        """The model, loaded on first use."""
        return self._loaded[0]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        forced = self._codec.target_id  # a missing token is found before any weight is loaded
        model = load_weights(self._checkpoint, self._model, self._place, "AutoModelForSeq2SeqLM")
        if self._place.packs:
            pack(model)
        config = self._decoding.configure(model.generation_config, self._codec.target_limit)
        if forced is not None:
            config.forced_bos_token_id = forced
        # `generate` fills what is None from the model's own configuration: that must be this one.
        model.generation_config = config
        self._processors = processors(config)
        return model, config


def cache_keyword(model: Any) -> str:
    """The name under which `generate` takes a cache: `cache` from transformers 5.24 on."""
    return "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"


def _beam_cache() -> Any:
    """A cache that leaves cross-attention alone when beams change places.

    Beams change places only within their own source, whose encoder states they share; copying those states
    at every token took a fifth of the time.
    """
    from transformers import DynamicCache, EncoderDecoderCache

    class BeamCache(EncoderDecoderCache):
        def reorder_cache(self, beam_idx: Any) -> None:
            self.self_attention_cache.reorder_cache(beam_idx)

    return BeamCache(DynamicCache(), DynamicCache())
