"""Decoder-only language models, prompted through their chat template or with raw text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

from harness.translate.batching import Output
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.loading import Decoding, Placement, end_tokens, load_weights, until_end
from harness.translate.checkpoints.packed import pack
from harness.translate.engines import compiling
from harness.translate.engines.logits import processors
from harness.translate.engines.prompted import Prompted
from harness.translate.engines.stopping import stopping
from harness.translate.prompts import Prompt
from harness.types import Details


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
        self._prompted = Prompted(checkpoint, model, prompt, decoding.max_new_tokens)
        self._owner: Causal | None = None  # whose weights these are
        self._processors: Any = None

    def retold(self, model: Mapping[str, Any], prompt: Prompt) -> Causal:
        """The same weights under another prompt."""
        other = copy(self)
        vars(other).pop("_loaded", None)
        other._owner, other._model, other._prompt = self._owner or self, model, prompt
        other._prompted = Prompted(self._checkpoint, model, prompt, self._decoding.max_new_tokens)
        return other

    @property
    def source_limit(self) -> int:
        return self._prompted.source_limit

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return self._prompted.lengths(texts)

    def details(self, texts: Sequence[str]) -> Details:
        return self._prompted.details(texts)

    def fits(self, source: str) -> bool:
        """Whether there is room for a document and for its translation."""
        return self._prompted.fits(source, self.source_limit)

    def generate(self, texts: Sequence[str]) -> list[Output]:
        prompts = self._prompted.ids(texts)
        if not self._place.computing.compiled:
            return self._generated(prompts)
        done: list[Output] = []
        while len(done) < len(prompts):
            size = compiling.rows_of(compiling.width_of(max(map(len, prompts[len(done) :]))))
            part = prompts[len(done) : len(done) + size]
            try:
                done += self._generated(compiling.padded(part))[: len(part)]
            except Exception as error:
                if ours := compiling.explained(error):
                    raise ours from error
                raise
        return done

    def _generated(self, prompts: Sequence[list[int]]) -> list[Output]:
        import torch

        model, config = self._loaded
        tokenizer = self._prompted.tokenizer
        opened = [self._prompted.opens_thoughts(ids) for ids in prompts]
        inputs = tokenizer.pad(
            {"input_ids": list(prompts)}, padding_side="left", return_tensors="pt", **self._padding(prompts)
        )
        start = inputs["input_ids"].shape[1]
        with torch.inference_mode():
            output = model.generate(
                **inputs.to(model.device),
                generation_config=config,
                logits_processor=self._processors,
                stopping_criteria=stopping(tokenizer, self._prompt, start, opened),
            )
        rows = [self._row(row, config) for row in output[:, start:].tolist()]
        decoded = tokenizer.batch_decode([ids for ids, _ in rows], skip_special_tokens=True)
        results = []
        for text, within, (ids, ended) in zip(decoded, opened, rows, strict=True):
            stopped = ended or self._prompt.reached(text, within)
            results.append((self._prompt.answer(text, within), stopped, len(ids)))
        return results

    def _padding(self, prompts: Sequence[list[int]]) -> dict[str, Any]:
        """How the tokenizer is to pad them: to the longest, or for a compiled model to one of its widths."""
        if not self._place.computing.compiled:
            return {}
        return {"padding": "max_length", "max_length": compiling.width_of(max(map(len, prompts)))}

    def _row(self, row: list[int], config: Any) -> tuple[list[int], bool]:
        """The generated tokens of a row, and whether it ended: one that a stop text ended is padded."""
        ids, ended = until_end(row, end_tokens(config))
        padded = not ended and bool(self._prompt.stop) and ids[-1:] == [config.pad_token_id]
        while padded and ids and ids[-1] == config.pad_token_id:
            ids = ids[:-1]
        return ids, ended or padded

    @property
    def loaded(self) -> Any:
        """The model, loaded on first use."""
        return self._loaded[0]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        if self._owner is not None:
            found = self._owner._loaded
            self._processors = self._owner._processors
            return found
        model = load_weights(self._checkpoint, self._model, self._place, "AutoModelForCausalLM")
        if self._place.packs:
            pack(model)
        config = self._decoding.configure(model.generation_config, self._decoding.max_new_tokens)
        if config.eos_token_id is None:
            config.eos_token_id = self._prompted.tokenizer.eos_token_id
        config.pad_token_id = self._prompted.tokenizer.pad_token_id
        config.stop_strings = None  # they are among those of the prompt
        if self._place.computing.compiled:
            compiling.prepare(model, config, self._decoding.beams)
        self._processors = processors(config)
        model.generation_config = config
        return model, config
