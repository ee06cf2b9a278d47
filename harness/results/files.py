"""The other files of a run beside its record, as types; readers check the shapes derived from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.common.typed_json import shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentBead:
    """A bead in segments.jsonl; see `types.Bead`."""

    src: list[int] = field(default_factory=list)
    """Positions of its source segments in the document, from 0."""
    tgt: list[int] = field(default_factory=list)
    shape: str | None = None
    """`2-1`: how many segments of either side."""
    score: float | None = None
    """The aligner's own objective."""
    confidence: float | None = None
    """Probability that exactly this bead is right; null where the aligner cannot tell."""
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPiece:
    """What a segment got of the output for its document, as offsets into it; see `types.Piece`."""

    start: int
    end: int
    confidence: float | None = None
    nowhere: list[list[int]] = field(default_factory=list)
    """Spans that correspond to no segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutput:
    """The output for a whole document, in the line of its first segment."""

    output: str
    method: str | None = None
    """How it was re-segmented: `wer`, `embed`."""
    n_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class StoredMark:
    """An error that a judge or a person marked; see `types.Mark`."""

    severity: str
    category: str | None = None
    text: str | None = None
    """The words that it is about, as they were named."""
    start: int | None = None
    """Where they stand, in characters; null where they were not found."""
    end: int | None = None
    within: str | None = None
    """`source` for words of the source; null: of the hypothesis."""


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """What a judge said of a segment."""

    outcome: str
    """See `judges` of the record."""
    marks: list[StoredMark] = field(default_factory=list)
    answer: str | None = None
    """The beginning of an answer that could not be used, or the error in its place."""


@dataclass(frozen=True, slots=True)
class StoredMarks:
    """The errors that a person marked."""

    who: str
    marks: list[StoredMark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A line of segments.jsonl."""

    id: str
    source: str
    hypothesis: str
    references: list[str]
    doc: str | None = None
    domain: str | None = None
    bead: SegmentBead | None = None
    """Where it came from; null for a test set that was parallel already."""
    finish_reason: str | None = None
    """`stop`, `length` (cut off at the limit of tokens) or `error`."""
    n_tokens: int | None = None
    """Tokens generated; null for engines without any."""
    error: str | None = None
    """One line, where the engine failed on it."""
    raw: str | None = None
    """The output before `engine.answer` cleaned it, where that changed it."""
    reasoning: str | None = None
    """Thoughts that a server gave apart from the output."""
    prompt_tokens: int | None = None
    shown: dict[str, int] | None = None
    """Tokens of the prompt that were `context`, `glossary` and `examples`; of a service an estimate."""
    served_by: str | None = None
    """The model that says it answered, with its fingerprint."""
    cost: float | None = None
    """By the prices in the configuration."""
    health: list[str] = field(default_factory=list)
    scores: dict[str, float | None] = field(default_factory=dict)
    """Segment score of each metric; null where it is undefined."""
    stats: dict[str, list[Any]] = field(default_factory=dict, metadata={"shape": {str: list}})
    """Sufficient statistics of each metric."""
    judged: dict[str, StoredJudgement] = field(default_factory=dict)
    """What the judge of each metric said, where it has one."""
    human: list[StoredMarks] = field(default_factory=list)
    """The errors that people marked, where the outputs came with those (a file of MQM annotations)."""
    piece: StoredPiece | None = None
    """For outputs of whole documents: where in the output the hypothesis was."""
    document: StoredOutput | None = None
    """In the first segment of a document, its output as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedBead(SegmentBead):
    """A bead in alignment.json, where both sides are always given."""

    src: list[int]
    tgt: list[int]


@dataclass(frozen=True, slots=True)
class AlignedText:
    """One segment of a document in alignment.json."""

    text: str
    furniture: str | None = None
    """Its kind, where it is page furniture and was not aligned."""


@dataclass(frozen=True, slots=True)
class AlignedSide:
    """A document in alignment.json."""

    id: str
    lang: str
    segments: list[AlignedText]


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Two documents with their beads."""

    src: AlignedSide
    tgt: AlignedSide
    beads: list[AlignedBead]


@dataclass(frozen=True, slots=True)
class StoredAlignment:
    """alignment.json."""

    documents: list[AlignedPair]


@dataclass(frozen=True, slots=True)
class RunError:
    """error.json: why a run failed."""

    stage: str
    message: str
    configuration: str | None = None
    """Digest of what was asked for, by which a later run knows that it is another attempt."""
    repaired: str | None = None
    """The run of the same configuration that finished later."""


SEGMENT = shape_of(StoredSegment)
ALIGNMENT = shape_of(StoredAlignment)
ERROR = shape_of(RunError)
