"""The `transformers` engine: encoder-decoder checkpoints and decoder-only language models."""

from __future__ import annotations

import gc
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from harness.common.langs import language
from harness.common.limits import Above, Between, Count, Natural, Range, Reads
from harness.errors import DataError, SegmentError
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.batching import Pending, batches, pieces
from harness.translate.checkpoints.codec import Codec
from harness.translate.checkpoints.families import check_listed, family
from harness.translate.checkpoints.loading import Decoding, Placement, first_line, out_of_memory, versions
from harness.translate.checkpoints.locate import CHECKPOINT_KEYS, downloads, locate
from harness.translate.engines.causal import TOKENIZER_FILES, Causal
from harness.translate.engines.seq2seq import Output, Seq2Seq
from harness.translate.prompts import CHAT_FAMILIES, PROMPT_KEYS, Prompt, check_unit
from harness.types import Translation


class Transformers(Engine):
    """Translate with a checkpoint's own tokenizer and `generate`.

    beams           1 is greedy, more is beam search; null: 4, for language models 1
    sample          draw tokens instead (then `temperature`, `top_p`, `top_k`); a `seed` makes it repeatable
    max_new_tokens  an output that reaches it ends there as `length`; null: 256, for language models 1024
    batch_tokens    padded source tokens a batch (sentences × the longest); sorted by length
    batch_size      sentences a batch at most
    dtype, device   auto: CUDA where there is one and the checkpoint's own format, else CPU and float32
    too_long        `split` a source beyond the model's length into pieces, or `error`
    threads         CPU threads; null: the cores that this process may use
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
        max_new_tokens: Count | None = None,
        batch_tokens: Count = 2048,
        batch_size: Count = 64,
        dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto",
        device: str = "auto",
        too_long: Literal["split", "error"] = "split",
        threads: Count | None = None,
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
    ) -> None:
        self._too_long, self._batch_tokens, self._batch_size = too_long, batch_tokens, batch_size
        self._most = sys.maxsize  # texts at once that memory has room for, as far as is known
        source, target = language(src), language(tgt)
        chat = model.get("family") in CHAT_FAMILIES
        self._decoding = Decoding(
            beams if beams is not None else 1 if chat else 4,
            max_new_tokens if max_new_tokens is not None else 1024 if chat else 256,
            *(sample, temperature, top_p, top_k, seed),
        )
        check_listed(model, source, target)
        self._model: Seq2Seq | Causal
        if chat:
            self.sentence_level = bool(model.get("sentence_level", False))
            prompt = Prompt.of(model, source, target)
            self._checkpoint = locate(model, src, tgt, TOKENIZER_FILES)
            self._place = Placement.choose(self._checkpoint, device, dtype, threads)
            self._model = Causal(self._checkpoint, model, prompt, self._decoding, self._place)
            self._instructions: dict[str, Any] = prompt.identity
        else:
            self.sentence_level = bool(model.get("sentence_level", True))
            kind, name = family(model), str(model.get("name"))
            kind.recipe(name, source, target, None)  # what is known without the files
            self._checkpoint = locate(model, src, tgt, kind.tokenizer_files)
            recipe = kind.recipe(name, source, target, self._checkpoint.path)
            self._place = Placement.choose(self._checkpoint, device, dtype, threads)
            codec = Codec(self._checkpoint, model, recipe)
            self._model = Seq2Seq(self._checkpoint, model, codec, self._decoding, self._place)
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
            "too_long": self._too_long,
            "told": self._instructions,
            "versions": versions("transformers", "torch"),
        }

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        for part in batches(self._pending(sources), self._batch_tokens, self._batch_size):
            outputs = self._outputs([text for item in part for text in item.texts])
            yield list(_gather(part, outputs, sources))

    def _outputs(self, texts: Sequence[str]) -> list[Output]:
        """The outputs of one batch; out of memory halves what goes at once, from then on."""
        done: list[Output] = []
        while len(done) < len(texts):
            part = texts[len(done) : len(done) + self._most]
            try:
                done += self._generate(part)
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

    def _generate(self, texts: Sequence[str]) -> list[Output]:
        if self._decoding.sample:
            import torch

            # The batch's own seed: a resumed run draws what an unbroken one would have drawn.
            text = "\0".join(texts).encode("utf-8", "surrogatepass")
            torch.manual_seed(zlib.crc32(text, self._decoding.seed & 0xFFFFFFFF))
        return self._model.generate(texts)

    def _pending(self, sources: Sequence[str]) -> list[Pending]:
        limit, lengths = self._model.source_limit, self._model.lengths(sources)
        result = []
        for index, (source, length) in enumerate(zip(sources, lengths, strict=True)):
            texts: tuple[str, ...] = (source,)
            if length > limit:
                if self._too_long == "error":
                    raise DataError(
                        f"segment {index + 1} has {length} tokens, the model takes {limit};"
                        " shorten it, or engine.too_long=split"
                    )
                texts = tuple(pieces(source, lambda text: self._model.lengths([text])[0] <= limit))
                length = max(self._model.lengths(texts))
            result.append(Pending(index, texts, length))
        return result


def _gather(
    batch: Sequence[Pending], outputs: Sequence[Output], sources: Sequence[str]
) -> Iterator[tuple[int, Translation]]:
    start = 0
    for item in batch:
        parts = outputs[start : start + len(item.texts)]
        start += len(item.texts)
        text = " ".join(part[0] for part in parts)
        ended = all(part[1] for part in parts)
        tokens = sum(part[2] for part in parts)
        yield item.index, Translation(sources[item.index], text, "stop" if ended else "length", tokens)


def _release() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
