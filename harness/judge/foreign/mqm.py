"""MQM annotations as WMT releases them: an error of one rater a line, see `harness.common.mqm`."""

from __future__ import annotations

import re
from pathlib import Path

from harness.common.mqm import Annotation, read_mqm
from harness.common.notices import tell
from harness.common.tables import counted
from harness.errors import DataError
from harness.judge.campaign import Campaign, Task
from harness.judge.foreign.answers import Answer, Foreign, known_as
from harness.judge.responses import Judgement, Response, Span

_NONE = ("no-error", "no error", "")
_CHECK = "hotw-test"  # an attention check
COLUMNS = (
    "system", "doc", "doc_id", "seg_id", "rater", "source", "target", "category", "severity", "comment",
)  # fmt: skip


def read(path: Path) -> Foreign:
    """All annotations of a file, an answer for each rater and output. Raises DataError naming file and
    line."""
    lines: dict[tuple[str, str, str], list[Annotation]] = {}
    checks = 0
    for one in read_mqm(path):
        if one.severity.casefold() == _CHECK:
            checks += 1
            continue
        lines.setdefault((one.rater or "rater", one.system, one.segment), []).append(one)
    if checks:
        tell(f"{path}: {checks} lines of attention checks are left out")
    if not lines:
        raise DataError(f"{path}: no annotation in it")
    empty = [one for found in lines.values() for one in found if not _clean(one) and _is_empty(one)]
    if empty:
        tell(
            f"{path}: {counted(len(empty), 'empty mark')} <v></v> (first in line {empty[0].line}): kept as"
            " something missing, at the end of the text"
        )
    answers = [
        Answer(
            where=f"{path}:{found[0].line}",
            who=rater,
            segment=segment,
            source=found[0].source,
            outputs={system: found[0].target},
            shown=[system],
            judgements=[Judgement(None, tuple(_spans(found)))],
            doc=found[0].doc,
            comment=" | ".join(dict.fromkeys(one.comment for one in found if _clean(one) and one.comment)),
        )
        for (rater, system, segment), found in lines.items()
    ]
    return Foreign("MQM", answers, severities=["minor", "major"])


def _spans(found: list[Annotation]) -> list[Span]:
    """Their marks; an error without one is of the whole output."""
    spans = []
    for one in found:
        severity = one.severity.casefold()
        if _clean(one):
            continue
        within, start, end = one.place or ("output", 0, len(one.target))
        text = one.source if within == "source" else one.target
        if start == end:
            start = end = len(text)
        spans.append(Span(start, end, severity, one.category, within == "source", one.comment or None))
    return spans


def _is_empty(one: Annotation) -> bool:
    """Whether it marks a place between two characters, which no mark here can keep; the end it can."""
    if one.place is None:
        return False
    within, start, end = one.place
    return start == end < len(one.source if within == "source" else one.target)


def _clean(one: Annotation) -> bool:
    """Whether the line says that there is no error."""
    return one.severity.casefold() in _NONE or one.category.casefold() in ("no-error", "no error")


def write(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """The release's table of ten columns; `doc_id` counts the judged segments of a document from 1."""
    number: dict[int, int] = {}
    counts: dict[str | None, int] = {}
    for k, item in enumerate(campaign.items):
        counts[item.doc] = number[k] = counts.get(item.doc, 0) + 1
    lines = ["\t".join(COLUMNS)]
    for person, task, response in found:
        item = campaign.items[task.item]
        for system, judgement in zip(task.systems, response.outputs, strict=True):
            head = (system, item.doc or "", str(number[task.item]), item.id, known_as(campaign, person))
            comment = response.comment or ""
            for *texts, severity, said in _rows(item.source, item.outputs[system], judgement):
                both = " | ".join(filter(None, (said, comment)))
                cells = (*head, *texts, severity.capitalize(), both)
                lines.append("\t".join(re.sub(r"\s", " ", cell) for cell in cells))
                comment = ""
    return "\n".join(lines) + "\n"


def _rows(source: str, target: str, judgement: Judgement) -> list[tuple[str, str, str, str, str]]:
    """Source, target, category, severity and comment of each error."""
    rows = []
    for span in judgement.spans:
        texts = (
            (_marked(source, span), _text(target)) if span.source else (_text(source), _marked(target, span))
        )
        rows.append((*texts, span.category or "Other", span.severity, span.comment or ""))
    return rows or [(_text(source), _text(target), "No-error", "No-error", "")]


def _marked(text: str, span: Span) -> str:
    before, inside, after = text[: span.start], text[span.start : span.end], text[span.end :]
    return f"{_text(before)}<v>{_text(inside)}</v>{_text(after)}"


def _text(text: str) -> str:
    """A text that looks like a mark stays a text, by a zero-width space."""
    return re.sub(r"<(?=/?v>)", "<\u200b", text)
