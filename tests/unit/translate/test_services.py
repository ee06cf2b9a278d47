"""Reading what services say: failures, paths into answers, requests from templates, prices."""

from __future__ import annotations

import io
import json
import urllib.error
from email.message import Message
from typing import Any

import pytest

from harness.errors import ConfigError
from harness.results.record import Usage
from harness.run.usage import another_model
from harness.translate.engines.rest_replies import Answers, Paths
from harness.translate.servers import template
from harness.translate.servers.failures import Broken, failure
from harness.translate.servers.jsonpath import select, steps
from harness.translate.servers.prices import Prices, tokens

A_DAY = {"error": {"code": 429, "message": "You exceeded your current quota", "details": ["XPerDayY"]}}
A_MINUTE = {"error": {"message": "You exceeded your current quota", "details": [{"retryDelay": "2s"}]}}


@pytest.mark.parametrize(
    ("code", "body", "headers", "meaning"),
    [
        (456, {"message": "Quota Exceeded"}, {}, "quota"),  # DeepL
        (403, {"message": "Forbidden"}, {}, "key"),
        (429, {"message": "Too many requests"}, {}, "again"),
        (529, {"message": "Too many requests"}, {}, "again"),
        (413, {"message": "Request size exceeds limit"}, {}, "text"),
        (403, {"error": {"message": "Daily Limit Exceeded"}}, {}, "quota"),  # Google
        (403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}], "message": "…"}}, {},
         "again"),
        (400, {"error": {"message": "API key not valid. Please pass a valid API key."}}, {}, "key"),
        (429, A_DAY, {}, "quota"),  # Gemini
        (429, A_MINUTE, {}, "again"),
        (429, {"error": {"message": "You exceeded your current quota, check your billing"}}, {}, "quota"),
        (403, {"error": {"code": 403001, "message": "It has exceeded its free quota."}}, {}, "quota"),
        (429, {"error": {"code": 429001, "message": "exceeded request limits"}}, {}, "again"),  # Azure
        (401, {"error": {"code": 401000, "message": "credentials are missing"}}, {}, "key"),
        (429, {"error": {"code": "insufficient_quota"}}, {"Retry-After": "1"}, "quota"),  # OpenAI
        (429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, {}, "again"),
        (400, {"error": {"message": "Your credit balance is too low"}}, {}, "quota"),  # Anthropic
        (402, {"error": {"type": "billing_error", "message": "…"}}, {}, "quota"),
        (504, {"error": {"type": "timeout_error", "message": "…"}}, {}, "again"),
        (404, {"error": {"type": "not_found_error", "message": "model: x"}}, {}, "missing"),
        (501, "no", {}, "other"),
        (302, "", {}, "other"),
    ],
)  # fmt: skip
def test_what_a_status_means(code: int, body: Any, headers: dict[str, str], meaning: str) -> None:
    found = failure(_error(code, body, headers))
    assert found.meaning == meaning and "\n" not in found.said


def _error(code: int, body: Any, headers: dict[str, str]) -> urllib.error.HTTPError:
    told = Message()
    for name, value in headers.items():
        told[name] = value
    data = body if isinstance(body, str) else json.dumps(body)
    return urllib.error.HTTPError("http://x", code, "Reason", told, io.BytesIO(data.encode()))


def test_how_long_to_wait() -> None:
    assert failure(_error(429, "", {"Retry-After": "7"})).wait == 7
    assert failure(_error(429, A_MINUTE, {})).wait == 2
    assert failure(_error(429, "", {"Retry-After": "Fri, 01 Jan 2021 00:00:00 GMT"})).wait == 0
    assert failure(_error(429, "", {})).wait is None


VALUE = {"a": [{"t": "x", "k": "text"}, {"t": "y", "k": "thinking", "thought": True}], "b": {"c": 3}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a[*].t", ["x", "y"]), ("a[0].t", ["x"]), ("a[-1].t", ["y"]), ("a[5].t", []), ("a[k=text].t", ["x"]),
        ("a[!thought].t", ["x"]), ("a[thought=true].t", ["y"]), ("$.b.c", [3]), ("b.none", []), ("a.t", []),
    ],
)  # fmt: skip
def test_paths_into_answers(path: str, found: list[Any]) -> None:
    assert select(VALUE, steps(path, "engine.output")) == found
    assert select([VALUE], steps(f"[*].{path.removeprefix('$.')}", "engine.output")) == found


@pytest.mark.parametrize("path", ["a[", "a..b", "a]", "[]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ConfigError, match="engine.output=.*not a path"):
        steps(path, "engine.output")


def test_a_template_has_an_item_for_each_text_and_leaves_out_what_is_not_set() -> None:
    wanted = {
        "to": "{tgt}", "items": [{"Text": "<{text}>"}], "system": [{"text": "{system}"}], "stop": "{stop}",
        "n": 1, "none": None, "kept": [], "both": ["{src}", "{tgt}"],
    }  # fmt: skip
    values = {"src": "fr", "tgt": "pl", "system": None, "stop": ["#"]}
    texts = [{"text": "a {tgt}"}, {"text": "b"}]
    assert template.fill(wanted, values, texts) == {
        "to": "pl", "items": [{"Text": "<a {tgt}>"}, {"Text": "<b>"}], "stop": ["#"], "n": 1, "kept": [],
        "both": ["fr", "pl"],
    }  # fmt: skip
    assert template.fill([{"Text": "{text}"}], values, texts) == [{"Text": "a {tgt}"}, {"Text": "b"}]
    assert template.repeats(wanted) and not template.repeats({"q": "{text}", "l": ["a", "{text}"]})


def test_prices() -> None:
    prices = Prices.of({"input": "2.5", "output": 10, "currency": "EUR"})
    assert prices is not None and prices.cost(100, 1000, 100) == pytest.approx(0.0035)
    assert Prices.of({"characters": 20}).cost(50_000, 9, 9) == 1.0  # type: ignore[union-attr]
    assert Prices.of(None) is None
    for bad in ({"input": -1}, {"input": "much"}, {"currency": "EUR"}):
        with pytest.raises(ConfigError, match="engine.prices"):
            Prices.of(bad)  # type: ignore[arg-type]
    assert tokens("") == 0 and 8 <= tokens("The translation is about this long.") <= 12


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [
        ("m", "m-2026-01 fp_1", False), ("Qwen/Qwen3-8B", "qwen3-8b", False), ("gpt-x", "llama.gguf", True),
        ("/models/a.gguf", "a.gguf", False), (None, "nmt", False),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", True), ("gpt-4o", "gpt-4o-2024-08-06", False),
    ],
)  # fmt: skip
def test_a_model_that_was_not_asked_for_is_told(asked: str | None, answered: str, told: bool) -> None:
    assert bool(another_model(Usage(1, served_by={answered: 2}), asked)) == told


@pytest.mark.parametrize(("given", "counted"), [("7", 7), ("-7", None), ("9" * 5000, None), ("[1]", None)])
def test_a_count_that_is_none_is_not_given(given: str, counted: int | None) -> None:
    paths = Paths.of("text", None, None, "in", "out", None, None)
    read = Answers(paths, 1, "u").read
    (found,) = read(f'{{"text": "Ala", "in": {given}, "out": {given}}}'.encode())
    assert (found.text, found.details.prompt_tokens, found.n_tokens) == ("Ala", counted, counted)
    for cut in (b'{"text": "Al', b"[" * 100_000, b"", b"\xff"):
        with pytest.raises(Broken):
            read(cut)
