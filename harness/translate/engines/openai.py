"""The `openai` engine: any server that speaks OpenAI's chat completions (vLLM, llama.cpp, a paid API)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from harness.common.langs import language
from harness.common.limits import Above, AtLeast, Count, Natural, Reads
from harness.common.notices import tell
from harness.common.thoughts import answer_start
from harness.errors import ConfigError, SegmentError
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.batching import ROOM
from harness.translate.checkpoints.families import check_listed
from harness.translate.engines.accepts import Accepts
from harness.translate.engines.replies import Reply, reply
from harness.translate.prompts import PROMPT_KEYS, Prompt, check_unit
from harness.translate.servers.client import Client, Service
from harness.translate.servers.failures import Refused
from harness.translate.servers.money import Money
from harness.translate.servers.pool import answered
from harness.translate.servers.prices import Price, Prices, tokens
from harness.translate.servers.secrets import check_address, check_no_secrets
from harness.translate.shown import estimated
from harness.types import Forecast, Translation

_HERE = "http://127.0.0.1:8000/v1"
_THINKING = ("enable_thinking", "thinking")
"""What chat templates call it: Qwen3, GLM, SmolLM3 the first, DeepSeek and Granite the second."""


class OpenAI(Engine):
    """Ask a server for each translation; finished ones are stored one by one.

    base_url             up to and with `/v1`
    api_key_env          the environment variable with the key (it is never recorded); null: no key
    concurrency          requests under way at once
    requests_per_minute  a limit of yours; the server's own (429, Retry-After) are obeyed in any case
    retries, timeout     tries again after a passing failure, seconds for one answer
    temperature, max_tokens, seed   as in the protocol; null leaves the server's default
    extra                more fields of the request body
    thinking             false: the chat template is told not to let the model think; null: as it likes
    max_requests, max_cost   what this command may take, repeated requests too; finished texts are kept
    prices               of a million tokens: {input: 2.5, output: 10, currency: USD}, for costs and max_cost
    version              a version of yours, to keep its stored outputs apart from another's
    answer               filters that clean an output: `raw` none, `strip` all, or a list of names
    unit                 what one request is of: a segment, a whole document, or a window of `window` segments
                         with `context` segments before it; `realign` cuts the output into segments

    The prompt is the model's (`prompt`, `system`, `chat`: false asks `/completions` instead).
    Raises UnavailableError when the server is out of reach or refuses the key.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(("sentence_level", *PROMPT_KEYS))],
        src: str,
        tgt: str,
        base_url: str = _HERE,
        api_key_env: str | None = "OPENAI_API_KEY",
        concurrency: Count = 4,
        requests_per_minute: Annotated[float, Above(0)] | None = None,
        retries: Natural = 5,
        timeout: Annotated[float, Above(0)] = 120.0,
        temperature: Annotated[float, AtLeast(0)] | None = 0.0,
        max_tokens: Count | None = 1024,
        seed: int | None = None,
        extra: Mapping[str, Any] | None = None,
        thinking: bool | None = None,
        max_requests: Count | None = None,
        max_cost: Annotated[float, Above(0)] | None = None,
        prices: Mapping[Price, float | str] | None = None,
        version: str | float | None = None,
        answer: Answer = "raw",
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
    ) -> None:
        check_address(base_url, "engine.base_url", "http://127.0.0.1:8000/v1")
        parts = urlsplit(base_url)
        if parts.query:
            raise ConfigError(f"engine.base_url={base_url}: must end with the path, without a question mark")
        check_no_secrets(
            extra or {},
            "engine.extra",
            "put a key into the environment variable that engine.api_key_env names",
        )
        if not model.get("id"):
            raise ConfigError(
                "engine 'openai' needs the name under which the server knows the model: model.id=…"
            )
        self.filters, self._version, self._thinking = chosen(answer), version, thinking
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        self.unit, self.window, self.context = unit, window, context
        self._languages = source, target
        self._prompt = Prompt.of(model, source, target)
        self.shown, self.before = self._prompt.examples, self._prompt.context
        self.divisible = not self.before
        check_unit(self, model)
        self._url = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
        self._model = str(model["id"])
        self._concurrency = concurrency
        options = {"temperature": temperature, "max_tokens": max_tokens, "seed": seed, **(extra or {})}
        self._options = {name: value for name, value in options.items() if value is not None}
        self._server = Accepts()
        key = os.environ.get(api_key_env) if api_key_env else None
        service = Service(
            shown=self._url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            secrets=(key,) if key else (),
            key_names=(api_key_env,) if api_key_env else (),
            missing="engine.base_url must end in /v1, and model.id be one of that server's models",
            another="engine.base_url=…",
        )
        self._money = Money(Prices.of(prices), max_requests, max_cost)
        self._client = Client(service, timeout, retries, requests_per_minute, self._money.budget)

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        key = options.get("api_key_env", "OPENAI_API_KEY")
        secret = f", and the key in ${key}," if key else ""
        return [f"sends texts{secret} to {options.get('base_url', _HERE)}"]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The server, the model and the request settings, without the key."""
        return {
            "engine": "openai",
            "base_url": self._url,
            "model": self._model,
            "decoding": self._options,
            "told": self._prompt.identity,
            **({} if self._thinking is None else {"thinking": self._thinking}),
            **({} if self._version is None else {"version": self._version}),
            **identity(self.filters),
        }

    @property
    def _template(self) -> dict[str, Any]:
        """Arguments of the chat template, as vLLM, SGLang and llama.cpp take them."""
        thoughts = {} if self._thinking is None else dict.fromkeys(_THINKING, self._thinking)
        return {**thoughts, **self._prompt.template}

    def retold(self, model: Mapping[str, Any]) -> OpenAI:
        other = copy(self)
        vars(other).pop("identity", None)
        other._prompt = Prompt.of(model, *self._languages)
        return other

    def translate(self, batch: Batch) -> Translated:
        sources, worked = batch.sources, False
        self._client.begin()  # a failed text ended the round before
        for index, future in answered(
            lambda index: self._ask(sources[index]), range(len(sources)), self._concurrency, self._client.stop
        ):
            translation = self._finished(future, sources[index], worked)
            worked |= translation.error is None
            for notice in (*self._server.notices(), *self._money.notices()):
                tell(notice)
            yield [(index, translation)]

    def _ask(self, source: str) -> Reply:
        """The server's reply. Settings that it refuses are left out, or given in another way, from then."""
        while True:
            server = self._server
            try:
                reply = self._money.paid(
                    source, self._prompt.sent(source), partial(self._post, source, server)
                )
            except Refused as error:
                adapted = server.after(str(error))
                if adapted is None:
                    raise
            else:
                if not (self._prompt.stop and server.stops and _stopped_in_thoughts(reply)):
                    return reply
                adapted = replace(server, stops=False)
            if self._server == server:  # else another thread has adapted meanwhile
                self._server = adapted

    def forecast(self, sources: Sequence[str], measured: tuple[float, float] = (1.0, 1.0)) -> Forecast:
        sent = [self._prompt.sent(source) for source in sources]
        return self._money.forecast(sources, sent, len(sources), measured)

    def fits(self, source: str) -> bool:
        """Whether `max_tokens` leaves room for a translation one and a half times as long as the source."""
        limit = self._options.get("max_tokens")
        return limit is None or tokens(source) * ROOM <= int(limit)

    def _post(self, source: str, server: Accepts) -> Reply:
        body: dict[str, Any] = {"model": self._model, **server.options(self._options)}
        if self._prompt.stop and server.stops:
            body["stop"] = list(self._prompt.stop)
        if not self._prompt.chat:
            return self._send("/completions", body | {"prompt": self._prompt.text(source)})
        if self._template:
            body["chat_template_kwargs"] = self._template
        return self._send("/chat/completions", body | {"messages": self._prompt.messages(source)})

    def _send(self, path: str, body: dict[str, Any]) -> Reply:
        return self._client.post(self._url + path, body, reply)

    def _finished(self, future: Future[Reply], source: str, worked: bool) -> Translation:
        """One answer as a translation; what the server refuses for this text alone is its error."""
        try:
            reply = future.result()
        except Refused as error:
            if not worked:  # nothing has worked so far: it may not be this text, the caller finds out
                raise SegmentError(error.by(self._url)) from error
            return Translation(source, "", "error", None, str(error))
        translation = reply.translation(source, self._prompt.answer(reply.text))
        return replace(translation, details=estimated(self._prompt, source, reply.details))


def _stopped_in_thoughts(reply: Reply) -> bool:
    """Whether a stop text ended the thoughts, so that there is no answer."""
    if reply.finish_reason != "stop":
        return False
    return answer_start(reply.text) is None or (not reply.text.strip() and bool(reply.details.reasoning))
