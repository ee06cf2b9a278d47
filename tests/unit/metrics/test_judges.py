"""Language models as judges: what is asked, how answers are read, what they cost, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.config.schema import compose, identifying
from harness.errors import ConfigError
from harness.metrics.judges.annotations import gemba_score, read_errors
from harness.metrics.judges.prompt import EXAMPLES, question
from tests.support.judge_server import Judge, Script, judging, options

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


@pytest.fixture
def judge() -> Iterator[Callable[[Script], Judge]]:
    with ExitStack() as started:
        yield lambda script: started.enter_context(judging(script))


def metric(url: str, cache: Path | None = None, **engine: Any) -> Any:
    return registry.build(
        "metric",
        {"kind": "gemba-mqm", "src": "fr", "tgt": "pl", "model": {"id": "judge-1"},
         "engine": options(url, **engine), "cache": str(cache) if cache else None},
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
    found = metric(server.url)
    rows = found.statistics(["bon"] * 6, hypotheses, [[]] * 6)
    scores = found.segment_scores(rows)
    assert scores[[0, 1, 5]].tolist() == [0.0, -5.0, 0.0]
    assert np.isnan(scores[2:5]).all(), "no judgement is not the best judgement"
    assert float(found.aggregate(rows.sum(axis=0, keepdims=True))[0]) == pytest.approx(-5 / 3)
    said = [(one.outcome, one.answer) for one in found.judged()]
    assert said[0] == ("scored", None) and said[2:5] == [
        ("cut", ONE_MAJOR), ("unreadable", "It is fine!"), ("refused", "400 Bad Request: content policy")
    ]  # fmt: skip
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
    assert ": 2 requests" in told and "USD" in told, "what it costs is told before"
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
    written = composed.metrics["gemba_mqm"]
    assert (written["src"], written["tgt"]) == ("fr", "pl")
    with pytest.raises(ConfigError, match=r"metrics.gemba_mqm.model.id=NAME"):
        registry.build("metric", written).prepare()


def test_where_answers_are_kept_and_what_they_cost_is_no_part_of_a_run_s_identity() -> None:
    words = ["metrics=gemba_mqm", "pair=fr-pl", "metrics.gemba_mqm.model.id=j"]
    known = identifying(compose(words))
    same = ["results=elsewhere", "metrics.gemba_mqm.engine.prices={input: 1, output: 2}"]
    assert identifying(compose([*words, *same])) == known
    for other in ("metrics.gemba_mqm.model.id=k", "metrics.gemba_mqm.engine.seed=1"):
        assert identifying(compose([*words, other])) != known
    was = [
        "+metrics.gemba_mqm.engine.base_url=http://127.0.0.1:8000/v1", "+metrics.gemba_mqm.engine.seed=null",
        "+metrics.gemba_mqm.engine.api_key_env=OPENAI_API_KEY", "+metrics.gemba_mqm.engine.concurrency=4",
        "+metrics.gemba_mqm.engine.temperature=0.0", "+metrics.gemba_mqm.engine.max_tokens=1024",
        "+metrics.gemba_mqm.engine.answer=raw", "+metrics.gemba_mqm.engine.prices=null",
    ]  # fmt: skip
    assert identifying(compose([*words, *[word.replace("+", "++", 1) for word in was]])) == known, (
        "what the YAML once said stands for the same"
    )
