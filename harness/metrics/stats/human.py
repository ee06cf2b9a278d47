"""What a difference between two systems has meant to human judges.

Kocmi, Zouhar, Federmann and Post 2024, "Navigating the Metrics Maze: Reconciling Score Magnitudes and
Accuracies" (aclanthology.org/2024.acl-long.110, arXiv 2401.06760) fitted, per metric, the share of
system pairs whose order human judges confirmed, as a function of the metric difference Δ:

    accuracy(Δ) = a / (1 + exp(-b Δ))

The coefficients are those of the authors' tool (package mt-thresholds 1.0.4; a in per cent, Δ in points
of the metric as usually printed, COMET-like metrics times 100).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

SOURCE = "Kocmi et al. 2024, aclanthology.org/2024.acl-long.110"

COEFFICIENTS: dict[str, tuple[float, float]] = {
    "bleu": (88.33333333333225, 0.9663926931178954),
    "chrf": (92.999999999972, 1.1142732157139852),
    "spbleu101": (84.58445492823891, 1.262507595109315),
    "spbleu200": (90.99999999998793, 0.8079046528617078),
    "bleurt20": (98.33333333332963, 1.3727206190931929),
    "comet22": (96.22374133884283, 2.8359194570556636),
    "cometkiwi22": (98.88141616584615, 2.719280643871758),
    "cometkiwi23-xl-src": (96.39080593943235, 1.8888877927713834),
    "cometkiwixxl": (96.23167242471065, 1.2826577343149304),
    "xcometxl": (96.56738237041118, 1.4535595865214588),
    "xcometxxl": (98.93432477039522, 1.1629533711748128),
}

# Neural model ids of the paper's metrics; their scores run from 0 to 1 and are tabled times 100.
_MODELS = {
    "Unbabel/wmt22-comet-da": "comet22",
    "Unbabel/wmt22-cometkiwi-da": "cometkiwi22",
    "Unbabel/wmt23-cometkiwi-da-xl": "cometkiwi23-xl-src",
    "Unbabel/wmt23-cometkiwi-da-xxl": "cometkiwixxl",
    "Unbabel/XCOMET-XL": "xcometxl",
    "Unbabel/XCOMET-XXL": "xcometxxl",
    "lucadiliello/BLEURT-20": "bleurt20",
}


def accuracy(difference: float, config: Mapping[str, Any]) -> float | None:
    """The share, 0 to 1, of system pairs so far apart whose order human judges confirmed.

    `config` is the metric's entry in the run's config. None where the paper has no fit for exactly
    this metric (TER, chrF++, lower-cased BLEU, …): a near relative would be a guess.
    """
    found = _entry(config)
    if found is None or not math.isfinite(difference):
        return None
    name, scale = found
    a, b = COEFFICIENTS[name]
    return a / 100 / (1 + math.exp(-b * abs(difference) * scale))


def noticed(share: float, config: Mapping[str, Any]) -> float | None:
    """The difference, in the metric's unit, whose order a share (0 to 1) of human judges confirmed.

    The inverse of `accuracy`. None where the paper has no fit for this metric, or where the fit reaches the
    share for no difference above 0.
    """
    found = _entry(config)
    if found is None:
        return None
    name, scale = found
    a, b = COEFFICIENTS[name]
    if not a / 200 < share < a / 100:
        return None
    return -math.log(a / 100 / share - 1) / b / scale


def _entry(config: Mapping[str, Any]) -> tuple[str, float] | None:
    kind = config.get("kind")
    plain = not config.get("lowercase")
    if kind == "bleu" and plain and config.get("max_ngram_order", 4) == 4:
        tokenizer = {"13a": "bleu", "flores101": "spbleu101", "flores200": "spbleu200"}
        name = tokenizer.get(str(config.get("tokenize", "13a")))
        return (name, 1.0) if name else None
    if kind == "chrf" and plain and not config.get("word_order"):
        usual = config.get("char_order", 6) == 6 and config.get("beta", 2) == 2
        return ("chrf", 1.0) if usual else None
    name = _MODELS.get(str(config.get("model")))
    return (name, 100.0) if name else None
