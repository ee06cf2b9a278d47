"""The openai engine against a scripted server and against a real `transformers serve`, both on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, StageError, UnavailableError
from harness.metrics.health import health
from harness.translate.runner import translate
from harness.translate.servers.client import Client
from tests.support import tiny_checkpoints as checkpoints
from tests.support.program import PATIENCE, wait_until

Answer = tuple[int, dict[str, str], Any]
PROMPT = "Into {target_language}: {text}"


def completion(text: str, reason: str = "stop") -> Answer:
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": reason}
    return 200, {}, {"choices": [choice], "usage": {"completion_tokens": len(text)}}


class Server:
    """Answers by `script(text, attempt)`; keeps what it saw."""

    def __init__(self, script: Callable[[str, int], Answer]) -> None:
        self.seen: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.most_at_once = 0
        attempts: dict[str, int] = {}
        active: set[int] = set()
        lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                text = body["messages"][-1]["content"].split(": ", 1)[1]
                with lock:
                    attempts[text] = attempts.get(text, 0) + 1
                    number = attempts[text]
                    active.add(threading.get_ident())
                    server.most_at_once = max(server.most_at_once, len(active))
                    server.seen.append({"path": self.path, "key": self.headers["Authorization"], **body})
                    server.times.append(time.monotonic())
                status, headers, value = script(text, number)
                with lock:
                    active.discard(threading.get_ident())
                if status == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
                self.send_response(status)
                length = len(data)
                if "X-Cut" in headers:  # so much is missing at its end
                    data = data[: -int(headers["X-Cut"])]
                    self.close_connection = True
                for name, content in {**headers, "Content-Length": str(length)}.items():
                    self.send_header(name, content)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[str, int], Answer]], Server]]:
    with contextlib.ExitStack() as stack:

        def start(script: Callable[[str, int], Answer]) -> Server:
            server = Server(script)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "base_wait", 0.01)


def engine(url: str, model: dict[str, Any] | None = None, **options: Any) -> Any:
    chosen = {"name": "openai", "id": "tiny", "family": "llm", "prompt": PROMPT, **(model or {})}
    return registry.build(
        "engine", {"kind": "openai", "base_url": url, **options}, model=chosen, src="fr", tgt="pl"
    )


def test_what_the_chat_template_is_given_goes_to_the_server(serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, _: completion(text))
    model = {"chat_template_kwargs": {"enable_thinking": False}}
    translate(engine(server.url, model), ["a"], tmp_path)
    assert server.seen[0]["chat_template_kwargs"] == {"enable_thinking": False}
    translate(engine(server.url), ["a"], tmp_path)
    assert "chat_template_kwargs" not in server.seen[1]


def test_the_reason_is_told_after_tries_in_vain(serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, _: (500, {}, "boom"))
    with pytest.raises(StageError, match="500 Internal Server Error: boom"):
        translate(engine(server.url, retries=1), ["a", "b", "c", "d"], tmp_path)


def test_no_content_is_no_translation(serve: Any, tmp_path: Path) -> None:
    def script(text: str, attempt: int) -> Answer:
        _, _, value = completion(text)
        if text == "b" or attempt == 1:
            value["choices"][0]["message"]["content"] = None
        return 200, {}, value

    found = translate(engine(serve(script).url, retries=1), ["a", "b", "c"], tmp_path)
    assert [(t.hypothesis, t.finish_reason) for t in found] == [("a", "stop"), ("", "error"), ("c", "stop")]


def test_order_options_and_concurrency(serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = threading.Event()

    def slow(text: str, _: int) -> Answer:
        if text == "s5":
            others.set()
        elif text == "s0":  # the first asked is the last answered of the first six
            assert others.wait(PATIENCE)
        return completion(text.upper(), "length" if text == "s3" else "stop")

    server = serve(slow)
    monkeypatch.setenv("MY_KEY", "sk-secret")
    built = engine(server.url, concurrency=3, api_key_env="MY_KEY", seed=5, extra={"top_k": 1})
    sources = [f"s{i}" for i in range(20)]
    found = translate(built, sources, tmp_path)
    assert [t.hypothesis for t in found] == [s.upper() for s in sources]
    assert [t.source for t in found if t.finish_reason == "length"] == ["s3"]
    assert 1 < server.most_at_once <= 3
    first = server.seen[0]
    assert first["key"] == "Bearer sk-secret"
    assert (first["temperature"], first["seed"], first["top_k"], first["path"]) == (
        0.0,
        5,
        1,
        "/v1/chat/completions",
    )
    assert first["messages"][0]["content"].startswith("Into Polish: s")
    stored = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "tiny" in stored
    assert "sk-secret" not in stored + json.dumps(built.identity)


def test_passing_failures_are_tried_again(serve: Any, tmp_path: Path) -> None:
    def flaky(text: str, attempt: int) -> Answer:
        if attempt == 1:
            return {
                "a": (503, {}, "busy"),
                "b": (0, {}, None),
                "c": (500, {}, {"error": {"message": "oops"}}),
            }[text]
        return completion(text.upper())

    found = translate(engine(serve(flaky).url), ["a", "b", "c"], tmp_path)
    assert [t.hypothesis for t in found] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "answer",
    [
        (520, {}, "unknown"),
        (529, {}, {"error": {"message": "overloaded"}}),
        (200, {}, {"choices": []}),
        (200, {}, {"error": {"message": "upstream failed", "code": 502}}),
    ],
)
def test_odd_failures_are_tried_again(answer: Answer, serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, attempt: answer if attempt == 1 else completion(text.upper()))
    assert [t.hypothesis for t in translate(engine(server.url), ["a"], tmp_path)] == ["A"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((500, {}, {"error": {"message": "no such token"}}), "no such token"),
        ((200, {}, {"choices": []}), "no choices"),
        ((200, {}, {"error": {"message": "bad sk-secret", "code": 500}}), "sent as a success: bad …"),
        ((200, {}, {"error": {"message": "too long", "code": 400}}), "too long"),
    ],
)
def test_a_text_that_the_server_cannot_do_fails_alone(
    answer: Answer, message: str, serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    server = serve(lambda text, _: answer if text == "bad" else completion(text))
    asking = engine(server.url, api_key_env="MY_KEY", concurrency=1, retries=1)
    found = translate(asking, ["a", "bad", "b"], tmp_path)
    assert [t.finish_reason for t in found] == ["stop", "error", "stop"]
    assert message in str(found[1].error)


@pytest.mark.parametrize(
    ("code", "message"), [(402, "no quota or credit left"), (401, "the server rejected the key")]
)
def test_an_error_of_the_account_inside_a_success_ends_the_run(
    code: int, message: str, serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    server = serve(lambda text, _: (200, {}, {"error": {"message": "no sk-secret", "code": code}}))
    with pytest.raises(UnavailableError, match=f"{message} .*sent as a success: no …"):
        translate(engine(server.url, api_key_env="MY_KEY", concurrency=1), ["a", "b"], tmp_path)
    assert len(server.seen) <= 2


@pytest.mark.parametrize(
    ("said", "expected"),
    [("eos_token", "stop"), ("end_turn", "stop"), ("STOP", "stop"), ("max_tokens", "length"),
     ("MAX_TOKENS", "length"), (None, "stop")],
)  # fmt: skip
def test_reasons_to_finish_in_any_spelling(said: Any, expected: str, serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, _: completion(text, said))
    assert [t.finish_reason for t in translate(engine(server.url), ["a"], tmp_path)] == [expected]


def test_content_in_parts_and_thoughts_apart(serve: Any, tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "Dzień "}, {"type": "text", "text": "dobry"}]
    message = {"content": parts, "reasoning_content": "The user wants Polish."}
    answer = {"choices": [{"message": message, "finish_reason": "stop"}]}
    server = serve(lambda text, _: (200, {}, answer))
    assert [t.hypothesis for t in translate(engine(server.url), ["a"], tmp_path)] == ["Dzień dobry"]


THINKING = {"type": "thinking", "thinking": [{"type": "text", "text": "Polish."}]}
PARTS = {
    "thinking, as Mistral sends it": (
        [THINKING, {"type": "text", "text": "Tak"}],
        {},
    ),
    "thinking, as a string": ([{"type": "thinking", "thinking": "Polish."}, "Tak"], {}),
    "reasoning with a text": (
        [{"type": "reasoning", "text": "Polish."}, {"type": "output_text", "text": "Tak"}],
        {},
    ),
    "reasoning": ("Tak", {"reasoning": "Polish."}),
    "reasoning in details": ("Tak", {"reasoning_details": [{"type": "reasoning.text", "text": "Polish."}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_thoughts_of_any_dialect_are_kept_apart(name: str, serve: Any, tmp_path: Path) -> None:
    content, more = PARTS[name]
    answer = {"choices": [{"message": {"content": content, **more}, "finish_reason": "stop"}]}
    server = serve(lambda text, _: (200, {}, answer))
    (found,) = translate(engine(server.url), ["a"], tmp_path)
    assert (found.hypothesis, found.details.reasoning) == ("Tak", "Polish.")


REFUSALS: dict[str, dict[str, Any]] = {
    "in the message": {"content": None, "refusal": "I can't help with that."},
    "beside an empty content": {"content": "", "refusal": "I can't help with that."},
    "as a part": {"content": [{"type": "refusal", "refusal": "I can't help with that."}]},
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_an_error_that_health_calls_one(name: str, serve: Any, tmp_path: Path) -> None:
    refused = 200, {}, {"choices": [{"message": REFUSALS[name], "finish_reason": "stop"}]}
    server = serve(lambda text, _: refused if text == "rude" else completion(text))
    found = translate(engine(server.url, concurrency=1), ["a", "rude"], tmp_path)
    assert [t.finish_reason for t in found] == ["stop", "error"]
    assert found[1].error == "refused: I can't help with that."
    assert len(server.seen) == 2, "asking again brings the same"
    flags = health("rude", found[1].hypothesis, "error", "fr", "pl", error=found[1].error)
    assert flags == ("failed", "empty", "refusal")


def test_a_text_that_a_filter_stops_is_refused(serve: Any, tmp_path: Path) -> None:
    said = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    stopped = 400, {}, {"error": {"message": said, "code": "content_filter", "status": 400}}
    scripts = {"rude": stopped, "late": completion("", "content_filter")}
    server = serve(lambda text, _: scripts.get(text, completion(text)))
    found = translate(engine(server.url, concurrency=1), ["a", *scripts], tmp_path)
    for translation in found[1:]:
        assert "refusal" in health("x", "", "error", "fr", "pl", error=translation.error)
    assert "refusal" not in health("x", "", "error", "fr", "pl", error="400 Bad Request: too long")


def test_the_limit_under_its_other_name(serve: Any, tmp_path: Path) -> None:
    wanted = {"error": {"message": "Unsupported parameter: use 'max_completion_tokens' instead."}}

    def script(text: str, _: int) -> Answer:
        return completion(text) if "max_completion_tokens" in picky.seen[-1] else (400, {}, wanted)

    picky = serve(script)
    found = translate(engine(picky.url, concurrency=1, max_tokens=77), ["a", "b"], tmp_path)
    assert [t.hypothesis for t in found] == ["a", "b"]
    assert [request.get("max_completion_tokens") for request in picky.seen] == [None, 77, 77]


def test_a_temperature_that_the_server_refuses_is_tried_once(
    serve: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "Unsupported value: 'temperature' does not support 0.0 with this model."

    def script(text: str, _: int) -> Answer:
        if "temperature" in picky.seen[-1]:
            return 400, {}, {"error": {"message": told, "code": "unsupported_value"}}
        return completion(text)

    picky = serve(script)
    found = translate(engine(picky.url, concurrency=1), ["a", "b", "c"], tmp_path)
    assert [t.hypothesis for t in found] == ["a", "b", "c"]
    assert ["temperature" in request for request in picky.seen] == [True, False, False, False]
    assert "the server refuses engine.temperature" in capsys.readouterr().err


def test_stop_texts_go_to_the_server_unless_it_ends_thoughts_at_them(serve: Any, tmp_path: Path) -> None:
    def thinking(text: str, _: int) -> Answer:
        whole = f"<think>a\nb</think>\n\n{text.upper()}\nand more"
        if "stop" not in server.seen[-1]:
            return completion(whole)
        if text == "apart":
            message = {"content": "", "reasoning_content": "a"}
            return 200, {}, {"choices": [{"message": message, "finish_reason": "stop"}]}
        return completion(whole.split("\n")[0])

    for first in ("x", "apart"):
        server = serve(thinking)
        built = engine(server.url, {"stop": ["\n"]}, concurrency=1, answer=["think"])
        found = translate(built, [first, "y"], tmp_path / first)
        assert [t.hypothesis for t in found] == [first.upper(), "Y"]
        assert [request.get("stop") for request in server.seen] == [["\n"], None, None]
    plain = serve(lambda text, _: completion(text))
    translate(engine(plain.url, {"stop": ["\n"]}), ["a"], tmp_path)
    assert [request["stop"] for request in plain.seen] == [["\n"]]


def test_thinking_off(serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, _: completion(text))
    off = engine(server.url, thinking=False)
    translate(off, ["a"], tmp_path)
    assert server.seen[0]["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False}
    assert off.identity != engine(server.url).identity
    own = engine(server.url, {"chat_template_kwargs": {"thinking": True}}, thinking=False)
    translate(own, ["a"], tmp_path)
    assert server.seen[1]["chat_template_kwargs"] == {"enable_thinking": False, "thinking": True}


def test_rate_limits_are_obeyed_by_all_threads(serve: Any, tmp_path: Path) -> None:
    def limit(text: str, attempt: int) -> Answer:
        if text == "s0" and attempt == 1:
            return 429, {"Retry-After": "1"}, {"error": {"message": "slow down"}}
        return completion(text)

    server = serve(limit)
    translate(engine(server.url, concurrency=1), [f"s{i}" for i in range(4)], tmp_path)
    assert server.times[1] - server.times[0] >= 0.9

    paced = serve(lambda text, _: completion(text))
    began = time.monotonic()
    translate(engine(paced.url, requests_per_minute=1200), [f"s{i}" for i in range(6)], tmp_path / "b")
    # From before the first: a busy machine may notice that one late, and the others in time.
    assert max(paced.times) - began >= 0.05 * 5


def test_a_text_the_server_refuses_is_an_error_of_its_own(serve: Any, tmp_path: Path) -> None:
    def picky(text: str, _: int) -> Answer:
        if text == "too long":
            return 400, {}, {"error": {"message": "context length exceeded"}}
        return completion(text) if text != "rude" else completion("", "content_filter")

    server = serve(picky)
    found = translate(engine(server.url, concurrency=1), ["a", "too long", "rude", "b"], tmp_path)
    assert [t.finish_reason for t in found] == ["stop", "error", "error", "stop"]
    assert "context length exceeded" in str(found[1].error)
    assert "content_filter" in str(found[2].error)
    asked = len(server.seen)
    again = translate(engine(server.url), ["a", "too long", "rude", "b"], tmp_path)  # a resumed run
    assert [t.finish_reason for t in again] == ["stop", "error", "error", "stop"]
    assert {request["messages"][0]["content"] for request in server.seen[asked:]} == {
        "Into Polish: too long",
        "Into Polish: rude",
    }
    with pytest.raises(StageError, match=r"every segment; .*rejected the request: 400 .*length exceeded"):
        translate(engine(server.url), ["too long"], tmp_path / "b")


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ((401, {}, {"error": {"message": "bad key sk-secret"}}), UnavailableError,
         "the server rejected the key .* environment variable MY_KEY"),
        ((404, {}, {"error": {"message": "no model tiny"}}), UnavailableError, "not found .*no model tiny"),
        ((503, {}, "down"), UnavailableError, r"did not answer \(503 .*down; 3 tries\)"),
        ((200, {}, "<html>login</html>"), StageError, "/v1: the answer is cut or no JSON: <html>"),
        ((200, {}, "[" * 100_000), StageError, r"/v1: the answer is cut or no JSON: \[\["),
        ((200, {}, ""), StageError, "/v1: the answer is empty"),
        ((200, {}, "[1]"), StageError,
         r"/v1: not a completion: \[1\] \(1 try, after 2 times 3 tries in vain\)"),
    ],
)  # fmt: skip
def test_failures_are_one_line(
    answer: Answer, error: type[Exception], message: str, serve: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    server = serve(lambda text, _: answer)
    with pytest.raises(error, match=message) as caught:
        translate(engine(server.url, api_key_env="MY_KEY", retries=2), ["a"], tmp_path)
    assert "sk-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("cut", ["", "{", '{"choices": [{"mess', "[" * 100_000, None])
def test_an_answer_that_is_cut_is_asked_for_again(cut: str | None, serve: Any, tmp_path: Path) -> None:
    """None: cut below the length that the headers say."""

    def script(text: str, attempt: int) -> Answer:
        if attempt > 2:
            return completion(text.upper())
        return (200, {}, cut) if cut is not None else (200, {"X-Cut": "30"}, completion(text)[2])

    server = serve(script)
    texts = list("abcdef")
    found = translate(engine(server.url, concurrency=1, retries=2), texts, tmp_path)
    assert [t.hypothesis for t in found] == [text.upper() for text in texts]
    assert len(server.seen) == 3 * len(texts)


def test_a_text_whose_answer_is_always_cut_fails_alone(serve: Any, tmp_path: Path) -> None:
    server = serve(lambda text, _: completion(text) if text != "long" else (200, {}, '{"choices": ['))
    texts = ["a", *["long"], "b", "c"]
    found = translate(engine(server.url, concurrency=1, retries=3), texts, tmp_path)
    assert [t.finish_reason for t in found] == ["stop", "error", "stop", "stop"]
    assert found[1].error == 'the answer is cut or no JSON: {"choices": [ (4 tries)'


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        ('{"prompt_tokens": 5, "completion_tokens": 7}', (5, 7)),
        ('{"prompt_tokens": -5, "completion_tokens": -1}', (None, None)),
        ('{"prompt_tokens": 5, "completion_tokens": "many"}', (5, None)),
        ('{"prompt_tokens": true, "completion_tokens": 1e30}', (None, None)),
        ('{"prompt_tokens": NaN, "completion_tokens": Infinity}', (None, None)),
        ('{"prompt_tokens": ' + "9" * 5000 + ', "completion_tokens": ' + "9" * 30 + "}", (None, None)),
        ("[1, 2]", (None, None)),
        ('"12"', (None, None)),
        ("7", (None, None)),
        ("null", (None, None)),
    ],
)  # fmt: skip
def test_counts_that_are_none_cost_no_translation(
    usage: str, counted: tuple[int | None, int | None], serve: Any, tmp_path: Path
) -> None:
    body = '{"choices": [{"message": {"content": "Ala ma kota"}, "finish_reason": "stop"}], "usage": %s}'
    server = serve(lambda text, _: (200, {}, body % usage))
    prices = {"input": 1000.0, "output": 1000.0}
    found = translate(engine(server.url, prices=prices, max_cost=1.0, retries=0), ["a", "b"], tmp_path)
    assert [t.hypothesis for t in found] == ["Ala ma kota"] * 2
    for one in found:
        assert (one.details.prompt_tokens, one.n_tokens) == counted
        assert one.details.cost is not None and 0 < one.details.cost < 0.1


def test_of_several_choices_the_first_by_index_counts(serve: Any, tmp_path: Path) -> None:
    choices = [
        {"index": k, "message": {"content": f"choice {k}"}, "finish_reason": "stop"} for k in (2, 0, 1)
    ]
    server = serve(lambda text, _: (200, {}, {"choices": choices}))
    (found,) = translate(engine(server.url), ["a"], tmp_path)
    assert found.hypothesis == "choice 0"


def test_no_server_no_name_no_password(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="is the server running"):
        translate(engine("http://127.0.0.1:9/v1", retries=0), ["a"], tmp_path)
    with pytest.raises(ConfigError, match="model.id="):
        engine("http://127.0.0.1:9/v1", {"id": None})
    with pytest.raises(ConfigError, match="must not hold a password"):
        engine("http://me:pw@127.0.0.1:9/v1")


def test_a_real_transformers_serve(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("uvicorn")
    pytest.importorskip("openai")  # transformers' server uses its types
    folder = checkpoints.llama(tmp_path / "llama")
    log = (tmp_path / "serve.log").open("wb")
    program = Path(sys.executable).with_name("transformers")
    arguments = ["serve", str(folder), "--host", "127.0.0.1", "--port", "0", "--device", "cpu"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([program, *arguments], stdout=log, stderr=log, env=environment) as process, log:
        try:
            built = engine(
                _address(process, tmp_path / "serve.log") + "/v1",
                {"id": str(folder)},
                max_tokens=8,
                timeout=PATIENCE,
                concurrency=2,
            )
            sources = [*checkpoints.lines("fr")[:3], "Bonjour."]
            found = translate(built, sources, tmp_path / "cache")
            model = {"name": "llm", "family": "llm", "prompt": PROMPT, "path": str(folder)}
            local = registry.build(
                "engine", {"kind": "transformers", "max_new_tokens": 8}, model=model, src="fr", tgt="pl"
            )
            expected = translate(local, sources, tmp_path / "local")
        finally:
            process.terminate()
    assert [t.hypothesis for t in found] == [t.hypothesis for t in expected]
    assert [t.finish_reason for t in found] == [t.finish_reason for t in expected]


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server says that it listens, once it answers: the system chose the port."""
    found: list[str] = []

    def answers() -> bool:
        found[:] = re.findall(r"running on (http://127\.0\.0\.1:\d+)", log.read_text())
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{found[0]}/health", timeout=PATIENCE).close() if found else None
            return bool(found)
        return False

    try:
        wait_until(answers, process)
    except AssertionError as error:
        raise AssertionError(log.read_text()[-2000:]) from error
    return found[0]
