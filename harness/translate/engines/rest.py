"""The `rest` engine: any translation service with a JSON interface, described by its YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any, Literal

from harness.common.langs import Language, language
from harness.common.limits import Above, Count, Natural, Reads
from harness.common.notices import tell
from harness.errors import ConfigError, SegmentError
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.checkpoints.families import check_listed
from harness.translate.engines.rest_replies import Answers, Paths
from harness.translate.prompts import PROMPT_KEYS, Prompt, check_unit
from harness.translate.servers import secrets, template
from harness.translate.servers.client import Client, Service
from harness.translate.servers.failures import Refused
from harness.translate.servers.money import Money
from harness.translate.servers.pool import answered
from harness.translate.servers.prices import Price, Prices
from harness.translate.shown import estimated
from harness.types import Forecast, Translation

_SHARED = ("src", "tgt", "source_language", "target_language", "model", "system", "stop")


class Rest(Engine):
    """Ask a service for translations; finished ones are stored request by request.

    url             of the service; {src} {tgt} {model} are filled in
    headers         of each request; {env:NAME} is an environment variable, never recorded; null: none
    request         the body, a template (see `servers.template`): {text} {prompt} {src} {tgt}
                    {source_language} {target_language} {model} {system} {stop}; null leaves a field out
    output          the path to the outputs in an answer (see `servers.jsonpath`)
    finish_reason   the path to why the output ended; null: the service does not say
    refused         the path to why a text was refused, in an answer without an output
    prompt_tokens, completion_tokens, served_by, reasoning   paths, recorded where the service gives them
    batch           texts a request; more than 1 needs a list with one item that holds {text}
    batch_chars     characters a request; null: no limit
    source_codes, target_codes   the service's language codes by ISO 639 or BCP-47 code, where they differ
    concurrency, requests_per_minute, retries, timeout   as for `openai`
    max_requests, max_cost   what this command may take, repeated requests too; finished texts are kept
    prices          of a million tokens {input: …, output: …} or {characters: …}, and the currency
    version         a version of yours, to keep its stored outputs apart from another's
    unit, window, context   as of `openai`: segments, whole documents or windows of them
    answer          filters that clean an output: `raw` none, `strip` all, or a list (see `translate.answers`)

    A text that the service refuses fails alone. Raises UnavailableError when the service is out of reach,
    refuses the key or has no quota left.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(("sentence_level", *PROMPT_KEYS))],
        src: str,
        tgt: str,
        url: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        request: Mapping[str, Any] | Sequence[Any] | None = None,
        output: str | None = None,
        finish_reason: str | None = None,
        refused: str | None = None,
        prompt_tokens: str | None = None,
        completion_tokens: str | None = None,
        served_by: str | None = None,
        reasoning: str | None = None,
        batch: Count = 1,
        batch_chars: Count | None = None,
        source_codes: Mapping[str, str] | None = None,
        target_codes: Mapping[str, str] | None = None,
        concurrency: Count = 4,
        requests_per_minute: Annotated[float, Above(0)] | None = None,
        retries: Natural = 5,
        timeout: Annotated[float, Above(0)] = 120.0,
        max_requests: Count | None = None,
        max_cost: Annotated[float, Above(0)] | None = None,
        prices: Mapping[Price, float | str] | None = None,
        version: str | float | None = None,
        answer: Answer = "raw",
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
    ) -> None:
        if not url or not request or not output:
            needed = {"url": url, "request": request, "output": output}
            missing = " ".join(f"engine.{name}=…" for name, value in needed.items() if not value)
            raise ConfigError(
                f"engine 'rest' needs {missing} (the service's address, the request, where the answer is);"
                " ready are model=deepl, google, azure, anthropic, gemini"
            )
        self.filters = chosen(answer)
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        self.unit, self.window, self.context = unit, window, context
        check_unit(self, model)
        secrets.check_headers(headers or {})
        if isinstance(request, Mapping):
            secrets.check_no_secrets(
                request, "engine.request", "a key goes into engine.headers: '{env:NAME}'"
            )
        template.check(request, (*_SHARED, *template.OF_TEXTS), "engine.request")
        template.check(url, _SHARED, "engine.url")
        used = template.placeholders(request) | template.placeholders(url)
        if not used & set(template.OF_TEXTS):
            raise ConfigError("engine.request has no {text} or {prompt}: the service would not get the text")
        if batch > 1 and not template.repeats(request):
            raise ConfigError(
                f"engine.batch={batch}: engine.request needs a list with one item that holds {{text}}"
            )
        if "model" in used and not model.get("id"):
            raise ConfigError("engine 'rest' needs the model's name at the service: model.id=…")
        self._prompt = Prompt.of(model, source, target) if "prompt" in used else None
        self.shown = self._prompt.examples if self._prompt else ()
        if model.get("context"):
            raise ConfigError(
                "model.context: engine 'rest' sends single texts; openai and transformers have it"
            )
        if self.shown and self._prompt and "{examples}" not in self._prompt.prompt:
            raise ConfigError(
                "model.examples: a request has no turns for them; put {examples} into model.prompt"
            )
        self._values = {
            "src": _code(source, source_codes or {}, source.short),
            "tgt": _code(target, target_codes or {}),
            "source_language": source.name,
            "target_language": target.name,
            "model": model.get("id"),
            "system": self._prompt.system if self._prompt else None,
            "stop": list(self._prompt.stop) or None if self._prompt else None,
        }
        self._url = template.fill(url, self._values, [{}])
        secrets.check_address(self._url, "engine.url", "https://api.example.com/v1/translate")
        self._headers, self._request, self._output = dict(headers or {}), request, output
        self._paths = Paths.of(
            output, finish_reason, refused, prompt_tokens, completion_tokens, served_by, reasoning
        )
        self._batch, self._batch_chars, self._concurrency = batch, batch_chars, concurrency
        self._limits = timeout, retries, requests_per_minute
        self._money = Money(Prices.of(prices), max_requests, max_cost)
        self._version = version

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        names = secrets.variables(options.get("headers") or {})
        key = f", and the key in {' and '.join(f'${name}' for name in names)}," if names else ""
        return [f"sends texts{key} to {options.get('url')}"]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The service, the request and where the output is, without any key."""
        return {
            "engine": "rest",
            "url": self._url,
            "model": self._values["model"],
            "headers": _set(self._headers),
            "request": _set(self._request),
            "output": self._output,
            "languages": [self._values["src"], self._values["tgt"]],
            "told": self._prompt.identity if self._prompt else None,
            **({} if self._version is None else {"version": self._version}),
            **identity(self.filters),
        }

    def check(self) -> None:
        """The keys are there; nothing is sent."""
        secrets.filled(self._headers)

    def translate(self, batch: Batch) -> Translated:
        sources, worked, client = batch.sources, False, self._client
        client.begin()  # a failed text ended the round before
        for indices, future in answered(
            lambda indices: self._ask(client, [sources[i] for i in indices]),
            self._requests(sources),
            self._concurrency,
            client.stop,
        ):
            found = self._finished(future, [sources[i] for i in indices], worked)
            worked |= any(translation.error is None for translation in found)
            for notice in self._money.notices():
                tell(notice)
            yield list(zip(indices, found, strict=True))

    def _finished(
        self, future: Future[list[Translation]], sources: Sequence[str], worked: bool
    ) -> list[Translation]:
        """The outputs of one request; what the service refuses for these texts alone is their error."""
        try:
            return future.result()
        except Refused as error:
            if not worked:  # nothing has worked so far: it may not be this text, the caller finds out
                hint = _named(self._request, str(error))
                raise SegmentError(error.by(self._url) + hint) from error
            return [Translation(source, "", "error", None, str(error)) for source in sources]

    @cached_property
    def _client(self) -> Client:
        filled = secrets.filled(self._headers)
        service = Service(
            shown=self._url,
            headers=filled.headers,
            secrets=filled.secrets,
            key_names=secrets.variables(self._headers),
            missing="see engine.url and model.id",
        )
        return Client(service, *self._limits, self._money.budget)

    def _requests(self, sources: Sequence[str]) -> Iterator[list[int]]:
        """The texts of each request: consecutive ones, as many as `batch` and `batch_chars` allow."""
        held: list[int] = []
        characters = 0
        for index, source in enumerate(sources):
            too_long = self._batch_chars is not None and characters + len(source) > self._batch_chars
            if held and (len(held) == self._batch or too_long):
                yield held
                held, characters = [], 0
            held.append(index)
            characters += len(source)
        if held:
            yield held

    def _ask(self, client: Client, sources: Sequence[str]) -> list[Translation]:
        """Their translations; where the service refuses several at once, each half alone."""
        texts = [
            {"text": source, "prompt": self._prompt.text(source) if self._prompt else None}
            for source in sources
        ]
        body = template.fill(self._request, self._values, texts)
        reader = Answers(self._paths, len(sources), self._url)
        try:
            found = self._money.paid_together(
                sources, self._sent(sources), lambda: client.post(self._url, body, reader.read)
            )
        except Refused:
            if len(sources) == 1:
                raise
            half = len(sources) // 2
            halves = [*self._part(client, sources[:half]), *self._part(client, sources[half:])]
            if all(translation.error for translation in halves):
                raise  # it is not one of the texts: the caller finds out
            return halves
        clean = self._prompt.answer if self._prompt else str
        return [
            replace(
                reply.translation(source, clean(reply.text)),
                details=estimated(self._prompt, source, reply.details),
            )
            for source, reply in zip(sources, found, strict=True)
        ]

    def _sent(self, sources: Sequence[str]) -> list[str]:
        """The texts of requests, for estimates."""
        prompt = self._prompt
        return (
            list(sources) if prompt is None else [f"{prompt.system or ''}{prompt.text(s)}" for s in sources]
        )

    def forecast(self, sources: Sequence[str], measured: tuple[float, float] = (1.0, 1.0)) -> Forecast:
        requests = sum(1 for _ in self._requests(sources))
        factors = measured if self._prompt else None
        return self._money.forecast(sources, self._sent(sources), requests, factors)

    def _part(self, client: Client, sources: Sequence[str]) -> list[Translation]:
        try:
            return self._ask(client, sources)
        except Refused as refusal:
            return [Translation(source, "", "error", None, str(refusal)) for source in sources]


def _named(request: Any, refusal: str, at: str = "engine.request") -> str:
    """How to leave out the field of a request that a refusal names; nothing where it names none."""
    for name, value in request.items() if isinstance(request, Mapping) else ():
        if isinstance(value, int | float) and str(name) in refusal:
            return f"; {at}.{name}=null leaves it out"
        if inner := _named(value, refusal, f"{at}.{name}"):
            return inner
    return ""


def _set(value: Any) -> Any:
    """A template without what is null: a field that may be set one day is no part of the identity today."""
    if isinstance(value, Mapping):
        return {key: _set(item) for key, item in value.items() if item is not None}
    return [_set(item) for item in value] if isinstance(value, list) else value


def _code(lang: Language, codes: Mapping[str, str], also: str = "") -> str:
    """The service's code of a language: that in its list, also of the bare language `also`, else BCP-47."""
    return next((codes[code] for code in (lang.code, also) if code in codes), lang.code)
