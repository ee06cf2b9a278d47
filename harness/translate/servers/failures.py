"""What a service's refusal means: try again, this text, the key, the quota, or the address.

Services agree on few status codes, so the words of the answer count too. DeepL sends 456 for a used-up quota
and 403 for a wrong key; Google sends 403 for rate limits as for keys, and 400 for an invalid API key; Azure
sends 403 when the free quota is used up; Gemini sends 429 for limits a minute and a day; OpenAI sends 429 for
an empty account, Anthropic 400 (their published references).
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from harness.common.json_text import json_value

Meaning = Literal["again", "text", "key", "quota", "missing", "other"]
REFUSED = "refused: "
"""How the error of a text begins that a service, or its model, declined: health calls it a refusal."""

# Of the 5xx only "not implemented" and "HTTP version" are for good; 520 to 529 are those of proxies.
_PASSING = {408, 409, 425, 429, *range(500, 600)} - {501, 505}
_TEXT = {400, 413, 414, 422}
_NO_QUOTA = re.compile(
    r"insufficient_quota|billing_(?:error|hard_limit)|credit balance is too low|daily ?limit ?exceeded"
    r"|exceeded (?:its|the|your) free quota|quota for this billing period|out of credits",
    re.I,
)
_A_DAY = re.compile(r"per ?day", re.I)
_PERHAPS_NO_QUOTA = re.compile(r"exceeded your current quota|quota exceeded", re.I)
_BAD_KEY = re.compile(
    r"API_KEY_INVALID|api[- _]?key (?:not|is not|isn't) valid|invalid (?:x-)?api[- _]?key", re.I
)
_RATE = re.compile(r"rate ?limit ?exceeded", re.I)
_DELAY = re.compile(r'"retryDelay"\s*:\s*"([\d.]+)s"')


class Refused(Exception):
    """The service understood this request and rejects it; others may be fine."""

    def by(self, service: str) -> str:
        """What it says, with the address of the service."""
        return f"{service} rejected the request: {self}"


class Useless(Refused):
    """The service answered, to the last try, with nothing that can be used."""

    def by(self, service: str) -> str:
        return f"{service}: {self}"


class Empty(Exception):
    """An answer without an output; another try may do better."""


class Broken(Exception):
    """An answer that is cut on its way, or is none: as a rule it passes."""

    def __init__(self, payload: bytes) -> None:
        start = " ".join(payload[:80].decode("utf-8", "replace").split())
        super().__init__(f"the answer is cut or no JSON: {start}" if start else "the answer is empty")


@dataclass(frozen=True, slots=True)
class Failure:
    """A status other than success. `wait`: seconds that the service asks for, None where it does not say."""

    code: int
    meaning: Meaning
    said: str
    wait: float | None


class Inside(Exception):
    """An error that was sent as a success, as gateways do; its code is that of a status."""

    def __init__(self, code: int, value: Any) -> None:
        body = json.dumps({"error": value}, ensure_ascii=False)
        said = f"an error sent as a success: {' '.join(_message(body).split())[:200]}"
        super().__init__(said)
        self.failure = Failure(code, _meaning(code, body, None), said, None)


def failure(error: urllib.error.HTTPError) -> Failure:
    """Read an answer with an error status; `said` is its status and message, one line of 200 characters."""
    with error:
        body = error.read().decode("utf-8", "replace")
    wait = _wait(error, body)
    text = " ".join(_message(body).split())[:200]
    said = f"{error.code} {error.reason}: {text}" if text else f"{error.code} {error.reason}"
    return Failure(error.code, _meaning(error.code, body, wait), said, wait)


def _meaning(code: int, body: str, wait: float | None) -> Meaning:
    if code in (402, 456) or (400 <= code < 500 and _NO_QUOTA.search(body)):
        return "quota"
    if code == 429 and (_A_DAY.search(body) or (wait is None and _PERHAPS_NO_QUOTA.search(body))):
        return "quota"  # limits a minute say when to come back
    if code in _PASSING or (code == 403 and _RATE.search(body)):
        return "again"
    if code in (401, 403) or (code == 400 and _BAD_KEY.search(body)):
        return "key"
    if code == 404:
        return "missing"
    return "text" if code in _TEXT else "other"


def _message(body: str) -> str:
    """The service's own words in a body of any dialect: `error.message`, `message` with `detail`, or all."""
    try:
        value: Any = json_value(body)
    except ValueError:
        return body
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return str(value)
    inner = value.get("error", value)
    if not isinstance(inner, dict):
        return str(inner)
    parts = [inner[name] for name in ("message", "detail") if inner.get(name)]
    return ": ".join(map(str, parts)) if parts else str(inner)


def _wait(error: urllib.error.HTTPError, body: str) -> float | None:
    """Seconds to wait: Retry-After as a number or a date (RFC 9110, 10.2.3), or Google's `retryDelay`."""
    value = error.headers.get("Retry-After") if error.headers else None
    if not value:
        delay = _DELAY.search(body)
        return float(delay.group(1)) if delay else None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
