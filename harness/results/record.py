"""The record of a run, record.json: what was run, on what, and with what result.

The dataclasses are the format: the shape that readers check is derived from them (`typed_json.shape_of`), a
field with a default may be absent from a record or null. `results/README.md` shows them as a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.common.environment import Environment
from harness.common.shapes import mismatch
from harness.common.typed_json import from_json, rounded, shape_of, to_json
from harness.errors import DataError
from harness.results.integrity import FileDigest
from harness.types import Input, Score

SCHEMA = 1
"""The version that is written; a reader refuses a newer one and migrates an older one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A translation direction."""

    src: str
    """Code of the source language, as the user wrote it but normalised: `fr`, `zh-Hant`."""
    tgt: str
    """Code of the target language."""

    def __str__(self) -> str:
        return f"{self.src}-{self.tgt}"


@dataclass(frozen=True, slots=True)
class Data:
    """The test set that was scored."""

    name: str
    """What the loader calls it: `seeds`, `ntrex`, a file name."""
    n: int
    """Segments scored, after sampling and limits."""
    hash: str
    """sha256 over ids, sources and references as scored: runs with the same hash can be compared."""
    inputs: tuple[Input, ...] = ()
    """Files and sets that were read, each with the sha256 of its newline-normalised text."""
    meta: dict[str, Any] = field(default_factory=dict)
    """What the loader says besides: counts, the subset taken, warnings."""

    @property
    def short_hash(self) -> str:
        """The first eight digits, as tables show them."""
        return self.hash[:8]


@dataclass(frozen=True, slots=True)
class Model:
    """The system that translated."""

    name: str | None
    """Its name in tables; null in records of configurations that gave none."""
    id: str | None = None
    """Its name on the hub or the server, or its folder; null for systems without a model."""
    revision: str | None = None
    """The resolved commit, or the sha256 of local weights or outputs."""
    engine: str | None = None
    """The engine's kind: `transformers`, `file`, or a `module:Class`."""
    identity: dict[str, Any] = field(default_factory=dict)
    """Everything the outputs depend on: decoding, prompt, precision, versions."""
    settings: dict[str, Any] | None = field(default=None, metadata={"omit": True})
    """How outputs were chosen, with the settings that the model brought along."""

    @property
    def label(self) -> str:
        """The name, else the id, else an empty string."""
        return self.name or self.id or ""


@dataclass(frozen=True, slots=True)
class SideCounts:
    """One side of an alignment."""

    null_segments: int | None = None
    """Segments without a counterpart."""
    aligned_share: float | None = None
    """Share of the side's characters in beads that are not null, 0 to 1; null for a side without text."""


@dataclass(frozen=True, slots=True)
class AlignmentCounts:
    """The result of aligning the documents."""

    shapes: dict[str, int]
    """Beads by shape: `1-1`, `2-1`, `0-1`."""
    src: SideCounts
    tgt: SideCounts
    beads: int | None = None
    """Beads that are not null: the segments that can be scored."""
    flags: dict[str, int] = field(default_factory=dict)
    """Beads by flag: `partial`, `length-outlier`, `low-margin`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened before the translation; empty for a test set that was parallel already."""

    documents: dict[str, int] = field(default_factory=dict, metadata={"omit": True})
    """Documents read by side, and the pairs found (`src`, `tgt`, `pairs`)."""
    cleaning: dict[str, dict[str, int]] = field(default_factory=dict, metadata={"omit": True})
    """`edits`, `unrepaired` by rule and `furniture` by kind."""
    alignment: AlignmentCounts | None = field(default=None, metadata={"omit": True})
    realign: dict[str, int] | None = field(default=None, metadata={"omit": True})
    """Of re-segmented outputs of documents: `outputs` (`by_wer`, `by_embed`), `segments`, `omitted`,
    `hallucinated` and `unsure` ones, `characters` and `nowhere_characters` (that belong to no segment)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a service was asked for and says of it, each text once, outputs from the cache too.

    Of a model on this machine only what it was shown beside the texts, and of how many tokens.
    """

    characters: int
    """Characters of the sources."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    """By the prices in the configuration."""
    currency: str | None = None
    served_by: dict[str, int] = field(default_factory=dict)
    """Answers by the model, with its fingerprint, that says it gave them."""
    shown: dict[str, int] | None = field(default=None, metadata={"omit": True})
    """Tokens of the prompts that were `context` (texts before, with their translations), terms of the
    `glossary` and `examples`. Of a service, which counts whole prompts, by their share of the bytes. Nothing
    where outputs of an earlier version, which did not count them, were taken from the cache."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What came of asking a language model to judge, over all segments."""

    outcomes: dict[str, int]
    """Segments by outcome: `scored`, or `win`, `loss`, `tie`, `order`, `same` of pairs; without a score
    `refused`, `cut`, `unreadable`."""
    usage: Usage | None = None
    details: dict[str, float] = field(default_factory=dict)
    """What the corpus score leaves out: of pairs their counts and the p-value of the sign test."""
    against: str | None = None
    """The run that it was compared with."""
    example: str | None = None
    """The beginning of the first answer that could not be used."""


