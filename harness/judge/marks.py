"""The errors that annotators of campaigns marked, to be shown beside an output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.judge.campaign import names, read_campaign
from harness.judge.responses import Span
from harness.judge.results import answered
from harness.types import Mark

Marked = dict[tuple[str, str], list[dict[str, Any]]]
"""By run and segment: `{who, by, score, marks}` of each annotator, as `compare.load` has those of judges."""


def people(root: Path, runs: Iterable[str]) -> tuple[Marked, list[str]]:
    """What people marked in the outputs of these runs, and a line for each campaign that cannot be read."""
    wanted = set(runs)
    found: Marked = {}
    problems = []
    for name in names(root):
        try:
            campaign = read_campaign(root, name)
            if campaign.protocol == "pairwise" or not wanted & set(campaign.runs.values()):
                continue
            answers = answered(root, campaign)
        except HarnessError as error:
            problems.append(f"campaign '{name}' is left out: {error}")
            continue
        for person, task, response in answers:
            item = campaign.items[task.item]
            for system, one in zip(task.systems, response.outputs, strict=True):
                spans = [_mark(span, item.outputs[system], item.source) for span in one.spans]
                entry: dict[str, Any] = {
                    "who": f"{person} ({name})",
                    "by": "human",
                    "marks": [mark.to_json() for mark in spans],
                }
                if one.score is not None:
                    entry["score"] = one.score
                found.setdefault((campaign.runs.get(system, ""), item.id), []).append(entry)
    return found, problems


def _mark(span: Span, output: str, source: str) -> Mark:
    """A span as a mark; where something is missing in the output there are no words to show."""
    if not span.source and span.start >= len(output):
        return Mark(span.severity, span.category or "omission")
    text = (source if span.source else output)[span.start : span.end]
    place = span.start, span.end
    return Mark(span.severity, span.category, text, *place, within="source" if span.source else "output")


def state(root: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever a campaign or an answer does."""
    stats = ((path, path.stat()) for path in sorted(root.glob("campaigns/*/*.json*")) if path.exists())
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path, found in stats)
