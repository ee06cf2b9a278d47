"""What `engine.answer` removes from an output: what language models put around a translation.

The patterns are those of the health flags (`harness.common.chatter`). A filter leaves alone what the source
has too, and never turns an output into an empty one, thoughts without an answer excepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from harness.common import chatter, dressing
from harness.common.thoughts import without_thoughts
from harness.types import Translation

Filter = Literal["think", "tokens", "fence", "preamble", "label", "notes", "quotes"]
Answer = Literal["raw", "strip"] | Sequence[Filter]
"""The type of the option `answer`."""

_ROUNDS = 4  # a label in bold within quotes within a fence is three
_LAST = re.compile(
    r"</s>|<\|(?:im_end|endoftext|eot_id|end|end_of_text)\|>|<end_of_turn>|<eos>|<｜end▁of▁sentence｜>"
)
_BLOCK = re.compile(r"(?:^|\n)\s*(```|~~~)[^\n`]*\n(.*?)\n?\s*\1\s*(?=\n|$)", re.S)
_INLINE = re.compile(r"^\s*(```|~~~)(?!\w*\n)(.*?)\1\s*$", re.S)
_ENDS = re.compile(r"\n|[.!?…。！？]['\"”»)]*(?=\s)")
_SECOND = re.compile(r"\n\s*(?:2[.)]|[*_#\s]*option 2\b)", re.I)
_FIRST = re.compile(r"^\s*(?:1[.)]|[*_#\s]*option 1\b[:.]?[*_]*)\s*", re.I)
_RULE = re.compile(r"\n\s*(?:-{3,}|\*{3,}|_{3,})\s*$")


def chosen(answer: Answer) -> tuple[str, ...]:
    """The filters that an option means, in the order in which they work."""
    if answer == "raw":
        return ()
    return tuple(name for name in FILTERS if answer == "strip" or name in answer)


def identity(names: Sequence[str]) -> dict[str, Any]:
    """The filters as a part of an engine's identity; nothing without any."""
    return {"answer": list(names)} if names else {}


def cleaned(translation: Translation, names: Sequence[str], tgt: str | None) -> Translation:
    """A translation with its output filtered, and the raw one kept in its details where they differ."""
    if not names or translation.finish_reason == "error":
        return translation
    text = clean(translation.hypothesis, translation.source, tgt, names)
    if text == translation.hypothesis:
        return translation
    return replace(
        translation, hypothesis=text, details=replace(translation.details, raw=translation.hypothesis)
    )


def clean(text: str, source: str, tgt: str | None, names: Sequence[str]) -> str:
    """An output filtered until nothing changes any more: what is around one thing may be around another."""
    for _ in range(_ROUNDS):
        before = text
        for name in names:
            found = FILTERS[name](text, source, tgt)
            if found.strip() or name == "think":
                text = found.strip()
        if text == before:
            break
    return text


def _think(text: str, source: str, tgt: str | None) -> str:
    return text if chatter.reasoning(source) else without_thoughts(text)


def _tokens(text: str, source: str, tgt: str | None) -> str:
    """Without tokens that steer a model. What follows one that ends an answer is another turn."""
    if chatter.leftover_token(source):
        return text
    last = _LAST.search(text)
    if last and text[: last.start()].strip():
        text = text[: last.start()]
    if not chatter.TOKEN.search(text):
        return text
    return re.sub(r" {2,}", " ", chatter.TOKEN.sub(lambda match: " " if match[0] == "▁" else "", text))


def _fence(text: str, source: str, tgt: str | None) -> str:
    if (inside := dressing.enclosed(source, text.strip())) is not None:
        return inside
    if chatter.FENCE.search(source):
        return text
    blocks = _BLOCK.findall(text) or _INLINE.findall(text)
    return blocks[0][1] if len(blocks) == 1 else text


def _preamble(text: str, source: str, tgt: str | None) -> str:
    """Without words before the translation, the source repeated among them."""
    if (behind := dressing.echoed(source, text.strip())) is not None:
        return behind
    return text if chatter.PREAMBLE.search(source) else _behind(text, chatter.PREAMBLE.match(text.strip()))


def _label(text: str, source: str, tgt: str | None) -> str:
    if (behind := dressing.labelled(source, text.strip())) is not None:
        return behind
    if tgt is None or chatter.label_of(tgt).match(source):
        return text
    return _behind(text, chatter.label_of(tgt).match(text.strip()))


def _behind(text: str, match: re.Match[str] | None) -> str:
    """The text behind a match at its beginning, with the other half of the markup around the match gone."""
    if match is None:
        return text
    rest = text.strip()[match.end() :]
    return rest.lstrip("*_ \n") if match[0].lstrip().startswith(("*", "_")) else rest


def _notes(text: str, source: str, tgt: str | None) -> str:
    """Without notes, offers and alternatives behind the translation."""
    text = text.strip()
    if (first := dressing.listed(source, text)) is not None:
        return first
    if chatter.NOTES.search(source) or chatter.ALTERNATIVES.search(source):
        return text
    found = chatter.ALTERNATIVES.search(text)
    if found and _FIRST.match(found[0]):
        return _FIRST.sub("", text[: _end(_SECOND.search(text), text)])
    starts = [_start(match) for match in (found, chatter.NOTES.search(text)) if match]
    return _RULE.sub("", text[: min(starts)]) if starts else text


def _start(match: re.Match[str]) -> int:
    """Where what is to go begins: behind the full stop in a pattern, else at its line or sentence."""
    if match[0].lstrip().startswith("("):
        return match.start()
    stop = re.match(r"[.!?…]['\"”»]?", match[0])
    if stop:
        return match.start() + stop.end()
    before = [end.end() for end in _ENDS.finditer(match.string[: match.start()])]
    return match.start() if match[0].startswith("\n") or not before else before[-1]


def _end(match: re.Match[str] | None, text: str) -> int:
    return match.start() if match else len(text)


def _quotes(text: str, source: str, tgt: str | None) -> str:
    text = text.strip()
    if not dressing.quoted(source, text):
        return text
    opening, closing = next(
        pair for pair in dressing.QUOTES if text.startswith(pair[0]) and text.endswith(pair[1])
    )
    return text[len(opening) : -len(closing)]


FILTERS: Mapping[str, Callable[[str, str, str | None], str]] = {
    "think": _think, "tokens": _tokens, "preamble": _preamble, "fence": _fence, "label": _label,
    "notes": _notes, "quotes": _quotes,
}  # fmt: skip
"""Each filter: output, source and code of the target language give the output without what it removes."""
