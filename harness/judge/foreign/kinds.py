"""The formats: which a file has, and a campaign's answers in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from harness.agree.pearmut import first_value
from harness.common.files import read_bytes
from harness.common.mqm import is_mqm
from harness.common.paths import is_file, no_such_file, user_path
from harness.compare.groups import TestSet
from harness.errors import DataError, UserError
from harness.judge.campaign import Campaign, Task, inclusion
from harness.judge.foreign import appraise, humeval, mqm, pearmut
from harness.judge.foreign.answers import Foreign, known_as
from harness.judge.responses import Response
from harness.judge.results import answered, cost

FORMATS = {
    "scores": ("csv", "text/csv"),
    "pearmut": ("json", "application/json"),
    "pearmut-campaign": ("json", "application/json"),
    "wmt-esa": ("jsonl", "application/jsonl"),
    "wmt-mqm": ("tsv", "text/tab-separated-values"),
    "appraise": ("csv", "text/csv"),
}
"""File name ending and media type of each export."""

_HELD = {
    "scores": ("ESA", "cESA", "MQM", "pairwise"),
    "pearmut": ("ESA", "cESA", "MQM"),
    "pearmut-campaign": ("ESA", "cESA", "MQM"),
    "wmt-esa": ("ESA", "cESA"),
    "wmt-mqm": ("ESA", "cESA", "MQM"),
    "appraise": ("ESA", "cESA"),
}


def formats_of(protocol: str) -> list[str]:
    """The formats that can hold the answers of a protocol."""
    return [kind for kind, protocols in _HELD.items() if protocol in protocols]


def exported(root: Path, campaign: Campaign, kind: str) -> str:
    """The answers in one of `FORMATS`, quality control left out; of `pearmut-campaign` the tasks.

    Raises UserError for a format that cannot hold this protocol's answers.
    """
    possible = formats_of(campaign.protocol)
    if kind not in possible:
        raise UserError(
            f"--export {kind} cannot hold the answers of {campaign.protocol}; possible: {', '.join(possible)}"
        )
    if kind == "pearmut-campaign":
        return pearmut.write_campaign(campaign)
    writers: dict[str, Callable[[Campaign, list[tuple[str, Task, Response]]], str]] = {
        "scores": _scores,
        "pearmut": pearmut.write_annotations,
        "wmt-esa": humeval.write,
        "wmt-mqm": mqm.write,
        "appraise": appraise.write,
    }
    return writers[kind](campaign, answered(root, campaign))


def read(name: str, runs: Callable[[], TestSet]) -> tuple[Path, Foreign]:
    """What a file holds, its format known by its contents; `runs` gives the runs that Appraise's answers are
    to.

    Raises DataError for a file of no known format, and as each reader does.
    """
    path = user_path(name)
    if not is_file(path):
        raise no_such_file(path, name)
    data = read_bytes(path)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return path, _json(path, data)
    if is_mqm(path):
        return path, mqm.read(path)
    if appraise.is_appraise(path):
        return path, appraise.read(path, runs())
    raise DataError(f"{path}:1: {_UNKNOWN}")


_UNKNOWN = (
    "not a campaign in a known format: pearmut's campaign or annotations (JSON), WMT's human evaluation"
    " (JSON lines), MQM of the WMT releases (TSV), an export of Appraise (CSV)"
)


def _json(path: Path, data: bytes) -> Foreign:
    value = first_value(data, path)
    if pearmut.is_campaign(value):
        return pearmut.read_campaign(path)
    if pearmut.is_annotations(value):
        return pearmut.read_annotations(path)
    if humeval.is_line(value):
        return humeval.read(path)
    raise DataError(f"{path}:1: {_UNKNOWN}")


def _scores(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """`system,segment,score,rater,inclusion`, 0 to 100: of ESA the score, of MQM 100 minus the cost of the
    errors (at least 0), of a pair 100 for the better one, 50 where neither is. `inclusion` is the probability
    with which the segment was drawn, empty where it was picked; an imported campaign has no such column.
    `document` is there where whole documents were drawn.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    known, whole = campaign.choice != "imported", campaign.choice == "documents"
    more = [name for name, there in (("inclusion", known), ("document", whole)) if there]
    writer.writerow(["system", "segment", "score", "rater", *more])
    for person, task, response in found:
        item = campaign.items[task.item]
        drawn = inclusion(campaign, item)
        share = "" if drawn is None else f"{drawn:.9g}"
        for place, system in enumerate(task.systems):
            if campaign.protocol == "pairwise":
                score = 50.0 if response.choice == -1 else 100.0 * (response.choice == place)
            else:
                one = response.outputs[place]
                score = max(0.0, 100 - cost(one)) if one.score is None else one.score
            row = [system, item.id, f"{score:g}", known_as(campaign, person)]
            writer.writerow([*row, *[share, item.doc or ""][: len(more)]])
    return out.getvalue()
