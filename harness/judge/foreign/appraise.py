"""ESA judgements as Appraise exports them (`ExportSystemScoresToCSV`), and WMT 2024 releases them
(`wave*.csv`): a CSV without header and without texts, so that the runs judged must be in the store.

annotator, [source id,] system, item, type, source and target language (three letters), score, document, whole
document?, [marks (JSON),] first and last moment [, batch, number]. github.com/AppraiseDev/Appraise
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

from harness.common.files import parse_json, read_lines
from harness.common.langs import language
from harness.common.notices import tell
from harness.compare.groups import TestSet
from harness.errors import ConfigError, DataError, did_you_mean
from harness.judge.campaign import Campaign, Task
from harness.judge.foreign import marks, times
from harness.judge.foreign.answers import Answer, Foreign, known_as
from harness.judge.foreign.humeval import number
from harness.judge.responses import Judgement, Response

_START = ("who", "system", "item", "type", "src", "tgt", "score", "doc", "whole")
_WITH_ID = ("who", "id", *_START[1:])
_BATCH = ("batch", "number")
LAYOUTS: dict[int, tuple[str, ...]] = {
    11: (*_START, "first", "last"),
    12: (*_START, "marks", "first", "last"),
    13: (*_WITH_ID, "marks", "first", "last"),
    14: (*_START, "marks", "first", "last", *_BATCH),
    15: (*_WITH_ID, "marks", "first", "last", *_BATCH),
}
TYPES = ("TGT", "CHK", "BAD", "REF")
_CONTROL = ("#bad", "#dup", "#incomplete")


def is_appraise(path: Path) -> bool:
    """Whether the first row has one of the layouts."""
    lines = read_lines(path)
    try:
        cells = next(csv.reader(lines[:1]), [])
    except csv.Error:
        return False
    layout = LAYOUTS.get(len(cells), ())
    return bool(layout) and cells[layout.index("type")] in TYPES


def read(path: Path, test_set: TestSet) -> Foreign:
    """The judgements of these runs. A number as item is a place in the test set, from 0, and must be in the
    document named; other items are ids.

    Tutorials, quality control, other language pairs and systems without a run are left out, with a notice.
    Raises DataError naming file and line.
    """
    marked = marks.Marks(path)
    answers, strange = [], Counter[str]()
    for line, row in _rows(path):
        where = f"{path}:{line}"
        if _languages(row, where) != (language(test_set.src).short, language(test_set.tgt).short):
            marked.left_out["judgements of other language pairs are left out"] += 1
        elif "-tutorial" in row["doc"] or row["type"] == "REF":
            marked.left_out["judgements of tutorials are left out"] += 1
        elif row["type"] == "BAD" or row["doc"].endswith(_CONTROL):
            marked.left_out["judgements of quality control are left out"] += 1
        elif row["system"] not in {system.name for system in test_set.systems}:
            strange[row["system"]] += 1
        else:
            answers.append(_answer(row, where, test_set, marked))
    runs = [system.name for system in test_set.systems]
    if strange:
        tell(f"{path}: judged without a run, left out: {', '.join(sorted(strange))} ({strange.total()} rows)")
    if not answers:
        hint = did_you_mean(next(iter(strange), ""), runs)
        raise DataError(
            f"{path}: judges no output of {test_set.title}.{hint} Runs are of {', '.join(runs)}; choose"
            " others"
            " by data=…, pair=…"
        )
    marked.told()
    return Foreign(
        "ESA", answers, test_set.src, test_set.tgt, severities=["minor", "major"], test_set=test_set
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    found = []
    reader = csv.reader((line + "\n" for line in read_lines(path)), strict=True)
    width = 0
    try:
        for cells in reader:
            where = f"{path}:{reader.line_num}"
            width = width or len(cells)
            if len(cells) != width or width not in LAYOUTS:
                raise DataError(
                    f"{where}: {len(cells)} columns; an export of Appraise has"
                    f" {', '.join(map(str, LAYOUTS))}, the same on each line"
                )
            row = dict(zip(LAYOUTS[width], cells, strict=True))
            if row["type"] not in TYPES:
                raise DataError(f"{where}: item type '{row['type']}' is not one of {', '.join(TYPES)}")
            found.append((reader.line_num, row))
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: not valid CSV from here on ({error})") from None
    return found


def _languages(row: dict[str, str], where: str) -> tuple[str, str]:
    try:
        return language(row["src"]).short, language(row["tgt"]).short
    except ConfigError as error:
        raise DataError(f"{where}: {error}") from None


def _answer(row: dict[str, str], where: str, test_set: TestSet, marked: marks.Marks) -> Answer:
    first = test_set.systems[0]
    place = _place(row, where, test_set)
    outputs = {system.name: system.hypotheses[place] for system in test_set.systems}
    spans: Any = parse_json(row.get("marks") or "[]", where)
    seconds, at = times.read(row["first"], row["last"], where)
    judged = Judgement(number(row["score"], where), marked.read(spans, outputs[row["system"]], where))
    return Answer(
        where=where,
        who=row["who"],
        segment=first.ids[place],
        source=first.sources[place],
        outputs=outputs,
        shown=[row["system"]],
        judgements=[judged],
        doc=first.docs[place],
        place=place,
        seconds=seconds,
        at=at,
    )


def _place(row: dict[str, str], where: str, test_set: TestSet) -> int:
    first = test_set.systems[0]
    for name in (row.get("id"), row["item"]):
        if name is not None and not name.isdecimal() and name in first.ids:
            return first.ids.index(name)
    if not row["item"].isdecimal() or int(row["item"]) >= test_set.n:
        raise DataError(
            f"{where}: item '{row['item']}' is not in {test_set.title}; were these runs judged? Choose"
            " others by"
            " data=…, pair=…"
        )
    place = int(row["item"])
    doc = first.docs[place]
    if doc is not None and doc != row["doc"]:
        raise DataError(
            f"{where}: item {place} is in document '{row['doc']}', segment {place} of {test_set.title}"
            " (from 0)"
            f" in '{doc}'; were these runs judged?"
        )
    return place


def write(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """Rows of twelve columns. The item is the segment's place in the test set, or its id where that is not
    known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    languages = language(campaign.src).iso3, language(campaign.tgt).iso3
    for person, task, response in found:
        item = campaign.items[task.item]
        name = item.id if item.place is None else item.place
        for system, one in zip(task.systems, response.outputs, strict=True):
            spans = marks.written(one.spans, item.outputs[system], missing=True, error_type="category")
            writer.writerow(
                [
                    known_as(campaign, person), system, name, "TGT", *languages,
                    f"{one.score or 0:g}", item.doc or item.id, False,
                    marks.as_json(spans), *(times.written(response) or (0.0, 0.0)),
                ]
            )  # fmt: skip
    return out.getvalue()
