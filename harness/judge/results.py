"""What came of a campaign: progress, quality control, and what each answer says of each system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from harness.common.mqm import MqmWeights
from harness.judge.campaign import Campaign, Task, answers_of
from harness.judge.responses import Answers, Judgement, Response


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
    n_repeated: int = 0
    """Repeated tasks behind `repeated`: both they and the first are answered."""
    n_degraded: int = 0
    """Degraded outputs behind `degraded`."""
    last: str | None = None
    """When the last answer came, in ISO 8601."""
    unread: str | None = None
    """What is said of lines of the answers' file that hold no answer."""


def progress(root: Path, campaign: Campaign, person: str, answers: Answers | None = None) -> Progress:
    """Over the tasks that are answered; `answers` are those of the store, where they were read before."""
    tasks = campaign.annotators[person].tasks
    known = answers or Answers(root)
    found = known.of(campaign, person)
    plain: dict[int, list[int]] = {}
    for k, task in enumerate(tasks):
        if task.kind == "plain":
            plain.setdefault(task.item, []).append(k)
    again: list[float] = []
    worse: list[float] = []
    for k, second in found.items():
        task = tasks[k]
        if task.kind == "plain":
            continue
        alike = (o for o in plain.get(task.item, ()) if set(tasks[o].systems) == set(task.systems))
        original = next(alike, None)
        first = None if original is None else found.get(original)
        if original is None or first is None:
            continue
        if campaign.protocol == "pairwise":
            again.append(_preferred(tasks, first) == _preferred(tasks, second))
            continue
        before = dict(outcomes(campaign, tasks[original], first))
        after = dict(outcomes(campaign, task, second))
        if task.kind == "repeat":
            again.append(mean(abs(before[name] - after[name]) for name in before))
        else:
            name = task.systems[task.degraded]
            worse.append(after[name] < before[name])
    times = [one.seconds for one in found.values() if one.seconds is not None]
    return Progress(
        len(found),
        len(tasks),
        round(median(times), 1) if times else None,
        mean(again) if again else None,
        mean(worse) if worse else None,
        len(again),
        len(worse),
        max((one.at for one in found.values() if one.at), default=None),
        _unread(root, campaign, person, known.unread(campaign, person)),
    )


def _unread(root: Path, campaign: Campaign, person: str, lines: tuple[int, ...]) -> str | None:
    if not lines:
        return None
    count = f"{len(lines)} lines are" if len(lines) > 1 else "1 line is"
    named = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
    file = answers_of(root, campaign.name, person).name
    return f"{file}: {count} torn or no JSON in UTF-8 and not counted (line {named})"


def outcomes(campaign: Campaign, task: Task, response: Response) -> list[tuple[str, float]]:
    """What an answer says of each system shown, higher is better: the score of ESA, minus what the errors
    cost of MQM, of a pair 100 for the better one and 50 where neither is."""
    if campaign.protocol == "pairwise":
        return [
            (system, 50.0 if response.choice == -1 else 100.0 * (response.choice == place))
            for place, system in enumerate(task.systems)
        ]
    return [
        (system, -cost(one) if one.score is None else one.score)
        for system, one in zip(task.systems, response.outputs, strict=True)
    ]


def cost(judgement: Judgement) -> float:
    """What the marked errors cost, with the weights of Freitag et al. 2021."""
    weights = MqmWeights()
    return sum(weights.of(span.category or "", span.severity) for span in judgement.spans)


def _preferred(tasks: list[Task], response: Response) -> str | None:
    assert response.choice is not None
    return None if response.choice < 0 else tasks[response.task].systems[response.choice]


def answered(
    root: Path, campaign: Campaign, answers: Answers | None = None
) -> list[tuple[str, Task, Response]]:
    """Every answer that counts: quality control is left out. `answers` as in `progress`."""
    known = answers or Answers(root)
    return [
        (person, annotator.tasks[number], response)
        for person, annotator in campaign.annotators.items()
        for number, response in sorted(known.of(campaign, person).items())
        if annotator.tasks[number].kind == "plain"
    ]
