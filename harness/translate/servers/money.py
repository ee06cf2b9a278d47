"""The money side of asking a service: estimates before, costs after, both held against a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from harness.translate.engines.replies import Reply
from harness.translate.servers.budget import Budget
from harness.translate.servers.prices import Prices, tokens
from harness.types import Forecast


class Money:
    """Pays for requests by `prices`; without them only counts requests."""

    def __init__(self, prices: Prices | None, max_requests: int | None, max_cost: float | None) -> None:
        self._prices, self._max_requests, self._max_cost = prices, max_requests, max_cost
        self.budget = Budget(max_requests, max_cost, prices)
        self._guessed = False

    def paid(self, source: str, sent: str, ask: Callable[[], Reply]) -> Reply:
        """The reply to a request with its cost; `sent` are the texts of the request. Raises Spent."""
        (reply,) = self.paid_together([source], [sent], lambda: [ask()])
        return reply

    def paid_together(
        self, sources: Sequence[str], sent: Sequence[str], ask: Callable[[], list[Reply]]
    ) -> list[Reply]:
        """The same for a request of several texts."""
        estimated = self._estimate(sources, sent)
        self.budget.reserve(estimated)
        cost = 0.0
        try:
            replies = [
                self._with_cost(source, text, reply)
                for source, text, reply in zip(sources, sent, ask(), strict=True)
            ]
            cost = sum(reply.details.cost or 0.0 for reply in replies)
            return replies
        finally:
            self.budget.settle(estimated, cost)

    def forecast(
        self,
        sources: Sequence[str],
        sent: Sequence[str],
        requests: int,
        factors: tuple[float, float] | None,
    ) -> Forecast:
        """What these texts would take, the estimated tokens times `factors`; None: tokens do not count."""
        prompts, outputs = sum(map(tokens, sent)), sum(map(tokens, sources))
        if factors is not None:
            prompts, outputs = round(prompts * factors[0]), round(outputs * factors[1])
        cost = self._prices.cost(sum(map(len, sources)), prompts, outputs) if self._prices else None
        over = None
        if self._max_requests is not None and requests > self._max_requests:
            over = f"engine.max_requests={self._max_requests}"
        elif self._max_cost is not None and cost is not None and cost > self._max_cost:
            over = f"engine.max_cost={self._max_cost:g}"
        return Forecast(
            requests=requests,
            prompt_tokens=None if factors is None else prompts,
            completion_tokens=None if factors is None else outputs,
            cost=cost,
            currency=self._prices.currency if self._prices else None,
            over=over,
        )

    def notices(self) -> Iterator[str]:
        """What the user should know of the costs."""
        if self._guessed:
            yield "the server gives no counts of tokens: costs are estimated from the texts"

    def _estimate(self, sources: Sequence[str], sent: Sequence[str]) -> float:
        """A translation is about as long as its source."""
        if self._prices is None:
            return 0.0
        return sum(
            self._prices.cost(len(source), tokens(text), tokens(source))
            for source, text in zip(sources, sent, strict=True)
        )

    def _with_cost(self, source: str, sent: str, reply: Reply) -> Reply:
        if self._prices is None:
            return reply
        prompt, completion = reply.details.prompt_tokens, reply.n_tokens
        if self._prices.of_tokens and (prompt is None or completion is None):
            self._guessed = True
        prompt = tokens(sent) if prompt is None else prompt
        completion = tokens(reply.text) if completion is None else completion
        cost = self._prices.cost(len(source), prompt, completion)
        return replace(reply, details=replace(reply.details, cost=cost))
