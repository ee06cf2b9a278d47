"""The ready YAMLs of the rest engine against loopback services that keep to the published references."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.cli.main import main
from harness.config.schema import compose
from harness.config.typed import typed
from harness.errors import ConfigError, StageError, UnavailableError
from harness.metrics.health import health
from harness.protocols import Context
from harness.translate.runner import translate
from harness.translate.servers.client import Client
from tests.support import translation_services as services
from tests.support.translation_services import KEY, Served

ADDRESSES = {
    "deepl": (services.deepl, "/v2/translate"),
    "google": (services.google_v2, "/language/translate/v2"),
    "google-v3": (services.google_v3, "/v3/projects/p/locations/global:translateText"),
    "azure": (services.azure, "/translate?api-version=3.0&from={src}&to={tgt}"),
    "anthropic": (services.anthropic, "/v1/messages"),
    "gemini": (services.gemini, "/v1beta/models/{model}:generateContent"),
}
VARIABLES = {
    "deepl": "DEEPL_API_KEY", "google": "GOOGLE_API_KEY", "google-v3": "GOOGLE_ACCESS_TOKEN",
    "azure": "AZURE_TRANSLATOR_KEY", "anthropic": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY",
}  # fmt: skip
IDS = {"anthropic": "claude-x", "gemini": "gemini-x"}
BATCHED = ("deepl", "google", "google-v3", "azure")


@dataclass
class Running:
    """A service that runs, and how to build the engine that asks it."""

    name: str
    served: Served
    path: str

    def engine(self, *overrides: str, pair: str = "fr-pl", **options: Any) -> Any:
        src, tgt = pair.split("-", 1)
        id = [f"model.id={IDS[self.name]}"] if self.name in IDS else []
        config = typed(compose([f"model={self.name}", f"pair.src={src}", f"pair.tgt={tgt}", *id, *overrides]))
        engine = {**config.engine, "url": self.served.url + self.path, **options}
        return registry.build("engine", engine, model=config.model, src=src, tgt=tgt)


@pytest.fixture(params=ADDRESSES)
def running(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    yield from _running(request.param, monkeypatch)


@pytest.fixture
def deepl(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    yield from _running("deepl", monkeypatch)


def _running(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(Client, "base_wait", 0.01)
    monkeypatch.setenv(VARIABLES[name], KEY)
    answer, path = ADDRESSES[name]
    with services.service(answer) as served:
        yield Running(name, served, path)


def test_texts_come_back_in_their_order(running: Running, tmp_path: Path) -> None:
    sources = [f"l'été {{src}} no. {i}, « bien »" for i in range(130)]
    engine = running.engine(concurrency=3)
    found = translate(engine, sources, tmp_path)
    assert [t.hypothesis for t in found] == [s.upper() for s in sources]
    assert {t.finish_reason for t in found} == {"stop"}
    requests = len(running.served.asked)
    assert requests <= 4 if running.name in BATCHED else requests == 130
    written = json.dumps(engine.identity) + "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    assert KEY not in written
    translate(running.engine(), sources, tmp_path)
    assert len(running.served.asked) == requests  # all from the cache


def test_a_wrong_key_ends_the_run_at_once(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = VARIABLES[running.name]
    monkeypatch.setenv(variable, "wr0ng")
    with pytest.raises(UnavailableError, match=rf"rejected the key \(.*\); put .* {variable}$") as caught:
        translate(running.engine(concurrency=1), ["a", "b"], tmp_path)
    assert "\n" not in str(caught.value) and "wr0ng" not in str(caught.value)
    assert len(running.served.asked) <= 2  # a second may have been on its way


def test_a_missing_key_is_told_before_anything_is_sent(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = VARIABLES[running.name]
    monkeypatch.delenv(variable)
    engine = running.engine()
    for use in (engine.check, lambda: translate(engine, ["a"], tmp_path)):
        with pytest.raises(UnavailableError, match=f"export {variable}="):
            use()
    assert not running.served.asked


def test_a_used_up_quota_ends_the_run_at_once(running: Running, tmp_path: Path) -> None:
    engine = running.engine(concurrency=1, batch=1)
    with pytest.raises(
        UnavailableError, match=r"no quota or credit left \(.*finished texts are kept"
    ) as caught:
        translate(engine, ["a", "b", "c [quota]", "d", "e"], tmp_path)
    assert "\n" not in str(caught.value)
    texts = [json.dumps(asked.body) for asked in running.served.asked]
    assert sum("[quota]" in text for text in texts) == 1  # not tried again
    kept = "".join(path.read_text() for path in tmp_path.rglob("*.jsonl"))
    assert '"A"' in kept and '"B"' in kept


def test_a_busy_service_is_asked_again(running: Running, tmp_path: Path) -> None:
    found = translate(running.engine(), ["a", "b [busy]", "c"], tmp_path)
    assert [t.hypothesis for t in found] == ["A", "B [BUSY]", "C"]


def test_a_refused_text_fails_alone(running: Running, tmp_path: Path) -> None:
    sources = [f"text {i}" for i in range(20)]
    sources[13] = "text [bad]"
    found = translate(running.engine(concurrency=1), sources, tmp_path)
    assert [t.source for t in found if t.finish_reason == "error"] == ["text [bad]"]
    assert [t.hypothesis for t in found if t.error is None] == [s.upper() for s in sources if "bad" not in s]
    assert found[13].error and "\n" not in found[13].error


@pytest.mark.parametrize("name", IDS)
def test_reasons_tokens_and_system_messages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for running in _running(name, monkeypatch):
        engine = running.engine("model.system='Be brief.'", "model.stop=['##']", concurrency=1)
        found = translate(engine, ["a", "b [long]", "c [rude]"], tmp_path)
        assert [t.finish_reason for t in found] == ["stop", "length", "error"]
        assert [t.n_tokens for t in found] == [7, 7, 7]
        assert found[2].error == {"anthropic": "refused: refusal", "gemini": "refused: SAFETY"}[name]
        assert found[0].details.reasoning == "Capitals."
        body = running.served.asked[0].body
        if name == "anthropic":
            assert (body["system"], body["stop_sequences"], body["temperature"]) == ("Be brief.", ["##"], 0)
        else:
            assert body["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
            assert body["generationConfig"]["stopSequences"] == ["##"]
        translate(running.engine(), ["z"], tmp_path)
        assert not {"system", "systemInstruction", "stop_sequences", "thinking"} & set(
            running.served.asked[-1].body
        )


def test_what_a_service_declines_is_a_refusal_for_health(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude ends with `refusal` and no content, Gemini blocks the prompt: no empty translations."""

    def claude(asked: services.Asked, served: Served) -> services.Answer:
        status, headers, body = services.anthropic(asked, served)
        return status, headers, body | ({"content": []} if body.get("stop_reason") == "refusal" else {})

    for name, text in (("anthropic", "b [rude]"), ("gemini", "b [bad]"), ("gemini", "b [rude]")):
        for running in _running(name, monkeypatch):
            with services.service(claude if name == "anthropic" else services.gemini) as served:
                engine = running.engine(concurrency=1, url=served.url + running.path)
                _, found = translate(engine, ["a", text], tmp_path / name / text)
            flags = health(text, found.hypothesis, found.finish_reason, "fr", "pl", error=found.error)
            assert {"failed", "refusal"} <= set(flags), (name, text, found)


