"""GEMBA-MQM: a language model marks errors, the score is what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.files import digest
from harness.common.langs import language
from harness.common.notices import tell
from harness.common.progress import bar, note
from harness.errors import ConfigError
from harness.metrics.base import Mean, check
from harness.metrics.judges.annotations import gemba_score, read_errors
from harness.metrics.judges.kept import Kept
from harness.metrics.judges.prompt import EXAMPLES, SYSTEM, question
from harness.protocols import Batch, Context, Engine, Statistics


class GembaMqm(Mean):
    """Mean of -25 (worst) to 0 (no error found), without reference; a language model behind `engine` judges.

    The prompt and the score are those of Kocmi and Federmann 2023 (aclanthology.org/2023.wmt-1.64). A segment
    whose answer was refused, cut off or not in the form has no score (never 0, which is the best); how many
    is told. Answers are kept under `cache`, and what was kept is not asked again.

    model    {id: …}: the name under which the server knows the judge
    engine   as in conf/engine; `seed` and `temperature` are part of the signature
    src, tgt the languages, for the prompt
    """

    name = "GEMBA-MQM"
    higher_is_better = True

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

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return registry.demands("engine", options.get("engine") or {"kind": "openai"}, context)

    @property
    def signature(self) -> str:
        """The judge, its decoding, and the prompt."""
        options = {key: self._options.get(key) for key in ("temperature", "seed")}
        decoding = "|".join(f"{key}:{'default' if v is None else v}" for key, v in options.items())
        return f"judge:{self._model.get('id')}|{decoding}|prompt:kocmi-federmann-2023|shots:{len(EXAMPLES)}"

    def prepare(self) -> None:
        """Raise ConfigError or UnavailableError for a judge that cannot be asked."""
        assert self._judge is not None

    @cached_property
    def _judge(self) -> Engine:
        if not self._model.get("id"):
            raise ConfigError(
                "gemba_mqm needs a judge: metrics.gemba_mqm.model.id=NAME, as the server at"
                " metrics.gemba_mqm.engine.base_url knows it"
            )
        model = {
            **self._model,
            "name": "gemba_mqm",
            "prompt": "{text}",
            "system": SYSTEM,
            "examples": {"pairs": [list(pair) for pair in EXAMPLES]},
        }
        built: Engine = registry.build(
            "engine", self._options, at="metrics.gemba_mqm.engine", model=model, src=self._src.code,
            tgt=self._tgt.code,
        )  # fmt: skip
        return built

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 2)`: the score and 1, or zeros where there is no judgement."""
        check(self.name, sources, hypotheses, None)
        asked = [
            question(self._src.name, source, self._tgt.name, hypothesis)
            for source, hypothesis in zip(sources, hypotheses, strict=True)
        ]
        answers = self._answers(list(dict.fromkeys(asked)))
        scores: list[float | None] = []
        for one in asked:
            errors = read_errors(answers[one]) if one in answers else None
            scores.append(None if errors is None else gemba_score(errors))
        missing = sum(score is None for score in scores)
        if missing:
            tell(
                f"{self.name}: {missing} of {len(scores)} segments have no score, as the judge refused, was"
                " cut off or did not keep to the form; they count neither as good nor as bad"
            )
        return self.rows(scores)

    def _answers(self, asked: Sequence[str]) -> dict[str, str]:
        """The usable answers; those that are not kept are asked for, after what that costs is told."""
        where = Path(self._cache) / f"{digest(self._judge.identity, 16)}.jsonl" if self._cache else None
        kept = Kept(where)
        found = {one: known for one in asked if (known := kept.get(one)) is not None}
        todo = [one for one in asked if one not in found]
        if not todo:
            return found
        self._tell_cost(todo)
        with bar(self.name, len(todo), "judgements") as ticker:
            for batch in self._judge.translate(Batch(todo)):
                for place, answer in batch:
                    if answer.finish_reason == "stop" and read_errors(answer.hypothesis) is not None:
                        kept.add(todo[place], answer.hypothesis)
                        found[todo[place]] = answer.hypothesis
                ticker.advance(len(batch))
        return found

    def _tell_cost(self, todo: Sequence[str]) -> None:
        expected = self._judge.forecast(todo)
        if expected is None:
            return
        line = f"{self.name}: asking for {expected.requests} judgements"
        if expected.prompt_tokens is not None:
            line += f", about {expected.prompt_tokens:,} tokens of prompts"
        if expected.cost is not None:
            line += f", about {expected.cost:.2f} {expected.currency}"
        note(line)
