"""How many requests and how much money a run may take."""

from __future__ import annotations

import threading

from harness.errors import ConfigError, StageError
from harness.translate.servers.prices import Prices


class Spent(StageError):
    """The budget is used up; what is under way is still taken."""


class Budget:
    """Counts the requests and the cost of this process; safe to use from several threads.

    A request is not begun where its estimated cost, with that of those under way, would be too much. What is
    under way at once can exceed the budget all the same, by as much as the estimates are wrong.
    """

    def __init__(self, max_requests: int | None, max_cost: float | None, prices: Prices | None) -> None:
        if max_cost is not None and prices is None:
            raise ConfigError(
                f"engine.max_cost={max_cost:g} needs prices of a million tokens, engine.prices.input=…"
                " engine.prices.output=…, or of a million characters, engine.prices.characters=…"
            )
        self._max_requests, self._max_cost, self._prices = max_requests, max_cost, prices
        self._lock = threading.Lock()
        self._requests = 0
        self._cost = self._estimated = self._under_way = 0.0

    def request(self) -> None:
        """Count a request, a repeated one too. Raises Spent instead of the one too many."""
        with self._lock:
            if self._max_requests is not None and self._requests >= self._max_requests:
                raise Spent(
                    f"engine.max_requests={self._max_requests} is reached; finished texts are kept, the same"
                    " command goes on with as many more"
                )
            self._requests += 1

    def reserve(self, estimated: float) -> None:
        """Set aside what a request will cost. Raises Spent where that is too much.

        Where answers so far cost more than estimated (thoughts are not foreseen), so will this one.
        """
        with self._lock:
            more = max(1.0, self._cost / self._estimated) if self._estimated else 1.0
            taken = self._cost + more * self._under_way
            if self._max_cost is not None and taken + more * estimated > self._max_cost:
                currency = self._prices.currency if self._prices else ""
                raise Spent(
                    f"engine.max_cost={self._max_cost:g}: {taken:.4f} {currency} are spent or under way, and"
                    " the next request would be too much; finished texts are kept, the same command goes on"
                    " with as much again"
                )
            self._under_way += estimated

    def settle(self, estimated: float, cost: float) -> None:
        """Replace what was set aside by what it cost."""
        with self._lock:
            self._under_way -= estimated
            self._cost += cost
            self._estimated += estimated if cost else 0.0
