"""Score the translations of a bitext: corpus scores with intervals, segment scores, statistics."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness import registry
from harness.bitexts import bead_json
from harness.config import BootstrapConfig
from harness.types import Item, Score, Translation


def build_metrics(config: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics by their config key. Raises ConfigError for an unknown kind or option."""
    return {key: registry.build("metric", options) for key, options in config.items()}


def prepare(metrics: Mapping[str, Any]) -> None:
    """Let metrics that need something out of reach say so before anything is translated."""
    for metric in metrics.values():
        if hasattr(metric, "prepare"):
            metric.prepare()


def score(items: Sequence[Item], translations: Sequence[Translation], metrics: Mapping[str, Any],
          bootstrap: BootstrapConfig, src: str, tgt: str,
          ) -> tuple[list[Score], list[dict[str, Any]], dict[str, int]]:  # fmt: skip
    """Corpus scores, the lines of segments.jsonl, and the health counts."""
    from harness.metrics.health import health
    from harness.stats import interval

    sources = [item.source for item in items]
    hypotheses = [translation.hypothesis for translation in translations]
    references = [item.references for item in items]
    lines = [_line(item, translation) for item, translation in zip(items, translations, strict=True)]
    flags: Counter[str] = Counter()
    for line, translation in zip(lines, translations, strict=True):
        line["health"] = list(
            health(translation.source, translation.hypothesis, translation.finish_reason, src, tgt)
        )
        flags.update(line["health"])
    scores = []
    for key, metric in metrics.items():
        statistics = metric.statistics(sources, hypotheses, references)
        value = float(metric.aggregate(statistics.sum(axis=0, keepdims=True))[0])
        low, high = interval(metric, statistics, bootstrap.samples, bootstrap.seed, bootstrap.level)
        usable = math.isfinite(low) and math.isfinite(high)
        scores.append(
            Score(
                metric=key,
                level="corpus",
                value=value if math.isfinite(value) else None,
                ci=(low, high) if usable else None,
                n=len(items),
                signature=metric.signature,
                higher_is_better=metric.higher_is_better,
            )
        )
        for line, row, single in zip(lines, statistics, metric.segment_scores(statistics), strict=True):
            line["stats"][key] = [_number(value) for value in row]
            line["scores"][key] = _number(float(single))
    return scores, lines, dict(sorted(flags.items()))


def _number(value: float) -> float | int | None:
    """JSON's smallest faithful form: None for NaN, an int for a whole number."""
    value = float(value)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _line(item: Item, translation: Translation) -> dict[str, Any]:
    line = asdict(item)
    line["references"] = list(item.references)
    line["bead"] = bead_json(item.bead) if item.bead else None
    line["hypothesis"] = translation.hypothesis
    line["finish_reason"] = translation.finish_reason
    line["n_tokens"] = translation.n_tokens
    line["error"] = translation.error
    return line | {"scores": {}, "stats": {}}
