"""Batches of similar length within a token budget, and pieces of what is too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.common.notices import tell
from harness.errors import ConfigError, TooLongError
from harness.translate.context import unpacked, with_less
from harness.types import NO_DETAILS, Details, FinishReason, Translation

ROOM = 1.5
"""Tokens of an output for each of its source that a document must leave room for."""
Output = tuple[str, bool, int]  # text, ended by itself, generated tokens


@dataclass(frozen=True, slots=True)
class Pending:
    """A source waiting for its batch: its place, its text (in pieces if too long), tokens of the longest."""

    index: int
    texts: tuple[str, ...]
    length: int


def cut(
    sources: Sequence[str], lengths: Callable[[Sequence[str]], list[int]], limit: int, too_long: str
) -> list[Pending]:
    """Each source with its tokens; one beyond `limit` in pieces, or TooLongError if `too_long` is "error".

    Raises ConfigError where no text at all has room beside the prompt.
    """
    result = []
    for index, (source, length) in enumerate(zip(sources, lengths(sources), strict=True)):
        text, length = _fitting(source, length, lambda text: lengths([text])[0], limit)
        texts: tuple[str, ...] = (text,)
        if length > limit:
            if too_long == "error":
                raise TooLongError(
                    f"segment {index + 1} has {length} tokens, the model takes {limit};"
                    " shorten it, or engine.too_long=split"
                )
            if lengths(["."])[0] > limit:  # not the text is too long, what stands around it is
                raise ConfigError(
                    f"the model takes {limit} tokens beside its answer, and the prompt alone has more: lower"
                    " engine.max_new_tokens or shorten the prompt (engine=vllm: raise engine.window)"
                )
            texts = tuple(pieces(unpacked(text)[1], lambda text: lengths([text])[0] <= limit))
            length = max(lengths(texts))
        result.append(Pending(index, texts, length))
    return result


def _fitting(text: str, length: int, measure: Callable[[str], int], limit: int) -> tuple[str, int]:
    """The text with as much of what is before it as fits, the nearest first."""
    while length > limit and (shorter := with_less(text)) is not None:
        text, length = shorter, measure(shorter)
        tell("the sentences before a text were cut to those that the model has room for (model.context)")
    return text, length


def gather(
    batch: Sequence[Pending],
    outputs: Sequence[Output],
    sources: Sequence[str],
    details: Callable[[Sequence[str]], Details] = lambda texts: NO_DETAILS,
) -> Iterator[tuple[int, Translation]]:
    """The translations of a batch from the outputs of its texts: those of pieces are joined.

    `details` are what is known of the prompts around the texts of one source.
    """
    start = 0
    for item in batch:
        parts = outputs[start : start + len(item.texts)]
        start += len(item.texts)
        text = " ".join(part[0] for part in parts)
        ended = all(part[1] for part in parts)
        tokens = sum(part[2] for part in parts)
        reason: FinishReason = "stop" if ended else "length"
        told = details(item.texts)
        yield item.index, Translation(sources[item.index], text, reason, tokens, details=told)


def batches(pending: Sequence[Pending], tokens: int, size: int) -> Iterator[list[Pending]]:
    """Batches of at most `size` texts and `tokens` padded tokens; a single text may exceed `tokens`.

    Longest first: memory runs out at the start or not at all. The order depends on nothing but the
    texts, and packing starts afresh at every batch, so a run resumed after whole batches packs the
    rest as the first run would have.
    """
    batch: list[Pending] = []
    count = longest = 0
    for item in sorted(pending, key=lambda item: (-item.length, item.texts)):
        grown = count + len(item.texts)
        if batch and (grown > size or grown * max(longest, item.length) > tokens):
            yield batch
            batch, grown, longest = [], len(item.texts), 0
        batch.append(item)
        count, longest = grown, max(longest, item.length)
    if batch:
        yield batch


# Where a long sentence is best cut: after a strong stop, after a weak one, at white space.
_CUTS = tuple(re.compile(pattern) for pattern in (r"(?<=[.!?;:…。!?;])\s*", r"(?<=[,،、,–—)])\s*", r"\s+"))


def pieces(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut a text that does not fit into parts that do, as near the middle as punctuation allows.

    Nothing but white space at the cuts is dropped. Text without any place to cut is cut anywhere.
    """
    if fits(text) or len(text) < 2:
        return [text]
    middle = len(text) / 2
    for pattern in _CUTS:
        cuts = [match.span() for match in pattern.finditer(text)]
        inner = [cut for cut in cuts if text[: cut[0]].strip() and text[cut[1] :].strip()]
        if inner:
            start, end = min(inner, key=lambda cut: abs(cut[0] - middle))
            if 0.15 * len(text) < start < 0.85 * len(text):
                return pieces(text[:start], fits) + pieces(text[end:], fits)
    half = len(text) // 2
    return pieces(text[:half], fits) + pieces(text[half:], fits)
