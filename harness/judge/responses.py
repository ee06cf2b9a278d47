"""The answers of annotators: appended a line at a time, on disk before they are acknowledged."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from harness.common.shapes import Keys, mismatch
from harness.errors import DataError, StageError
from harness.judge.campaign import Campaign, folder, shown

_SPAN = Keys({"start": int, "end": int, "severity": str}, {"category": str})
_ANSWER = Keys(
    {"task": int},
    {"score": (int, float), "choice": int, "spans": [_SPAN], "seconds": (int, float), "comment": str},
)
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Span:
    """A marked error: characters `start:end` of the output (code points)."""

    start: int
    end: int
    severity: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An annotator's answer to a task."""

    task: int
    score: float | None = None
    """0 to 100, of ESA."""
    choice: int | None = None
    """Of a pair: 0 the first, 1 the second is better, -1 neither."""
    spans: tuple[Span, ...] = field(default_factory=tuple)
    seconds: float | None = None
    comment: str | None = None
    at: str | None = None


def record(root: Path, campaign: Campaign, person: str, value: Mapping[str, Any]) -> Response:
    """Check an answer and append it: when this returns it is on disk.

    Raises DataError for one that cannot be, StageError when the disk cannot take it.
    """
    response = _checked(campaign, person, value)
    line = {
        "task": response.task,
        "score": response.score,
        "choice": response.choice,
        "spans": [
            {"start": s.start, "end": s.end, "severity": s.severity, "category": s.category}
            for s in response.spans
        ],
        "seconds": response.seconds,
        "comment": response.comment,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    data = (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")
    path = folder(root, campaign.name) / f"{person}.jsonl"
    with _lock:
        try:
            with path.open("ab+") as stream:
                size = stream.seek(0, os.SEEK_END)
                if size:
                    stream.seek(size - 1)
                    if stream.read(1) != b"\n":  # torn by a crash: it ends there, and is not read
                        data = b"\n" + data
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise StageError(f"{path}: cannot be written ({error.strerror})") from error
    return response


def responses(root: Path, campaign: Campaign, person: str) -> dict[int, Response]:
    """The last answer to each task. Lines torn by a crash are left out; any other damage is a DataError."""
    path = folder(root, campaign.name) / f"{person}.jsonl"
    found: dict[int, Response] = {}
    if not path.is_file():
        return found
    whole = path.read_bytes().split(b"\n")[:-1]
    for number, line in enumerate(whole, start=1):
        try:
            value = json.loads(line)
        except ValueError:
            continue  # torn: it was never acknowledged
        try:
            response = _checked(campaign, person, value)
        except DataError as error:
            raise DataError(f"{path}:{number}: {error}") from None
        found[response.task] = response
    return found


def _checked(campaign: Campaign, person: str, value: Any) -> Response:
    if wrong := mismatch(value, _ANSWER):
        raise DataError(f"not an answer ({wrong})")
    tasks = campaign.annotators[person].tasks
    number = value["task"]
    if not 0 <= number < len(tasks):
        raise DataError(f"task {number} does not exist, there are {len(tasks)}")
    texts = shown(campaign, tasks[number])
    score, choice = value.get("score"), value.get("choice")
    if campaign.protocol == "ESA" and (score is None or not 0 <= score <= 100):
        raise DataError("a score from 0 to 100 is needed")
    if campaign.protocol == "pairwise" and choice not in (-1, 0, 1):
        raise DataError("a choice is needed: 0, 1 or -1 for neither")
    seconds = value.get("seconds")
    if seconds is not None and not (math.isfinite(seconds) and 0 <= seconds < 1e6):
        raise DataError("seconds: not a time")
    spans = tuple(_span(campaign, span, len(texts[0])) for span in value.get("spans") or ())
    return Response(
        number,
        float(score) if campaign.protocol == "ESA" else None,
        choice if campaign.protocol == "pairwise" else None,
        () if campaign.protocol == "pairwise" else spans,
        None if seconds is None else round(float(seconds), 1),
        (value.get("comment") or "")[:2000] or None,
        value.get("at") if isinstance(value.get("at"), str) else None,
    )


def _span(campaign: Campaign, value: Mapping[str, Any], length: int) -> Span:
    start, end, severity = value["start"], value["end"], value["severity"]
    if not 0 <= start < end <= length:
        raise DataError(f"span {start}:{end} is not within the output of {length} characters")
    if severity not in campaign.severities:
        raise DataError(f"severity '{severity}' is not one of {', '.join(campaign.severities)}")
    category = value.get("category")
    if campaign.protocol == "MQM" and category not in campaign.categories:
        raise DataError(f"category '{category}' is not one of the campaign's")
    return Span(start, end, severity, category)
