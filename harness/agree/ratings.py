"""Human scores of outputs: MQM annotations, tables of scores, files of mt-metrics-eval and of pearmut."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.agree.pearmut import read_annotations
from harness.common.files import read_lines
from harness.common.mqm import MqmWeights, is_mqm, read_mqm, scores
from harness.common.paths import is_dir, is_file, no_such_file, user_path
from harness.errors import DataError

_SEGMENT = ("segment", "seg_id", "segment_id", "id")
SEGMENT_SCORES = ".seg.score"


@dataclass(frozen=True, slots=True)
class Ratings:
    """`scores[system][segment]` is the mean over raters as the file has it; `higher_is_better` its sense."""

    kind: str
    scores: dict[str, dict[str, float]]
    higher_is_better: bool
    by_place: bool = False
    """Whether segments are numbered from 1 in the order of the test set, not named by their ids."""
    inclusion: dict[str, float] = field(default_factory=dict)
    """The probability with which each segment was drawn to be judged, where the file tells it."""
    documents: dict[str, str] = field(default_factory=dict)
    """The document of each segment, where whole documents were drawn."""
    picked: bool = False
    """Whether the file says that segments were picked, not drawn."""


def read_ratings(path: str, weights: MqmWeights, scale: tuple[float, float]) -> Ratings:
    """The human scores of a file, its kind known by its name and header.

    A table has the columns `system`, `segment` (or `seg_id`, `segment_id`, `id`) and `score`, between commas,
    semicolons or tabs, one line per judgement, scores within `scale`; perhaps `inclusion`, the probability
    with which the segment was drawn, empty where it was picked, and `document`, where whole documents were
    drawn. A file `….seg.score` has one line per system and segment, in the order of the test set, `None`
    where unrated; a folder is searched for it. `.json` and `.jsonl` are annotations of pearmut. Raises
    DataError naming file and line.
    """
    place = _segment_file(user_path(path))
    if not is_file(place):
        raise no_such_file(place, path)
    if place.name.endswith(SEGMENT_SCORES):
        return Ratings("score", _segment_scores(place), True, by_place=True)
    if place.suffix in (".json", ".jsonl"):
        scored, marked = read_annotations(place, weights)
        return Ratings("score", scored, True) if scored else Ratings("MQM", marked, False)
    if is_mqm(place):
        return Ratings("MQM", scores(read_mqm(place), weights), False)
    return _table(place, scale)


def _segment_file(path: Path) -> Path:
    """The one file of human segment scores in a folder of mt-metrics-eval; any other path as it is."""
    if not is_dir(path):
        return path
    found = sorted(path.glob(f"**/*{SEGMENT_SCORES}"))
    found = [file for file in found if file.parent.name == "human-scores"] or found
    if len(found) != 1:
        names = ", ".join(str(file.relative_to(path)) for file in found)
        finding = f"found {len(found)}; name one of them: {names}" if found else "found none"
        raise DataError(f"{path}: expected one human-scores/….seg.score in this folder, {finding}")
    return found[0]


def _segment_scores(path: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    counts: dict[str, int] = defaultdict(int)
    for number, line in enumerate(read_lines(path), start=1):
        fields = line.split()
        if len(fields) != 2:
            raise DataError(f"{path}:{number}: expected a system and a score, found '{line[:40]}'")
        system, text = fields
        counts[system] += 1
        if text != "None":
            found[system][str(counts[system])] = _number(text, f"{path}:{number}")
    return dict(found)


def _table(path: Path, scale: tuple[float, float]) -> Ratings:
    lines = read_lines(path)
    delimiter = max("\t;,", key=lines[0].count) if lines else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    header = [name.strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = header
    segment = next((name for name in _SEGMENT if name in header), None)
    missing = [name for name in ("system", "score") if name not in header]
    if missing or segment is None:
        raise DataError(
            f"{path}:1: no column '{missing[0] if missing else 'segment'}'; a table of human scores has the"
            " columns system, segment and score"
        )
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    inclusion: dict[str, float] = {}
    documents: dict[str, str] = {}
    picked = False
    for where, row in _numbered(path, rows):
        value = _number(row["score"], where)
        if not scale[0] <= value <= scale[1]:
            raise DataError(
                f"{where}: score {value:g} is outside {scale[0]:g} to {scale[1]:g}; set the range"
                " with --scale LOW,HIGH"
            )
        found[row["system"], row[segment]].append(value)
        if row.get("document"):
            documents[row[segment]] = row["document"]
        if row.get("inclusion"):
            share = _number(row["inclusion"], where, "inclusion")
            if not 0 < share <= 1 or inclusion.setdefault(row[segment], share) != share:
                raise DataError(
                    f"{where}: inclusion {share:g}: expected one probability a segment, above 0 and at most 1"
                )
        elif "inclusion" in row:
            picked = True
    if picked and inclusion:
        raise DataError(f"{path}: some segments have an inclusion probability and others have none")
    means: dict[str, dict[str, float]] = defaultdict(dict)
    for (system, name), values in found.items():
        means[system][name] = sum(values) / len(values)
    return Ratings("score", dict(means), True, inclusion=inclusion, documents=documents, picked=picked)


def _numbered(path: Path, rows: csv.DictReader[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for row in rows:
        where = f"{path}:{rows.line_num}"
        if None in row or None in row.values():
            raise DataError(f"{where}: the number of fields differs from the header's")
        yield where, row


def _number(text: str, where: str, what: str = "score") -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where}: {what} '{text}' is not a number")
    return value
