"""The `openai` engine: any server that speaks OpenAI's chat completions (vLLM, llama.cpp, a paid API)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from harness.common.langs import language
from harness.common.limits import Above, AtLeast, Count, Natural, Reads
from harness.errors import ConfigError, HarnessError, SegmentError
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.checkpoints.families import check_listed
from harness.translate.engines.completions import Client
from harness.translate.engines.replies import Refused, Reply
from harness.translate.prompts import PROMPT_KEYS, Prompt, check_unit
from harness.types import Translation

_SECRET = re.compile(r"api.?key|authori[sz]ation|bearer|passw|secret|(access|auth|hf)_?token$", re.IGNORECASE)


class OpenAI(Engine):
    """Ask a server for each translation; finished ones are stored one by one.

    base_url             up to and with `/v1`
    api_key_env          the environment variable with the key (it is never recorded); null: no key
    concurrency          requests under way at once
    requests_per_minute  a limit of yours; the server's own (429, Retry-After) are obeyed in any case
    retries, timeout     tries again after a passing failure, seconds for one answer
    temperature, max_tokens, seed   as in the protocol; null leaves the server's default
    extra                more fields of the request body
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
        base_url: str = "http://127.0.0.1:8000/v1",
        api_key_env: str | None = "OPENAI_API_KEY",
        concurrency: Count = 4,
        requests_per_minute: Annotated[float, Above(0)] | None = None,
        retries: Natural = 5,
        timeout: Annotated[float, Above(0)] = 120.0,
        temperature: Annotated[float, AtLeast(0)] | None = 0.0,
        max_tokens: Count | None = 1024,
        seed: int | None = None,
        extra: Mapping[str, Any] | None = None,
        unit: Literal["segment", "document", "window"] = "segment",
        window: Count = 10,
        context: Natural = 0,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(
                f"engine.base_url={base_url}: not an http(s) URL, for example http://127.0.0.1:8000/v1"
            )
        if parts.username or parts.password or parts.query:
            raise ConfigError(
                "engine.base_url must not hold a password or key; put it into engine.api_key_env"
            )
        secrets = [name for name in extra or {} if _SECRET.search(str(name))]
        if secrets:
            raise ConfigError(
                f"engine.extra.{secrets[0]}: the request is recorded; put a key into the environment"
                " variable that engine.api_key_env names"
            )
        if not model.get("id"):
            raise ConfigError(
                "engine 'openai' needs the name under which the server knows the model: model.id=…"
            )
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        self.unit, self.window, self.context = unit, window, context
        check_unit(self, model)
        self._prompt = Prompt.of(model, source, target)
        self._url = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
        self._model = str(model["id"])
        self._concurrency = concurrency
        options = {"temperature": temperature, "max_tokens": max_tokens, "seed": seed, **(extra or {})}
        self._options = {name: value for name, value in options.items() if value is not None}
        self._limit = "max_tokens"  # the name under which the server takes it
        key = os.environ.get(api_key_env) if api_key_env else None
        self._client = Client(self._url, key, api_key_env, timeout, retries, requests_per_minute)

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return [f"sends texts, and the key in ${options.get('api_key_env')}, to {options.get('base_url')}"]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The server, the model and the request settings, without the key."""
        return {
            "engine": "openai",
            "base_url": self._url,
            "model": self._model,
            "decoding": self._options,
            "told": self._prompt.identity,
        }

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        waiting: dict[Future[Reply], int] = {}
        todo = iter(enumerate(sources))
        answered = 0
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="openai") as pool:
            try:
                while True:
                    while len(waiting) < 2 * self._concurrency and (task := next(todo, None)) is not None:
                        waiting[pool.submit(self._ask, task[1])] = task[0]
                    if not waiting:
                        return
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=lambda future: waiting[future]):
                        index = waiting.pop(future)
                        translation = self._finished(future, sources[index], answered)
                        answered += translation.error is None
                        yield [(index, translation)]
            except BaseException:
                self._client.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _ask(self, source: str) -> Reply:
        try:
            return self._post(source)
        except Refused as error:
            # Newer models of some servers take the same limit under another name only.
            if "max_completion_tokens" not in str(error) or self._limit != "max_tokens":
                raise
            self._limit = "max_completion_tokens"
            return self._post(source)

    def _post(self, source: str) -> Reply:
        options = {
            self._limit if name == "max_tokens" else name: value for name, value in self._options.items()
        }
        body: dict[str, Any] = {"model": self._model, **options}
        if self._prompt.stop:
            body["stop"] = list(self._prompt.stop)
        if self._prompt.chat:
            if self._prompt.template:  # as vLLM, SGLang and llama.cpp name it
                body["chat_template_kwargs"] = dict(self._prompt.template)
            return self._client.post("/chat/completions", body | {"messages": self._prompt.messages(source)})
        return self._client.post("/completions", body | {"prompt": self._prompt.text(source)})

    def _finished(self, future: Future[Reply], source: str, answered: int) -> Translation:
        """One answer as a translation; what the server refuses for this text alone is its error."""
        try:
            reply = future.result()
        except Refused as error:
            if not answered:  # nothing has worked so far: it may not be this text, the caller finds out
                raise SegmentError(f"{self._url} rejected the request: {error}") from error
            return Translation(source, "", "error", None, str(error))
        except HarnessError:
            raise
        text = self._prompt.answer(reply.text)
        if reply.finish_reason not in ("stop", "length", None):
            return Translation(source, text, "error", reply.n_tokens, f"finish_reason {reply.finish_reason}")
        return Translation(
            source, text, "length" if reply.finish_reason == "length" else "stop", reply.n_tokens
        )
