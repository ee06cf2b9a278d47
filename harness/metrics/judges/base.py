"""What all judges share: whom they ask and how, what becomes of answers that cannot be used."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from harness import registry
from harness.common import options
from harness.common.langs import language
from harness.errors import ConfigError
from harness.metrics.base import Mean, check
from harness.metrics.judges.asking import Asker
from harness.protocols import Context, Engine, Statistics
from harness.types import Forecast, Judgement, Translation

_SHOWN = 300  # characters of an answer that could not be used
_DECODING = ("temperature", "seed", "sample", "beams")
_MODEL = ("id", "path", "revision", "pickle", "chat_template_kwargs", "max_input_tokens")
_FIXED: Mapping[str, tuple[Any, ...]] = {
    "too_long": ("error",), "unit": ("segment",), "answer": ("raw", ["think"], ("think",)),
}  # fmt: skip
"""Options of engines that would change what is asked or answered; thoughts are taken off in any case."""


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question: what is said before, whether an answer is in form, about how many tokens it has."""

    usable: Callable[[str], bool]
    tokens: int
    system: str | None = None
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one segment."""

    score: float | None
    judgement: Judgement


class Judge(Mean):
    """A metric that asks a language model behind `engine`.

    model    {id: …}: the name under which the server knows it; of a local engine its id on the hub, or `path`
    engine   as in conf/engine: `openai`, or `transformers` or `vllm` for a model on this machine
    cache    where answers are kept; what was kept is not asked again
    src, tgt the languages, for the prompt

    A segment whose answer was refused, cut off or not in the form has no score, never 0.
    """

    higher_is_better = True
    needs_source = True
    key: ClassVar[str]
    """How the shipped configuration calls it."""
    questions: ClassVar[tuple[Question, ...]]
    """What it asks, the first first."""

    def __init__(
        self,
        src: str,
        tgt: str,
        model: Mapping[str, Any] | None = None,
        engine: Mapping[str, Any] | None = None,
        cache: str | None = None,
    ) -> None:
        self._src, self._tgt = language(src), language(tgt)
        self._model = dict(model or {})
        self._options = dict(engine or {"kind": "openai"})
        self._cache = cache
        self._fresh = False
        self._judged: list[Judgement] = []
        self._askers: dict[int, Asker] = {}

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        judge = Context(options.get("model") or {}, str(options.get("src")), str(options.get("tgt")))
        return registry.demands("engine", options.get("engine") or {"kind": "openai"}, judge)

    @property
    def identity(self) -> dict[str, Any]:
        """The weights of a local model; a server has none to show."""
        found = self._engine.identity if self._local else {}
        return {name: found[name] for name in ("model", "revision", "sha256") if found.get(name)}

    @property
    def signature(self) -> str:
        """The judge, its decoding, and the prompt."""
        asked = _DECODING[:2] if self._options.get("kind") == "openai" else _DECODING
        defaults = {"temperature": 0.0} if self._options.get("kind") == "openai" else {}
        chosen = {name: self._options.get(name, defaults.get(name)) for name in asked}
        decoding = "|".join(f"{k}:{'default' if v is None else v}" for k, v in chosen.items())
        judge = self._model.get("id") or self._model.get("path")
        if self._local and "_engine" in vars(self):
            found = self.identity
            revision = found.get("revision") or found.get("sha256")
            judge = f"{found.get('model') or judge}|revision:{revision}"
        return f"judge:{judge}|{decoding}|{self.asked}"

    @property
    @abstractmethod
    def asked(self) -> str:
        """The part of the signature that names the prompt."""

    def prepare(self) -> None:
        """Raise ConfigError or UnavailableError for a judge that cannot be asked."""
        for number in range(len(self.questions)):
            self._asker(number)

    def renew(self) -> None:
        self._fresh, self._askers = True, {}

    @property
    def _local(self) -> bool:
        return self._options.get("kind") in ("transformers", "vllm", "ctranslate2")

    def _told(self, question: Question) -> dict[str, Any]:
        """A model YAML that asks the question as it stands."""
        model = {**self._model, "family": "llm", "name": self.key, "prompt": "{text}"}
        model["system"] = question.system
        model["examples"] = {"pairs": [list(p) for p in question.examples]} if question.examples else None
        return model

    @cached_property
    def _engine(self) -> Engine:
        """The engine, told what the first question needs."""
        at = f"metrics.{self.key}"
        if not self._model.get("id") and not (self._local and self._model.get("path")):
            local = "; a model on this machine: .engine.kind=transformers .model.path=DIR"
            raise ConfigError(
                f"{self.key} needs a judge: {at}.model.id=NAME, as the server at {at}.engine.base_url knows"
                f" it{local.replace(' .', f' {at}.')}"
            )
        for name in self._model:
            if name not in _MODEL:
                raise ConfigError(
                    f"{at}.model.{name}: a judge's model has {', '.join(_MODEL)}; what it is asked is fixed"
                )
        for name, fixed in _FIXED.items():
            if self._options.get(name, fixed[0]) not in fixed:
                raise ConfigError(f"{at}.engine.{name}: can only be {fixed[0]} for a judge")
        known = options.parameters(registry.resolve("engine", str(self._options.get("kind"))))
        whole = {"too_long": "error"} if "too_long" in known else {}  # half a question is another question
        built: Engine = registry.build(
            "engine", {**self._options, **whole}, at=f"{at}.engine", model=self._told(self.questions[0]),
            src=self._src.code, tgt=self._tgt.code,
        )  # fmt: skip
        return built

    def _asker(self, number: int) -> Asker:
        if number not in self._askers:
            question, engine = self.questions[number], self._engine
            if number:
                told = engine.retold(self._told(question))
                if told is None:
                    kind = self._options.get("kind")
                    raise ConfigError(
                        f"metrics.{self.key}.engine.kind={kind}: cannot ask two kinds of questions;"
                        " openai can, and transformers, ctranslate2 or vllm with a language model"
                    )
                engine = told
            self._askers[number] = Asker(
                self.key, engine, self._cache, question.usable, question.tokens, self._fresh
            )
        return self._askers[number]

    def ask(self, number: int, questions: Sequence[str]) -> dict[str, Translation]:
        """An answer to each of these questions of the kind `number`."""
        return self._asker(number).answers(questions) if questions else {}

    def refusal(self, number: int, answer: Translation, *before: Translation) -> Judgement | None:
        """The judgement of a segment by an answer that cannot be used; None for one that can."""
        text = answer.hypothesis
        if answer.finish_reason == "error":
            outcome, text = "refused", answer.error or ""
        elif answer.finish_reason == "length":
            outcome = "cut"
        elif not self.questions[number].usable(text):
            outcome = "unreadable"
        else:
            return None
        return Judgement(outcome, answer=text[:_SHOWN], answers=(*before, answer))

    @abstractmethod
    def judge(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[Verdict]:
        """The verdict on each segment."""

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 2)`: the score and 1, or zeros where there is no judgement."""
        check(self.name, sources, hypotheses, None)
        verdicts = self.judge(sources, hypotheses, references)
        self._judged = [verdict.judgement for verdict in verdicts]
        return self.statistics_of(verdicts)

    def statistics_of(self, verdicts: Sequence[Verdict]) -> Statistics:
        """The rows for these verdicts."""
        return self.rows([verdict.score for verdict in verdicts])

    def judged(self) -> Sequence[Judgement]:
        return self._judged

    @abstractmethod
    def foreseen(self, source: str, hypothesis: str) -> list[tuple[int, str]]:
        """The questions about one segment, each with its kind, for estimates."""

    def forecast(self, sources: Sequence[str], hypotheses: Sequence[str | None]) -> Forecast:
        """What judging these would take; an unknown hypothesis counts as one like its source."""
        asked: dict[int, list[str]] = {}
        for source, hypothesis in zip(sources, hypotheses, strict=True):
            for number, question in self.foreseen(source, source if hypothesis is None else hypothesis):
                asked.setdefault(number, []).append(question)
        parts = [self._asker(number).forecast(found) for number, found in asked.items()]
        requests = sum(part.requests for part in parts)
        cost = _sum(part.cost for part in parts)
        limits = {"max_requests": requests, "max_cost": cost}
        over = (
            f"metrics.{self.key}.engine.{name}={self._options[name]}"
            for name, much in limits.items()
            if self._options.get(name) is not None and much is not None and much > self._options[name]
        )
        return Forecast(
            requests,
            _sum(part.prompt_tokens for part in parts),
            _sum(part.completion_tokens for part in parts),
            cost,
            next((part.currency for part in parts if part.currency), None),
            next(over, None),
            _sum(part.characters for part in parts),
        )


def _sum(values: Any) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
