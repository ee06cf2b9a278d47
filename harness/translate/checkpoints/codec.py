"""Text to tokens and back for encoder-decoder models, by their family's recipe for the pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.errors import ConfigError
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.families import Recipe
from harness.translate.checkpoints.loading import load_config, load_tokenizer


class Codec:
    """A checkpoint's tokenizer with its recipe applied. Loads on first use."""

    def __init__(self, checkpoint: Checkpoint, model: Mapping[str, Any], recipe: Recipe) -> None:
        self._checkpoint = checkpoint
        self._model = model
        self.recipe = recipe

    @cached_property
    def tokenizer(self) -> Any:
        tokenizer = load_tokenizer(self._checkpoint)
        if self.recipe.source_code is not None:
            self._id(tokenizer, self.recipe.source_code, check_only_known=True)
            tokenizer.src_lang = self.recipe.source_code
        if self.recipe.prefix.startswith("<2"):
            self._id(tokenizer, self.recipe.prefix.strip())
        return tokenizer

    @property
    def eos_token(self) -> str:
        return str(self.tokenizer.eos_token)

    @cached_property
    def config(self) -> Any:
        return load_config(self._checkpoint)

    @cached_property
    def target_id(self) -> int | None:
        """The id of the forced first target token, None where the family has none."""
        token = self.recipe.target_token
        return None if token is None else self._id(self.tokenizer, token)

    def _id(self, tokenizer: Any, token: str, check_only_known: bool = False) -> int:
        if check_only_known and self._model.get("family") == "m2m100":
            token = f"__{token}__"
        found = tokenizer.convert_tokens_to_ids(token)
        if found is None or found == tokenizer.unk_token_id:
            raise ConfigError(
                f"model '{self._model.get('name')}': the vocabulary of {self._checkpoint.path} has no token"
                f" {token}; is '{self._model.get('family')}' its family?"
            )
        return int(found)

    @cached_property
    def source_limit(self) -> int:
        """The most source tokens the model takes, special tokens included."""
        limits = [getattr(self.config, name, None) for name in ("max_position_embeddings", "n_positions")]
        limits.append(self.tokenizer.model_max_length)
        return min(int(limit) for limit in (*limits, 10**6) if limit)

    @property
    def target_limit(self) -> int:
        """The most target tokens the model can place."""
        return int(getattr(self.config, "max_position_embeddings", None) or 10**6) - 1

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Source tokens of each text, special tokens included."""
        return [len(ids) for ids in self.ids(texts)] if texts else []

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self.tokenizer([self.recipe.prefix + text for text in texts], verbose=False)
        return [list(ids) for ids in encoded["input_ids"]]

    def source_tokens(self, ids: Sequence[int]) -> list[str]:
        """The source vocabulary's tokens of these ids."""
        own = self._vocabularies
        return list(map(own[0].__getitem__, ids)) if own else self.tokenizer.convert_ids_to_tokens(list(ids))

    def target_ids(self, tokens: Sequence[str]) -> list[int]:
        """The ids of these tokens of the target vocabulary."""
        own = self._vocabularies
        return list(map(own[1].__getitem__, tokens)) if own else self.tokenizer.convert_tokens_to_ids(tokens)

    @cached_property
    def _vocabularies(self) -> tuple[dict[int, str], dict[str, int]] | None:
        """(source id → token, target token → id) of a Marian tokenizer with two vocabularies, else None.

        Its `convert_ids_to_tokens` reads the target's vocabulary, `convert_tokens_to_ids` the source's.
        """
        if not getattr(self.tokenizer, "separate_vocabs", False):
            return None
        return {i: token for token, i in self.tokenizer.encoder.items()}, self.tokenizer.target_encoder

    def decode(self, rows: Sequence[Sequence[int]]) -> list[str]:
        texts = self.tokenizer.batch_decode([list(row) for row in rows], skip_special_tokens=True)
        return [text.strip() for text in texts]