def test_a_setting_that_a_model_refuses_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(asked: services.Asked, served: Served) -> services.Answer:
        if "temperature" in asked.body:
            message = "`temperature` is deprecated for this model."
            return 400, {}, {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
        return services.anthropic(asked, served)

    for running in _running("anthropic", monkeypatch):
        with services.service(newer) as served:
            url = served.url + running.path
            with pytest.raises(StageError, match="engine.request.temperature=null leaves it out"):
                translate(running.engine(url=url), ["a"], tmp_path)
            without = running.engine("engine.request.temperature=null", url=url)
            assert [t.hypothesis for t in translate(without, ["a"], tmp_path)] == ["A"]


def test_a_wrong_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IDS:
        for running in _running(name, monkeypatch):
            with pytest.raises(UnavailableError, match=r"not found \(404 .*see engine.url and model.id"):
                translate(running.engine("model.id=other"), ["a"], tmp_path / name)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [("en-de", ("EN", "de")), ("fr-en", ("FR", "EN-US")), ("pl-en-GB", ("pl", "en-GB")), ("pt-BR-nb", None)],
)
def test_language_codes_of_a_service(deepl: Running, pair: str, expected: Any, tmp_path: Path) -> None:
    if expected is None:  # a variant as the source is the language
        engine = registry.build(
            "engine", {**compose(["model=deepl"]).engine, "url": deepl.served.url + deepl.path},
            model={"name": "deepl"}, src="pt-BR", tgt="nb",
        )  # fmt: skip
        expected = ("PT", "nb")
    else:
        engine = deepl.engine(pair=pair)
    assert [t.hypothesis for t in translate(engine, ["a"], tmp_path)] == ["A"]
    body = deepl.served.asked[0].body
    assert (body["source_lang"], body["target_lang"]) == expected


