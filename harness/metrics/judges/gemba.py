"""GEMBA-MQM and GEMBA-ESA: a language model marks errors; the score is what they cost, or what it gives."""

from __future__ import annotations

from collections.abc import Sequence

from harness.metrics.judges import esa_prompt
from harness.metrics.judges.annotations import bare, gemba_score, read_errors, read_score
from harness.metrics.judges.base import Judge, Question, Verdict
from harness.metrics.judges.marks import located
from harness.metrics.judges.prompt import EXAMPLES, SYSTEM, question
from harness.types import Judgement

_ESA_LEVELS = ("major", "minor")


class GembaMqm(Judge):
    """Mean of -25 (worst) to 0 (no error found), without reference.

    The prompt and the score are those of Kocmi and Federmann 2023 (aclanthology.org/2023.wmt-1.64). For the
    options see `Judge`.
    """

    name = "GEMBA-MQM"
    key = "gemba_mqm"
    questions = (Question(lambda text: read_errors(text) is not None, 60, SYSTEM, EXAMPLES),)

    @property
    def asked(self) -> str:
        return f"prompt:kocmi-federmann-2023|shots:{len(EXAMPLES)}"

    def foreseen(self, source: str, hypothesis: str) -> list[tuple[int, str]]:
        return [(0, question(self._src.name, source, self._tgt.name, hypothesis))]

    def judge(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[Verdict]:
        pairs = list(zip(sources, hypotheses, strict=True))
        asked = [self.foreseen(*pair)[0][1] for pair in pairs]
        answers = self.ask(0, asked)
        verdicts = []
        for (source, hypothesis), one in zip(pairs, asked, strict=True):
            answer = answers[one]
            if (refused := self.refusal(0, answer)) is not None:
                verdicts.append(Verdict(None, refused))
                continue
            errors = read_errors(answer.hypothesis) or []
            marks = located(errors, hypothesis, source)
            verdicts.append(Verdict(gemba_score(errors), Judgement("scored", marks, answers=(answer,))))
        return verdicts


class GembaEsa(Judge):
    """Mean of 0 (no meaning preserved) to 100 (perfect), without reference: first errors, then a score.

    The prompts are those of the authors of GEMBA (see `esa_prompt`). Where the errors are not in the form, no
    score is asked for. For the options see `Judge`.
    """

    name = "GEMBA-ESA"
    key = "gemba_esa"
    questions = (
        Question(
            lambda text: read_errors(text, _ESA_LEVELS, headless=True) is not None,
            60,
            esa_prompt.SYSTEM,
            esa_prompt.EXAMPLES,
        ),
        Question(lambda text: read_score(text) is not None, 4),
    )

    @property
    def asked(self) -> str:
        return f"prompt:gemba-esa-2024|shots:{len(esa_prompt.EXAMPLES)}"

    def _errors(self, source: str, hypothesis: str) -> str:
        return question(self._src.name, source, self._tgt.name, hypothesis, esa_prompt.ERRORS)

    def _score(self, source: str, hypothesis: str, errors: str) -> str:
        return esa_prompt.score_question(self._src.name, source, self._tgt.name, hypothesis, bare(errors))

    def foreseen(self, source: str, hypothesis: str) -> list[tuple[int, str]]:
        first = self._errors(source, hypothesis)
        known = self._asker(0).known(first)
        errors = known.hypothesis if known else esa_prompt.EXAMPLES[0][1]
        return [(0, first), (1, self._score(source, hypothesis, errors))]

    def judge(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[Verdict]:
        pairs = list(zip(sources, hypotheses, strict=True))
        asked = [self._errors(*pair) for pair in pairs]
        marked = self.ask(0, asked)
        verdicts: list[Verdict | None] = []
        scoring: dict[int, str] = {}
        for place, (pair, one) in enumerate(zip(pairs, asked, strict=True)):
            refused = self.refusal(0, marked[one])
            verdicts.append(None if refused is None else Verdict(None, refused))
            if refused is None:
                scoring[place] = self._score(*pair, marked[one].hypothesis)
        scores = self.ask(1, list(scoring.values()))
        for place, following in scoring.items():
            first, second = marked[asked[place]], scores[following]
            source, hypothesis = pairs[place]
            errors = read_errors(first.hypothesis, _ESA_LEVELS, headless=True) or []
            marks = located(errors, hypothesis, source)
            refused = self.refusal(1, second, first)
            verdicts[place] = (
                Verdict(read_score(second.hypothesis), Judgement("scored", marks, answers=(first, second)))
                if refused is None
                else Verdict(None, Judgement(refused.outcome, marks, refused.answer, refused.answers))
            )
        return [verdict for verdict in verdicts if verdict is not None]
