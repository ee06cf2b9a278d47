"""A campaign: which outputs are judged, by whom, how, and in which order each annotator sees them.

results/campaigns/<name>/campaign.json      all of it, written once
results/campaigns/<name>/<annotator>.jsonl  their answers, a line each (`harness.judge.responses`)
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from harness.common.files import write_json
from harness.common.shapes import read_json
from harness.common.typed_json import from_json, shape_of, to_json
from harness.errors import ConfigError, DataError, UserError, did_you_mean

PROTOCOLS = ("ESA", "MQM", "pairwise")
NAME = re.compile(r"[\w-]{1,60}")
SEVERITIES = ("minor", "major")
CATEGORIES = (
    "Accuracy/Mistranslation", "Accuracy/Addition", "Accuracy/Omission", "Accuracy/Untranslated",
    "Fluency/Grammar", "Fluency/Spelling", "Fluency/Punctuation", "Fluency/Register", "Terminology",
    "Style", "Locale convention", "Non-translation", "Other",
)  # fmt: skip
"""The upper levels of MQM as in Freitag et al. 2021 (aclanthology.org/2021.tacl-1.87)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment with the outputs to judge."""

    id: str
    source: str
    outputs: dict[str, str]
    """By system."""
    doc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One screen of one annotator."""

    item: int
    """Which segment, from 0."""
    systems: list[str]
    """The one that is judged, or the two that are compared, in the order shown."""
    kind: str = "plain"
    """`plain`; for quality control `repeat` (seen before) or `degraded` (words of it are lost)."""
    text: str | None = None
    """The degraded output."""


@dataclass(frozen=True, slots=True)
class Annotator:
    """Somebody who judges. The key is the secret part of their link."""

    key: str
    tasks: list[Task]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """campaign.json."""

    schema: int = 1
    name: str
    protocol: str
    seed: int
    src: str
    tgt: str
    data: str
    data_hash: str
    runs: dict[str, str]
    """The run of each system."""
    choice: str
    """How the segments were chosen: `random`, `contested` or `all`."""
    of: int
    """How many segments the test set has."""
    items: list[Judged]
    annotators: dict[str, Annotator]
    categories: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    created: str | None = None


_SHAPE = shape_of(Campaign)


def folder(root: Path, name: str) -> Path:
    """Where a campaign of this store lies. Raises ConfigError for a name that is none."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"'{name[:70]}': a campaign's name has 1 to 60 letters, digits, _ or -")
    return root / "campaigns" / name


def write_campaign(root: Path, campaign: Campaign) -> Path:
    """Write a new campaign. Raises UserError where there is one of this name: its answers would be lost."""
    path = folder(root, campaign.name) / "campaign.json"
    if path.exists():
        raise UserError(
            f"{path.parent}: there is a campaign of this name; take another, or remove the folder"
        )
    write_json(path, to_json(campaign))
    return path


def read_campaign(root: Path, name: str) -> Campaign:
    """A campaign of this store. Raises UserError for an unknown name, DataError for a damaged file."""
    path = folder(root, name) / "campaign.json"
    if not path.is_file():
        known = names(root)
        raise UserError(
            f"no campaign '{name}' in {root / 'campaigns'}.{did_you_mean(name, known)} Campaigns:"
            f" {', '.join(known) or 'none'}"
        )
    campaign = from_json(Campaign, read_json(path, _SHAPE))
    for annotator in campaign.annotators.values():
        for task in annotator.tasks:
            if not 0 <= task.item < len(campaign.items) or not set(task.systems) <= set(campaign.runs):
                raise DataError(f"{path}: a task names a segment or a system that is not there; damaged?")
    return campaign


def names(root: Path) -> list[str]:
    """The campaigns of a store."""
    return sorted(path.parent.name for path in root.glob("campaigns/*/campaign.json"))


def make_annotators(
    people: Sequence[str], items: Sequence[Judged], protocol: str, seed: int, control: float
) -> dict[str, Annotator]:
    """The tasks of each: every output of every segment, blind, in an order of their own.

    A document (segments that follow one another with one `doc`) stays together and in order; which system's
    version comes when is shuffled, and so are the sides of a pair. `control` is the share of tasks added for
    quality control, half of them repeated and half degraded, never beside their original. The order follows
    from the seed and the name alone.
    """
    found = {}
    for person in people:
        if not NAME.fullmatch(person):
            raise ConfigError(f"'{person[:70]}': an annotator's name has letters, digits, _ or -")
        draw = random.Random(f"{seed}:{person}")
        tasks = _ordered(items, protocol, draw)
        tasks += _controls(tasks, items, protocol, draw, control)
        found[person] = Annotator(secrets.token_urlsafe(16), tasks)
    if len(found) < len(people):
        raise ConfigError("an annotator is named twice")
    return found


def _ordered(items: Sequence[Judged], protocol: str, draw: random.Random) -> list[Task]:
    documents: dict[str, list[int]] = {}
    for k, item in enumerate(items):
        documents.setdefault(item.doc or f"segment {k}", []).append(k)
    blocks = []
    for places in documents.values():
        systems = sorted({name for k in places for name in items[k].outputs})
        versions = [list(pair) for pair in combinations(systems, 2)] if protocol == "pairwise" else []
        versions = versions or [[name] for name in systems]
        for version in versions:
            draw.shuffle(version)
            blocks.append([Task(item=k, systems=version) for k in places])
    draw.shuffle(blocks)
    return [task for block in blocks for task in block]


def _controls(
    tasks: Sequence[Task], items: Sequence[Judged], protocol: str, draw: random.Random, share: float
) -> list[Task]:
    count = min(len(tasks), round(share * len(tasks)))
    # Those of the first two thirds: a repetition right after its original tests the memory.
    early = range(max(1, 2 * len(tasks) // 3)) if count else range(0)
    chosen = draw.sample(early, min(count, len(early)))
    found = []
    for number, place in enumerate(chosen):
        task = tasks[place]
        lost = _degraded(items[task.item].outputs[task.systems[0]], draw)
        if number % 2 == 0 or protocol == "pairwise" or lost is None:
            found.append(Task(item=task.item, systems=task.systems[::-1], kind="repeat"))
        else:
            found.append(Task(item=task.item, systems=task.systems, kind="degraded", text=lost))
    return found


def _degraded(text: str, draw: random.Random) -> str | None:
    """The text without a run of a third of its words; None where it has fewer than four."""
    words = text.split()
    if len(words) < 4:
        return None
    gone = max(1, len(words) // 3)
    start = draw.randrange(len(words) - gone + 1)
    return " ".join(words[:start] + words[start + gone :])


def shown(campaign: Campaign, task: Task) -> list[str]:
    """The texts of a task, as the annotator sees them; no name of a system."""
    outputs: Mapping[str, str] = campaign.items[task.item].outputs
    return [task.text] if task.text is not None else [outputs[name] for name in task.systems]
