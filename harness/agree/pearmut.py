"""The annotations that pearmut collects: `annotations.json` of its dashboard, or a campaign's log."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from harness.common.files import parse_json, read_bytes, read_jsonl
from harness.common.mqm import MqmWeights
from harness.errors import DataError

_APART = ("welcome_", "random_", "goodbye_")  # items of the tutorial and of attention checks


def read_annotations(
    path: Path, weights: MqmWeights
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Mean scores and mean costs of marked errors, each by system and `item_id`, over annotators.

    Of an annotator's answers to one item the last one counts, and none before a reset. The scores are empty
    where the protocol asks for none (MQM). Raises DataError for what is not such a file.
    """
    answers: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in _entries(path):
        user, place = str(entry.get("user_id")), str(entry.get("item_i"))
        if not isinstance(entry.get("annotation"), list):  # a reset
            answers = {key: found for key, found in answers.items() if key[:2] != (user, place)}
            continue
        if place.startswith(_APART):
            continue
        for item, annotation in zip(entry["item"], entry["annotation"], strict=False):
            if annotation is not None and "item_id" in item:
                answers[user, place, str(item["item_id"])] = annotation
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    costs: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (_, _, segment), annotation in answers.items():
        for system, answer in annotation.items():
            if answer.get("score") is not None:
                scores[system, segment].append(float(answer["score"]))
            spans = answer.get("error_spans") or []
            costs[system, segment].append(
                sum(weights.of(str(s.get("category") or ""), str(s.get("severity") or "")) for s in spans)
            )
    return _means(scores), _means(costs)


def _entries(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        entries = list(read_jsonl(path))
    else:
        value = parse_json(read_bytes(path), str(path))
        campaigns = value.values() if isinstance(value, dict) else [value]
        entries = [entry for found in campaigns if isinstance(found, list) for entry in found]
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or "annotation" not in entry:
            raise DataError(
                f"{path}: entry {number} is not a pearmut annotation (expected its annotations.json)"
            )
    if not entries:
        raise DataError(f"{path}: no annotations; download annotations.json from pearmut's dashboard")
    return entries


def _means(values: dict[tuple[str, str], list[float]]) -> dict[str, dict[str, float]]:
    means: dict[str, dict[str, float]] = defaultdict(dict)
    for (system, segment), found in values.items():
        means[system][segment] = sum(found) / len(found)
    return dict(means)