@dataclass(frozen=True, slots=True)
class PairingCandidate:
    """Two documents that were considered as a pair."""

    src: str
    tgt: str
    score: float
    """Two-way best match, -1 to 1."""
    mutual_best: int
    """Sentence pairs that are each other's best."""
    accepted: bool
    reason: str
    gap: float | None = None
    """Distance to the best other candidate of either document; null when there is no other."""
    src_index: int | None = None
    tgt_index: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One finished run."""

    run_id: str
    """Name of the run's folder; names sort by when the runs began."""
    pair: Pair
    data: Data
    model: Model
    scores: tuple[Score, ...]
    counts: Counts
    schema: int = SCHEMA
    tag: str | None = None
    """The user's own name for it, given with the run or afterwards."""
    note: str | None = field(default=None, metadata={"omit": True})
    """A line that somebody wrote about the run afterwards; kept beside the record."""
    created: str | None = None
    """When the run began, ISO 8601, UTC."""
    finished: str | None = None
    """When it was recorded, ISO 8601, UTC."""
    config_hash: str | None = None
    """Hash of configuration, inputs and revision: a finished run with the same hash is not repeated."""
    config: dict[str, Any] = field(default_factory=dict)
    """The whole composed configuration."""
    encoder: dict[str, Any] = field(default_factory=dict)
    """Identity of the sentence encoder."""
    environment: Environment = field(default_factory=Environment)
    pairing: tuple[PairingCandidate, ...] | None = None
    """Every candidate pair of documents; null for a test set that was parallel already."""
    timings: dict[str, float] = field(default_factory=dict)
    """Seconds a stage; summed over all workers."""
    health: dict[str, int] = field(default_factory=dict)
    """Segments by health flag."""
    failed: int = 0
    """Segments that the engine failed on."""
    cleaned: int | None = field(default=None, metadata={"omit": True})
    """Segments whose output `engine.answer` changed; the raw ones are in segments.jsonl."""
    usage: Usage | None = field(default=None, metadata={"omit": True})
    """Tokens, cost and answering models of a service."""
    judges: dict[str, Judging] | None = field(default=None, metadata={"omit": True})
    """What came of asking each metric's judge, where it has one."""
    warnings: tuple[str, ...] = ()
    """One line each: what the user should know before trusting the numbers."""
    files: dict[str, FileDigest] = field(default_factory=dict)
    """Size and sha256 of the run's other files; empty in records of earlier versions."""
    digest: str | None = None
    """sha256 of the record without this field; null in records of earlier versions."""

    @property
    def corpus_scores(self) -> dict[str, Score]:
        """The corpus score of each metric, by its key in the configuration."""
        return {score.metric: score for score in self.scores if score.level == "corpus"}

    def metric_config(self, key: str) -> dict[str, Any]:
        """The options of a metric in the run's configuration; empty where it has none."""
        return dict((self.config.get("metrics") or {}).get(key) or {})

    def to_json(self) -> dict[str, Any]:
        """As it is written: floats to six places, what is not finite as null."""
        value: dict[str, Any] = rounded(to_json(self))
        return value

    @classmethod
    def from_json(cls, value: Any, path: Path) -> Record:
        """A record as read from `path`. Raises DataError for one that is damaged or from a newer harness."""
        value = migrate(value, path)
        wrong = mismatch(value, SHAPE) or _contradiction(value, path.parent.name)
        if wrong:
            raise DataError(
                f"{path}: damaged record ({wrong}); restore it, or delete the folder and run again"
            )
        return from_json(cls, value)


SHAPE = shape_of(Record)


def _contradiction(value: dict[str, Any], folder: str) -> str | None:
    """What is wrong with a record of the right shape, None where nothing is."""
    if value["run_id"] != folder:
        return f"its run_id is '{value['run_id']}', its folder is '{folder}'"
    for score in value["scores"]:
        if score.get("ci") is not None and len(score["ci"]) != 2:
            return f"the interval of '{score['metric']}' does not have two ends"
    return None


def migrate(value: Any, path: Path) -> dict[str, Any]:
    """A record of any earlier version as one of today's.

    Within schema 1, fields were only ever added, each with a default: there is nothing to convert yet.
    Raises DataError for a newer schema, and for what is not a record.
    """
    if not isinstance(value, dict) or not isinstance(value.get("schema"), int):
        raise DataError(f"{path}: not a record (no schema number); delete the folder or run again")
    if value["schema"] > SCHEMA:
        raise DataError(
            f"{path}: written by a newer harness (schema {value['schema']}, this one reads {SCHEMA});"
            " upgrade: pip install -U mt-harness"
        )
    return value
