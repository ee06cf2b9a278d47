"""Decoder-only language models through CTranslate2, from the very tokens that `transformers` would get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.common.json_text import json_value
from harness.errors import ConfigError, DataError, SegmentError, first_line
from harness.translate.batching import Output
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.generation import Replaced, in_force
from harness.translate.checkpoints.loading import (
    end_tokens,
    generation_config,
    load_config,
    out_of_memory,
    until_end,
)
from harness.translate.engines.prompted import Prompted
from harness.translate.engines.stopping import reaching
from harness.translate.engines.translator import check_numbers
from harness.translate.prompts import Prompt
from harness.types import Details

_FOLLOWED = {"min_new_tokens", "length_penalty", "stop_strings"}
"""Settings of a checkpoint that are applied as transformers does; one that has others is refused."""

_OFF = {"repetition_penalty": 1, "no_repeat_ngram_size": 0, "min_length": 0}
"""The options that turn such a setting off."""


class Generator:
    """Generates translations of whole batches with a converted decoder-only checkpoint.

    `load` makes the `ctranslate2.Generator` and names its folder. Raises ConfigError for settings whose
    effect would be another than with transformers.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        model: Mapping[str, Any],
        prompt: Prompt,
        beams: int,
        max_new_tokens: int,
        replaced: Replaced,
        load: Callable[[], tuple[Any, Path]],
    ) -> None:
        self._checkpoint, self._prompt, self._load = checkpoint, prompt, load
        self._beams, self._max_new_tokens, self._replaced = beams, max_new_tokens, replaced
        self._prompted = Prompted(checkpoint, model, prompt, max_new_tokens)
        self._owner: Generator | None = None  # whose weights these are
        if prompt.stop and beams > 1:
            raise ConfigError(
                "engine=ctranslate2 ends an output at a stop text (model.stop, or the checkpoint's own) in"
                " greedy decoding only: engine.beams=1, or engine=transformers"
            )
        self._asked = in_force(checkpoint.path, beams, False, replaced)
        followed = _FOLLOWED | ({"min_length"} if replaced.min_length is not None else set())
        if others := sorted(self._asked.keys() - followed):
            off = [f"engine.{name}={_OFF[name]}" for name in others if name in _OFF]
            remedy = f"{' '.join(off)} to do without, or " if off else ""
            raise ConfigError(
                f"{checkpoint.path}: engine=ctranslate2 would not follow {', '.join(others)} as transformers"
                f" does with a language model; {remedy}engine=transformers"
            )

    def retold(self, model: Mapping[str, Any], prompt: Prompt) -> Generator:
        """The same weights under another prompt."""
        other = copy(self)
        vars(other).pop("loaded", None)
        other._owner, other._prompt = self._owner or self, prompt
        other._prompted = Prompted(self._checkpoint, model, prompt, self._max_new_tokens)
        return other

    @cached_property
    def source_limit(self) -> int:
        """Prompt tokens that leave room for the answer, within the model's sliding window if it has one.

        Up to there such a window takes nothing away; beyond it CTranslate2 computes something else.
        """
        config = load_config(self._checkpoint).get_text_config(decoder=True)
        window = getattr(config, "sliding_window", None)
        types = getattr(config, "layer_types", None)
        if window is None or (types and set(types) == {"full_attention"}):
            return self._prompted.source_limit
        return max(1, min(self._prompted.source_limit, int(window) - self._max_new_tokens))

    def fits(self, source: str) -> bool:
        """Whether there is room for a document and for its translation."""
        return self._prompted.fits(source, self.source_limit)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return self._prompted.lengths(texts)

    def details(self, texts: Sequence[str]) -> Details:
        return self._prompted.details(texts)

    def generate(self, texts: Sequence[str]) -> list[Output]:
        model, vocabulary, ends, suppressed = self.loaded
        prompts = self._prompted.ids(texts)
        opened = [self._prompted.opens_thoughts(ids) for ids in prompts]
        try:
            results = model.generate_batch(
                [[vocabulary[number] for number in ids] for ids in prompts],
                beam_size=self._beams,
                max_length=self._max_new_tokens,
                include_prompt_in_result=False,
                end_token=sorted(ends),
                return_end_token=True,
                return_scores=True,
                suppress_sequences=suppressed,
                callback=self._callback(opened),
                **self._passed,
            )
        except RuntimeError as error:
            if out_of_memory(error):
                raise SegmentError("out of memory; lower engine.batch_tokens") from error
            raise SegmentError(f"CTranslate2 failed: {first_line(error)}") from error
        check_numbers(results)
        rows = [until_end(list(result.sequences_ids[0]), ends) for result in results]
        decoded = self._prompted.tokenizer.batch_decode([ids for ids, _ in rows], skip_special_tokens=True)
        return [
            (self._prompt.answer(text, within), ended or self._prompt.reached(text, within), len(ids))
            for text, within, (ids, ended) in zip(decoded, opened, rows, strict=True)
        ]

    def _callback(self, opened: Sequence[bool]) -> Callable[[Any], bool] | None:
        """What ends a row at a stop text; None without any."""
        if not self._prompt.stop:
            return None
        reached = reaching(self._prompted.tokenizer, self._prompt)
        rows: list[list[int]] = [[] for _ in opened]

        def ended(step: Any) -> bool:
            rows[step.batch_id].append(step.token_id)
            return reached(rows[step.batch_id], opened[step.batch_id])

        return ended

    @property
    def _passed(self) -> dict[str, Any]:
        """The settings in force, by CTranslate2's names."""
        ours, own = self._replaced.min_length, self._asked.get("min_new_tokens")
        least = own if ours is None else ours
        passed: dict[str, Any] = {"min_length": least} if least else {}
        if self._beams > 1:
            passed["length_penalty"] = self._asked.get("length_penalty", 1.0)
        return passed

    @cached_property
    def loaded(self) -> tuple[Any, list[str], set[int], list[list[str]] | None]:
        """The model, its vocabulary by id, the ids that end an output, and words that it may not say."""
        if self._owner is not None:
            return self._owner.loaded
        model, folder = self._load()
        vocabulary = json_value((folder / "vocabulary.json").read_text(encoding="utf-8"))
        own = generation_config(self._checkpoint)
        ends = end_tokens(own) if own.eos_token_id is not None else {self._prompted.tokenizer.eos_token_id}
        if None in ends:
            raise DataError(f"{self._checkpoint.path}: neither settings nor tokenizer name an end token")
        words = own.bad_words_ids or []
        return model, vocabulary, ends, [[vocabulary[i] for i in word] for word in words] or None
