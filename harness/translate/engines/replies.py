"""What servers answer, in the dialects there are: one completion, or why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from harness.common.json_text import json_value
from harness.translate.servers.failures import REFUSED, Broken, Empty, Inside
from harness.types import NO_DETAILS, Details, Translation

_ENDED = ("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed")
_CUT = ("length", "max_tokens", "max_output_tokens", "model_length")
_DECLINED = (
    "refusal", "content_filter", "content_filtered", "safety", "recitation", "blocklist",
    "prohibited_content", "spii", "sensitive", "guardrail_intervened",
)  # fmt: skip
"""Words for an output that the service or its model withheld: of OpenAI, Anthropic, Gemini, GLM, Bedrock."""

_DIGITS = 4000  # Python refuses longer ones
_TOO_MANY = 10**9  # tokens of one answer


@dataclass(frozen=True, slots=True)
class Reply:
    """One completion; `finish_reason` is "stop" or "length" in any spelling, else the server's own word."""

    text: str
    finish_reason: str | None
    n_tokens: int | None
    details: Details = NO_DETAILS

    def translation(self, source: str, text: str) -> Translation:
        """This reply as the translation of a source, with `text` as what is left of its output."""
        if self.finish_reason not in ("stop", "length", None):
            reason = self.finish_reason
            declined = reason.lower() in _DECLINED or reason.startswith(REFUSED)
            error = reason.removeprefix(REFUSED) if declined else f"finish_reason {reason}"
            error = f"{REFUSED}{error}" if declined else error
            return Translation(source, text, "error", self.n_tokens, error, self.details)
        return Translation(
            source,
            text,
            "length" if self.finish_reason == "length" else "stop",
            self.n_tokens,
            details=self.details,
        )


def body(payload: bytes) -> Any:
    """The JSON of an answer. A whole number that is no count of anything (of thousands of digits) is None.

    Raises Broken for what is cut or no JSON.
    """
    try:
        return json_value(payload, whole=lambda digits: int(digits) if len(digits) < _DIGITS else None)
    except ValueError:
        raise Broken(payload) from None


def count(value: Any) -> int | None:
    """A count of tokens that a server gives; None for what cannot be one: negative, a fraction, no number."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < _TOO_MANY else None


def reply(payload: bytes) -> Reply:
    """The completion in the body of an answer: of several choices that of index 0.

    Raises Inside for an error in place of choices, Broken for what is cut or no JSON, Empty for no choices
    and for anything else that is no completion. A refusal in place of a content is a `finish_reason` of its
    own: asking again brings the same.
    """
    value = body(payload)
    try:
        if value.get("error") and not value.get("choices"):
            raise _error(value["error"])
        if not value["choices"]:
            raise Empty("an answer with no choices")
        choices = value["choices"]
        choice = next((one for one in choices if one.get("index") == 0), choices[0])
        message = choice.get("message") or {}
        content = _content(message["content"] if "message" in choice else choice["text"])
        served = " ".join(str(value[name]) for name in ("model", "system_fingerprint") if value.get(name))
        details = Details(
            reasoning=_thoughts(message) or content.thoughts,
            prompt_tokens=_tokens(value, "prompt_tokens"),
            served_by=served or None,
        )
        reason = finish_reason(choice.get("finish_reason"))
        declined = _said(message.get("refusal")) or content.refusal
        if declined:
            reason = f"{REFUSED}{' '.join(declined.split())[:200]}"
        if content.text is None and reason in ("stop", None) and not details.reasoning:
            raise Empty("an answer without content")
        return Reply(content.text or "", reason, _tokens(value, "completion_tokens"), details)
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError):
        start = payload[:80].decode("utf-8", "replace")
        raise Empty(f"not a completion: {' '.join(start.split())}") from None


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of a message by what it is; None where there is none of it."""

    text: str | None
    thoughts: str | None = None
    refusal: str | None = None


def _content(content: Any) -> _Content:
    """A content, which some servers send as a list of parts: text, thoughts (Mistral's), a refusal."""
    if content is None or isinstance(content, str):
        return _Content(content)
    if not isinstance(content, list):
        raise TypeError("content")
    found: dict[str, list[str]] = {"text": [], "thoughts": [], "refusal": []}
    for part in content:
        kind = "text" if isinstance(part, str) else str(part.get("type") or "text").lower()
        for sort in ("refusal", "think", "reason"):
            if sort in kind:
                found["refusal" if sort == "refusal" else "thoughts"].append(_words(part))
                break
        else:
            found["text"].append(_words(part))
    return _Content(*("".join(parts) if parts else None for parts in found.values()))


def _words(part: Any) -> str:
    """The words of a part, whatever its key for them; those of parts within it one after the other."""
    if isinstance(part, list):
        return "".join(map(_words, part))
    if isinstance(part, dict):
        keys = ("text", "refusal", "thinking", "reasoning", "content", "summary")
        return next((_words(part[key]) for key in keys if part.get(key)), "")
    return part if isinstance(part, str) else ""


def finish_reason(said: Any) -> str | None:
    """ "stop" or "length" for what any service calls them, else its own word."""
    if said is None:
        return None
    word = str(said).lower()
    return "stop" if word in _ENDED else "length" if word in _CUT else str(said)


def _thoughts(message: Any) -> str | None:
    """What a server gives apart from the answer: `reasoning_content`, which some call `reasoning`."""
    for name in ("reasoning_content", "reasoning", "thinking", "reasoning_details"):
        if found := _words(message.get(name)):
            return found
    return None


def _said(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _tokens(value: dict[str, Any], name: str) -> int | None:
    usage = value.get("usage")
    return count(usage.get(name)) if isinstance(usage, dict) else None


def _error(inner: Any) -> Exception:
    """An error in place of choices, by its code where that is a status; without one it may pass."""
    code = str(inner.get("code", "")) if isinstance(inner, dict) else ""
    return Inside(int(code) if re.fullmatch("[45][0-9][0-9]", code) else 500, inner)
