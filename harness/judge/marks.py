"""The errors that annotators of campaigns marked, to be shown beside an output."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.judge.campaign import Campaign, Task, file_of, names, read_campaign
from harness.judge.responses import Answers, Response, Span
from harness.judge.results import answered
from harness.types import Mark

Marked = dict[tuple[str, str], list[dict[str, Any]]]
"""By run and segment: `{who, by, score, marks}` of each annotator, as `compare.load` has those of judges."""


def people(root: Path, runs: Iterable[str]) -> tuple[Marked, list[str]]:
    """What people marked in the outputs of these runs, and a line for each campaign that cannot be read."""
    return People(root).of(runs)


class People:
    """The same again and again: a campaign is read once, answers on from where the last reading ended."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._answers = Answers(root)
        self._read: dict[str, tuple[tuple[int, int], Campaign]] = {}

    def of(self, runs: Iterable[str], segments: Collection[str] | None = None) -> tuple[Marked, list[str]]:
        """As `people`, only of the segments with these ids where some are given."""
        wanted = set(runs)
        found: Marked = {}
        problems = []
        for name in names(self.root):
            try:
                campaign = self._campaign(name)
                if campaign.protocol == "pairwise" or not wanted & set(campaign.runs.values()):
                    continue
                answers = answered(self.root, campaign, self._answers)
            except (HarnessError, OSError) as error:
                problems.append(f"campaign '{name}' is left out: {error}")
                continue
            for person, task, response in answers:
                if segments is None or campaign.items[task.item].id in segments:
                    _add(found, campaign, f"{person} ({name})", task, response)
        return found, problems

    def _campaign(self, name: str) -> Campaign:
        state = file_of(self.root, name).stat()
        changed = state.st_mtime_ns, state.st_size
        before = self._read.get(name)
        if before is None or before[0] != changed:
            before = self._read[name] = changed, read_campaign(self.root, name)
        return before[1]


def _add(found: Marked, campaign: Campaign, who: str, task: Task, response: Response) -> None:
    item = campaign.items[task.item]
    for system, one in zip(task.systems, response.outputs, strict=True):
        spans = [_mark(span, item.outputs[system], item.source) for span in one.spans]
        entry: dict[str, Any] = {"who": who, "by": "human", "marks": [mark.to_json() for mark in spans]}
        if one.score is not None:
            entry["score"] = one.score
        found.setdefault((campaign.runs.get(system, ""), item.id), []).append(entry)


def _mark(span: Span, output: str, source: str) -> Mark:
    """A span as a mark; where something is missing in the output there are no words to show."""
    if not span.source and span.start >= len(output):
        return Mark(span.severity, span.category or "omission")
    text = (source if span.source else output)[span.start : span.end]
    place = span.start, span.end
    return Mark(span.severity, span.category, text, *place, within="source" if span.source else "output")
