"""GEMBA-ESA and pairwise judges against a loopback server: what is asked, what becomes of each answer."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.config.schema import compose, identifying
from harness.errors import ConfigError, DataError, StageError, UnavailableError
from harness.metrics.judges import esa_prompt
from harness.metrics.stats.sign import sign_test
from harness.protocols import Context
from harness.run.judging import added, counted, warnings
from harness.translate.servers.client import Client
from tests.support.judge_server import Judge, judging, options

MARKED = 'Major:\naccuracy/mistranslation - "kot"\nMinor:\nno-error'
CLEAN = "no-error"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "base_wait", 0.0)


def built(kind: str, url: str, cache: Path | None = None, more: Any = None, **engine: Any) -> Any:
    config = {"kind": kind, "src": "fr", "tgt": "pl", "model": {"id": "judge-1"}}
    config |= {"engine": options(url, **engine), "cache": str(cache) if cache else None, **(more or {})}
    return registry.build("metric", config)


def esa(asked: str) -> tuple[int, str, str]:
    """Marks "kot"; the score by the errors. Texts ask for trouble by name."""
    scoring = asked.startswith("Given the translation")
    if "refused" in asked:
        return 400, "content policy", ""
    if "prose" in asked and not scoring:
        return 200, "It is fine!", "stop"
    if "many" in asked and scoring:
        return 200, "80 or 90", "stop"
    if "above" in asked and scoring:
        return 200, "101", "stop"
    if "cut" in asked and scoring:
        return 200, "9", "length"
    if scoring:
        return 200, "40" if "mistranslation" in asked else "score: 95/100", "stop"
    return 200, f"<think>hm: kot?</think>```\n{MARKED}\n```" if "kot" in asked else CLEAN, "stop"


def test_esa_asks_for_errors_then_for_a_score() -> None:
    with judging(esa) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["le chat"] * 3, ["kot", "pies", "kot"], [[]] * 3)
    assert metric.segment_scores(rows).tolist() == [40, 95, 40]
    assert len(server.seen) == 4, "equal outputs are judged once"
    first, last = server.seen[0]["messages"], server.seen[-1]["messages"]
    assert [message["role"] for message in first] == ["system", *["user", "assistant"] * 3, "user"]
    assert first[0]["content"] == esa_prompt.SYSTEM and first[2]["content"] == esa_prompt.EXAMPLES[0][1]
    assert [message["role"] for message in last] == ["user"], "the score is a conversation of its own"
    scoring = next(q for q in server.questions if q.startswith("Given") and "```kot```" in q)
    assert f"Annotated error spans:\n```{MARKED}```\n" in scoring, "without thoughts and fence"
    (mark,) = metric.judged()[0].marks
    assert (mark.severity, mark.category, mark.start, mark.end) == ("major", "accuracy/mistranslation", 0, 3)
    assert metric.judged()[1].marks == ()
    assert metric.signature == "judge:judge-1|temperature:0.0|seed:default|prompt:gemba-esa-2024|shots:3"


def test_what_cannot_be_used_has_no_score_and_says_why() -> None:
    hypotheses = ["dobre", "refused", "prose", "many kot", "above", "cut", "pies"]
    with judging(esa) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["le chat"] * 7, hypotheses, [[]] * 7)
    scores = metric.segment_scores(rows)
    assert scores[[0, 6]].tolist() == [95, 95] and np.isnan(scores[1:6]).all()
    judged = metric.judged()
    assert [one.outcome for one in judged] == [
        "scored", "refused", "unreadable", "unreadable", "unreadable", "cut", "scored"
    ]  # fmt: skip
    assert [one.answer for one in judged[1:6]] == [
        "400 Bad Request: content policy", "It is fine!", "80 or 90", "101", "9"
    ]  # fmt: skip
    assert judged[3].marks[0].text == "kot", "errors that were read are kept without a score"
    assert float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0]) == 95
    parts = [counted({"gemba_esa": judged[:3]}), counted({"gemba_esa": judged[3:]})]
    config = {"gemba_esa": {"model": {"id": "judge-1"}, "engine": {}}}
    found = added(parts, {"gemba_esa": metric}, config, {"gemba_esa": rows}, {})["gemba_esa"]
    assert found.outcomes == {"cut": 1, "refused": 1, "scored": 2, "unreadable": 3}
    (told,) = warnings({"gemba_esa": found}, config)
    assert told.startswith("gemba_esa: 5 of 7 segments have no score (1 refused, 1 cut, 3 unreadable);")
    assert told.endswith("the first of these: 400 Bad Request: content policy")


def test_a_judge_that_answers_nothing_usable_leaves_none_and_says_that_the_metric_failed() -> None:
    with judging(lambda asked: (200, "I cannot help with that.", "stop")) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["le chat"] * 4, ["a", "b", "c", "d"], [[]] * 4)
    assert np.isnan(metric.aggregate(rows.sum(axis=0, keepdims=True))).all()
    assert len(server.seen) == 4, "no score is asked for"
    judging_of = added(
        [counted({"gemba_esa": metric.judged()})], {"gemba_esa": metric}, {}, {"gemba_esa": rows}, {}
    )
    (told,) = warnings(judging_of, {})
    assert told.startswith("metric failed: gemba_esa: none of 4 segments has a score (4 unreadable);")
    assert told.endswith("the first of these: I cannot help with that.")


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (400, "content policy", ""),
        (200, '{"choices": "x"}', "body"),
        (200, "not json", "body"),
        (200, '{"choices": []}', "body"),
    ],
)
def test_a_server_that_answers_nothing_leaves_no_score_and_is_not_asked_on(
    status: int, text: str, reason: str
) -> None:
    with judging(lambda asked: (status, text, reason)) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["x"] * 9, list("abcdefghi"), [[]] * 9)
        assert len(server.seen) < 12
    assert np.isnan(metric.aggregate(rows.sum(axis=0, keepdims=True))).all()
    assert [one.outcome for one in metric.judged()] == ["refused"] * 9
    assert "the judge answers nothing" in metric.judged()[-1].answer


@pytest.mark.parametrize("body", ['{"choices": "x"}', "not json", '{"choices": []}'])
def test_a_malformed_answer_is_tried_again_and_then_costs_its_segment_alone(body: str) -> None:
    with judging(lambda asked: (200, body, "body") if "bad " in asked else esa(asked)) as server:
        metric = built("gemba-esa", server.url, retries=2)
        rows = metric.statistics(["x"] * 6, ["a", "bad 1", "b", "bad 2", "bad 3", "bad 4"], [[]] * 6)
        bad = [asked for asked in server.questions if "bad " in asked]
    assert [one.outcome for one in metric.judged()] == ["scored", "refused"] + ["scored"] + ["refused"] * 3
    assert (np.isnan(metric.segment_scores(rows)) == [False, True, False, True, True, True]).all()
    assert sum("bad 1" in asked for asked in bad) == 3
    assert sum("bad 4" in asked for asked in bad) == 1, "after two in a row each is tried once"


def test_a_plain_refusal_is_not_asked_again() -> None:
    message = {"content": None, "refusal": "I cannot help"}
    body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]})
    with judging(lambda asked: (200, body, "body")) as server:
        metric = built("gemba-esa", server.url, retries=5)
        metric.statistics(["x"] * 5, list("abcde"), [[]] * 5)
        assert len(server.seen) == 5
    assert {one.outcome for one in metric.judged()} == {"refused"}
    assert "I cannot help" in metric.judged()[0].answer


def test_a_server_that_is_closed_ends_it_with_its_words() -> None:
    closed = judging(lambda asked: (401, "no key", ""))
    with closed as server, pytest.raises(UnavailableError, match=r"the server requires a key"):
        built("gemba-esa", server.url).statistics(["x"], ["a"], [[]])
    with pytest.raises(UnavailableError, match=r"Another one: metrics.gemba_esa.engine.base_url=…"):
        built("gemba-esa", "http://127.0.0.1:9/v1").statistics(["x"], ["a"], [[]])


def test_a_first_text_that_is_refused_does_not_end_it() -> None:
    with judging(esa) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["s"] * 4, ["refused", "refused too", "kot", "pies"], [[]] * 4)
    assert [one.outcome for one in metric.judged()] == ["refused", "refused", "scored", "scored"]
    assert metric.segment_scores(rows)[2:].tolist() == [40, 95]


def test_a_filtered_answer_and_an_empty_one_are_refusals() -> None:
    def script(asked: str) -> tuple[int, str, str]:
        answer: tuple[int, str, str] = (200, MARKED[:20], "content_filter")
        return answer if "kot" in asked else (200, "", "stop") if "pusto" in asked else esa(asked)

    with judging(script) as server:
        metric = built("gemba-esa", server.url)
        rows = metric.statistics(["s"] * 3, ["pies", "kot", "pusto"], [[]] * 3)
    assert [one.outcome for one in metric.judged()] == ["scored", "refused", "unreadable"]
    assert metric.judged()[1].answer == "refused: content_filter"
    assert np.isnan(metric.segment_scores(rows)[1:]).all()


def test_a_busy_server_is_asked_again() -> None:
    states = iter([(429, "slow down", ""), (503, "overloaded", ""), (500, "oops", "")])

    def busy(asked: str) -> tuple[int, str, str]:
        return next(states, esa(asked))

    with judging(busy) as server:
        metric = built("gemba-esa", server.url, retries=3)
        rows = metric.statistics(["s"], ["kot"], [[]])
    assert metric.segment_scores(rows).tolist() == [40] and len(server.seen) == 5


def test_a_stopped_judge_goes_on_where_it_was(tmp_path: Path) -> None:
    texts = [f"kot {k}" for k in range(6)]
    with judging(esa) as server:
        limited = built("gemba-esa", server.url, tmp_path, max_requests=4)
        with pytest.raises(StageError, match=r"metrics.gemba_esa.engine.max_requests=4 is reached"):
            limited.statistics(["s"] * 6, texts, [[]] * 6)
        assert len(server.seen) == 4
        again = built("gemba-esa", server.url, tmp_path, max_requests=8)
        rows = again.statistics(["s"] * 6, texts, [[]] * 6)
        assert len(server.seen) == 12, "six of each kind, none of them twice"
        assert again.segment_scores(rows).tolist() == [40] * 6
        anew = built("gemba-esa", server.url, tmp_path)
        anew.renew()
        anew.statistics(["s"] * 6, texts, [[]] * 6)
        assert len(server.seen) == 24, "force=true asks for everything again"
        built("gemba-esa", server.url, tmp_path).statistics(["s"] * 6, texts, [[]] * 6)
        assert len(server.seen) == 24


def test_one_budget_holds_for_both_questions(tmp_path: Path) -> None:
    prices = {"input": 1000.0, "output": 0.0}
    with judging(esa) as server:
        one = built("gemba-esa", server.url, prices=prices)
        one.statistics(["s"], ["kot"], [[]])
        cost = sum(answer.details.cost for answer in one.judged()[0].answers)
        texts = [f"kot {k}" for k in range(10)]
        with pytest.raises(StageError, match=r"metrics.gemba_esa.engine.max_cost"):
            limited = built("gemba-esa", server.url, tmp_path, prices=prices, max_cost=5.5 * cost)
            limited.statistics(["s"] * 10, texts, [[]] * 10)
    kept = [json.loads(line) for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert 0 < sum(line["cost"] for line in kept) <= 5.5 * cost


def test_what_it_would_cost_is_known_before(tmp_path: Path) -> None:
    prices = {"input": 2.0, "output": 10.0}
    with judging(esa) as server:
        metric = built("gemba-esa", server.url, tmp_path, prices=prices, max_cost=0.0001)
        found = metric.forecast(["le chat"] * 3, ["kot", None, "kot"])
        assert server.seen == [] and not list(tmp_path.glob("*"))
        assert found.requests == 4 and found.over == "metrics.gemba_esa.engine.max_cost=0.0001"
        assert found.cost is not None and 0.004 < found.cost < 0.04, "of some 5,000 tokens"
        assert found.characters is not None and found.characters > 2 * len(esa_prompt.ERRORS)
        built("gemba-esa", server.url, tmp_path, prices=prices).statistics(["le chat"], ["kot"], [[]])
        assert built("gemba-esa", server.url, tmp_path).forecast(["le chat"], ["kot"]).requests == 0


def test_other_answering_models_are_recorded_and_told() -> None:
    names = iter(["judge-1-2026-01-01"] * 3 + ["judge-2"] * 9)
    with judging(esa, lambda: next(names)) as server:
        metric = built("gemba-esa", server.url)
        metric.statistics(["s"] * 3, ["kot", "pies", "ryba"], [[]] * 3)
    config = {"gemba_esa": {"model": {"id": "judge-1"}}}
    rows = {"gemba_esa": np.zeros((1, 2))}
    found = added([counted({"gemba_esa": metric.judged()})], {"gemba_esa": metric}, config, rows, {})
    usage = found["gemba_esa"].usage
    assert usage is not None and usage.served_by == {"judge-1-2026-01-01": 3, "judge-2": 3}
    several, another = warnings(found, config)
    assert several.startswith(
        "gemba_esa: the answers came from 2 models: judge-1-2026-01-01 (3), judge-2 (3)"
    )
    assert another == "gemba_esa: the server was asked for 'judge-1' and says that 'judge-2' answered"


def test_an_engine_that_cannot_ask_two_kinds_of_questions_is_refused_before() -> None:
    metric = registry.build(
        "metric",
        {"kind": "gemba-esa", "src": "fr", "tgt": "pl", "model": {"id": "x"}, "engine": {"kind": "copy"}},
    )
    with pytest.raises(ConfigError, match=r"metrics.gemba_esa.engine.kind=copy: cannot ask two kinds"):
        metric.prepare()


@pytest.mark.parametrize(
    ("model", "engine", "message"),
    [
        ({"system": "be kind"}, {}, r"metrics.gemba_esa.model.system: .*what it is asked is fixed"),
        ({"idd": "x"}, {}, r"metrics.gemba_esa.model.idd: a judge's model has id, path"),
        ({}, {"unit": "document"}, r"metrics.gemba_esa.engine.unit: can only be segment"),
        ({}, {"answer": ["preamble"]}, r"metrics.gemba_esa.engine.answer: can only be raw"),
        ({}, {"tempreature": 1}, r"metrics.gemba_esa.engine.*tempreature.*Did you mean 'temperature'"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(model: Any, engine: Any, message: str) -> None:
    config = {"kind": "gemba-esa", "src": "fr", "tgt": "pl", "model": {"id": "x", **model}}
    metric = registry.build("metric", {**config, "engine": {**options("http://127.0.0.1:9/v1"), **engine}})
    with pytest.raises(ConfigError, match=message):
        metric.prepare()


def better(asked: str) -> tuple[int, str, str]:
    """Prefers what is longer; between "x…" outputs what is shown first; of some it says nothing usable."""
    first, second = (part.split("```")[1] for part in asked.split("translation ")[1:3])
    if "odd" in asked:
        return 200, "Both have merits.", "stop"
    if "half" in first:
        return 200, "I cannot say", "stop"
    if first.startswith("x") and second.startswith("x"):
        return 200, "A", "stop"
    choice = "tie" if len(first) == len(second) else "A" if len(first) > len(second) else "B"
    return 200, choice, "stop"


MINE = ["long enough", "s", "same", "abc", "x one", "odd", "half a", "longest of all"]
OTHERS = ["short", "longer", "same", "xyz", "x two", "even", "other", "not"]


def rival(server: Judge, cache: Path | None = None, **engine: Any) -> Any:
    metric = built("pairwise", server.url, cache, {"against": "other-run"}, **engine)
    metric.meet(OTHERS, "20260101-000000-abcde")
    return metric


def test_pairs_are_judged_in_both_orders_and_a_disagreement_is_a_tie() -> None:
    with judging(better) as server:
        metric = rival(server)
        rows = metric.statistics(["source"] * 8, MINE, [["r"]] * 8)
    assert [one.outcome for one in metric.judged()] == [
        "win", "loss", "same", "tie", "order", "unreadable", "unreadable", "win"
    ]  # fmt: skip
    assert len(server.seen) == 14, "two for each pair, none for equal outputs"
    first, second = server.questions[:2]
    assert first.index("long enough") < first.index("short") and second.index("short") < second.index("long")
    scores = metric.segment_scores(rows)
    assert scores[[0, 1, 2, 3, 4, 7]].tolist() == [100, 0, 50, 50, 50, 100] and np.isnan(scores[5:7]).all()
    assert float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0]) == pytest.approx(100 * 3.5 / 6)
    assert metric.details(rows.sum(axis=0)) == {
        "wins": 2, "losses": 1, "ties": 3, "ties by order": 1, "sign test p": 1.0
    }  # fmt: skip
    assert metric.signature == (
        "judge:judge-1|temperature:0.0|seed:default|prompt:pairwise-1|orders:2|against:20260101-000000-abcde"
    )
    assert server.seen[0]["messages"][0]["role"] == "user" and server.seen[0]["temperature"] == 0.0


def test_swapping_the_systems_mirrors_the_result() -> None:
    with judging(better) as server:
        metric = rival(server)
        rows = metric.statistics(["source"] * 8, MINE, [["r"]] * 8)
        metric.meet(MINE, "another-run")
        mirrored = metric.statistics(["source"] * 8, OTHERS, [["r"]] * 8)
    assert (rows[:, [1, 0, 2, 3]] == mirrored).all()


def test_an_always_first_judge_finds_no_difference() -> None:
    with judging(lambda asked: (200, "A", "stop")) as server:
        metric = rival(server)
        rows = metric.statistics(["source"] * 8, MINE, [["r"]] * 8)
    assert float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0]) == 50
    assert metric.details(rows.sum(axis=0))["ties by order"] == 7


def test_the_reference_can_be_the_other_side() -> None:
    with judging(better) as server:
        metric = built("pairwise", server.url, more={"against": "reference"})
        assert metric.rival is None
        rows = metric.statistics(["s"], ["longer"], [["ref", "second"]])
    assert rows.tolist() == [[1, 0, 0, 0]] and "```ref```" in server.questions[0]


def test_pairs_need_something_to_compare_with() -> None:
    with pytest.raises(ConfigError, match=r"metrics.pairwise.against=RUN"):
        built("pairwise", "http://127.0.0.1:9/v1").prepare()
    with pytest.raises(DataError, match="no output of 'other'"):
        built("pairwise", "http://127.0.0.1:9/v1", more={"against": "other"}).statistics(
            ["s"], ["h"], [["r"]]
        )


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [(0, 0, 1.0), (1, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 2**10), (8, 2, 2 * (1 + 10 + 45) / 2**10),
     (600, 500, 2 * sum(comb(1100, k) for k in range(501)) / 2**1100)],
)  # fmt: skip
def test_the_sign_test_is_exact(wins: int, losses: int, p: float) -> None:
    assert sign_test(wins, losses) == pytest.approx(p, rel=1e-9)
    assert sign_test(losses, wins) == sign_test(wins, losses)


def test_shipped_configurations_name_their_remedy_and_what_they_demand() -> None:
    composed = compose(["metrics=[gemba_esa,pairwise]", "pair=fr-pl"])
    for key in ("gemba_esa", "pairwise"):
        written = composed.metrics[key]
        metric = registry.build("metric", {**written, **({"against": "x"} if key == "pairwise" else {})})
        with pytest.raises(ConfigError, match=rf"metrics.{key}.model.id=NAME.*engine.kind=transformers"):
            metric.prepare()
        assert registry.demands("metric", written, Context({}, "fr", "pl")) == [
            "sends texts, and the key in $OPENAI_API_KEY, to http://127.0.0.1:8000/v1"
        ]
        open_one = {**written, "engine": {"kind": "openai", "base_url": "http://a/v1", "api_key_env": None}}
        assert registry.demands("metric", open_one, Context({}, "fr", "pl")) == ["sends texts to http://a/v1"]
        local = {**written, "engine": {"kind": "transformers"}, "model": {"id": "some/judge"}}
        assert "some/judge" in " ".join(registry.demands("metric", local, Context({}, "fr", "pl")))


def test_cost_and_cache_are_no_part_of_a_run_s_identity_and_the_opponent_is() -> None:
    words = ["metrics=[gemba_esa,pairwise]", "pair=fr-pl", "metrics.pairwise.against=one"]
    known = identifying(compose(words))
    same = [
        "results=elsewhere",
        "metrics.gemba_esa.engine.max_cost=3",
        "metrics.pairwise.engine.max_requests=9",
    ]
    assert identifying(compose([*words, *same])) == known
    for other in ("metrics.pairwise.against=two", "metrics.gemba_esa.engine.seed=1"):
        assert identifying(compose([*words, other])) != known
