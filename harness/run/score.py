"""Score translations: segment scores and statistics of some segments, corpus scores from their sums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.common.progress import bar
from harness.config.schema import BootstrapConfig
from harness.protocols import Metric, Statistics
from harness.run.documents import bead_json
from harness.run.judging import judged_json
from harness.run.shards import Gathered
from harness.run.whole import Cut, line_of
from harness.types import Item, Judgement, Score, Translation


@dataclass(frozen=True, slots=True)
class Scored:
    """Consecutive segments with their scores: lines of segments.jsonl and statistics `(n, k)` a metric."""

    lines: list[dict[str, Any]]
    statistics: dict[str, Statistics]
    health: dict[str, int]
    judged: dict[str, list[Judgement]]
    """By metric, where it asks a language model."""


def score(items: Sequence[Item], translations: Sequence[Translation], metrics: Mapping[str, Metric],
          src: str, tgt: str, sourceless: bool = False, cuts: Sequence[Cut] = ()) -> Scored:  # fmt: skip
    """Segment scores, statistics and health of some segments of a test set.

    `sourceless` sets have references alone: their health is that of the output beside them.
    `cuts`: how each came by its translation, where that is a piece of the output for a document.
    """
    from harness.metrics.health import health, in_order, wrong_together

    sources = [item.source for item in items]
    hypotheses = [translation.hypothesis for translation in translations]
    references = [item.references for item in items]
    lines = [_line(item, translation) for item, translation in zip(items, translations, strict=True)]
    flags: Counter[str] = Counter()
    with bar("looking for broken outputs", len(lines)) as ticker:
        for line, item, translation in zip(lines, items, translations, strict=True):
            text, reason = translation.hypothesis, translation.finish_reason
            source = None if sourceless else translation.source
            line["health"] = list(health(source, text, reason, src, tgt, item.references, translation.error))
            flags.update(line["health"])
            ticker.advance()
    for at in wrong_together(hypotheses, [line["health"] for line in lines], tgt):
        lines[at]["health"] = in_order([*lines[at]["health"], "wrong-language"])
        flags["wrong-language"] += 1
    for line, made in zip(lines, cuts, strict=False):
        line.update(line_of(made))
        line["health"] += made.flags
        flags.update(made.flags)
    statistics = {}
    judged: dict[str, list[Judgement]] = {}
    for key, metric in metrics.items():
        if metric.needs_documents:
            docs = [item.doc for item in items]
            statistics[key] = metric.in_documents(docs, sources, hypotheses, references)
        else:
            statistics[key] = metric.statistics(sources, hypotheses, references)
        singles = metric.segment_scores(statistics[key]).tolist()
        for line, row, single in zip(lines, statistics[key].tolist(), singles, strict=True):
            line["stats"][key] = [_number(value) for value in row]
            line["scores"][key] = _number(single)
        if found := list(metric.judged()):
            judged[key] = found
            for line, judgement in zip(lines, found, strict=True):
                line.setdefault("judged", {})[key] = judged_json(judgement)
    return Scored(lines, statistics, dict(flags), judged)


def corpus_scores(metrics: Mapping[str, Metric], gathered: Gathered, docs: Sequence[str | None], block: int,
                  bootstrap: BootstrapConfig) -> list[Score]:  # fmt: skip
    """Corpus scores with intervals, from the sums `(b, k)` of blocks of `block` segments, whose documents are
    `docs`.

    Documents are drawn for a metric of documents, and as `bootstrap.unit` says; only segments where one is in
    none, or blocks are longer.
    """
    from harness.metrics.stats.bootstrap import interval
    from harness.metrics.stats.units import numbered, summed, usual_unit

    unit = usual_unit(docs) if bootstrap.unit == "auto" else bootstrap.unit
    places = numbered(docs) if block == 1 and None not in docs else None
    scores = []
    for key, metric in _watched(metrics):
        value = float(metric.aggregate(gathered.rows[key].sum(axis=0, keepdims=True))[0])
        rows = gathered.rows[key]
        whole = places is not None and (unit == "documents" or metric.needs_documents)
        rows = summed(rows, places) if whole and places is not None else rows
        low, high = interval(metric, rows, bootstrap.samples, bootstrap.seed, bootstrap.level)
        usable = math.isfinite(low) and math.isfinite(high)
        scores.append(
            Score(
                metric=key,
                level="corpus",
                value=value if math.isfinite(value) else None,
                ci=(low, high) if usable else None,
                n=len(docs),
                signature=gathered.signatures[key],
                higher_is_better=metric.higher_is_better,
                ci_block=block,
                ci_unit="documents" if whole else "segments",
            )
        )
    return scores


def _watched(metrics: Mapping[str, Metric]) -> Iterator[tuple[str, Metric]]:
    with bar("resampling", len(metrics), "metrics") as ticker:
        for named in metrics.items():
            yield named
            ticker.advance()


def _number(value: float) -> float | int | None:
    """JSON's smallest faithful form: None for NaN, an int for a whole number."""
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _line(item: Item, translation: Translation) -> dict[str, Any]:
    return {
        "id": item.id,
        "doc": item.doc,
        **({"domain": item.domain} if item.domain is not None else {}),
        "source": item.source,
        "references": list(item.references),
        "bead": bead_json(item.bead) if item.bead else None,
        "hypothesis": translation.hypothesis,
        "finish_reason": translation.finish_reason,
        "n_tokens": translation.n_tokens,
        "error": translation.error,
        **translation.details.to_json(),
        "scores": {},
        "stats": {},
    }
