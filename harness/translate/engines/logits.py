"""What is done to the scores of the next token, at every step of `generate`."""

from __future__ import annotations

from typing import Any

from harness.errors import StageError


def processors(config: Any) -> Any:
    """The processors for a generation `config`: a stop at NaN, and the words that it forbids.

    Forbidden words of one token (Marian: `<pad>`) are taken out of `config`: the library's own processor
    adds a bias to every word of the vocabulary at every token, this one sets a column.
    """
    from transformers import LogitsProcessor, LogitsProcessorList

    forbidden = config.bad_words_ids or []
    single = [word[0] for word in forbidden if len(word) == 1]
    config.bad_words_ids = [word for word in forbidden if len(word) > 1] or None

    class Suppress(LogitsProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            scores[:, single] = -float("inf")
            return scores

    class Numbers(LogitsProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            if bool(scores.max().isnan()):  # NaN wins over all numbers; a tenth of the time of isnan()
                raise StageError(
                    "the model's scores became NaN: its outputs would be noise. Precision is the usual cause:"
                    " engine.dtype=float32, or bfloat16 where the hardware has it"
                )
            return scores

    return LogitsProcessorList([Numbers(), *([Suppress()] if single else [])])
