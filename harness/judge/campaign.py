"""A campaign: which outputs are judged, by whom, how, and in which order each annotator sees them.

results/campaigns/<name>/campaign.json      all of it, written once
results/campaigns/<name>/<annotator>.jsonl  their answers, a line each (`harness.judge.responses`)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.common.files import write_json
from harness.common.shapes import read_json
from harness.common.typed_json import from_json, shape_of, to_json
from harness.errors import ConfigError, DataError, UserError, did_you_mean

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
    place: int | None = None
    """In the test set, from 0."""
    inclusion: float | None = None
    """With what probability the segment came to be chosen, in (0, 1]; None where it was not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One screen of one annotator."""

    item: int
    """Which segment, from 0."""
    systems: list[str]
    """The one that is judged, or those that are shown side by side, in the order shown."""
    kind: str = "plain"
    """`plain`; for quality control `repeat` (seen before) or `degraded` (words of it are lost)."""
    text: str | None = None
    """The degraded output, shown in the place of that of `systems[degraded]`."""
    degraded: int = 0


@dataclass(frozen=True, slots=True)
class Annotator:
    """Somebody who judges. The key is the secret part of their link."""

    key: str
    tasks: list[Task]
    label: str | None = None
    """Their name in the file that a campaign was imported from, where it is not one of ours."""


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
    """How the segments were chosen, see `harness.judge.choosing`; `all`, or `imported`."""
    of: int
    """How many segments the test set has."""
    items: list[Judged]
    annotators: dict[str, Annotator]
    categories: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    created: str | None = None
    how: str | None = None
    """What the choice rests on: the measure, its metrics, the tool and its version; or the file imported."""


_SHAPE = shape_of(Campaign)


def folder(root: Path, name: str) -> Path:
    """Where a campaign of this store lies. Raises ConfigError for a name that is none."""
    if not NAME.fullmatch(name):
        raise ConfigError(f"'{name[:70]}': a campaign's name has 1 to 60 letters, digits, _ or -")
    return root / "campaigns" / name


def file_of(root: Path, name: str, file: str = "campaign.json") -> Path:
    """A file of a campaign. Raises DataError where a link leads from it out of the store."""
    path = folder(root, name) / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise DataError(f"{path}: a link leads out of the store; copy what it links to")
    return path


def answers_of(root: Path, name: str, person: str) -> Path:
    """Where an annotator's answers lie. Raises DataError as `file_of`."""
    return file_of(root, name, f"{person}.jsonl")


def write_campaign(root: Path, campaign: Campaign) -> Path:
    """Write a new campaign. Raises UserError where there is one of this name: its answers would be lost."""
    path = file_of(root, campaign.name)
    if path.exists():
        raise UserError(
            f"{path.parent}: there is a campaign of this name; take another, or remove the folder"
        )
    write_json(path, to_json(campaign))
    return path


def read_campaign(root: Path, name: str) -> Campaign:
    """A campaign of this store. Raises UserError for an unknown name, DataError for a damaged file.

    It is called as its folder is, whatever the file says: a copy has answers of its own.
    """
    path = file_of(root, name)
    if not path.is_file():
        known = names(root)
        raise UserError(
            f"no campaign '{name}' in {root / 'campaigns'}.{did_you_mean(name, known)} Campaigns:"
            f" {', '.join(known) or 'none'}"
        )
    campaign = from_json(Campaign, read_json(path, _SHAPE))
    for annotator in campaign.annotators.values():
        for task in annotator.tasks:
            if not _whole(campaign, task):
                raise DataError(f"{path}: a task names a segment or a system that is not there; damaged?")
    return replace(campaign, name=name)


def names(root: Path) -> list[str]:
    """The campaigns of a store."""
    return sorted(path.parent.name for path in root.glob("campaigns/*/campaign.json"))


def _whole(campaign: Campaign, task: Task) -> bool:
    if not 0 <= task.item < len(campaign.items) or not 0 <= task.degraded < len(task.systems):
        return False
    return set(task.systems) <= campaign.items[task.item].outputs.keys()


def inclusion(campaign: Campaign, item: Judged) -> float | None:
    """The probability with which a segment came to be chosen; None where it was picked, or is not known."""
    if item.inclusion is None and campaign.choice in ("random", "all"):  # made before it was recorded
        return len(campaign.items) / campaign.of
    return item.inclusion


def shown(campaign: Campaign, task: Task) -> list[str]:
    """The texts of a task, as the annotator sees them; no name of a system."""
    outputs = campaign.items[task.item].outputs
    texts = [outputs[name] for name in task.systems]
    if task.text is not None:
        texts[task.degraded] = task.text
    return texts
