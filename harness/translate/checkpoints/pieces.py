"""Models that come converted for CTranslate2, with SentencePiece models for a tokenizer.

Folders made by CTranslate2's converters (Marian, NLLB, M2M100, MADLAD), packages of Argos Translate, and what
`firefox-translations` keeps in its cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.common.files import digest
from harness.common.shapes import read_json
from harness.errors import ConfigError, DataError
from harness.translate.checkpoints.checkpoint import Checkpoint, folder_digest
from harness.translate.checkpoints.converted_positions import positions
from harness.translate.checkpoints.families import Recipe, converted_vocabulary

_FOLDERS = (".", "model", "ctranslate2_model")
_PAIRS = (("source.spm", "target.spm"), ("source.model", "target.model"))
_SINGLE = ("sentencepiece.model", "sentencepiece.bpe.model", "spiece.model", "vocab.spm", "vocab.*.spm")
LIMIT = 512
"""Source tokens where the YAML has no `max_input_tokens`: the positions of Marian, the training of NLLB.

A folder with a smaller table of positions has the fewer.
"""


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted model on disk: the folder of its `model.bin`, and its SentencePiece models."""

    path: Path
    folder: Path
    source: Path
    target: Path

    @property
    def checkpoint(self) -> Checkpoint:
        """Identified by the files of the folder and of the one that `model.path` names."""
        return Checkpoint(
            self.path, None, sha256=digest([folder_digest(self.folder), folder_digest(self.path)])
        )


def find_folder(model: Mapping[str, Any]) -> Path | None:
    """Where `model.path` has a model that is converted already; None where it is something else."""
    path = Path(str(model.get("path") or "")).expanduser()
    if not model.get("path") or (path / "model.safetensors").exists():
        return None
    return next((path / name for name in _FOLDERS if (path / name / "model.bin").is_file()), None)


def find(model: Mapping[str, Any]) -> Converted | None:
    """The converted model at `model.path`; None where that is something else.

    Raises DataError for one without SentencePiece models.
    """
    path, folder = Path(str(model.get("path") or "")).expanduser(), find_folder(model)
    if folder is None:
        return None
    for place in dict.fromkeys((path, folder)):
        for source, target in _PAIRS:
            if (place / source).is_file() and (place / target).is_file():
                return Converted(path, folder, place / source, place / target)
        for pattern in _SINGLE:
            if found := sorted(place.glob(pattern)):
                return Converted(path, folder, found[0], found[0])
    if (path / "bpe.model").is_file():
        raise DataError(
            f"model.path={path}: its tokenizer is BPE of Argos 1.0; a package with sentencepiece.model works"
        )
    raise DataError(
        f"model.path={path}: a model converted for CTranslate2 without SentencePiece models; copy those of"
        f" the original beside model.bin ({' and '.join(_PAIRS[0])}, or {', '.join(_SINGLE[:2])})"
    )


class Pieces:
    """The codec of a converted model: tokens are pieces, which are what CTranslate2 takes and gives."""

    def __init__(self, converted: Converted, model: Mapping[str, Any], recipe: Recipe) -> None:
        self._converted, self._model, self.recipe = converted, model, recipe
        path = converted.folder / "config.json"
        self._config = read_json(path, {str: object}) if path.is_file() else {}
        has = positions(converted.folder)  # beyond them CTranslate2 fails, or repeats itself
        limit = int(model.get("max_input_tokens") or LIMIT)
        self.source_limit = min(limit, has.get("encoder", limit))
        self.target_limit = min(limit, has.get("decoder", limit) - 1)  # the start token takes one
        self.eos_token = str(self._config.get("eos_token") or "</s>")

    @cached_property
    def target_id(self) -> None:
        """Checked, not needed: raises ConfigError for a vocabulary without a token that the recipe names."""
        known = set(converted_vocabulary(self._converted.folder))
        for token in (*self._before, self.recipe.target_token):
            if known and token is not None and token not in known:
                raise ConfigError(
                    f"model '{self._model.get('name')}': the vocabulary of {self._converted.folder} has no"
                    f" token {token}; is '{self._model.get('family')}' its family?"
                )

    @property
    def _before(self) -> list[str]:
        """What stands before the pieces of every source."""
        code, prefix = self.recipe.source_code, self.recipe.prefix.strip()
        if code is not None and self._model.get("family") == "m2m100":
            code = f"__{code}__"
        return [token for token in (code, prefix) if token]

    @property
    def _after(self) -> list[str]:
        """The end token, unless CTranslate2 adds it or the model was trained without (OpenNMT's)."""
        return (
            []
            if self._config.get("add_source_eos") or self._model.get("family") == "argos"
            else [self.eos_token]
        )

    def ids(self, texts: Sequence[str]) -> list[list[str]]:
        """The tokens of each text, special ones included."""
        source, _ = self._processors
        return [[*self._before, *source.encode(text, out_type=str), *self._after] for text in texts]

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(tokens) for tokens in self.ids(texts)]

    def source_tokens(self, tokens: Sequence[str]) -> list[str]:
        return list(tokens)

    def target_ids(self, tokens: Sequence[str]) -> list[str]:
        return list(tokens)

    def decode(self, rows: Sequence[Sequence[str]]) -> list[str]:
        _, target = self._processors
        special = {"<s>", "</s>", "<pad>", "<unk>", self.eos_token}
        return [
            str(target.decode_pieces([t for t in row if t not in special])).replace("▁", " ").strip()
            for row in rows
        ]

    @cached_property
    def _processors(self) -> tuple[Any, Any]:
        import sentencepiece

        found = []
        for path in (self._converted.source, self._converted.target):
            try:
                found.append(sentencepiece.SentencePieceProcessor(model_file=str(path)))
            except (RuntimeError, OSError, ValueError) as error:
                raise DataError(f"{path}: not a SentencePiece model ({error})") from None
        return found[0], found[1]
