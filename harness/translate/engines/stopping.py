"""Ending generation at `model.stop`: each text of a batch on its own, never within a block of thoughts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.translate.prompts import Prompt


def stopping(tokenizer: Any, prompt: Prompt, start: int, opened: Sequence[bool], beams: int) -> Any:
    """What `generate` asks after each token which rows are done; None without stop texts.

    Rows are `beams` for each text of the batch; their first `start` tokens are the prompt. `opened` says of
    each text whether its prompt ends within thoughts.
    """
    if not prompt.stop:
        return None
    import torch

    # A character is at most 4 tokens of bytes; what a stop text is part of may begin one token before.
    tail = max(len(stop.encode()) for stop in prompt.stop) + 4

    def ended(row: Any, text: int) -> bool:
        ids = row[start:].tolist()
        last = tokenizer.decode(ids[-tail:], skip_special_tokens=False)
        if not any(stop in last for stop in prompt.stop):  # cheap, and true of most tokens
            return False
        return prompt.reached(tokenizer.decode(ids, skip_special_tokens=False), opened[text])

    def criterion(input_ids: Any, scores: Any, **_: Any) -> Any:
        done = [ended(row, number // beams) for number, row in enumerate(input_ids)]
        return torch.tensor(done, dtype=torch.bool, device=input_ids.device)

    from transformers import StoppingCriteriaList

    return StoppingCriteriaList([criterion])
