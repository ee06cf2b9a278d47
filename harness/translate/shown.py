"""How many tokens of a prompt are what a language model is shown beside the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.translate.context import unpacked
from harness.translate.prompts import Prompt
from harness.types import Details


def shown_tokens(prompt: Prompt, text: str, count: Callable[[Prompt, str], int]) -> dict[str, int]:
    """Tokens by what they are of (`context`, `glossary`, `examples`); nothing that the prompt has not.

    Each is what the prompt has fewer of without it. `count` gives the tokens of a prompt around a text.
    """
    found = {}
    whole = count(prompt, text) if prompt.shows else 0
    for name, less, rest in _without(prompt, text):
        left = whole if (less, rest) == (prompt, text) else count(less, rest)
        found[name], whole = whole - left, left
        prompt, text = less, rest
    return found


def _without(prompt: Prompt, text: str) -> Iterator[tuple[str, Prompt, str]]:
    """The prompt and the text with one thing after another left out."""
    if prompt.context:
        text = unpacked(text)[1]
        yield "context", prompt, text
    if prompt.glossary:
        prompt = replace(prompt, glossary=None)
        yield "glossary", prompt, text
    if prompt.examples:
        yield "examples", replace(prompt, examples=()), text


def estimated(prompt: Prompt | None, text: str, details: Details) -> Details:
    """The details of an answer with what was shown, by its share of the bytes in the service's own count."""
    if prompt is None or not prompt.shows or details.prompt_tokens is None:
        return details
    rate = details.prompt_tokens / max(1, _bytes(prompt, text))
    found = shown_tokens(prompt, text, _bytes)
    return replace(details, shown={name: round(n * rate) for name, n in found.items()})


def _bytes(prompt: Prompt, text: str) -> int:
    return len(prompt.sent(text).encode("utf-8", "surrogatepass"))
