"""The `transformers` engine: encoder-decoder checkpoints and decoder-only language models."""

from __future__ import annotations

import gc
import sys
import zlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal

from harness.common.langs import language
from harness.common.limits import Above, Between, Count, Natural, Range, Reads
from harness.errors import ConfigError, SegmentError, first_line
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.batching import Output, batches, cut, gather
from harness.translate.checkpoints.codec import Codec
from harness.translate.checkpoints.computing import PLAIN, Computing
from harness.translate.checkpoints.families import check_listed, family
from harness.translate.checkpoints.generation import Replaced, described, in_force, stop_strings
from harness.translate.checkpoints.loading import Decoding, Placement, out_of_memory, versions
from harness.translate.checkpoints.locate import CHECKPOINT_KEYS, downloads, locate
from harness.translate.checkpoints.memory import limits
from harness.translate.engines.causal import Causal
from harness.translate.engines.comparison import Comparison
from harness.translate.engines.prompted import TOKENIZER_FILES
from harness.translate.engines.seq2seq import Seq2Seq
from harness.translate.prompts import CHAT_FAMILIES, PROMPT_KEYS, Prompt, check_unit


class Transformers(Engine):
    """Translate with a checkpoint's own tokenizer and `generate`.

    beams           1 is greedy, more is beam search; null: 4, for language models 1
    repetition_penalty, no_repeat_ngram_size, min_length, length_penalty
                    null: as the checkpoint's generation settings have it (`show` lists those in force)
    sample          draw tokens instead (then `temperature`, `top_p`, `top_k`); a `seed` makes it repeatable
    max_new_tokens  an output that reaches it ends there as `length`; null: 256, for language models 1024
    batch_tokens    padded source tokens a batch (sentences × the longest); sorted by length
    batch_size      sentences a batch at most; null for either: 2048 and 64, on a GPU what its memory takes
    dtype, device   auto: CUDA where there is one and the checkpoint's own format, else CPU and float32;
                    device=split spreads a model over all GPUs, then memory, then disk
    quantize        8bit or 4bit: weights rounded while they are loaded
    attention       eager, sdpa, flash_attention_2; this and `quantize` can change outputs: of the identity
    compile         of language models in one beam: compile the steps of generation (torch.compile): minutes
                    at first, then faster; it can change outputs like these two
    compared        how many texts are translated without these three, too, to record what they changed
    too_long        `split` a source beyond the model's length into pieces, or `error`
    threads         CPU threads; null: the cores that this process may use
    answer          filters that clean an output: `raw` none, `strip` all, or a list (see `translate.answers`)
    unit            of language models, what one source is: a segment, a whole document, or a window of
                    `window` segments with `context` segments before it; `realign` cuts the output

    Building refuses a language the model does not have and files that are not there, before any weight is
    loaded. In float32 an output does not depend on its batch. Out of memory halves the batch and goes on.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads((*CHECKPOINT_KEYS, *PROMPT_KEYS))],
        src: str,
        tgt: str,
        beams: Count | None = None,
        sample: bool = False,
        temperature: Annotated[float, Above(0)] = 1.0,
        top_p: Annotated[float, Range(0, 1, beyond=True)] = 1.0,
        top_k: Natural = 0,
        seed: Annotated[int, Between(0, 2**32 - 1)] = 0,
        repetition_penalty: Annotated[float, Above(0)] | None = None,
        no_repeat_ngram_size: Natural | None = None,
        min_length: Natural | None = None,
        length_penalty: float | None = None,
        max_new_tokens: Count | None = None,
        batch_tokens: Count | None = None,
        batch_size: Count | None = None,
        dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto",
        device: str = "auto",
        quantize: Literal["8bit", "4bit"] | None = None,
        attention: Literal["eager", "sdpa", "flash_attention_2"] | None = None,
        compile: bool = False,
        compared: Natural = 0,
        too_long: Literal["split", "error"] = "split",
        threads: Count | None = None,
        answer: Answer = "raw",
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
    ) -> None:
        self.filters = chosen(answer)
        self._too_long, self._batch_tokens, self._batch_size = too_long, batch_tokens, batch_size
        self._most = sys.maxsize  # texts at once that memory has room for, as far as is known
        source, target = self._languages = language(src), language(tgt)
        chat = model.get("family") in CHAT_FAMILIES
        self._decoding = Decoding(
            beams if beams is not None else 1 if chat else 4,
            max_new_tokens if max_new_tokens is not None else 1024 if chat else 256,
            *(sample, temperature, top_p, top_k, seed),
            Replaced(repetition_penalty, no_repeat_ngram_size, min_length, length_penalty),
        )
        computing = Computing(quantize, attention, compile)
        if compile and not chat:
            raise ConfigError("engine.compile=true is for language models; engine.compile=false")
        if compile and self._decoding.beams > 1:
            raise ConfigError("engine.compile=true is for one beam: engine.beams=1")
        check_listed(model, source, target)
        self._model: Seq2Seq | Causal
        self._plain: Seq2Seq | Causal  # the same in the library's own settings
        self._compared = Comparison(compared if computing.identity else 0)
        if chat:
            self.sentence_level = bool(model.get("sentence_level", False))
            prompt = Prompt.of(model, source, target)
            self._checkpoint = locate(model, src, tgt, TOKENIZER_FILES)
            self._place = Placement.choose(self._checkpoint, device, dtype, threads, computing)
            self._instructions: dict[str, Any] = prompt.identity
            self.shown, self.before, self.divisible = prompt.examples, prompt.context, not prompt.context
            prompt = replace(prompt, stop=(*prompt.stop, *stop_strings(self._checkpoint.path)))
            self._model, self._plain = (
                Causal(self._checkpoint, model, prompt, self._decoding, place) for place in self._places
            )
        else:
            self.sentence_level = bool(model.get("sentence_level", True))
            kind, name = family(model), str(model.get("name"))
            kind.recipe(name, source, target, None)  # what is known without the files
            self._checkpoint = locate(model, src, tgt, kind.tokenizer_files)
            recipe = kind.recipe(name, source, target, self._checkpoint.path)
            self._place = Placement.choose(self._checkpoint, device, dtype, threads, computing)
            codec = Codec(self._checkpoint, model, recipe)
            self._model, self._plain = (
                Seq2Seq(self._checkpoint, model, codec, self._decoding, place) for place in self._places
            )
            self._instructions = recipe.identity
        self.unit, self.window, self.context = unit, window, context
        check_unit(self, model)

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return downloads(context)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that its outputs depend on."""
        return {
            "engine": "transformers",
            **self._checkpoint.identity,
            "decoding": self._decoding.identity,
            "dtype": self._place.dtype,
            **self._place.computing.identity,
            "too_long": self._too_long,
            "told": self._instructions,
            "versions": versions("transformers", "torch"),
            **identity(self.filters),
        }

    @property
    def _places(self) -> tuple[Placement, Placement]:
        return self._place, replace(self._place, computing=PLAIN)

    @property
    def settings(self) -> dict[str, Any]:
        """How outputs are chosen and computed, with the settings that the checkpoint brings along."""
        decoding = self._decoding
        found = in_force(self._checkpoint.path, decoding.beams, decoding.sample, decoding.replaced)
        computed = dict(self._place.computing.identity)
        if "_loaded" in vars(self._model):  # what was in force
            computed["attention"] = self._model.loaded.config._attn_implementation
        chosen = decoding.identity | described(found, decoding.replaced)
        return chosen | computed | self._compared.settings

    def check(self) -> None:
        _ = self._model.loaded

    def retold(self, model: Mapping[str, Any]) -> Transformers | None:
        if not isinstance(self._model, Causal):
            return None
        other = copy(self)
        vars(other).pop("identity", None)
        prompt = Prompt.of(model, *self._languages)
        other._instructions = prompt.identity
        prompt = replace(prompt, stop=(*prompt.stop, *stop_strings(self._checkpoint.path)))
        other._model = self._model.retold(model, prompt)
        other._compared = Comparison(0)  # what a way of computing changes is counted with the first prompt
        return other

    def fits(self, source: str) -> bool:
        return not isinstance(self._model, Causal) or self._model.fits(source)

    def translate(self, batch: Batch) -> Translated:
        sources, model = batch.sources, self._model
        pending = cut(sources, model.lengths, model.source_limit, self._too_long)
        most = limits(model.loaded, self._decoding.beams, self._batch_tokens, self._batch_size)
        for part in batches(pending, most.tokens, most.texts):
            texts = [text for item in part for text in item.texts]
            outputs = self._outputs(texts)
            self._compared.look(texts, outputs, lambda texts: self._outputs(texts, self._plain))
            if self._compared.done:
                vars(self._plain).pop("_loaded", None)  # its memory
            yield list(gather(part, outputs, sources, model.details))

    def _outputs(self, texts: Sequence[str], model: Seq2Seq | Causal | None = None) -> list[Output]:
        """The outputs of one batch; out of memory halves what goes at once, from then on."""
        done: list[Output] = []
        while len(done) < len(texts):
            part = texts[len(done) : len(done) + self._most]
            try:
                done += self._generate(part, model)
                continue
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise SegmentError(f"generation failed: {first_line(error)}") from error
                if len(part) == 1:
                    raise SegmentError(
                        f"out of memory on one segment of {self._model.lengths(part)[0]} tokens;"
                        " lower engine.beams or engine.max_new_tokens, or use a smaller model"
                    ) from error
            # Outside the handler, where the traceback no longer holds the tensors.
            _release()
            self._most = (len(part) + 1) // 2
        return done

    def _generate(self, texts: Sequence[str], model: Seq2Seq | Causal | None = None) -> list[Output]:
        if self._decoding.sample:
            import torch

            # The batch's own seed: a resumed run draws what an unbroken one would have drawn.
            text = "\0".join(texts).encode("utf-8", "surrogatepass")
            torch.manual_seed(zlib.crc32(text, self._decoding.seed & 0xFFFFFFFF))
        return (model or self._model).generate(texts)


def _release() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
