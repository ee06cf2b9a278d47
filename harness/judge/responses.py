"""The answers of annotators: appended a line at a time, on disk before they are acknowledged."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from harness.common.json_text import json_value
from harness.common.locks import lock
from harness.common.paths import unreadable
from harness.common.shapes import Keys, mismatch
from harness.errors import DataError, StageError
from harness.judge.campaign import Campaign, Task, answers_of, shown

_SPAN = Keys({"start": int, "end": int, "severity": str}, {"category": str, "source": bool, "comment": str})
_JUDGEMENT = {"score": (int, float), "spans": [_SPAN]}
_ANSWER = Keys(
    {"task": int},
    {
        **_JUDGEMENT, "outputs": [Keys(may=_JUDGEMENT)], "choice": int, "seconds": (int, float),
        "comment": str, "at": str,
    },
)  # fmt: skip
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Span:
    """A marked error: characters `start:end` of the output (code points).

    Where both are the length of the output, something is missing in it. With `source` the characters are
    those of the source; only imported answers have it.
    """

    start: int
    end: int
    severity: str
    category: str | None = None
    source: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one output."""

    score: float | None = None
    """0 to 100, of ESA."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """An annotator's answer to a task."""

    task: int
    outputs: tuple[Judgement, ...] = ()
    """In the order shown; none of a pair."""
    choice: int | None = None
    """Of a pair: 0 the first, 1 the second is better, -1 neither."""
    seconds: float | None = None
    comment: str | None = None
    at: str | None = None
    """When, in ISO 8601."""

    @property
    def score(self) -> float | None:
        return self.outputs[0].score if self.outputs else None

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.outputs[0].spans if self.outputs else ()


def record(root: Path, campaign: Campaign, person: str, value: Mapping[str, Any]) -> Response:
    """Check an answer and append it: when this returns it is on disk.

    Raises DataError for one that cannot be, StageError when the disk cannot take it.
    """
    response = checked(campaign, person, value)
    data = written(campaign, replace(response, at=datetime.now(UTC).isoformat(timespec="milliseconds")))
    path = answers_of(root, campaign.name, person)
    with _lock:
        try:
            with path.open("ab+") as stream:
                lock(stream.fileno())  # another server over this store
                size = stream.seek(0, os.SEEK_END)
                if size:
                    stream.seek(size - 1)
                    if stream.read(1) != b"\n":  # torn by a crash: it ends there, and is not read
                        data = b"\n" + data
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            if not size:
                _keep_name(path.parent)
        except OSError as error:
            raise StageError(f"{path}: cannot be written ({error.strerror})") from error
    return response


