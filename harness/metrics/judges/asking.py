"""Questions put to a language model: kept answers first, then the engine, each question once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.common.files import digest
from harness.common.progress import bar, note
from harness.errors import HarnessError, SegmentError, TooLongError, message_of
from harness.metrics.judges.kept import Kept
from harness.protocols import Batch, Engine
from harness.types import Forecast, Translation

PROBES = 3
"""Questions that fail, none answered yet, after which the others are not asked: the judge is broken."""
_OPTION = re.compile(r"(?<![\w./])(?=engine\.[a-z_]+|model\.(?:id|path|chat|system)\b)")


class Asker:
    """Asks one kind of question of one engine.

    `usable` says whether an answer is in the form that was asked for: only such are kept under `cache`.
    `tokens` is how many an answer has, about, for estimates. `key` is the metric's in a configuration.
    """

    def __init__(
        self,
        key: str,
        engine: Engine,
        cache: str | None,
        usable: Callable[[str], bool],
        tokens: int,
        fresh: bool = False,
    ) -> None:
        self._key, self._engine, self._usable, self._tokens = key, engine, usable, tokens
        identity = {name: value for name, value in engine.identity.items() if name != "answer"}
        self._kept = Kept(Path(cache) / f"{digest(identity, 16)}.jsonl" if cache else None, fresh)
        self._heard: dict[str, Translation] = {}  # also what was no answer: it is not asked again and again

    def known(self, question: str) -> Translation | None:
        """The answer to a question, if it is kept."""
        return self._kept.get(question)

    def answers(self, questions: Sequence[str]) -> dict[str, Translation]:
        """An answer to each question; one that could not be had is an error.

        What that costs is told before anything is sent; where the first fail, the rest is not asked. Raises
        what the engine raises, with the full names of the options.
        """
        for question in dict.fromkeys(questions):
            if question not in self._heard and (known := self._kept.get(question)) is not None:
                self._heard[question] = known
        todo = [question for question in dict.fromkeys(questions) if question not in self._heard]
        if todo:
            self._tell(todo)
            try:
                with bar(self._key, len(todo), "judgements") as ticker:
                    self._ask(todo, ticker.advance)
            except HarnessError as error:
                error.args = (f"{self._key}: {_OPTION.sub(f'metrics.{self._key}.', str(error))}",)
                raise
        return {question: self._heard[question] for question in questions}

    def _ask(self, todo: Sequence[str], advance: Callable[[int], None]) -> None:
        """Ask together; where that fails, the first alone: it may be the one that cannot be answered."""
        rest = list(todo)
        failed = 0
        while rest:
            try:
                self._together(rest, advance)
            except (SegmentError, TooLongError):
                rest = [question for question in rest if question not in self._heard]
                try:
                    self._together(rest[:1], advance)
                except (SegmentError, TooLongError) as error:
                    failed += 1
                    self._heard[rest[0]] = Translation(rest[0], "", "error", None, message_of(error))
                    advance(1)
                    if failed >= PROBES and not any(a.error is None for a in self._heard.values()):
                        said = f"not asked, the judge answers nothing; the last error: {message_of(error)}"
                        for question in rest[1:]:
                            self._heard[question] = Translation(question, "", "error", None, said)
                        advance(len(rest) - 1)
                        return
            rest = [question for question in rest if question not in self._heard]

    def _together(self, questions: Sequence[str], advance: Callable[[int], None]) -> None:
        for batch in self._engine.translate(Batch(questions)):
            for place, answer in batch:
                self._heard[questions[place]] = answer
                if answer.finish_reason == "stop" and self._usable(answer.hypothesis):
                    self._kept.add(answer)
            advance(len(batch))

    def forecast(self, questions: Sequence[str]) -> Forecast:
        """What asking those that are not kept would take. Sends nothing."""
        todo = [question for question in dict.fromkeys(questions) if self._kept.get(question) is None]
        characters = sum(map(len, todo))
        asked = self._engine.forecast(todo)
        if asked is None:
            return Forecast(len(todo), characters=characters)
        if asked.completion_tokens:  # an answer is not as long as its question
            share = len(todo) * self._tokens / asked.completion_tokens
            asked = self._engine.forecast(todo, (1.0, share)) or asked
        return Forecast(
            asked.requests,
            asked.prompt_tokens,
            asked.completion_tokens,
            asked.cost,
            asked.currency,
            characters=characters,
        )

    def _tell(self, todo: Sequence[str]) -> None:
        expected = self.forecast(todo)
        if expected.prompt_tokens is None:
            return
        note(f"{self._key}: {told(expected)}")


def told(expected: Forecast) -> str:
    """What asking a judge would take, in the same words before a run (`--dry-run`) and in it."""
    line = f"{expected.requests:,} requests, {expected.characters or 0:,} characters"
    if expected.prompt_tokens is None or expected.completion_tokens is None:
        return f"{line} to a model on this machine"
    line += f", about {expected.prompt_tokens:,} tokens of prompts and {expected.completion_tokens:,} of"
    line += " answers, by a rule of thumb"
    if expected.cost is None:
        return f"{line}; its cost is not known without prices (engine.prices)"
    return f"{line}; about {expected.cost:.{2 if expected.cost >= 1 else 6}f} {expected.currency}"
