"""The `ctranslate2` engine: encoder-decoder checkpoints, converted once, then several times faster.

CTranslate2 (https://github.com/OpenNMT/CTranslate2) runs int8 on CPU, and the checkpoint's own format on GPU.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from harness.common.langs import language
from harness.common.limits import Above, Count, Natural, Reads
from harness.errors import DataError, SegmentError, missing_package
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.batching import Pending, batches, pieces
from harness.translate.checkpoints.codec import Codec
from harness.translate.checkpoints.conversion import converted, default_cache, generates_pad
from harness.translate.checkpoints.families import check_listed, family
from harness.translate.checkpoints.generation import Replaced, described, in_force
from harness.translate.checkpoints.loading import first_line, out_of_memory, versions
from harness.translate.checkpoints.locate import CHECKPOINT_KEYS, downloads, locate
from harness.translate.checkpoints.pieces import Pieces, find
from harness.translate.checkpoints.precision import computed_in, stored_dtype
from harness.types import Translation

Compute = Literal["auto", "int8", "int8_float32", "int8_float16", "float16", "bfloat16", "float32"]


_PASSED = {
    "repetition_penalty": "repetition_penalty",
    "no_repeat_ngram_size": "no_repeat_ngram_size",
    "min_length": "min_decoding_length",
    "length_penalty": "length_penalty",
}
"""What CTranslate2 calls the settings that it has."""


class CTranslate2(Engine):
    """Translate with CTranslate2; tokenizer and languages are those of the checkpoint.

    compute         auto (int8 on CPU, the checkpoint's own format on GPU) or one of CTranslate2's types
    beams           1 is greedy
    repetition_penalty, no_repeat_ngram_size, min_length, length_penalty
                    null: as the checkpoint's generation settings have it (`show` lists those in force)
    batch_tokens    padded source tokens that run together
    chunk           segments that are finished and stored together
    too_long        `split` a source beyond the model's length into pieces, or `error`
    threads         CPU threads of one translation; null: all cores
    cache           folder for converted models; null: $XDG_CACHE_HOME/mt-harness/ctranslate2

    A `model.path` that is converted already is used as it is, with the SentencePiece models beside it; `auto`
    is then the type that it was converted to. Other conversions are kept by checkpoint, type and version.
    Raises what `transformers` raises, and UnavailableError when the package is not installed.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(CHECKPOINT_KEYS)],
        src: str,
        tgt: str,
        compute: Compute = "auto",
        beams: Count = 4,
        repetition_penalty: Annotated[float, Above(0)] | None = None,
        no_repeat_ngram_size: Natural | None = None,
        min_length: Natural | None = None,
        length_penalty: float | None = None,
        max_new_tokens: Count = 256,
        batch_tokens: Count = 2048,
        chunk: Count = 256,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        too_long: Literal["split", "error"] = "split",
        threads: Count | None = None,
        cache: str | None = None,
    ) -> None:
        try:
            import ctranslate2
        except ImportError:
            raise missing_package("engine 'ctranslate2'", "ctranslate2", extra="ctranslate2") from None
        self.sentence_level = bool(model.get("sentence_level", True))
        source, target = language(src), language(tgt)
        kind, name = family(model), str(model.get("name"))
        check_listed(model, source, target)
        kind.recipe(name, source, target, None)
        self._converted = find(model)
        self._codec: Any
        if self._converted is not None:
            self._checkpoint = self._converted.checkpoint
            folder = self._converted.path if model.get("family") == "argos" else self._converted.folder
            self._codec = Pieces(self._converted, model, kind.recipe(name, source, target, folder))
        else:
            self._checkpoint = locate(model, src, tgt, kind.tokenizer_files)
            recipe = kind.recipe(name, source, target, self._checkpoint.path)
            self._codec = Codec(self._checkpoint, model, recipe)
        self._model, self._device = model, device
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
        self._beams, self._max_new_tokens = beams, max_new_tokens
        self._replaced = Replaced(repetition_penalty, no_repeat_ngram_size, min_length, length_penalty)
        self._generation = in_force(self._checkpoint.path, beams, False, self._replaced)
        self._batch_tokens, self._chunk = batch_tokens, chunk
        self._too_long, self._threads = too_long, threads
        self._cache = Path(cache).expanduser() if cache else default_cache()

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return downloads(context)

    @cached_property
    def identity(self) -> dict[str, Any]:
        return {
            "engine": "ctranslate2",
            **self._checkpoint.identity,
            "decoding": {"beams": self._beams, "max_new_tokens": self._max_new_tokens, **self._passed},
            "compute": self._compute,
            "too_long": self._too_long,
            "told": self._codec.recipe.identity,
            "versions": versions("ctranslate2", "sentencepiece" if self._converted else "transformers"),
        }

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The generation settings in force, the checkpoint's and ours."""
        passed = {name: value for name, value in self._generation.items() if name in _PASSED}
        chosen = {"beams": self._beams, "max_new_tokens": self._max_new_tokens}
        return chosen | described(passed, self._replaced)

    @property
    def _passed(self) -> dict[str, Any]:
        """The settings in force, by CTranslate2's names."""
        passed = {name: self._generation[own] for own, name in _PASSED.items() if own in self._generation}
        if "min_decoding_length" in passed and self._replaced.min_length is None:
            passed["min_decoding_length"] -= 1  # a checkpoint counts the start token
        return passed

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        ids = self._codec.ids(sources)
        limit, convert = self._codec.source_limit, self._codec.source_tokens
        parts: list[list[list[str]]] = []
        pending = []
        for index, source in enumerate(sources):
            mine = [ids[index]]
            if len(mine[0]) > limit:
                if self._too_long == "error":
                    raise DataError(
                        f"segment {index + 1} has {len(mine[0])} tokens, the model takes {limit};"
                        " shorten it, or engine.too_long=split"
                    )
                mine = self._codec.ids(pieces(source, lambda text: self._codec.lengths([text])[0] <= limit))
            parts.append([convert(row) for row in mine])
            pending.append(Pending(index, (source,), max(map(len, mine))))
        for chunk in batches(pending, self._batch_tokens * 64, self._chunk):
            flat = [tokens for item in chunk for tokens in parts[item.index]]
            outputs = iter(self._run(flat))
            yield [
                self._joined(sources[i.index], i.index, [next(outputs) for _ in parts[i.index]])
                for i in chunk
            ]

    def _joined(
        self, source: str, index: int, outputs: Sequence[tuple[list[str], bool]]
    ) -> tuple[int, Translation]:
        text = " ".join(self._codec.decode([self._codec.target_ids(tokens) for tokens, _ in outputs]))
        ended = all(stopped for _, stopped in outputs)
        count = sum(len(tokens) for tokens, _ in outputs)
        return index, Translation(source, text, "stop" if ended else "length", count)

    def _run(self, batch: list[list[str]]) -> list[tuple[list[str], bool]]:
        """(tokens, ended by itself) for each source."""
        token = self._codec.recipe.target_token
        limit = min(self._max_new_tokens, self._codec.target_limit)
        translator, suppressed = self._translator
        try:
            results = translator.translate_batch(
                batch,
                target_prefix=[[token]] * len(batch) if token else None,
                beam_size=self._beams,
                max_decoding_length=limit,
                max_input_length=0,
                max_batch_size=self._batch_tokens,
                batch_type="tokens",
                return_end_token=True,
                suppress_sequences=suppressed,
                **self._passed,
            )
        except RuntimeError as error:
            if out_of_memory(error):
                raise SegmentError("out of memory; lower engine.batch_tokens or engine.beams") from error
            raise SegmentError(f"CTranslate2 failed: {first_line(error)}") from error
        end = self._codec.eos_token
        rows = []
        for result in results:
            tokens = list(result.hypotheses[0])[1 if token else 0 :]
            ended = bool(tokens) and tokens[-1] == end
            rows.append((tokens[:-1] if ended else tokens, ended))
        return rows

    @cached_property
    def _translator(self) -> tuple[Any, list[list[str]] | None]:
        import ctranslate2

        _ = self._codec.target_id  # refuse a vocabulary without the target token before any weight is read
        ready = self._converted
        folder = (
            ready.folder if ready else converted(self._checkpoint, self._model, self._compute, self._cache)
        )
        try:
            translator = ctranslate2.Translator(
                str(folder),
                device=self._device,
                compute_type=self._compute,
                intra_threads=self._threads or os.cpu_count() or 1,
            )
        except (RuntimeError, ValueError) as error:
            raise DataError(f"{folder}: CTranslate2 cannot load it ({first_line(error)})") from error
        return translator, [["<pad>"]] if generates_pad(folder) else None
