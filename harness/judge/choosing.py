"""Which segments are judged, and with what probability each came to be chosen.

A sample that favours informative segments says nothing about the test set unless one knows by how much it
favours them. So they are drawn, not picked: each segment has a known inclusion probability, and
`harness.judge.estimating` weighs by it. Only `--top` and `contested` pick, and then no probability is known.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from harness.compare.contested import contested
from harness.compare.evaluate import Result
from harness.errors import ConfigError
from harness.judge.informative import METHODS, disagreement, from_subset2evaluate, variance
from harness.protocols import Statistics

CHOICES = ("random", "documents", "disagreement", "variance", "subset2evaluate", "contested")
_EVEN = 0.5  # share of the sample that is drawn evenly: no weight exceeds twice that of a random sample


@dataclass(frozen=True, slots=True)
class Chosen:
    """Places in the test set, rising, each with its inclusion probability (None: picked, not drawn)."""

    name: str
    places: list[int]
    inclusion: list[float | None]
    how: str | None = None


def choose(result: Result, name: str, count: int, seed: int, top: bool = False, method: str = "") -> Chosen:
    """Choose about `count` segments of a test set.

    `random`: each with the same probability. `documents`: whole documents, each with the same probability, so
    many that `count` segments are expected. `disagreement` (metrics prefer different systems), `variance`
    (of the metrics over the systems) and `subset2evaluate` (its `method`, Zouhar, Cui and Sachan 2025,
    arXiv 2501.18251): the more informative the likelier; with `top` the most informative ones. `contested` is
    `disagreement` with `top`, ties broken by the spread over systems.

    Raises ConfigError where the test set lacks what the choice rests on.
    """
    n = result.test_set.n
    if name not in CHOICES:
        raise ConfigError(f"--choose {name}: one of {', '.join(CHOICES)}")
    if method and name != "subset2evaluate":
        raise ConfigError(f"--choose {name}:{method}: only subset2evaluate has methods")
    if top and name in ("random", "documents"):
        raise ConfigError(f"--top: '{name}' has no most informative segments; leave --top away")
    if name == "documents":
        return _documents(result, count, seed)
    if count >= n:
        return Chosen("all", list(range(n)), [1.0] * n)
    if name == "random":
        places = sorted(random.Random(f"{seed}:segments").sample(range(n), count))
        return Chosen(name, places, [count / n] * count)
    if name == "contested":
        disagreement(result)  # says what is missing
        return _picked(name, contested(result)[:count], "disagreement of metrics, then spread over systems")
    measures: dict[str, Callable[[], tuple[Statistics, str]]] = {
        "disagreement": lambda: disagreement(result),
        "variance": lambda: variance(result),
        "subset2evaluate": lambda: from_subset2evaluate(result, method or METHODS[0]),
    }
    sizes, how = measures[name]()
    if top:
        order = sorted(range(n), key=lambda k: (-sizes[k], k))
        return _picked(name, order[:count], how)
    probabilities = inclusion_probabilities(sizes, count)
    places = systematic(probabilities, random.Random(f"{seed}:segments"))
    return Chosen(name, places, [float(probabilities[k]) for k in places], f"drawn by {how}")


def inclusion_probabilities(measure: Sequence[float] | Statistics, count: int) -> Statistics:
    """`(n,)` probabilities in (0, 1] that sum to `count`: half even, half in proportion to the sizes.

    Sizes are brought to begin at 0. Those whose probability would exceed 1 are certain, and the rest is
    shared again (Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 3.6.2). The even half
    keeps all weights below 2n/count: a defensive mixture (Hesterberg 1995,
    doi.org/10.1080/00401706.1995.10484303).
    """
    sizes: Statistics = np.asarray(measure, dtype=np.float64)
    sizes = sizes - sizes.min()
    total = sizes.sum()
    shares = np.full(len(sizes), 1 / len(sizes))
    if total > 0:
        shares = _EVEN * shares + (1 - _EVEN) * sizes / total
    certain = np.zeros(len(sizes), dtype=bool)
    while True:
        found = np.ones(len(sizes))
        free = ~certain
        found[free] = shares[free] / shares[free].sum() * (count - certain.sum())
        beyond = free & (found > 1)
        if not beyond.any():
            return found
        certain |= beyond


def systematic(probabilities: Statistics, draw: random.Random) -> list[int]:
    """A sample in which each unit is included with its probability exactly; its size is their sum.

    Systematic sampling with probability proportional to size (Madow 1949, doi.org/10.1214/aoms/1177729988)
    over the units in random order.
    """
    order = draw.sample(range(len(probabilities)), len(probabilities))
    ends = np.cumsum(probabilities[order])
    size = round(float(ends[-1]))
    ends[-1] = size  # the sum is whole but for rounding
    ticks = draw.random() + np.arange(size)
    return sorted(order[k] for k in np.searchsorted(ends, ticks, side="right"))


def _picked(name: str, places: list[int], how: str) -> Chosen:
    return Chosen(name, sorted(places), [None] * len(places), f"the first by {how}")


def _documents(result: Result, count: int, seed: int) -> Chosen:
    docs = result.test_set.systems[0].docs
    runs = [[k for k, _ in found] for _, found in groupby(enumerate(docs), key=lambda pair: pair[1])]
    if None in docs or len(runs) < 2:
        raise ConfigError(
            "--choose documents: the test set does not name several documents (data.docs, data.doc_id);"
            " --choose random takes single segments"
        )
    together: dict[str | None, list[int]] = {}
    for run in runs:
        together.setdefault(docs[run[0]], []).extend(run)
    wanted = min(len(together), max(1, round(count * len(together) / len(docs))))
    chosen = random.Random(f"{seed}:documents").sample(list(together), wanted)
    places = sorted(k for doc in chosen for k in together[doc])
    share = wanted / len(together)
    name = "all" if share == 1 else "documents"
    return Chosen(name, places, [share] * len(places), f"{wanted} of {len(together)} documents")
