"""Answers of another tool, and the campaign that they make."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from harness.common.files import read_bytes, write_atomic
from harness.common.langs import language
from harness.compare.groups import TestSet
from harness.errors import ConfigError, DataError, HarnessError
from harness.judge.campaign import Annotator, Campaign, Judged, Task, answers_of, file_of, write_campaign
from harness.judge.responses import Judgement, Response, checked, written

SEVERITIES = ("neutral", "minor", "major", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One annotator's answer to one segment, or the task of giving it."""

    where: str
    """File and line, for messages."""
    who: str
    segment: str
    source: str
    outputs: dict[str, str]
    """All that the file has of the segment, by system."""
    shown: list[str]
    """The systems judged, in the order shown."""
    judgements: list[Judgement] | None
    """Of those; None for a task that is not done."""
    doc: str | None = None
    place: int | None = None
    seconds: float | None = None
    at: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file holds."""

    protocol: str
    answers: list[Answer]
    src: str | None = None
    tgt: str | None = None
    categories: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    """Those of the scheme; others that are used are added."""
    people: list[str] = field(default_factory=list)
    """All annotators, also those without a task."""
    test_set: TestSet | None = None
    """The runs that were judged, where the file has no texts and these were taken from them."""


def imported(
    root: Path, name: str, path: Path, foreign: Foreign, pair: tuple[str, str] | None = None
) -> tuple[Campaign, int]:
    """Write the campaign that the file makes, answers first, and how many answers it has.

    `pair` are the languages, where the file does not name them. Raises UserError for a name that is taken,
    ConfigError for a pair that is missing or contradicts the file, DataError naming file and line for answers
    that contradict each other or cannot be.
    """
    campaign, responses = _built(name, path, foreign, _languages(path, foreign, pair))
    if not file_of(root, name).exists():
        for person, lines in responses.items():
            write_atomic(answers_of(root, name, person), b"".join(lines))
    write_campaign(root, campaign)
    return campaign, sum(map(len, responses.values()))


def _languages(path: Path, foreign: Foreign, pair: tuple[str, str] | None) -> tuple[str, str]:
    found = (foreign.src, foreign.tgt)
    if pair is None and None in found:
        raise ConfigError(f"{path} does not name its languages; add pair=SRC-TGT")
    src, tgt = (
        language(str(named if given is None else given))
        for given, named in zip(pair or (None, None), found, strict=True)
    )
    for here, named in zip((src, tgt), found, strict=True):
        if named is not None and language(named).short != here.short:
            raise ConfigError(f"pair={src.code}-{tgt.code}: {path} is of {'-'.join(map(str, found))}")
    return src.code, tgt.code


def _built(
    name: str, path: Path, foreign: Foreign, languages: tuple[str, str]
) -> tuple[Campaign, dict[str, list[bytes]]]:
    items, number_of = _items(foreign.answers)
    people = _names([*foreign.people, *(one.who for one in foreign.answers)])
    tasks: dict[str, list[Task]] = {person: [] for person in people.values()}
    for one in foreign.answers:
        tasks[people[one.who]].append(Task(item=number_of[one.segment], systems=one.shown))
    marks = [span for one in foreign.answers for each in one.judgements or () for span in each.spans]
    used = [*foreign.categories, *(span.category for span in marks if span.category)]
    severe = [*foreign.severities, *(span.severity for span in marks)]
    runs = dict.fromkeys(sorted({system for item in items for system in item.outputs}), "")
    judged = foreign.test_set
    if judged is not None:
        runs = {system.name: system.run_id for system in judged.systems if system.name in runs}
    campaign = Campaign(
        name=name,
        protocol=foreign.protocol,
        seed=0,
        src=languages[0],
        tgt=languages[1],
        data=judged.name if judged else path.name,
        data_hash=judged.hash if judged else hashlib.sha256(read_bytes(path)).hexdigest(),
        runs=runs,
        choice="imported",
        of=judged.n if judged else len(items),
        items=items,
        annotators={
            person: Annotator(secrets.token_urlsafe(16), tasks[person], who if who != person else None)
            for who, person in people.items()
        },
        categories=list(dict.fromkeys(used)) if foreign.protocol == "MQM" else [],
        severities=list(dict.fromkeys(severe)) or ["minor", "major"],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        how=f"imported from {path.name}",
    )
    lines: dict[str, list[bytes]] = {}
    counts = dict.fromkeys(tasks, 0)
    for one in foreign.answers:
        person = people[one.who]
        number = counts[person]
        counts[person] += 1
        if one.judgements is not None:
            lines.setdefault(person, []).append(_line(campaign, person, number, one))
    return campaign, lines


def _line(campaign: Campaign, person: str, number: int, one: Answer) -> bytes:
    response = Response(
        number, tuple(one.judgements or ()), None, one.seconds, (one.comment or "")[:2000] or None, one.at
    )
    line = written(campaign, response)
    try:
        checked(campaign, person, json.loads(line))
    except HarnessError as error:
        raise DataError(f"{one.where}: {error}") from None
    return line


def _items(answers: Iterable[Answer]) -> tuple[list[Judged], dict[str, int]]:
    """The segments, in the order in which the file first names them."""
    items: list[Judged] = []
    number_of: dict[str, int] = {}
    for one in answers:
        if one.segment not in number_of:
            number_of[one.segment] = len(items)
            items.append(Judged(one.segment, one.source, {}, one.doc, one.place))
        item = items[number_of[one.segment]]
        if item.source != one.source:
            raise DataError(f"{one.where}: segment '{one.segment}' has another source on an earlier line")
        for system, text in one.outputs.items():
            if item.outputs.setdefault(system, text) != text:
                raise DataError(
                    f"{one.where}: the output of '{system}' for segment '{one.segment}' differs from that on"
                    " an earlier line; give one of them another system name"
                )
        missing = [system for system in one.shown if system not in item.outputs]
        if missing:
            raise DataError(f"{one.where}: '{missing[0]}' is judged, but the file has no output of it")
    return items, number_of


def _names(people: Sequence[str]) -> dict[str, str]:
    """Each annotator's name in the file → the name here: letters, digits, _ and -, no two alike, also where a
    file system does not tell capitals apart."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for who in dict.fromkeys(people):
        base = re.sub(r"(_|[^\w-])+", "_", who).strip("_")[:50] or "annotator"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name.casefold())
        found[who] = name
    return found


def known_as(campaign: Campaign, person: str) -> str:
    """The annotator's name in the file that the campaign came from, else their name."""
    return campaign.annotators[person].label or person
