"""A small client for OpenAI-compatible servers: retries with backoff, rate limits, no key in any message."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

from harness.errors import StageError, UnavailableError
from harness.translate.engines.replies import Empty, Refused, Reply, reply

# Of the 5xx only "not implemented" and "HTTP version" are for good; 520 to 529 are those of proxies.
_PASSING = {408, 409, 425, 429, *range(500, 600)} - {501, 505}
_MAX_WAIT = 60.0


class Client:
    """Posts JSON; safe to use from several threads. `base_wait`: seconds before the first retry."""

    base_wait = 1.0

    def __init__(
        self,
        url: str,
        key: str | None,
        key_name: str | None,
        timeout: float,
        retries: int,
        per_minute: float | None,
    ) -> None:
        self._url, self._key, self._key_name = url, key, key_name
        self._timeout, self._retries = timeout, retries
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._lock = threading.Lock()
        self._not_before = 0.0  # monotonic time before which no request may start, for all threads
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Wake and stop all waiting threads."""
        self._stopped.set()

    def post(self, path: str, body: dict[str, Any]) -> Reply:
        """Raises Refused (this text), UnavailableError (out of reach, key refused) or StageError (no answer).

        A server that fails on a text to the last try (500, an answer without a completion) refuses it.
        """
        problem, of_text = "no answer", False
        for attempt in range(self._retries + 1):
            self._wait_for_turn()
            try:
                return reply(self._send(path, body), self._url)
            except urllib.error.HTTPError as error:
                problem = self._problem(error)
                if error.code not in _PASSING:
                    raise self._final(error.code, problem) from None
                asked, of_text = _retry_after(error), error.code == 500
            except Empty as error:
                problem, asked, of_text = self._without_key(str(error)), None, True
            except (OSError, HTTPException) as error:
                problem, asked = str(getattr(error, "reason", "") or error or type(error).__name__), None
                of_text = False
            if attempt < self._retries:
                self._pause(attempt, asked)
        tries = f"{self._retries + 1} tries" if self._retries else "1 try"
        if of_text:
            raise Refused(f"{problem} ({tries})")
        raise UnavailableError(
            f"{self._url} did not answer ({problem}; {tries}); is the server running?"
            " Another one: engine.base_url=…"
        )

    def _send(self, path: str, body: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        request = urllib.request.Request(self._url + path, data, headers, method="POST")
        with urllib.request.urlopen(request, timeout=self._timeout) as response:
            payload: bytes = response.read()
        return payload

    def _wait_for_turn(self) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                delay = self._not_before - now
                if delay <= 0:
                    self._not_before = (
                        max(self._not_before, now) + self._gap if self._gap else self._not_before
                    )
                    return
            if self._stopped.wait(delay):
                raise StageError("stopped")

    def _pause(self, attempt: int, asked: float | None) -> None:
        """Wait before the next try; where the server says how long, every thread waits."""
        if asked is not None:
            with self._lock:
                self._not_before = max(self._not_before, time.monotonic() + min(asked, _MAX_WAIT))
            return
        delay = min(_MAX_WAIT, self.base_wait * 2**attempt) * random.uniform(0.75, 1.25)
        if self._stopped.wait(delay):
            raise StageError("stopped")

    def _final(self, code: int, problem: str) -> Exception:
        if code in (401, 403):
            have = "the server rejected the key" if self._key else "the server requires a key"
            return UnavailableError(
                f"{self._url}: {have} ({problem}); put a valid one into the environment variable"
                f" {self._key_name or '(name it with engine.api_key_env)'}"
            )
        if code == 404:
            return UnavailableError(
                f"{self._url}: not found ({problem}); engine.base_url must end in /v1, and model.id be one"
                " of that server's models"
            )
        if code in (400, 413, 422):
            return Refused(problem)
        return UnavailableError(f"{self._url}: {problem}")

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text

    def _problem(self, error: urllib.error.HTTPError) -> str:
        """Status and the server's message on one line, without the key should it repeat it."""
        with error:
            text = error.read().decode("utf-8", "replace")
        try:
            value = json.loads(text)
            inner = value.get("error", value.get("detail", value)) if isinstance(value, dict) else value
            text = str(inner.get("message", inner) if isinstance(inner, dict) else inner)
        except ValueError:
            pass
        text = " ".join(text.split())[:200]
        text = self._without_key(text)
        return f"{error.code} {error.reason}: {text}" if text else f"{error.code} {error.reason}"


def _retry_after(error: urllib.error.HTTPError) -> float | None:
    """Seconds the server asks to wait: a number or a date (RFC 9110, 10.2.3)."""
    value = error.headers.get("Retry-After")
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
