"""Converting a checkpoint for CTranslate2: once, atomically, kept by checkpoint, type and version."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.common.files import digest, write_json
from harness.common.json_text import json_value
from harness.common.paths import user_cache
from harness.common.progress import note
from harness.common.shapes import read_json
from harness.errors import DataError, StageError, first_line
from harness.translate.checkpoints.causal_conversion import convert_causal
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.loading import check_weights, versions


def default_cache() -> Path:
    """Where converted models are kept."""
    return user_cache() / "ctranslate2"


def converted(
    checkpoint: Checkpoint, model: Mapping[str, Any], compute: str, cache: Path, causal: bool = False
) -> Path:
    """The converted model's folder, created on first use: whole or not at all, even if others convert it too.

    `causal`: a decoder-only language model.

    Raises DataError for a checkpoint that is not whole or that CTranslate2 cannot convert, StageError when
    the disk is full.
    """
    key = digest([checkpoint.identity, compute, versions("ctranslate2"), "causal" if causal else 5], 16)
    name = checkpoint.id or checkpoint.path.name
    folder = cache / f"{name.replace('/', '--')}-{compute}-{key}"
    if (folder / "model.bin").is_file():
        _verify(folder)
        return folder
    note(f"converting {checkpoint.id or checkpoint.path} to CTranslate2 {compute} (once)")
    temporary = cache / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if causal:
            convert_causal(checkpoint, model, compute, temporary)
        else:
            _convert(checkpoint, model, compute, temporary)
        write_json(temporary / _SUMS, _sums(temporary))
        try:
            temporary.replace(folder)
        except OSError:
            if not (folder / "model.bin").is_file():  # nobody else was faster: it really failed
                raise
    except OSError as error:
        raise StageError(f"{folder}: the converted model cannot be written ({error.strerror})") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


_SUMS = "checksums.json"


def _sums(folder: Path) -> dict[str, str]:
    """sha256 of each file of a converted model."""
    sums = {}
    for path in sorted(folder.iterdir()):
        if path.name != _SUMS:
            with path.open("rb") as stream:
                sums[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return sums


def _verify(folder: Path) -> None:
    """A byte of the weights that the disk changed would change translations and nothing else."""
    written = read_json(folder / _SUMS, {str: str}) if (folder / _SUMS).is_file() else {}
    if written != _sums(folder):
        raise StageError(f"{folder}: the converted model is damaged; delete this folder to convert it again")


def generates_pad(folder: Path) -> bool:
    """Whether a converted model still has `<pad>` among its words, so that it must be suppressed."""
    paths = (folder / f"{name}_vocabulary.json" for name in ("shared", "target"))
    return any(path.is_file() and "<pad>" in json_value(path.read_text(encoding="utf-8")) for path in paths)


def _convert(checkpoint: Checkpoint, model: Mapping[str, Any], compute: str, folder: Path) -> None:
    from ctranslate2.converters import TransformersConverter
    from transformers.utils import logging

    check_weights(checkpoint, model, "AutoModelForSeq2SeqLM")  # the converter would fill what is missing
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with _marian_as_trained():
            TransformersConverter(str(checkpoint.path), low_cpu_mem_usage=True).convert(
                str(folder), quantization=compute
            )
    except (ValueError, KeyError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise DataError(
            f"CTranslate2 cannot convert {checkpoint.id or checkpoint.path} ({first_line(error)});"
            " use engine=transformers"
        ) from error


@contextmanager
def _marian_as_trained() -> Iterator[None]:
    """Convert Marian checkpoints whose start vector is not zero, or with a vocabulary a side, as they are.

    Marian's own models start the decoder from a zero vector and have one vocabulary, and CTranslate2's
    loader takes both for granted. A MarianMT trained with transformers starts from the vector of `<pad>`,
    which training moves away from zero; dropping it changes the first word of every translation.
    """
    from ctranslate2.converters import transformers as loaders

    shipped: Any = loaders.MarianMTLoader

    class Loader(shipped):  # type: ignore[misc]
        def get_model_spec(self, model: Any) -> Any:
            start = model.model.decoder.embed_tokens.weight[model.config.decoder_start_token_id]
            self._zero = not bool(start.any())
            self._whole = not self._zero or not model.config.share_encoder_decoder_embeddings
            return super().get_model_spec(model)

        def set_decoder(self, spec: Any, decoder: Any) -> None:
            super().set_decoder(spec, decoder)
            spec.start_from_zero_embedding = self._zero

        def _remove_pad_weights(self, spec: Any) -> None:
            if not self._whole:
                super()._remove_pad_weights(spec)

        def get_vocabulary(self, model: Any, tokenizer: Any) -> Any:
            self._target = in_order(tokenizer.target_encoder) if tokenizer.separate_vocabs else None
            if tokenizer.separate_vocabs:
                return in_order(tokenizer.encoder)
            own: Any = super(shipped, self) if self._whole else super()
            return own.get_vocabulary(model, tokenizer)

        def set_vocabulary(self, spec: Any, tokens: Any) -> None:
            spec.register_source_vocabulary(tokens)
            spec.register_target_vocabulary(self._target or tokens)

        def set_config(self, config: Any, model: Any, tokenizer: Any) -> None:
            super().set_config(config, model, tokenizer)
            if not self._zero:
                config.decoder_start_token = tokenizer.pad_token

    table = loaders._MODEL_LOADERS
    before = table["MarianConfig"]
    table["MarianConfig"] = Loader()
    try:
        yield
    finally:
        table["MarianConfig"] = before


def in_order(vocabulary: Mapping[str, int]) -> list[str]:
    """The tokens of a vocabulary by their ids."""
    return sorted(vocabulary, key=vocabulary.__getitem__)
