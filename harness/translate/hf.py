"""Encoder-decoder checkpoints of the transformers library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from harness.errors import ConfigError, DataError, StageError
from harness.langs import language
from harness.translate.batching import Pending, batches, pieces
from harness.translate.families import check_listed, family
from harness.translate.hub import locate
from harness.types import Translation


class Transformers:
    """Translate with a checkpoint's own tokenizer and `generate`.

    beams           1 is greedy; more is beam search
    sample          draw tokens instead (then `temperature`, `top_p`); a `seed` makes it repeatable
    max_new_tokens  a translation that reaches it ends there with finish_reason `length`
    batch_tokens    padded source tokens a batch (sentences × the longest); sorted by length
    batch_size      sentences a batch at most
    dtype           auto (float32 on CPU, float16 on GPU), float32, float16, bfloat16
    device          auto, cpu, cuda, cuda:1, …
    too_long        `split` a source beyond the model's length into pieces, or `error`
    threads         CPU threads; null leaves torch's choice

    Building refuses a language the model does not have and files that are not there, before any weight is
    loaded. Outputs do not depend on the batch in float32.
    """

    sentence_level = True

    def __init__(
        self,
        *,
        model: dict[str, Any],
        src: str,
        tgt: str,
        beams: int = 4,
        sample: bool = False,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int = 0,
        max_new_tokens: int = 256,
        batch_tokens: int = 2048,
        batch_size: int = 64,
        dtype: str = "auto",
        device: str = "auto",
        too_long: str = "split",
        threads: int | None = None,
    ) -> None:
        if dtype not in ("auto", "float32", "float16", "bfloat16"):
            raise ConfigError(f"engine.dtype={dtype}: choose auto, float32, float16 or bfloat16")
        if too_long not in ("split", "error"):
            raise ConfigError(f"engine.too_long={too_long}: choose split or error")
        for name, value in (("beams", beams), ("max_new_tokens", max_new_tokens), ("batch_size", batch_size)):
            if value < 1:
                raise ConfigError(f"engine.{name}={value}: must be at least 1")
        self._model_config = model
        source, target = language(src), language(tgt)
        kind, name = family(model), str(model.get("name"))
        check_listed(model, source, target)
        kind.recipe(name, source, target, None)  # what is known without the files
        self._checkpoint = locate(model, src, tgt, kind.tokenizer_files)
        self._recipe = kind.recipe(name, source, target, self._checkpoint.path)
        self._beams, self._sample, self._seed = beams, sample, seed
        self._temperature, self._top_p = temperature, top_p
        self._max_new_tokens, self._too_long = max_new_tokens, too_long
        self._batch_tokens, self._batch_size = batch_tokens, batch_size
        self._device = device
        self._dtype = dtype
        self._threads = threads

    @property
    def identity(self) -> dict[str, Any]:
        decoding: dict[str, Any] = {"beams": self._beams, "max_new_tokens": self._max_new_tokens}
        if self._sample:
            decoding |= {"temperature": self._temperature, "top_p": self._top_p, "seed": self._seed}
        return {
            "engine": "transformers",
            **self._checkpoint.identity,
            "decoding": decoding,
            "dtype": self._dtype,
            "too_long": self._too_long,
            "prefix": self._recipe.prefix,
            "source_code": self._recipe.source_code,
            "target_token": self._recipe.target_token,
        }

    @property
    def revision(self) -> str | None:
        """The resolved commit of a hub model, else the sha256 of the local files."""
        return self._checkpoint.commit or self._checkpoint.sha256

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        pending = self._pending(sources)
        largest = self._batch_size
        todo = list(batches(pending, self._batch_tokens, largest))[::-1]
        while todo:
            batch = todo.pop()
            texts = [text for item in batch for text in item.texts]
            try:
                outputs = self._generate(texts)
            except (RuntimeError, MemoryError) as error:
                if not _out_of_memory(error):
                    raise StageError(f"generation failed: {_first_line(error)}") from error
                if len(batch) == 1:
                    raise StageError(
                        f"out of memory on one segment of {batch[0].length} tokens;"
                        " lower engine.beams or engine.max_new_tokens, or use a smaller model"
                    ) from error
                self._release()
                half = max(1, math.ceil(len(batch) / 2))
                todo += [batch[half:], batch[:half]]
                continue
            yield list(_gather(batch, outputs, sources))

    def _pending(self, sources: Sequence[str]) -> list[Pending]:
        limit = self._source_limit
        lengths = self._lengths(sources)
        result = []
        for index, (source, length) in enumerate(zip(sources, lengths, strict=True)):
            texts: tuple[str, ...] = (source,)
            if length > limit:
                if self._too_long == "error":
                    raise DataError(
                        f"segment {index + 1} has {length} tokens, the model takes {limit};"
                        " shorten it, or engine.too_long=split"
                    )
                texts = tuple(pieces(source, lambda text: self._lengths([text])[0] <= limit))
                length = max(self._lengths(texts))
            result.append(Pending(index, texts, length))
        return result

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._tokenizer([self._recipe.prefix + text for text in texts], verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _generate(self, texts: Sequence[str]) -> list[tuple[str, bool, int]]:
        """(text, stopped by itself, generated tokens) for every text."""
        import torch

        model, tokenizer = self._loaded, self._tokenizer
        inputs = tokenizer(
            [self._recipe.prefix + text for text in texts], return_tensors="pt", padding=True, verbose=False
        ).to(model.device)
        if self._sample:
            torch.manual_seed(_seed_for(self._seed, texts))
        generation = self._generation
        with torch.inference_mode():
            output = model.generate(**inputs, generation_config=generation)
        end = {int(token) for token in _as_list(model.generation_config.eos_token_id)}
        rows = [_until_end(row, end) for row in output[:, 1:].tolist()]
        decoded = tokenizer.batch_decode([ids for ids, _ in rows], skip_special_tokens=True)
        return [(text.strip(), stopped, len(ids)) for text, (ids, stopped) in zip(decoded, rows, strict=True)]

    @cached_property
    def _generation(self) -> Any:
        import copy

        config = copy.deepcopy(self._loaded.generation_config)
        config.update(
            num_beams=self._beams,
            do_sample=self._sample,
            max_length=None,
            max_new_tokens=min(self._max_new_tokens, self._target_limit),
            # Forcing the end at the limit would make a cut translation look finished.
            forced_eos_token_id=None,
            temperature=self._temperature if self._sample else None,
            top_p=self._top_p if self._sample else None,
            top_k=0 if self._sample else None,
        )
        if self._beams == 1:
            config.update(early_stopping=False, length_penalty=None)
        if self._recipe.target_token is not None:
            config.forced_bos_token_id = self._token_id(self._recipe.target_token)
        # `generate` fills what is None from the model's own configuration: that must be this one.
        self._loaded.generation_config = config
        return config

    def _token_id(self, token: str) -> int:
        found = self._tokenizer.convert_tokens_to_ids(token)
        if found is None or found == self._tokenizer.unk_token_id:
            raise ConfigError(
                f"model '{self._model_config.get('name')}': the vocabulary has no target token {token};"
                f" is '{self._model_config.get('family')}' its family?"
            )
        return int(found)

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            tokenizer = AutoTokenizer.from_pretrained(
                self._checkpoint.path, local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{self._checkpoint.path}: no usable tokenizer ({_first_line(error)})") from error
        if self._recipe.source_code is not None:
            tokenizer.src_lang = self._recipe.source_code
        return tokenizer

    @cached_property
    def _loaded(self) -> Any:
        import torch
        from transformers import AutoModelForSeq2SeqLM
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if self._threads:
            torch.set_num_threads(self._threads)
        device = self._device if self._device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        dtype = self._dtype if self._dtype != "auto" else "float32" if device == "cpu" else "float16"
        pickle = bool(self._model_config.get("pickle"))
        try:
            model = AutoModelForSeq2SeqLM.from_pretrained(
                self._checkpoint.path,
                dtype=getattr(torch, dtype),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=None if pickle else True,
            )
            return model.to(device).eval()
        except Exception as error:
            if _out_of_memory(error):
                raise StageError(
                    f"not enough memory on {device} to load {self._checkpoint.path}; use a smaller model"
                ) from error
            raise DataError(
                f"{self._checkpoint.path}: the checkpoint cannot be loaded ({_first_line(error)})"
            ) from error

    @cached_property
    def _config(self) -> Any:
        from transformers import AutoConfig

        try:
            return AutoConfig.from_pretrained(self._checkpoint.path, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"{self._checkpoint.path}/config.json: not a usable model config ({_first_line(error)})"
            ) from error

    @cached_property
    def _source_limit(self) -> int:
        """The most source tokens the model takes, special tokens included."""
        limits = [getattr(self._config, name, None) for name in ("max_position_embeddings", "n_positions")]
        limits.append(self._tokenizer.model_max_length)
        return min(int(limit) for limit in (*limits, 10**6) if limit)

    @property
    def _target_limit(self) -> int:
        return int(getattr(self._config, "max_position_embeddings", None) or 10**6) - 1

    @staticmethod
    def _release() -> None:
        import gc

        import torch

        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _gather(
    batch: Sequence[Pending], outputs: Sequence[tuple[str, bool, int]], sources: Sequence[str]
) -> Iterator[tuple[int, Translation]]:
    start = 0
    for item in batch:
        parts = outputs[start : start + len(item.texts)]
        start += len(item.texts)
        text = " ".join(part[0] for part in parts)
        reason = "stop" if all(part[1] for part in parts) else "length"
        yield (
            item.index,
            Translation(sources[item.index], text, reason, sum(part[2] for part in parts)),  # type: ignore[arg-type]
        )


def _until_end(row: Sequence[int], end: set[int]) -> tuple[list[int], bool]:
    """The generated ids up to the end token, and whether there was one."""
    for position, token in enumerate(row):
        if token in end:
            return list(row[:position]), True
    return list(row), False


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _seed_for(seed: int, texts: Sequence[str]) -> int:
    """The batch's own seed, so that a resumed run draws what an unbroken one would."""
    import zlib

    return zlib.crc32("\0".join(texts).encode("utf-8", "surrogatepass"), seed & 0xFFFFFFFF)


def _out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or (
        "memory" in str(error).lower()
        and any(
            sign in str(error).lower() for sign in ("out of memory", "can't allocate", "not enough memory")
        )
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
