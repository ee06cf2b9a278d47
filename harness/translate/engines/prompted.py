"""A language model's prompts as tokens: its chat template or raw text, and how many it may hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.common.thoughts import opens
from harness.errors import DataError, first_line
from harness.translate.batching import ROOM
from harness.translate.checkpoints.checkpoint import Checkpoint
from harness.translate.checkpoints.loading import load_config, load_tokenizer
from harness.translate.prompts import Prompt
from harness.translate.shown import shown_tokens
from harness.types import NO_DETAILS, Details

TOKENIZER_FILES = (("tokenizer.json", "tokenizer.model"),)


class Prompted:
    """The prompts of one checkpoint, the same for whatever generates from them."""

    def __init__(
        self, checkpoint: Checkpoint, model: Mapping[str, Any], prompt: Prompt, max_new_tokens: int
    ) -> None:
        self._checkpoint, self._model = checkpoint, model
        self.prompt, self._max_new_tokens = prompt, max_new_tokens

    @cached_property
    def source_limit(self) -> int:
        """Prompt tokens that leave room for the answer; the YAML's `max_input_tokens` if that is fewer."""
        config = load_config(self._checkpoint)
        config = getattr(config, "text_config", config)
        window = getattr(config, "max_position_embeddings", None) or 10**6
        room = min(int(window), int(self.tokenizer.model_max_length)) - self._max_new_tokens
        return max(1, min(room, int(self._model.get("max_input_tokens") or room)))

    def lengths(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self.ids(texts)] if texts else []

    def details(self, texts: Sequence[str]) -> Details:
        """Tokens of the prompts around the texts of one source, where they show anything beside the text."""
        if not self.prompt.shows:
            return NO_DETAILS
        shown: Counter[str] = Counter()
        for text in texts:
            shown.update(shown_tokens(self.prompt, text, lambda p, t: len(self.ids([t], p)[0])))
        return Details(prompt_tokens=sum(self.lengths(texts)), shown=dict(shown))

    def fits(self, source: str, limit: int) -> bool:
        """Whether a prompt has at most `limit` tokens, and an answer one and a half times the source's."""
        around, length = self.lengths([".", source])
        return length <= limit and (length - around + 1) * ROOM <= self._max_new_tokens

    def ids(self, texts: Sequence[str], prompt: Prompt | None = None) -> list[list[int]]:
        """The tokens of the prompt (of this class, or another) around each text.

        Raises DataError for a template that cannot be used.
        """
        prompt = prompt or self.prompt
        if not prompt.chat:
            encoded = self.tokenizer([prompt.text(text) for text in texts], verbose=False)
            return [list(ids) for ids in encoded["input_ids"]]
        try:
            prompts = [
                self.tokenizer.apply_chat_template(
                    prompt.messages(text),
                    tokenize=False,
                    add_generation_prompt=True,
                    **prompt.template,
                )
                for text in texts
            ]
        except Exception as error:  # templates are programs: they raise what they like
            raise DataError(
                f"{self._checkpoint.path}: the chat template cannot be used ({first_line(error)});"
                " use model.chat=false for a base model, model.system=null for a template without system role"
            ) from error
        encoded = self.tokenizer(prompts, add_special_tokens=False, verbose=False)
        return [list(ids) for ids in encoded["input_ids"]]

    def opens_thoughts(self, ids: Sequence[int]) -> bool:
        """Whether a prompt ends with the tag that opens a block of thoughts."""
        return bool(self.prompt.stop) and opens(self.tokenizer.decode(ids[-16:]))

    @cached_property
    def tokenizer(self) -> Any:
        tokenizer = load_tokenizer(self._checkpoint)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return tokenizer
