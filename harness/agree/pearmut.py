"""The annotations that pearmut collects: `annotations.json` of its dashboard, or a campaign's log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.common.files import parse_json, read_bytes
from harness.common.json_text import json_value
from harness.common.mqm import MqmWeights
from harness.errors import DataError, message_of

_APART = ("welcome_", "random_", "goodbye_")  # items of the tutorial and of attention checks


def read_annotations(
    path: Path, weights: MqmWeights
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Mean scores and mean costs of marked errors, each by system and `item_id`, over annotators.

    Of an annotator's answers to one item the last one counts, and none before a reset. The scores are empty
    where the protocol asks for none (MQM). Raises DataError for what is not such a file.
    """
    answers: dict[tuple[str, str, str], dict[str, Any]] = {}
    for _, entry in entries(path):
        for item, annotation in zip(entry["item"], entry["annotation"], strict=False):
            if annotation is not None and "item_id" in item:
                place = str(entry["user_id"]), str(entry["item_i"]), str(item["item_id"])
                answers[place] = annotation
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


def entries(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The entries that count, each with where it stands: none of the tutorial and of attention checks, and
    none before a reset of its item or, as newer versions write it, of its user. Raises DataError."""
    found: list[tuple[str, dict[str, Any]]] = []
    for where, entry in _every(path):
        if not isinstance(entry, dict) or "annotation" not in entry or "user_id" not in entry:
            raise DataError(
                f"{where} is not a pearmut annotation (expected its annotations.json); files of WMT and"
                " Appraise become a table by: campaign NAME --import FILE, then --export scores"
            )
        user, place = entry["user_id"], entry.get("item_i")
        if not isinstance(entry["annotation"], list):  # a reset
            found = [
                one for one in found
                if one[1]["user_id"] != user or (place is not None and one[1]["item_i"] != place)
            ]  # fmt: skip
        elif not isinstance(entry.get("item"), list) or place is None:
            raise DataError(f"{where}: no 'item' or 'item_i' beside its annotation")
        elif not str(place).startswith(_APART):
            found.append((where, entry))
    if not found:
        raise DataError(f"{path}: no annotations; download annotations.json from pearmut's dashboard")
    return found


def first_value(data: bytes, path: Path) -> Any:
    """The object on the first line of JSON lines, else the one value of a JSON file. Raises DataError."""
    first = next((line for line in data.split(b"\n") if line.strip()), b"")
    try:
        value = json_value(first)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    try:
        return json_value(data)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:{error.lineno}: not valid JSON ({message_of(error)})") from None
    except ValueError:
        return parse_json(data, str(path))  # which says why


def _every(path: Path) -> Iterator[tuple[str, Any]]:
    data = read_bytes(path)
    value = first_value(data, path)
    if isinstance(value, dict) and "annotation" in value:  # a log, whatever it is called
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                yield f"{path}:{number}", parse_json(line, f"{path}:{number}")
        return
    number = 0
    for campaign in value.values() if isinstance(value, dict) else [value]:
        for entry in campaign if isinstance(campaign, list) else []:
            number += 1
            yield f"{path}: entry {number}", entry


def _means(values: dict[tuple[str, str], list[float]]) -> dict[str, dict[str, float]]:
    means: dict[str, dict[str, float]] = defaultdict(dict)
    for (system, segment), found in values.items():
        means[system][segment] = sum(found) / len(found)
    return dict(means)
