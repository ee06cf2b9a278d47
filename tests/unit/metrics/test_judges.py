"""Language models as judges: what is asked, how answers are read, what they cost, what is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.common.notices import collecting
from harness.config.schema import compose, identifying
from harness.errors import ConfigError
from harness.metrics.judges.annotations import gemba_score, read_errors
from harness.metrics.judges.prompt import EXAMPLES, question

CLEAN = "Critical:\nno-error\nMajor:\nno-error\nMinor:\nno-error"
ONE_MAJOR = 'Critical:\nno-error\nMajor:\naccuracy/mistranslation - "kot"\nMinor:\nno-error'


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (CLEAN, 0),
        (ONE_MAJOR, -5),
        ('critical:\naccuracy/addition - "x"\nmajor:\nno-error\nminor:\nno-error', -25),
        ('**Major:**\n- fluency/grammar - “a "b" c”\n- style/awkward - "d"\n\nMinor:\nother', -11),
        ("Minor:\nnon-translation", -25),
        ("Minor:\n" + 'fluency/spelling - "a"\n' * 9, -5),
        ("Major:\n" + 'fluency/spelling - "a"\n' * 9, -25),
        ('Minor:\nterminology/inappropriate for context - "partaje"', -1),
    ],
)
def test_scores_are_what_the_errors_cost(answer: str, score: float) -> None:
    errors = read_errors(answer)
    assert errors is not None
    assert gemba_score(errors) == score


@pytest.mark.parametrize(
    "answer",
    ["", "I cannot help with that.", "no-error", "Major:\nThe translation is quite good.", "Score: 90",
     f"{CLEAN}\nOverall this is a fine translation."],
)  # fmt: skip
def test_what_is_not_in_the_form_is_no_judgement(answer: str) -> None:
    assert read_errors(answer) is None


def test_the_published_examples_are_in_the_form_themselves() -> None:
    found = [read_errors(answer) for _, answer in EXAMPLES]
    assert [[error.severity for error in errors or ()] for errors in found] == [
        ["major", "major", "minor", "minor"], ["major", "major", "minor"], ["critical", "major", "minor"],
    ]  # fmt: skip
    assert found[0] is not None and found[0][0].span == "involvement"


def test_texts_that_look_like_placeholders_are_put_in_as_they_are() -> None:
    asked = question("French", "{target_seg} {source_lang}", "Polish", "{source_seg}")
    assert (
        "French source:\n```{target_seg} {source_lang}```\nPolish translation:\n```{source_seg}```" in asked
    )


class Judge:
    """A server that answers by the last message; it keeps the bodies it was sent."""

    def __init__(self, script: Callable[[str], tuple[int, str, str]]) -> None:
        self.seen: list[dict[str, Any]] = []
        judge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                judge.seen.append(body)
                status, text, reason = script(body["messages"][-1]["content"])
                choice = {"message": {"content": text}, "finish_reason": reason}
                value = {"choices": [choice]} if status == 200 else {"error": {"message": text}}
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def judge() -> Iterator[Callable[[Callable[[str], tuple[int, str, str]]], Judge]]:
    started: list[Judge] = []

    def start(script: Callable[[str], tuple[int, str, str]]) -> Judge:
        started.append(Judge(script))
        return started[-1]

    yield start
    for one in started:
        one.server.shutdown()
        one.server.server_close()


def metric(url: str, cache: Path | None = None, **engine: Any) -> Any:
    options = {
        "kind": "openai",
        "base_url": url,
        "api_key_env": None,
        "retries": 0,
        "concurrency": 1,
        **engine,
    }
    return registry.build(
        "metric",
        {"kind": "gemba-mqm", "src": "fr", "tgt": "pl", "model": {"id": "judge-1"}, "engine": options,
         "cache": str(cache) if cache else None},
    )  # fmt: skip


def script(asked: str) -> tuple[int, str, str]:
    for word, answer in {
        "```dobre```": (200, CLEAN, "stop"), "```złe```": (200, ONE_MAJOR, "stop"),
        "```cut```": (200, ONE_MAJOR, "length"), "```chat```": (200, "It is fine!", "stop"),
        "```bad```": (400, "content policy", ""),
    }.items():  # fmt: skip
        if word in asked:
            return answer
    raise AssertionError(asked)


def test_refusals_and_unreadable_answers_have_no_score_and_are_counted(judge, tmp_path: Path) -> None:
    server = judge(script)
    hypotheses = ["dobre", "złe", "cut", "chat", "bad", "dobre"]
    with collecting() as notices:
        rows = metric(server.url).statistics(["bon"] * 6, hypotheses, [[]] * 6)
    found = metric(server.url)
    scores = found.segment_scores(rows)
    assert scores[[0, 1, 5]].tolist() == [0.0, -5.0, 0.0]
    assert np.isnan(scores[2:5]).all(), "no judgement is not the best judgement"
    assert float(found.aggregate(rows.sum(axis=0, keepdims=True))[0]) == pytest.approx(-5 / 3)
    assert any("3 of 6 segments have no score" in line for line in notices)
    assert len(server.seen) == 5, "equal outputs are judged once"
    turns = [message["role"] for message in server.seen[0]["messages"]]
    assert turns == ["system", *["user", "assistant"] * 3, "user"]
    assert server.seen[0]["messages"][1]["content"] == EXAMPLES[0][0]
    assert (server.seen[0]["model"], server.seen[0]["temperature"]) == ("judge-1", 0.0)


def test_answers_are_kept_and_a_torn_line_is_not_read(judge, tmp_path: Path, capsys) -> None:
    server = judge(script)
    prices = {"input": 2.0, "output": 10.0}
    first = metric(server.url, tmp_path, prices=prices).statistics(["bon"] * 2, ["dobre", "złe"], [[]] * 2)
    told = capsys.readouterr().err
    assert "asking for 2 judgements" in told and "USD" in told, "what it costs is told before"
    (path,) = tmp_path.glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:20])
    again = metric(server.url, tmp_path, prices=prices).statistics(
        ["bon"] * 3, ["dobre", "złe", "chat"], [[]] * 3
    )
    assert (again[:2] == first).all() and len(server.seen) == 2 + 2
    metric(server.url, tmp_path, prices=prices).statistics(["bon"] * 3, ["dobre", "złe", "chat"], [[]] * 3)
    assert len(server.seen) == 5, "only what had no readable answer is asked again"
    other = metric(server.url, tmp_path, prices=prices, seed=7)
    other.statistics(["bon"], ["dobre"], [[]])
    assert len(server.seen) == 6, "another seed is another judge"
    assert "seed:7" in other.signature and "judge:judge-1" in other.signature


def test_a_stored_run_can_be_read_without_the_judge() -> None:
    found = metric("http://127.0.0.1:9/v1")
    assert found.aggregate(np.array([[-10.0, 2.0]]))[0] == -5.0
    assert found.higher_is_better


def test_the_shipped_configuration_needs_the_name_of_a_judge() -> None:
    composed = compose(["metrics=gemba_mqm", "pair=fr-pl"])
    options = composed.metrics["gemba_mqm"]
    assert (options["src"], options["tgt"]) == ("fr", "pl")
    with pytest.raises(ConfigError, match=r"metrics.gemba_mqm.model.id=NAME"):
        registry.build("metric", options).prepare()


def test_where_answers_are_kept_and_what_they_cost_is_no_part_of_a_run_s_identity() -> None:
    words = ["metrics=gemba_mqm", "pair=fr-pl", "metrics.gemba_mqm.model.id=j"]
    known = identifying(compose(words))
    same = ["results=elsewhere", "metrics.gemba_mqm.engine.prices={input: 1, output: 2}"]
    assert identifying(compose([*words, *same])) == known
    for other in ("metrics.gemba_mqm.model.id=k", "metrics.gemba_mqm.engine.seed=1"):
        assert identifying(compose([*words, other])) != known
