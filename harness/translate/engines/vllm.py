"""The `vllm` engine: language models in vLLM's offline batches (https://docs.vllm.ai)."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal

from harness.common.langs import language
from harness.common.limits import Between, Count, Natural, Range, Reads
from harness.common.thoughts import answer_start
from harness.errors import ConfigError, SegmentError, StageError, first_line, missing_package
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.batching import Output, batches, cut, gather
from harness.translate.checkpoints.families import check_listed
from harness.translate.checkpoints.generation import brought, stop_strings
from harness.translate.checkpoints.loading import (
    end_tokens,
    generation_config,
    out_of_memory,
    versions,
)
from harness.translate.checkpoints.locate import CHECKPOINT_KEYS, downloads, locate
from harness.translate.engines.prompted import TOKENIZER_FILES, Prompted
from harness.translate.prompts import CHAT_FAMILIES, PROMPT_KEYS, Prompt, check_unit

_FOLLOWED = {"repetition_penalty", "stop_strings"}
"""Settings of a checkpoint that this engine applies; a checkpoint that has others is refused."""


class Vllm(Engine):
    """Translate with a language model through vLLM, from the very tokens that `transformers` would get.

    max_new_tokens  an output that reaches it ends there as `length`
    temperature     0 is greedy; above it tokens are drawn (then `top_p`, `top_k`, `seed`)
    dtype           auto is the checkpoint's own format
    gpus            devices that share one model (tensor parallel)
    gpu_memory      share of each device's memory that vLLM takes
    window          tokens of prompt and answer; null: the model's own, for which memory may not do
    quantization    one of vLLM's methods (`bitsandbytes`, `fp8` …); null: as the checkpoint is stored
    chunk           segments that are finished and stored together
    too_long        `split` a source beyond the model's length into pieces, or `error`
    answer          filters that clean an output, as of `transformers`
    unit            what one source is: a segment, or a whole document; its output is re-segmented

    Batches are vLLM's own and outputs depend a little on them. Raises what `transformers` raises, and
    UnavailableError when the package is not installed.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads((*CHECKPOINT_KEYS, *PROMPT_KEYS))],
        src: str,
        tgt: str,
        max_new_tokens: Count = 1024,
        temperature: Annotated[float, Range(0, 2)] = 0.0,
        top_p: Annotated[float, Range(0, 1, beyond=True)] = 1.0,
        top_k: Natural = 0,
        seed: Annotated[int, Between(0, 2**32 - 1)] = 0,
        dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto",
        gpus: Count = 1,
        gpu_memory: Annotated[float, Range(0, 1, beyond=True)] = 0.9,
        window: Count | None = None,
        quantization: str | None = None,
        chunk: Count = 1024,
        too_long: Literal["split", "error"] = "split",
        answer: Answer = "raw",
        unit: Literal["segment", "document"] = "segment",
    ) -> None:
        self.filters, self.unit = chosen(answer), unit
        if model.get("family") not in CHAT_FAMILIES:
            raise ConfigError(
                f"engine=vllm translates with language models; '{model.get('name')}' is none:"
                " engine=transformers or engine=ctranslate2"
            )
        if importlib.util.find_spec("vllm") is None:
            raise missing_package("engine 'vllm'", "vllm")
        source, target = self._languages = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        self._sampling = {"temperature": temperature, "max_tokens": max_new_tokens}
        if temperature > 0:
            self._sampling |= {"top_p": top_p, "top_k": top_k, "seed": seed}
        self._settings = {
            "dtype": dtype,
            "tensor_parallel_size": gpus,
            "gpu_memory_utilization": gpu_memory,
            "max_model_len": window,
            "quantization": quantization,
            "seed": seed,
        }
        self._prompt = Prompt.of(model, source, target)
        self.shown, self.before = self._prompt.examples, self._prompt.context
        self.divisible = not self.before
        check_unit(self, model)
        self._checkpoint = locate(model, src, tgt, TOKENIZER_FILES)
        # A checkpoint's own stop texts end an output too; its digest is in the identity.
        stop = (*self._prompt.stop, *stop_strings(self._checkpoint.path))
        self._asked = replace(self._prompt, stop=stop)
        self._prompted = Prompted(self._checkpoint, model, self._asked, max_new_tokens)
        self._owner: Vllm | None = None  # whose weights these are
        self._window, self._max_new_tokens = window, max_new_tokens
        self._chunk, self._too_long = chunk, too_long

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return downloads(context)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that its outputs depend on, but for the batches that vLLM makes."""
        return {
            "engine": "vllm",
            **self._checkpoint.identity,
            "decoding": self._sampling,
            "dtype": self._settings["dtype"],
            "quantization": self._settings["quantization"],
            "too_long": self._too_long,
            **({} if self._window is None else {"window": self._window}),  # it decides what is split
            "told": self._prompt.identity,
            "versions": versions("vllm", "transformers", "torch"),
            **identity(self.filters),
        }

    def retold(self, model: Mapping[str, Any]) -> Vllm:
        other = copy(self)
        for made in ("identity", "_loaded"):
            vars(other).pop(made, None)
        other._owner = self._owner or self
        other._prompt = Prompt.of(model, *self._languages)
        other._asked = replace(other._prompt, stop=self._asked.stop)  # as the weights are told
        other._prompted = Prompted(self._checkpoint, model, other._asked, self._max_new_tokens)
        return other

    @property
    def _limit(self) -> int:
        """Tokens of a prompt that leave room for its answer."""
        limit = self._prompted.source_limit
        return limit if self._window is None else max(1, min(limit, self._window - self._max_new_tokens))

    def fits(self, source: str) -> bool:
        return self._prompted.fits(source, self._limit)

    def translate(self, batch: Batch) -> Translated:
        pending = cut(batch.sources, self._prompted.lengths, self._limit, self._too_long)
        for part in batches(pending, self._limit * self._chunk, self._chunk):
            outputs = self._generate([text for item in part for text in item.texts])
            yield list(gather(part, outputs, batch.sources, self._prompted.details))

    def _generate(self, texts: Sequence[str]) -> list[Output]:
        ids = self._prompted.ids(texts)
        opened = [self._prompted.opens_thoughts(one) for one in ids]
        outputs = self._run(ids, stop=True)
        # A stop text within thoughts is none: those are asked again without.
        again = [k for k, one in enumerate(outputs) if self._asked.stop and _in_thoughts(one, opened[k])]
        for k, one in zip(again, self._run([ids[k] for k in again], stop=False), strict=True):
            outputs[k] = one
        return [
            (
                self._asked.answer(one.text, within),
                one.finish_reason == "stop" or self._asked.reached(one.text, within),
                len(one.token_ids),
            )
            for one, within in zip(outputs, opened, strict=True)
        ]

    def _run(self, ids: Sequence[list[int]], stop: bool) -> list[Any]:
        """vLLM's output for the tokens of each prompt."""
        if not ids:
            return []
        model, stopping, running = self._loaded
        prompts = [{"prompt_token_ids": one} for one in ids]
        try:
            results = model.generate(prompts, stopping if stop else running, use_tqdm=False)
        except Exception as error:  # its engine runs in processes of its own, with errors of every kind
            raise SegmentError(f"vLLM failed: {first_line(error)}") from error
        return [result.outputs[0] for result in results]

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Any]:
        """The model, and how it samples: up to a stop text, and past those."""
        if self._owner is not None:
            return self._owner._loaded
        from vllm import LLM, SamplingParams

        path = str(self._checkpoint.path)
        set_there = brought(self._checkpoint.path, 1, self._sampling["temperature"] > 0)
        if others := sorted(set_there.keys() - _FOLLOWED):
            raise ConfigError(
                f"{path}: its generation settings ask for {', '.join(others)}, which engine=vllm does not"
                " follow; engine=transformers"
            )
        own = generation_config(self._checkpoint)
        stopping, running = (
            SamplingParams(
                **self._sampling,
                stop=stop,
                stop_token_ids=sorted(end_tokens(own)) if own.eos_token_id is not None else None,
                repetition_penalty=own.repetition_penalty or 1.0,
            )
            for stop in (list(self._asked.stop) or None, None)
        )
        try:
            # Its own defaults for sampling, not the checkpoint's: what is taken from there stands above.
            model = LLM(model=path, generation_config="vllm", trust_remote_code=False, **self._settings)
        except Exception as error:
            remedy = "; less: engine.window, engine.gpu_memory" if out_of_memory(error) else ""
            raise StageError(f"{path}: vLLM cannot load it ({first_line(error)}){remedy}") from error
        return model, stopping, running


def _in_thoughts(output: Any, opened: bool) -> bool:
    """Whether an output ended before its thoughts did."""
    return output.finish_reason == "stop" and answer_start(output.text, opened) is None
