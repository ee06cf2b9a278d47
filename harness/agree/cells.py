"""Agreement in words and numbers: the tables of `agree`, and the same as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from harness.agree.match import Judged
from harness.agree.measure import Agreement, Estimate
from harness.agree.ratings import Ratings
from harness.common.terminal import visible_json
from harness.common.typed_json import finite
from harness.compare.cells import Sheet, number, span

_HEADER = (
    "metric",
    "Pearson",
    "Kendall",
    "pairwise acc.",
    "soft pairwise acc.",
    "cluster",
    "Kendall, segments",
    "acc*, segments",
    "cluster ",
)


def sheets(found: Agreement, ratings: Ratings) -> list[Sheet]:
    """Metrics, best first, and the human mean of each system, best first."""
    rows = tuple(
        (
            one.name,
            *map(_cell, (one.pearson, one.kendall, one.accuracy, one.soft)),
            str(one.soft_cluster),
            _cell(one.segment_kendall),
            f"{_cell(one.calibrated)} ε {one.epsilon:.3g}",
            str(one.calibrated_cluster),
        )
        for one in found.metrics
    )
    sign = 1 if ratings.higher_is_better else -1
    systems = tuple((name, number(sign * mean, 2)) for name, mean in found.human)
    return [
        Sheet("Agreement of metrics with human judgement", _HEADER, rows),
        Sheet("Human judgement, best first", ("system", f"mean {ratings.kind}"), systems),
    ]


def _cell(estimate: Estimate) -> str:
    return f"{number(estimate.value, 3)} {span(*estimate.ci, 3)}"


def footnotes(found: Agreement, judged: Judged, samples: int, seed: int, alpha: float) -> list[str]:
    """What the numbers are, how much data they are based on, and what was left out."""
    n, m = judged.human.shape
    unit = "documents" if judged.units.max() + 1 < n else "segments"
    return [
        f"{m} systems, {n} segments. Over systems, corpus scores against mean human scores: Pearson's r,"
        " Kendall's τ-b, pairwise accuracy (Kocmi et al. 2021), soft pairwise accuracy (Thompson et al."
        " 2024). Within each segment, averaged: Kendall's τ-b, pairwise accuracy with tie calibration, acc*"
        " (Deutsch et al. 2023), ε the largest difference that counts as a tie.",
        f"Intervals: 95 %, percentile bootstrap over {unit}, {samples} resamples, seed {seed}; the systems"
        " are taken as they are.",
        f"Clusters: metrics in one are not separated at {alpha:g} by exchanging their segments at random,"
        f" {samples} samples, Holm-corrected over all pairs of metrics.",
        *found.notes,
    ]


def json_text(found: Agreement, ratings: Ratings, judged: Judged) -> str:
    """Everything, null where undefined; human means are as the file has them."""
    sign = 1 if ratings.higher_is_better else -1
    value: dict[str, Any] = {
        "schema": 1,
        "data": judged.test_set.name,
        "data_hash": judged.test_set.hash,
        "n": len(judged.human),
        "human": {
            "kind": ratings.kind,
            "higher_is_better": ratings.higher_is_better,
            "systems": [{"system": name, "mean": sign * mean} for name, mean in found.human],
        },
        "metrics": [asdict(one) for one in found.metrics],
        "pairs": [
            {"a": a, "b": b, "p_soft": soft, "p_calibrated": calibrated} for a, b, soft, calibrated in found.p
        ],
        "notes": list(found.notes),
    }
    return visible_json(json.dumps(finite(value), indent=2, ensure_ascii=False, allow_nan=False))
