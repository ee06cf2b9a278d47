"""Pairwise preference: a language model says which of two translations is better, in both orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.errors import ConfigError, DataError
from harness.metrics.judges.annotations import read_choice
from harness.metrics.judges.base import Judge, Question, Verdict
from harness.metrics.judges.prompt import filled
from harness.metrics.stats.sign import sign_test
from harness.protocols import Statistics
from harness.types import Judgement, Translation

QUESTION = """\
{source_lang} source:
```{source_seg}```
{target_lang} translation A:
```{first}```
{target_lang} translation B:
```{second}```

Which of the two translations is better? Judge first whether the meaning of the source is kept, with nothing \
added, left out or changed, then how well the translation is written. The order in which they are given says \
nothing about them. Answer with nothing but A, B or tie."""
"""Our own words; the harness's licence holds for them."""

REFERENCE = "reference"
"""What `against` is for the (first) reference instead of a run."""

_ROWS = {
    "win": (1, 0, 0, 0),
    "loss": (0, 1, 0, 0),
    "tie": (0, 0, 1, 0),
    "same": (0, 0, 1, 0),
    "order": (0, 0, 1, 1),
}


class Pairwise(Judge):
    """Win rate against another run: 100 for a better translation, 0 for a worse one, 50 for a tie.

    Each pair is shown in both orders. Where the two answers disagree, the order decided and not the
    translation: that is a tie, and counted (Zheng et al. 2023, arxiv.org/abs/2306.05685, section 3.4). Equal
    outputs are a tie that nobody is asked about. `details` has the counts and the p-value of the sign test.

    against  the run to compare with: its id or the beginning of one, its tag, or a system's name (then the
             newest run of it); `reference` compares with the reference
    For the other options see `Judge`.
    """

    name = "pairwise"
    key = "pairwise"
    questions = (Question(lambda text: read_choice(text) is not None, 2),)

    def __init__(
        self,
        src: str,
        tgt: str,
        against: str | None = None,
        model: Mapping[str, Any] | None = None,
        engine: Mapping[str, Any] | None = None,
        cache: str | None = None,
    ) -> None:
        super().__init__(src, tgt, model, engine, cache)
        self._against = against
        self.rival = None if against in (None, REFERENCE) else str(against)
        self._others: Sequence[str] | None = None

    @property
    def asked(self) -> str:
        return f"prompt:pairwise-1|orders:2|against:{self._against}"

    def prepare(self) -> None:
        if not self._against:
            raise ConfigError(
                f"{self.key} needs something to compare with: metrics.{self.key}.against=RUN (an id, a tag or"
                f" a system's name; see: python -m harness list), or metrics.{self.key}.against={REFERENCE}"
            )
        super().prepare()

    def meet(self, outputs: Sequence[str], run_id: str) -> None:
        self._others, self._against = outputs, run_id

    def _question(self, source: str, first: str, second: str) -> str:
        values = {
            "source_lang": self._src.name,
            "source_seg": source,
            "target_lang": self._tgt.name,
            "first": first,
            "second": second,
        }
        return filled(QUESTION, values)

    def foreseen(self, source: str, hypothesis: str) -> list[tuple[int, str]]:
        other = f"{hypothesis} "  # as long as the other output is, about, and never equal
        return [
            (0, self._question(source, hypothesis, other)),
            (0, self._question(source, other, hypothesis)),
        ]

    def judge(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[Verdict]:
        others = self._others
        if self._against == REFERENCE:
            others = [found[0] for found in references if found]
        if others is None or len(others) != len(hypotheses):
            raise DataError(f"{self.name}: no output of '{self._against}' for each of the segments")
        pairs = list(zip(sources, hypotheses, others, strict=True))
        asked = [
            None if mine == other else (self._question(s, mine, other), self._question(s, other, mine))
            for s, mine, other in pairs
        ]
        answers = self.ask(0, [question for both in asked if both for question in both])
        return [
            _verdict("same") if both is None else self._of(answers[both[0]], answers[both[1]])
            for both in asked
        ]

    def _of(self, ours_first: Translation, ours_second: Translation) -> Verdict:
        both = ours_first, ours_second
        for answer in both:
            if (refused := self.refusal(0, answer)) is not None:
                return Verdict(None, Judgement(refused.outcome, (), refused.answer, both))
        first = {"A": "win", "B": "loss"}.get(str(read_choice(ours_first.hypothesis)), "tie")
        second = {"B": "win", "A": "loss"}.get(str(read_choice(ours_second.hypothesis)), "tie")
        return _verdict(first if first == second else "order", both)

    def statistics_of(self, verdicts: Sequence[Verdict]) -> Statistics:
        """`(n, 4)`: won, lost, tied, tied because the orders disagree; zeros where there is no judgement."""
        found = [_ROWS.get(verdict.judgement.outcome, (0, 0, 0, 0)) for verdict in verdicts]
        return np.array(found, dtype=np.float64).reshape(-1, 4)

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` win rates, 0 to 100, ties counted half; NaN where nothing was judged."""
        judged = sums[:, :3].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            rate: Statistics = np.where(judged > 0, 100 * (sums[:, 0] + sums[:, 2] / 2) / judged, np.nan)
        return rate

    def details(self, sums: Statistics) -> dict[str, float]:
        """Counts of segments, and the two-sided p-value of the sign test over those that are not tied."""
        wins, losses, ties, order = (int(count) for count in sums)
        counts = {"wins": wins, "losses": losses, "ties": ties, "ties by order": order}
        return {**counts, "sign test p": sign_test(wins, losses)}


def _verdict(outcome: str, answers: tuple[Translation, ...] = ()) -> Verdict:
    score = {"win": 100.0, "loss": 0.0}.get(outcome, 50.0)
    return Verdict(score, Judgement(outcome, answers=answers))
