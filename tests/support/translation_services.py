"""Loopback services that keep to the published references of the real ones: requests, limits, answers and
errors.

Each "translates" by writing in capitals. `KEY` is the only valid key. A text may ask for trouble: "[quota]",
"[busy]" (once for each text), "[bad]".
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "k-3cret"
Answer = tuple[int, dict[str, str], Any]


@dataclass
class Asked:
    """A request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]  # by lower-case name
    body: Any


@dataclass
class Served:
    """A service that runs: its address, and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    model: str = "m-2026-01-01"  # what it says it is

    def busy(self, texts: list[str]) -> bool:
        """Whether a text that asks for it comes for the first time."""
        new = [text for text in texts if "[busy]" in text and text not in self.seen]
        self.seen.update(new)
        return bool(new)


def _has(texts: list[str], sign: str) -> bool:
    return any(sign in text for text in texts)


_DEEPL_TARGET = re.compile(
    r"ar|bg|cs|da|de|el|en-gb|en-us|es|et|fi|fr|hu|id|it|ja|ko|lt|lv|nb|nl|pl|pt-br|pt-pt|ro|ru|sk|sl|sv|tr|uk"
    r"|zh-hans|zh-hant", re.I
)  # fmt: skip


def deepl(asked: Asked, served: Served) -> Answer:
    """POST /v2/translate; at most 50 texts and 128 KiB; 403 wrong key, 456 quota, 429 too many."""
    if asked.headers.get("authorization") != f"DeepL-Auth-Key {KEY}":
        return 403, {}, {"message": "Forbidden"}
    body = asked.body
    texts = body.get("text")
    if not isinstance(texts, list) or not texts or len(texts) > 50 or len(json.dumps(body)) > 128 * 1024:
        return 400, {}, {"message": "Bad request. Reason: Parameter 'text' not specified or too many."}
    if not _DEEPL_TARGET.fullmatch(body.get("target_lang", "")):
        return 400, {}, {"message": "Value for 'target_lang' not supported."}
    if any(value is None for value in body.values()) or "-" in body["source_lang"]:
        return 400, {}, {"message": "Value for 'source_lang' not supported."}
    if _has(texts, "[quota]"):
        return 456, {}, {"message": "Quota Exceeded"}
    if served.busy(texts):
        return 429, {}, {"message": "Too many requests"}
    if _has(texts, "[bad]"):
        return 400, {}, {"message": "Bad request", "detail": "this text cannot be read"}
    source = body["source_lang"].upper()
    return 200, {}, {"translations": [{"detected_source_language": source, "text": t.upper()} for t in texts]}


def google_v2(asked: Asked, served: Served) -> Answer:
    """POST /language/translate/v2; at most 128 strings; entities unless the format is text."""
    if asked.headers.get("x-goog-api-key") != KEY:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        message = "API key not valid. Please pass a valid API key."
        return 400, {}, {
            "error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": [info]}
        }  # fmt: skip
    texts = asked.body.get("q")
    if not isinstance(texts, list) or len(texts) > 128 or asked.body.get("target") != "pl":
        return (
            400,
            {},
            {"error": {"code": 400, "message": "Invalid Value", "errors": []}},
        )
    if _has(texts, "[quota]"):
        reason = [
            {"message": "Daily Limit Exceeded", "domain": "usageLimits", "reason": "dailyLimitExceeded"}
        ]
        return 403, {}, {"error": {"code": 403, "message": "Daily Limit Exceeded", "errors": reason}}
    if served.busy(texts):
        reason = [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]
        return 403, {}, {"error": {"code": 403, "message": "User Rate Limit Exceeded", "errors": reason}}
    if _has(texts, "[bad]"):
        return 400, {}, {"error": {"code": 400, "message": "Bad language pair", "status": "INVALID_ARGUMENT"}}
    plain = asked.body.get("format") == "text"
    outputs = [text.upper() if plain else text.upper().replace("'", "&#39;") for text in texts]
    return 200, {}, {"data": {"translations": [{"translatedText": text} for text in outputs]}}


def google_v3(asked: Asked, served: Served) -> Answer:
    """POST /v3/projects/P/locations/L:translateText with a bearer token; at most 1,024 strings."""
    error: Callable[[int, str, str], Answer] = lambda code, status, message: (  # noqa: E731
        code, {}, {"error": {"code": code, "message": message, "status": status}}
    )  # fmt: skip
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    texts = asked.body.get("contents")
    if not isinstance(texts, list) or len(texts) > 1024 or "targetLanguageCode" not in asked.body:
        return error(400, "INVALID_ARGUMENT", "Target language is missing.")
    if _has(texts, "[quota]"):
        return error(403, "RESOURCE_EXHAUSTED", "Daily Limit Exceeded")
    if served.busy(texts):
        value = {
            "code": 429,
            "message": "Quota exceeded: requests a minute",
            "status": "RESOURCE_EXHAUSTED",
        }
        return 429, {"Retry-After": "0"}, {"error": value}
    if _has(texts, "[bad]"):
        return error(400, "INVALID_ARGUMENT", "Text is too long.")
    plain = asked.body.get("mimeType") == "text/plain"
    outputs = [text.upper() if plain else text.upper().replace("'", "&#39;") for text in texts]
    return 200, {}, {"translations": [{"translatedText": text} for text in outputs]}


def azure(asked: Asked, served: Served) -> Answer:
    """POST /translate?api-version=3.0; an array of {Text}; at most 1,000 of them and 50,000 characters."""
    error: Callable[[int, int, str], Answer] = lambda status, code, message: (  # noqa: E731
        status, {}, {"error": {"code": code, "message": message}}
    )  # fmt: skip
    if asked.headers.get("ocp-apim-subscription-key") != KEY:
        message = "The request is not authorized because credentials are missing or invalid."
        return error(401, 401000, message)
    if asked.query.get("api-version") != "3.0" or asked.query.get("to") != "pl":
        return error(400, 400036, "The target language is not valid.")
    if not isinstance(asked.body, list) or len(asked.body) > 1000:
        return error(400, 400074, "The body of the request is not valid JSON.")
    texts = [item["Text"] for item in asked.body]
    if sum(map(len, texts)) > 50_000:
        return error(400, 400077, "The maximum request size has been exceeded.")
    if _has(texts, "[quota]"):
        return error(403, 403001, "The subscription has exceeded its free quota.")
    if served.busy(texts):
        return error(429, 429000, "The client has exceeded request limits.")
    if _has(texts, "[bad]"):
        return error(400, 400020, "One of the elements in the array of input text is not valid.")
    return 200, {}, [{"translations": [{"text": text.upper(), "to": "pl"}]} for text in texts]


def anthropic(asked: Asked, served: Served) -> Answer:
    """POST /v1/messages; `max_tokens` and `messages` are required; unknown fields are refused."""
    error: Callable[[int, str, str], Answer] = lambda status, kind, message: (  # noqa: E731
        status, {}, {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    )  # fmt: skip
    if asked.headers.get("x-api-key") != KEY:
        return error(401, "authentication_error", "invalid x-api-key")
    body = asked.body
    known = {"model", "max_tokens", "messages", "system", "stop_sequences", "temperature", "thinking"}
    if (
        asked.headers.get("anthropic-version") != "2023-06-01"
        or set(body) - known
        or not body.get("max_tokens")
    ):
        return error(400, "invalid_request_error", "max_tokens: Field required")
    text = body["messages"][0]["content"].rpartition("\n\n")[2]
    if body["model"] != "claude-x":
        return error(404, "not_found_error", f"model: {body['model']}")
    if "[quota]" in text:
        message = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
        return error(400, "invalid_request_error", message)
    if served.busy([text]):
        return error(529, "overloaded_error", "Overloaded")
    if "[bad]" in text:
        return error(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")
    content = [
        {"type": "thinking", "thinking": "Capitals.", "signature": "x"},
        {"type": "text", "text": text.upper()},
    ]
    reason = "max_tokens" if "[long]" in text else "refusal" if "[rude]" in text else "end_turn"
    return 200, {}, {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x-20260101",
        "content": content,
        "stop_reason": reason, "stop_sequence": None, "usage": {"input_tokens": 30, "output_tokens": 7},
    }  # fmt: skip


def gemini(asked: Asked, served: Served) -> Answer:
    """POST /v1beta/models/M:generateContent; a blocked prompt has no candidates."""
    error: Callable[[int, str, str, list[Any]], Answer] = lambda code, status, message, details: (  # noqa: E731
        code, {}, {"error": {"code": code, "message": message, "status": status, "details": details}}
    )  # fmt: skip
    if asked.headers.get("x-goog-api-key") != KEY:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", details)
    if asked.path != "/v1beta/models/gemini-x:generateContent":
        return error(404, "NOT_FOUND", "models/… is not found for API version v1beta", [])
    text = asked.body["contents"][0]["parts"][0]["text"].rpartition("\n\n")[2]
    message = "You exceeded your current quota, please check your plan and billing details."
    if "[quota]" in text:
        a_day = [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]
        details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": a_day}]
        return error(429, "RESOURCE_EXHAUSTED", message, details)
    if served.busy([text]):
        details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.05s"}]
        return error(429, "RESOURCE_EXHAUSTED", message, details)
    if "[bad]" in text:
        return (
            200,
            {},
            {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "gemini-x-001"},
        )
    parts = [{"text": "Capitals.", "thought": True}, {"text": text.upper()[:3]}, {"text": text.upper()[3:]}]
    reason = "MAX_TOKENS" if "[long]" in text else "SAFETY" if "[rude]" in text else "STOP"
    return 200, {}, {
        "candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": reason, "index": 0}],
        "usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 7, "totalTokenCount": 37},
        "modelVersion": "gemini-x-001",
    }  # fmt: skip


def openai(asked: Asked, served: Served) -> Answer:
    """POST /v1/chat/completions; answers in quotes, and with usage, model and fingerprint."""
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return 401, {}, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}
    text = asked.body["messages"][-1]["content"].rpartition("\n\n")[2]
    if "[quota]" in text:
        message = "You exceeded your current quota, please check your plan and billing details."
        return (
            429,
            {},
            {"error": {"message": message, "type": "insufficient_quota", "code": "insufficient_quota"}},
        )
    if served.busy([text]):
        return (
            429,
            {"Retry-After": "0"},
            {"error": {"message": "Slow down", "code": "rate_limit_exceeded"}},
        )
    message = {"role": "assistant", "content": f'"{text.upper()}"', "reasoning_content": "Capitals."}
    return (
        200,
        {},
        {
            "model": served.model,
            "system_fingerprint": "fp_1",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37},
        },
    )


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
        with self.server.lock:
            self.server.served.asked.append(asked)
            status, headers, value = self.server.answer(asked, self.server.served)
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, content in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, content)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    answer: Callable[[Asked, Served], Answer]
    served: Served
    lock: threading.Lock
    daemon_threads = True


@contextmanager
def service(answer: Callable[[Asked, Served], Answer]) -> Iterator[Served]:
    """A service on loopback for as long as the context lasts."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.answer, server.lock = answer, threading.Lock()  # type: ignore[method-assign]
        server.served = Served(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.served
        finally:
            server.shutdown()
            thread.join()