def test_more_fields_from_the_command_line(deepl: Running, tmp_path: Path) -> None:
    translate(deepl.engine("engine.request.formality=prefer_more"), ["a"], tmp_path)
    assert deepl.served.asked[0].body["formality"] == "prefer_more"
    assert "glossary_id" not in deepl.served.asked[0].body
    assert deepl.engine("engine.request.formality=prefer_more").identity != deepl.engine().identity
    assert deepl.engine(version=2).identity != deepl.engine().identity


def test_requests_stay_below_a_number_of_characters(deepl: Running, tmp_path: Path) -> None:
    translate(deepl.engine(batch_chars=25), ["x" * 10 + str(i) for i in range(5)], tmp_path)
    assert sorted(len(asked.body["text"]) for asked in deepl.served.asked) == [1, 2, 2]


def test_what_the_engine_demands_names_keys_and_address() -> None:
    engine = compose(["model=deepl"]).engine
    (line,) = registry.demands("engine", engine, Context({}, "fr", "pl"))
    assert line == "sends texts, and the key in $DEEPL_API_KEY, to https://api.deepl.com/v2/translate"


OWN = {
    "kind": "rest", "url": "http://127.0.0.1:9/x", "request": {"t": "{text}"}, "output": "out", "retries": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"request": None}, "engine.request=…"),
        ({"request": {"t": "{txt}"}}, r"no placeholder \{txt\}. Did you mean 'text'"),
        ({"request": {"t": "hello"}}, "would not get the text"),
        ({"request": {"api_key": "abc", "t": "{text}"}}, "engine.request.api_key: the request is recorded"),
        ({"headers": {"Authorization": "Bearer abc"}}, r"engine.headers.Authorization: .*\{env:MY_KEY\}"),
        ({"url": "http://127.0.0.1/x?key=abc"}, "must not hold a password or key"),
        ({"url": "ftp://x"}, "not an http"),
        ({"batch": 5}, "needs a list with one item"),
        ({"output": "a["}, "engine.output=a.: not a path"),
        ({"request": {"m": "{model}", "t": "{text}"}}, "model.id="),
    ],
)
def test_a_yaml_that_cannot_work_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        registry.build("engine", {**OWN, **options}, model={"name": "own"}, src="fr", tgt="pl")


def test_an_answer_of_another_shape_is_told(tmp_path: Path) -> None:
    def other(asked: services.Asked, served: Served) -> services.Answer:
        return 200, {}, {"result": "x"} if "batch" not in asked.body else {"out": ["one"]}

    with services.service(other) as served:
        own = {**OWN, "url": served.url}
        engine = registry.build("engine", own, model={"name": "own"}, src="fr", tgt="pl")
        with pytest.raises(StageError, match=r"engine.output finds nothing: \{\"result\": \"x\"\}"):
            translate(engine, ["a"], tmp_path)
        own |= {"request": {"batch": ["{text}"]}, "output": "out[*]", "batch": 2}
        engine = registry.build("engine", own, model={"name": "own"}, src="fr", tgt="pl")
        with pytest.raises(StageError, match="2 texts in, 1 outputs back"):
            translate(engine, ["a", "b"], tmp_path)
    with pytest.raises(UnavailableError, match="is the server running"):
        translate(registry.build("engine", OWN, model={"name": "own"}, src="fr", tgt="pl"), ["a"], tmp_path)


def test_no_key_reaches_the_store(deepl: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["model=deepl", f"engine.url={deepl.served.url}{deepl.path}", f"results={tmp_path}", "limit=2"]
    assert main(["run", "data=seeds", "metrics=chrf", *words]) == 0
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in written and b"{env:DEEPL_API_KEY}" in written
    (record,) = tmp_path.glob("runs/*/record.json")
    assert json.loads(record.read_text())["usage"]["characters"] > 0
    assert main(["run", *words, "engine.headers.Authorization=abc"]) == 2
    assert "engine.headers.Authorization='{env:MY_KEY}'" in capsys.readouterr().err


def test_a_key_is_not_carried_to_another_address(deepl: Running, tmp_path: Path) -> None:
    def moved(asked: services.Asked, served: Served) -> services.Answer:
        return 302, {"Location": deepl.served.url + "/elsewhere"}, {}

    with services.service(moved) as served:
        engine = deepl.engine(url=served.url + "/v2/translate", retries=0)
        with pytest.raises(UnavailableError, match="302"):
            translate(engine, ["a"], tmp_path)
    assert not deepl.served.asked


def test_a_request_that_is_wrong_for_every_text_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for running in _running("deepl", monkeypatch):
        with services.service(lambda *_: (400, {}, {"message": "bad field"})) as served:
            engine = running.engine(url=served.url + running.path)
            with pytest.raises(StageError, match="rejected the request: .*bad field"):
                translate(engine, [f"text {k}" for k in range(40)], tmp_path)
