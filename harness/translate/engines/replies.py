"""What servers answer, in the dialects there are: one completion, or why there is none."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from harness.translate.servers.failures import Empty, Inside
from harness.types import NO_DETAILS, Details, Translation

_ENDED = ("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed")
_CUT = ("length", "max_tokens", "max_output_tokens", "model_length")


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
            error = f"finish_reason {self.finish_reason}"
            return Translation(source, text, "error", self.n_tokens, error, self.details)
        return Translation(
            source,
            text,
            "length" if self.finish_reason == "length" else "stop",
            self.n_tokens,
            details=self.details,
        )


def reply(payload: bytes, url: str) -> Reply:
    """The completion in the body of an answer.

    Raises Inside for an error in place of choices, Empty for no choices and for anything else that is no
    completion. A refusal in place of a content is a `finish_reason` of its own: asking again brings the same.
    """
    try:
        value = json.loads(payload)
        if value.get("error") and not value.get("choices"):
            raise _error(value["error"])
        if not value["choices"]:
            raise Empty("an answer with no choices")
        choice = value["choices"][0]
        message = choice.get("message") or {}
        content = message["content"] if "message" in choice else choice["text"]
        served = " ".join(str(value[name]) for name in ("model", "system_fingerprint") if value.get(name))
        details = Details(
            reasoning=_thoughts(message),
            prompt_tokens=_tokens(value, "prompt_tokens"),
            served_by=served or None,
        )
        reason = finish_reason(choice.get("finish_reason"))
        refusal = message.get("refusal")
        if content is None and isinstance(refusal, str) and refusal.strip():
            reason = f"refusal: {' '.join(refusal.split())[:200]}"
        if content is None and reason in ("stop", None) and not details.reasoning:
            raise Empty("an answer without content")
        return Reply(_text(content), reason, _tokens(value, "completion_tokens"), details)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        start = payload[:80].decode("utf-8", "replace")
        said = f"{url}: not a completion ({type(error).__name__}): {' '.join(start.split())}"
        raise Empty(said) from None


def _text(content: Any) -> str:
    """A content as one string: some servers send a list of parts, of which only those of text count."""
    if isinstance(content, list):
        return "".join(part if isinstance(part, str) else str(part.get("text") or "") for part in content)
    if content is not None and not isinstance(content, str):
        raise TypeError("content")
    return content or ""


def finish_reason(said: Any) -> str | None:
    """ "stop" or "length" for what any service calls them, else its own word."""
    if said is None:
        return None
    word = str(said).lower()
    return "stop" if word in _ENDED else "length" if word in _CUT else str(said)


def _thoughts(message: Any) -> str | None:
    """What a server gives apart from the answer: `reasoning_content`, which some call `reasoning`."""
    found = message.get("reasoning_content") or message.get("reasoning")
    return found if isinstance(found, str) else None


def _tokens(value: dict[str, Any], name: str) -> int | None:
    count = (value.get("usage") or {}).get(name)
    return count if isinstance(count, int) else None


def _error(inner: Any) -> Exception:
    """An error in place of choices, by its code where that is a status; without one it may pass."""
    code = str(inner.get("code", "")) if isinstance(inner, dict) else ""
    return Inside(int(code) if re.fullmatch("[45][0-9][0-9]", code) else 500, inner)
