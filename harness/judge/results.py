"""What came of a campaign: progress, quality control, and files that `agree` reads."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from harness.common.mqm import MqmWeights
from harness.judge.campaign import Campaign, Task
from harness.judge.responses import Response, Span, responses

FORMATS = {
    "pearmut": ("json", "application/json"),
    "wmt-mqm": ("tsv", "text/tab-separated-values"),
    "scores": ("csv", "text/csv"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an annotator is, and how reliable."""

    done: int
    total: int
    seconds: float | None
    """Median per task."""
    repeated: float | None
    """Repeated tasks: mean absolute difference of the scores (ESA, MQM), or share judged alike (pairwise)."""
    degraded: float | None
    """Share of degraded outputs judged worse than the original."""


def progress(root: Path, campaign: Campaign, person: str) -> Progress:
    """Over the tasks that are answered."""
    tasks = campaign.annotators[person].tasks
    found = responses(root, campaign, person)
    plain = {(t.item, frozenset(t.systems)): k for k, t in enumerate(tasks) if t.kind == "plain"}
    again: list[float] = []
    worse: list[float] = []
    for k, task in enumerate(tasks):
        first = found.get(plain[task.item, frozenset(task.systems)])
        second = found.get(k)
        if task.kind == "plain" or first is None or second is None:
            continue
        if campaign.protocol == "pairwise":
            again.append(_preferred(tasks, first) == _preferred(tasks, second))
        elif task.kind == "repeat":
            again.append(abs(_value(first) - _value(second)))
        else:
            worse.append(_value(second) < _value(first))
    times = [one.seconds for one in found.values() if one.seconds is not None]
    return Progress(
        len(found),
        len(tasks),
        round(median(times), 1) if times else None,
        mean(again) if again else None,
        mean(worse) if worse else None,
    )


def _value(response: Response) -> float:
    """Higher is better: the score, or minus what the marked errors cost."""
    return response.score if response.score is not None else -_cost(response)


def _cost(response: Response) -> float:
    weights = MqmWeights()
    return sum(weights.of(span.category or "", span.severity) for span in response.spans)


def _preferred(tasks: list[Task], response: Response) -> str | None:
    assert response.choice is not None
    return None if response.choice < 0 else tasks[response.task].systems[response.choice]


def answered(root: Path, campaign: Campaign) -> list[tuple[str, Task, Response]]:
    """Every answer that counts: quality control is left out."""
    return [
        (person, annotator.tasks[number], response)
        for person, annotator in campaign.annotators.items()
        for number, response in sorted(responses(root, campaign, person).items())
        if annotator.tasks[number].kind == "plain"
    ]


def exported(root: Path, campaign: Campaign, kind: str) -> str:
    """The answers in one of `FORMATS`."""
    found = answered(root, campaign)
    return {"pearmut": _pearmut, "wmt-mqm": _mqm, "scores": _scores}[kind](campaign, found)


def _pearmut(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """`annotations.json` as pearmut's dashboard gives it. A pair is left out: it has no such answer."""
    entries: list[dict[str, Any]] = []
    for person, task, response in found:
        if campaign.protocol == "pairwise":
            continue
        item = campaign.items[task.item]
        spans = [
            {"start_i": s.start, "end_i": s.end - 1, "severity": s.severity, "category": s.category}
            for s in response.spans
        ]
        annotation = {"score": response.score, "error_spans": spans, "time": response.seconds}
        entries.append(
            {
                "user_id": person,
                "item_i": f"{task.item}-{task.systems[0]}",
                "item": [{"item_id": item.id, "src": item.source, "tgt": item.outputs}],
                "annotation": [{task.systems[0]: annotation}],
            }
        )
    return json.dumps({campaign.name: entries}, indent=1, ensure_ascii=True) + "\n"


def _mqm(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """The WMT release's table: an error a line, or a "No-error" line; see `harness.common.mqm`."""
    lines = ["system\tdoc\tseg_id\trater\tsource\ttarget\tcategory\tseverity"]
    for person, task, response in found:
        if campaign.protocol == "pairwise":
            continue
        item, system = campaign.items[task.item], task.systems[0]
        text = item.outputs[system]
        marks = [(_marked(text, s), s.category or "Other", s.severity) for s in response.spans]
        for target, category, severity in marks or [(text, "No-error", "No-error")]:
            row = (system, item.doc or "", item.id, person, item.source, target, category)
            cells = (*row, severity.capitalize())
            lines.append("\t".join(re.sub(r"\s", " ", cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _marked(text: str, span: Span) -> str:
    return f"{text[: span.start]}<v>{text[span.start : span.end]}</v>{text[span.end :]}"


def _scores(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """`system,segment,score,rater`, 0 to 100: of ESA the score, of MQM 100 minus the cost of the errors (at
    least 0), of a pair 100 for the better one, 50 where neither is.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["system", "segment", "score", "rater"])
    for person, task, response in found:
        item = campaign.items[task.item]
        for place, system in enumerate(task.systems):
            if campaign.protocol == "pairwise":
                score = 50.0 if response.choice == -1 else 100.0 * (response.choice == place)
            elif response.score is not None:
                score = response.score
            else:
                score = max(0.0, 100 - _cost(response))
            writer.writerow([system, item.id, f"{score:g}", person])
    return out.getvalue()
