"""A small client for translation services: retries with backoff, rate limits, no key in any message."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from typing import Any, TypeVar

from harness.common.progress import note
from harness.errors import StageError, UnavailableError
from harness.translate.servers.budget import Budget
from harness.translate.servers.failures import Broken, Empty, Failure, Inside, Refused, Useless, failure

T = TypeVar("T")
_MAX_WAIT = 60.0
_TOLD = 10.0  # seconds of a wait from which it is told
_EMPTY_IN_A_ROW = 2
"""Requests that in a row had no output to the last try: from then each is tried once, until one has."""


@dataclass(frozen=True, slots=True)
class Service:
    """Whom to ask, and how messages speak of it.

    `shown` is its address without any key; `secrets` are the texts that no message may repeat; `key_names`
    are the environment variables with its keys; `missing` is the remedy where it says "not found"; `another`
    the option that names another address.
    """

    shown: str
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    key_names: tuple[str, ...] = ()
    missing: str = ""
    another: str = "engine.url=…"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected request would carry the key to wherever the answer points."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Client:
    """Posts JSON; safe to use from several threads. `base_wait`: seconds before the first retry."""

    base_wait = 1.0

    def __init__(
        self, service: Service, timeout: float, retries: int, per_minute: float | None, budget: Budget
    ) -> None:
        self._service, self._timeout, self._retries, self._budget = service, timeout, retries, budget
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._lock = threading.Lock()
        self._not_before = 0.0  # monotonic time before which no request may start, for all threads
        self._stopped = threading.Event()
        self._empty = 0  # requests in a row without an output to the last try
        self._opener = urllib.request.build_opener(_NoRedirect)

    def begin(self) -> None:
        """Wait between tries again, after a `stop`."""
        self._stopped.clear()

    def stop(self) -> None:
        """Wake and stop all waiting threads."""
        self._stopped.set()

    def post(self, url: str, body: Any, read: Callable[[bytes], T]) -> T:
        """What `read` makes of the answer; it raises Empty or Broken where another try may do better.

        Raises Refused (this text), UnavailableError (out of reach, key refused, quota used up) or StageError
        (no answer). A service that fails on a text to the last try (500, no output in its answer, an answer
        that is cut) refuses it.
        """
        problem, of_text, empty = "no answer", False, False
        refused: type[Refused] = Refused
        tries = 1 if self._empty >= _EMPTY_IN_A_ROW else self._retries + 1
        for attempt in range(tries):
            self._wait_for_turn()
            self._budget.request()
            asked, empty, refused = None, False, Refused
            try:
                value = read(self._send(url, body))
                with self._lock:
                    self._empty = 0
                return value
            except urllib.error.HTTPError as error:
                found = failure(error)
                problem = self._without_key(found.said)
                if found.meaning != "again":
                    raise self._final(found, problem) from None
                asked, of_text = found.wait, found.code == 500
            except Inside as error:
                problem, of_text = self._without_key(str(error)), True
                if error.failure.meaning != "again":
                    raise self._final(error.failure, problem) from None
            except (Empty, Broken) as error:
                problem, of_text, empty, refused = self._without_key(str(error)), True, True, Useless
            except (OSError, HTTPException) as error:
                problem, of_text = _said(error), False
            if attempt < tries - 1:
                self._pause(attempt, asked)
        with self._lock:
            self._empty += empty
        tried = f"{tries} tries" if tries > 1 else "1 try"
        if tries <= self._retries:
            tried += f", after {_EMPTY_IN_A_ROW} times {self._retries + 1} tries in vain"
        if of_text:
            raise refused(f"{problem} ({tried})")
        raise UnavailableError(
            f"{self._service.shown} did not answer ({problem}; {tried}); is the server running?"
            f" Another one: {self._service.another}"
        )

    def _send(self, url: str, body: Any) -> bytes:
        headers = {
            "Content-Type": "application/json", "Accept": "application/json", **self._service.headers
        }  # fmt: skip
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        request = urllib.request.Request(url, data, headers, method="POST")
        with self._opener.open(request, timeout=self._timeout) as response:
            try:
                payload: bytes = response.read()
            except IncompleteRead as error:
                raise Broken(error.partial) from None
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
            asked = min(asked, _MAX_WAIT)
            if asked >= _TOLD:
                note(f"{self._service.shown} asks to wait; the next request is sent in {asked:.0f} s")
            with self._lock:
                self._not_before = max(self._not_before, time.monotonic() + asked)
            return
        delay = min(_MAX_WAIT, self.base_wait * 2**attempt) * random.uniform(0.75, 1.25)
        if self._stopped.wait(delay):
            raise StageError("stopped")

    def _final(self, found: Failure, problem: str) -> Exception:
        shown, names = self._service.shown, " or ".join(self._service.key_names)
        if found.meaning == "key":
            have = "the server rejected the key" if self._service.secrets else "the server requires a key"
            return UnavailableError(
                f"{shown}: {have} ({problem}); put a valid one into the environment variable"
                f" {names or '(engine.api_key_env, or engine.headers of engine=rest, name it)'}"
            )
        if found.meaning == "quota":
            return UnavailableError(
                f"{shown}: the account has no quota or credit left ({problem}); finished texts are kept,"
                " the same command goes on from there"
            )
        if found.meaning == "missing":
            return UnavailableError(f"{shown}: not found ({problem}); {self._service.missing}")
        if found.meaning == "text":
            return Refused(problem)
        return UnavailableError(f"{shown}: {problem}")

    def _without_key(self, text: str) -> str:
        for secret in self._service.secrets:
            text = text.replace(secret, "…")
        return text


def _said(error: OSError | HTTPException) -> str:
    """What went wrong on the way, in words."""
    if isinstance(error, HTTPException) and not isinstance(error, OSError):
        said = " ".join(str(error).split())[:80]
        return f"the answer is not HTTP: {said}" if said else "the answer is not HTTP"
    return str(getattr(error, "reason", "") or error or "no connection")