def written(campaign: Campaign, response: Response) -> bytes:
    """The line of an answer; of one output its score and spans stand beside the task, as they always did."""
    judged = [{"score": one.score, "spans": [asdict(span) for span in one.spans]} for one in response.outputs]
    line: dict[str, Any] = {"task": response.task}
    line |= {"outputs": judged} if campaign.protocol == "cESA" else (judged or [{}])[0]
    line |= {key: getattr(response, key) for key in ("choice", "seconds", "comment", "at")}
    return (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def _keep_name(place: Path) -> None:
    """Flush the folder, so that a new file's name survives a power failure as its contents do."""
    with suppress(OSError):  # not every system lets a folder be opened
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def responses(root: Path, campaign: Campaign, person: str) -> dict[int, Response]:
    """The last answer to each task. Lines that are no JSON (torn by a crash) are left out, see
    `Answers.unread`; any other damage is a DataError."""
    return Answers(root).of(campaign, person)


class Answers:
    """The answers of a store, read from where the last reading ended: a page asks for them at every step."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[tuple[str, str], tuple[Campaign, int, int, dict[int, Response]]] = {}
        self._unread: dict[tuple[str, str], tuple[int, ...]] = {}

    def of(self, campaign: Campaign, person: str) -> dict[int, Response]:
        """As `responses`. The caller must not change what it gets."""
        path = answers_of(self.root, campaign.name, person)
        before = self._read.get((campaign.name, person))
        if before is None or before[0] is not campaign:
            before = campaign, 0, 0, {}
        _, offset, count, found = before
        unread = self._unread.get((campaign.name, person), ()) if count else ()
        try:
            with path.open("rb") as stream:
                if stream.seek(0, os.SEEK_END) < offset:  # another file: it only ever grows
                    offset, count, found, unread = 0, 0, {}, ()
                stream.seek(offset)
                data = stream.read()
        except FileNotFoundError:
            self._read.pop((campaign.name, person), None)
            self._unread.pop((campaign.name, person), None)
            return {}
        except OSError as error:
            raise unreadable(path, error) from None
        whole = data[: data.rfind(b"\n") + 1]
        found = dict(found) if whole else found
        for line in whole.split(b"\n")[:-1]:
            count += 1
            try:
                value = json_value(line)
            except ValueError:
                unread += (count,)  # torn by a crash, and then never acknowledged; or damaged
                continue
            try:
                response = checked(campaign, person, value)
            except DataError as error:
                raise DataError(f"{path}:{count}: {error}") from None
            found[response.task] = response
        self._read[campaign.name, person] = campaign, offset + len(whole), count, found
        self._unread[campaign.name, person] = unread
        return found

    def unread(self, campaign: Campaign, person: str) -> tuple[int, ...]:
        """The numbers of the lines that hold no answer: they are torn, or no JSON in UTF-8."""
        self.of(campaign, person)
        return self._unread.get((campaign.name, person), ())


def checked(campaign: Campaign, person: str, value: Any) -> Response:
    """An answer from what a page sent or a file holds. Raises DataError for what is none."""
    if wrong := mismatch(value, _ANSWER):
        raise DataError(f"not an answer ({wrong})")
    tasks = campaign.annotators[person].tasks
    number = value["task"]
    if not 0 <= number < len(tasks):
        raise DataError(f"task {number} does not exist, there are {len(tasks)}")
    task = tasks[number]
    choice = value.get("choice")
    if campaign.protocol == "pairwise" and choice not in (-1, 0, 1):
        raise DataError("a choice is needed: 0, 1 or -1 for neither")
    seconds = value.get("seconds")
    if seconds is not None and not 0 <= seconds < 1e6:
        raise DataError("seconds: not a time")
    return Response(
        number,
        _judgements(campaign, task, value),
        choice if campaign.protocol == "pairwise" else None,
        None if seconds is None else round(float(seconds), 3),
        (value.get("comment") or "")[:2000] or None,
        value.get("at"),
    )


def _judgements(campaign: Campaign, task: Task, value: Mapping[str, Any]) -> tuple[Judgement, ...]:
    if campaign.protocol == "pairwise":
        return ()
    texts = shown(campaign, task)
    given = (value.get("outputs") or []) if campaign.protocol == "cESA" else [value]
    if len(given) != len(texts):
        raise DataError(f"{len(given)} outputs are judged, {len(texts)} are shown")
    source = campaign.items[task.item].source
    found = []
    for one, text in zip(given, texts, strict=True):
        score = one.get("score")
        if campaign.protocol == "MQM":
            score = None
        elif score is None or not 0 <= score <= 100:
            raise DataError("a score from 0 to 100 is needed")
        spans = tuple(_span(campaign, span, text, source) for span in one.get("spans") or ())
        found.append(Judgement(None if score is None else float(score), spans))
    return tuple(found)


def _span(campaign: Campaign, value: Mapping[str, Any], output: str, source: str) -> Span:
    start, end, severity = value["start"], value["end"], value["severity"]
    there = bool(value.get("source"))
    length = len(source if there else output)
    if not (0 <= start < end <= length or start == end == length):
        text = "source" if there else "output"
        raise DataError(f"span {start}:{end} is not within the {text} of {length} characters")
    if severity not in campaign.severities:
        raise DataError(f"severity '{severity}' is not one of {', '.join(campaign.severities)}")
    category = value.get("category")
    if campaign.protocol == "MQM" and category not in campaign.categories:
        raise DataError(f"category '{category}' is not one of the campaign's")
    return Span(start, end, severity, category, there, (value.get("comment") or "")[:2000] or None)
