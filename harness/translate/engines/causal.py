"""Decoder-only language models, prompted through their chat template or with raw text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.errors import DataError
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.loading import (
    Decoding,
    Placement,
    end_tokens,
    first_line,
    load_config,
    load_tokenizer,
    load_weights,
    until_end,
)
from harness.translate.engines.logits import processors
from harness.translate.engines.seq2seq import Output
from harness.translate.prompts import Prompt

TOKENIZER_FILES = (("tokenizer.json", "tokenizer.model"),)


class Causal:
    """Generates translations of whole batches with a decoder-only checkpoint."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Mapping[str, Any],
        prompt: Prompt,
        decoding: Decoding,
        place: Placement,
    ) -> None:
        self._checkpoint, self._model = checkpoint, model
        self._prompt, self._decoding, self._place = prompt, decoding, place

    @cached_property
    def source_limit(self) -> int:
        """Prompt tokens that leave room for the answer; the YAML's `max_input_tokens` if that is fewer."""
        config = load_config(self._checkpoint)
        config = getattr(config, "text_config", config)
        window = getattr(config, "max_position_embeddings", None) or 10**6
        room = min(int(window), int(self._tokenizer.model_max_length)) - self._decoding.max_new_tokens
        return max(1, min(room, int(self._model.get("max_input_tokens") or room)))

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._ids(texts)] if texts else []

    def generate(self, texts: Sequence[str]) -> list[Output]:
        import torch

        model, config = self._loaded
        tokenizer = self._tokenizer
        inputs = tokenizer.pad({"input_ids": self._ids(texts)}, padding_side="left", return_tensors="pt")
        with torch.inference_mode():
            output = model.generate(
                **inputs.to(model.device), generation_config=config, logits_processor=self._processors
            )
        start = inputs["input_ids"].shape[1]
        rows = [until_end(row, end_tokens(config)) for row in output[:, start:].tolist()]
        decoded = tokenizer.batch_decode([ids for ids, _ in rows], skip_special_tokens=True)
        results = []
        for text, (ids, ended) in zip(decoded, rows, strict=True):
            stopped = ended or any(stop in text for stop in self._prompt.stop)
            results.append((self._prompt.answer(text), stopped, len(ids)))
        return results

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        if not self._prompt.chat:
            encoded = self._tokenizer([self._prompt.text(text) for text in texts], verbose=False)
            return [list(ids) for ids in encoded["input_ids"]]
        try:
            prompts = [
                self._tokenizer.apply_chat_template(
                    self._prompt.messages(text),
                    tokenize=False,
                    add_generation_prompt=True,
                    **self._prompt.template,
                )
                for text in texts
            ]
        except Exception as error:  # templates are programs: they raise what they like
            raise DataError(
                f"{self._checkpoint.path}: the chat template cannot be used ({first_line(error)});"
                " use model.chat=false for a base model, model.system=null for a template without system role"
            ) from error
        encoded = self._tokenizer(prompts, add_special_tokens=False, verbose=False)
        return [list(ids) for ids in encoded["input_ids"]]

    @cached_property
    def _tokenizer(self) -> Any:
        tokenizer = load_tokenizer(self._checkpoint)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return tokenizer

    @property
    def loaded(self) -> Any:
        """The model, loaded on first use."""
        return self._loaded[0]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        model = load_weights(self._checkpoint, self._model, self._place, "AutoModelForCausalLM")
        config = self._decoding.configure(model.generation_config, self._decoding.max_new_tokens)
        if config.eos_token_id is None:
            config.eos_token_id = self._tokenizer.eos_token_id
        config.pad_token_id = self._tokenizer.pad_token_id
        self._processors = processors(config)
        model.generation_config = config
        return model, config
