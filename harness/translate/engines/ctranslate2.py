"""The `ctranslate2` engine: checkpoints converted once, then several times faster.

CTranslate2 (https://github.com/OpenNMT/CTranslate2) runs int8 on CPU, and the checkpoint's own format on GPU.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from harness.common.langs import language
from harness.common.limits import Above, Count, Natural, Reads
from harness.common.threads import threads_here
from harness.errors import DataError, first_line, missing_package
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.batching import batches, cut, gather
from harness.translate.checkpoints.codec import Codec
from harness.translate.checkpoints.conversion import converted, default_cache
from harness.translate.checkpoints.families import check_listed, family
from harness.translate.checkpoints.generation import Replaced, described, in_force, stop_strings
from harness.translate.checkpoints.loading import versions
from harness.translate.checkpoints.locate import CHECKPOINT_KEYS, downloads, locate
from harness.translate.checkpoints.pieces import Converted, Pieces, find, find_folder
from harness.translate.checkpoints.precision import computed_in, stored_dtype
from harness.translate.engines.generator import Generator
from harness.translate.engines.prompted import TOKENIZER_FILES
from harness.translate.engines.translator import Translator
from harness.translate.prompts import CHAT_FAMILIES, PROMPT_KEYS, Prompt, check_unit

Compute = Literal["auto", "int8", "int8_float32", "int8_float16", "float16", "bfloat16", "float32"]


_PASSED = {
    "repetition_penalty": "repetition_penalty",
    "no_repeat_ngram_size": "no_repeat_ngram_size",
    "min_length": "min_decoding_length",
    "length_penalty": "length_penalty",
}
"""What CTranslate2 calls the settings that it has."""


class CTranslate2(Engine):
    """Translate with CTranslate2; tokenizer, prompts and languages are those of the checkpoint.

    compute         auto (int8 on CPU, the checkpoint's own format on GPU) or one of CTranslate2's types
    beams           1 is greedy; null: 4, for language models 1
    repetition_penalty, no_repeat_ngram_size, min_length, length_penalty
                    null: as the checkpoint's generation settings have it (`show` lists those in force)
    max_new_tokens  an output that reaches it ends there as `length`; null: 256, for language models 1024
    batch_tokens    padded source tokens that run together
    chunk           segments that are finished and stored together; of language models at most
    too_long        `split` a source beyond the model's length into pieces, or `error`
    threads         CPU threads of one translation; null: the cores that this process may use
    answer          filters that clean an output, as of `transformers`
    unit            of language models, as of `transformers`; so `window` and `context`
    cache           folder for converted models; null: $XDG_CACHE_HOME/mt-harness/ctranslate2

    A `model.path` that is converted already is used as it is, with the SentencePiece models beside it; `auto`
    is then the type that it was converted to. Other conversions are kept by checkpoint, type and version.
    A language model gets the prompts of `transformers` token for token, and is refused where CTranslate2
    would compute something else (`checkpoints.causal_conversion`). Raises what `transformers` raises, and
    UnavailableError when the package is not installed.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads((*CHECKPOINT_KEYS, *PROMPT_KEYS))],
        src: str,
        tgt: str,
        compute: Compute = "auto",
        beams: Count | None = None,
        repetition_penalty: Annotated[float, Above(0)] | None = None,
        no_repeat_ngram_size: Natural | None = None,
        min_length: Natural | None = None,
        length_penalty: float | None = None,
        max_new_tokens: Count | None = None,
        batch_tokens: Count = 2048,
        chunk: Count = 256,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        too_long: Literal["split", "error"] = "split",
        threads: Count | None = None,
        answer: Answer = "raw",
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
        cache: str | None = None,
    ) -> None:
        try:
            import ctranslate2
        except ImportError:
            raise missing_package("engine 'ctranslate2'", "ctranslate2", extra="ctranslate2") from None
        self.filters = chosen(answer)
        chat = model.get("family") in CHAT_FAMILIES
        self._beams = beams if beams is not None else 1 if chat else 4
        self._max_new_tokens = max_new_tokens if max_new_tokens is not None else 1024 if chat else 256
        self._replaced = Replaced(repetition_penalty, no_repeat_ngram_size, min_length, length_penalty)
        self._batch_tokens, self._chunk = batch_tokens, chunk
        self._too_long, self._threads = too_long, threads
        self._cache = Path(cache).expanduser() if cache else default_cache()
        self._model, self._src, self._tgt = model, language(src), language(tgt)
        check_listed(model, self._src, self._tgt)
        self.sentence_level = bool(model.get("sentence_level", not chat))
        self._converted: Converted | None = None
        self._runs = self._generator() if chat else self._translator()
        self._device = device
        if device == "auto":
            self._device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        self._compute: str = compute
        if compute == "auto" and self._converted is not None:
            self._compute = "default"  # as it was converted
        elif compute == "auto":
            kinds = ctranslate2.get_supported_compute_types
            own = stored_dtype(self._checkpoint.path)
            on_gpu = computed_in(self._device, own, lambda: "bfloat16" in kinds(self._device))
            self._compute = "int8" if self._device == "cpu" else on_gpu
        self.unit, self.window, self.context = unit, window, context
        check_unit(self, model)

    def _generator(self) -> Generator:
        """The language model of a checkpoint."""
        model = self._model
        prompt = Prompt.of(model, self._src, self._tgt)
        self._told: dict[str, Any] = prompt.identity
        self.shown, self.before, self.divisible = prompt.examples, prompt.context, not prompt.context
        if find_folder(model) is not None:
            raise DataError(
                f"model.path={model.get('path')}: a language model that is converted for CTranslate2 already;"
                " give its original checkpoint, which is converted here and checked"
            )
        self._checkpoint = locate(model, self._src.code, self._tgt.code, TOKENIZER_FILES)
        self._generation = in_force(self._checkpoint.path, self._beams, False, self._replaced)
        prompt = replace(prompt, stop=(*prompt.stop, *stop_strings(self._checkpoint.path)))
        limit = self._max_new_tokens
        return Generator(
            self._checkpoint,
            model,
            prompt,
            self._beams,
            limit,
            self._replaced,
            lambda: self._load("Generator"),
        )

    def _translator(self) -> Translator:
        """The encoder-decoder model of a checkpoint, or one that is converted already."""
        model, src, tgt = self._model, self._src, self._tgt
        kind, name = family(model), str(model.get("name"))
        kind.recipe(name, src, tgt, None)
        self._converted = ready = find(model)
        codec: Any
        if ready is not None:
            self._checkpoint = ready.checkpoint
            folder = ready.path if model.get("family") == "argos" else ready.folder
            codec = Pieces(ready, model, kind.recipe(name, src, tgt, folder))
        else:
            self._checkpoint = locate(model, src.code, tgt.code, kind.tokenizer_files)
            codec = Codec(self._checkpoint, model, kind.recipe(name, src, tgt, self._checkpoint.path))
        self._told = codec.recipe.identity
        self._generation = in_force(self._checkpoint.path, self._beams, False, self._replaced)
        how = (self._beams, self._max_new_tokens, self._batch_tokens, self._chunk, self._too_long)
        return Translator(codec, *how, self._passed, lambda: self._load("Translator"))

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return downloads(context)

    @cached_property
    def identity(self) -> dict[str, Any]:
        return {
            "engine": "ctranslate2",
            **self._checkpoint.identity,
            "decoding": {"beams": self._beams, "max_new_tokens": self._max_new_tokens, **self._chosen},
            "compute": self._compute,
            "too_long": self._too_long,
            "told": self._told,
            "versions": versions("ctranslate2", "sentencepiece" if self._converted else "transformers"),
            **identity(self.filters),
        }

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The generation settings in force, the checkpoint's and ours."""
        chat = isinstance(self._runs, Generator)  # which refuses what it does not follow
        passed = {name: value for name, value in self._generation.items() if chat or name in _PASSED}
        ours = {"beams": self._beams, "max_new_tokens": self._max_new_tokens}
        return ours | described(passed, self._replaced)

    @property
    def _chosen(self) -> dict[str, Any]:
        """The settings in the identity; those that a language model's checkpoint brings are in its digest."""
        return self._replaced.given if isinstance(self._runs, Generator) else self._passed

    @property
    def _passed(self) -> dict[str, Any]:
        """The settings in force, by CTranslate2's names."""
        passed = {name: self._generation[own] for own, name in _PASSED.items() if own in self._generation}
        if "min_decoding_length" in passed and self._replaced.min_length is None:
            passed["min_decoding_length"] -= 1  # a checkpoint counts the start token
        return passed

    def retold(self, model: Mapping[str, Any]) -> CTranslate2 | None:
        if not isinstance(self._runs, Generator):
            return None
        other = copy(self)
        vars(other).pop("identity", None)
        prompt = Prompt.of(model, self._src, self._tgt)
        other._told = prompt.identity
        prompt = replace(prompt, stop=(*prompt.stop, *stop_strings(self._checkpoint.path)))
        other._runs = self._runs.retold(model, prompt)
        return other

    def fits(self, source: str) -> bool:
        return not isinstance(self._runs, Generator) or self._runs.fits(source)

    def translate(self, batch: Batch) -> Translated:
        runs, sources = self._runs, batch.sources
        if isinstance(runs, Translator):
            yield from runs.translate(sources)
            return
        pending = cut(sources, runs.lengths, runs.source_limit, self._too_long)
        for part in batches(pending, self._batch_tokens, self._chunk):
            outputs = runs.generate([text for item in part for text in item.texts])
            yield list(gather(part, outputs, sources, runs.details))

    def check(self) -> None:
        _ = self._runs.loaded

    def _load(self, kind: str) -> tuple[Any, Path]:
        """A `ctranslate2.Translator` or `Generator`, from its folder; converted first where it has to be."""
        import ctranslate2

        ready, causal = self._converted, kind == "Generator"
        folder = (
            ready.folder
            if ready
            else converted(self._checkpoint, self._model, self._compute, self._cache, causal)
        )
        try:
            loaded = getattr(ctranslate2, kind)(
                str(folder),
                device=self._device,
                compute_type=self._compute,
                intra_threads=self._threads or threads_here(os.cpu_count() or 1),
            )
        except (RuntimeError, ValueError) as error:
            raise DataError(f"{folder}: CTranslate2 cannot load it ({first_line(error)})") from error
        return loaded, folder
