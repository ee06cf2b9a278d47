"""The options of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.errors import ConfigError
from harness.metrics.stats.human import noticed
from harness.metrics.stats.significance import SAMPLES, TestName
from harness.metrics.stats.simultaneous import RESAMPLES
from harness.metrics.stats.units import ENOUGH, usual_unit

Unit = Literal["auto", "segments", "documents"]
UNITS: tuple[Unit, ...] = ("auto", "segments", "documents")
Level = Literal["segment", "document"]
Correction = Literal["max-t", "holm"]
LEAST_ALPHA = 1e-6


@dataclass(frozen=True, slots=True)
class Margin:
    """The δ below which differences do not matter: in the unit of the metric, or as a share of judges."""

    value: float
    is_share: bool = False

    def of(self, config: Mapping[str, Any]) -> float | None:
        """The margin in the unit of the metric configured so; None where the published fit has none."""
        return noticed(self.value, config) if self.is_share else self.value


def parse_margin(text: str | None, option: str = "--margin") -> Margin | None:
    """`"0.5"` (points of the metric) or `"60%"` (noticed by 60 % of judges). Raises ConfigError otherwise."""
    if text is None:
        return None
    share = text.strip().endswith("%")
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        value = float("nan")
    if share and 50 < value < 100:
        return Margin(value / 100, is_share=True)
    if not share and 50 <= value < 100:  # points of a metric that ends at 100: hardly ever what is meant
        raise ConfigError(
            f"{option} {text}: that is a difference of {value:g} points; did you mean {value:g}% of judges?"
        )
    if not share and 0 < value < float("inf"):
        return Margin(value)
    raise ConfigError(
        f"{option} {text}: expected a difference above 0 such as 0.5,"
        " or a share of judges above 50 % such as 60%"
    )


def check_alpha(alpha: float) -> None:
    """Raises ConfigError for a significance level that no number of samples here could reach."""
    if not LEAST_ALPHA <= alpha < 1:
        raise ConfigError(f"--alpha {alpha:g}: must be from {LEAST_ALPHA:g} to below 1")


@dataclass(frozen=True, slots=True)
class Options:
    """`samples` None means sacreBLEU's number for each of its `tests`, and 5,000 joint resamples."""

    tests: tuple[TestName, ...] = ()  # sacreBLEU's, beside the simultaneous test
    samples: int | None = None
    seed: int = 12345
    alpha: float = 0.05
    metrics: tuple[str, ...] = ()
    baseline: str | None = None  # a run id
    unit: Unit = "auto"  # what is drawn and exchanged; auto: see `drawn`; resolved in a Result
    level: Level = "segment"  # what one text is that is scored
    correction: Correction = "max-t"
    margin: Margin | None = None

    def drawn(self, docs: Sequence[str | None]) -> tuple[Unit, str | None]:
        """What is drawn of segments in these documents, and a note on it where the reader should know.

        Of its own accord documents, where there are enough (`stats.units`), and segments for the tests that
        are to be identical with sacreBLEU's.
        """
        if self.unit != "auto":
            return self.unit, None
        if self.tests:
            return "segments", None
        unit = usual_unit(docs)
        several = len(set(docs)) if None not in docs else 0
        if unit == "documents":
            return unit, f"{several} documents are drawn as wholes; --resample segments draws segments"
        if 1 < several < ENOUGH:
            return unit, (
                f"segments are drawn as if they were independent: {several} documents are too few to draw"
                f" ({ENOUGH} at least); --resample documents draws them all the same"
            )
        return unit, None

    def samples_of(self, test: TestName) -> int:
        return self.samples or SAMPLES[test]

    @property
    def resamples(self) -> int:
        """The number of joint resamples behind the intervals and the simultaneous test."""
        return self.samples or RESAMPLES
