"""Ending generation at `model.stop`: each text of a batch on its own, never within a block of thoughts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.translate.prompts import Prompt


def reaching(tokenizer: Any, prompt: Prompt) -> Callable[[Sequence[int], bool], bool]:
    """Whether generated tokens hold a stop text behind their thoughts; asked after each token.

    The second argument says whether the prompt ended within thoughts.
    """
    # A character is at most 4 tokens of bytes; what a stop text is part of may begin one token before.
    tail = max((len(stop.encode()) for stop in prompt.stop), default=0) + 4

    def reached(ids: Sequence[int], opened: bool) -> bool:
        last = tokenizer.decode(ids[-tail:], skip_special_tokens=False)
        if not any(stop in last for stop in prompt.stop):  # cheap, and true of most tokens
            return False
        return prompt.reached(tokenizer.decode(ids, skip_special_tokens=False), opened)

    return reached


def stopping(tokenizer: Any, prompt: Prompt, start: int, opened: Sequence[bool]) -> Any:
    """What `generate` asks after each token which rows are done; None without stop texts.

    Rows are as many for each text of the batch (beam search asks of twice its beams and more); their first
    `start` tokens are the prompt. `opened` says of each text whether its prompt ends within thoughts.
    """
    if not prompt.stop:
        return None
    import torch
    from transformers import StoppingCriteriaList

    reached = reaching(tokenizer, prompt)

    def criterion(input_ids: Any, scores: Any, **_: Any) -> Any:
        each = len(input_ids) // len(opened)
        done = [reached(row[start:].tolist(), opened[k // each]) for k, row in enumerate(input_ids)]
        return torch.tensor(done, dtype=torch.bool, device=input_ids.device)

    return StoppingCriteriaList([criterion])
