"""The values that pass between stages. All frozen; what is missing is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

FinishReason = Literal["stop", "length", "error"]
Level = Literal["corpus", "document", "segment"]


@dataclass(frozen=True, slots=True)
class Document:
    """A raw text. `text` is never changed: every later offset points into it."""

    id: str
    lang: str
    text: str
    source: str  # where it came from: a path or a URL


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: `raw[start:end] == before` became `after`."""

    rule: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """A span of the raw text that is page furniture, not content: it stays, flagged."""

    kind: (
        str  # navigation, dateline, byline, caption, teaser, copyright, registration, bullet, heading, title
    )
    start: int
    end: int
    kept_out: bool = True  # of alignment; where False, the text is segmented like any other


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning found in one document. `text` has all edits applied."""

    document: Document
    text: str
    edits: tuple[Edit, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    unrepaired: tuple[Edit, ...] = ()  # damage without evidence: after == before


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, heading or list item.

    `start:end` are offsets into the raw text of the document; `text` is that span with the
    edits of cleaning applied (identical to it when there are none).
    `furniture` names its kind where the segment is page furniture, else None.
    """

    doc: str
    index: int
    text: str
    start: int
    end: int
    furniture: str | None = None


@dataclass(frozen=True, slots=True)
class Bead:
    """Source segments and target segments that say the same; either side may be empty (null bead).

    `src` and `tgt` are 0-based, consecutive segment indices. `score` is the aligner's own
    objective (its unit differs by aligner); `confidence` in [0, 1] is the probability that
    exactly this bead is right, None where the aligner cannot tell.
    """

    src: tuple[int, ...]
    tgt: tuple[int, ...]
    score: float | None = None
    confidence: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def is_null(self) -> bool:
        return not self.src or not self.tgt

    @property
    def shape(self) -> str:
        """`"1-1"`, `"2-1"`, `"0-1"`, …"""
        return f"{len(self.src)}-{len(self.tgt)}"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a bitext: what is translated, and what the translation is scored against."""

    id: str
    doc: str | None
    source: str
    references: tuple[str, ...]
    bead: Bead | None = None
    domain: str | None = None  # what kind of text its document is: "news"
    paragraph: int | None = None  # which paragraph of its document it is in, where the set says so


@dataclass(frozen=True, slots=True)
class Input:
    """A file or set that a number rests on. `sha256` is of the newline-normalised UTF-8 text."""

    name: str
    path: str
    sha256: str
    n: int
    licence: str | None = None
    url: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """Documents in two languages whose correspondence is still to be found."""

    name: str
    src: tuple[Document, ...]
    tgt: tuple[Document, ...]
    inputs: tuple[Input, ...]
    meta: dict[str, Any] = field(default_factory=dict)
    pairs: tuple[tuple[int, int], ...] | None = None
    """Positions in `src` and `tgt` of the documents that belong together; None: it is found."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language of the documents once."""
        return tuple(dict.fromkeys(document.lang for document in (*self.src, *self.tgt)))


@dataclass(frozen=True, slots=True)
class Bitext:
    """A test set that is parallel already (or became so by alignment)."""

    name: str
    items: Sequence[Item]  # a tuple, or of a large set a `harness.data.spool.Spool` that lies on disk
    inputs: tuple[Input, ...]
    meta: dict[str, Any] = field(default_factory=dict)  # warnings, counts, subset taken

    @property
    def has_source(self) -> bool:
        """Whether the set has source texts; False for references alone, where every source is empty."""
        return not self.meta.get("sourceless")

    @property
    def whole(self) -> int | None:
        """Lines of the set before `limit` kept the first of them; None where lines were chosen otherwise."""
        subset = self.meta.get("subset")
        if subset is None:
            return len(self.items)
        return None if {"sample", "dropped_empty"} & subset.keys() else int(subset["of"])


@dataclass(frozen=True, slots=True)
class Mark:
    """An error that a language model or a person marked in an output.

    `text` are the words that it is about, as they were named. `start:end` is where they stand in what
    `within` says (characters, as Python counts them), None where they were not found or none were named.
    """

    severity: str
    category: str | None = None
    text: str | None = None
    start: int | None = None
    end: int | None = None
    within: Literal["output", "source"] = "output"

    def to_json(self) -> dict[str, Any]:
        """What there is, by name; `within` only where it is the source."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {k: v for k, v in values.items() if v is not None and (k, v) != ("within", "output")}


@dataclass(frozen=True, slots=True)
class Details:
    """What came with an output beside its text; None where there was none of it."""

    raw: str | None = None  # the output before `engine.answer` cleaned it, where that changed it
    reasoning: str | None = None  # thoughts that a server gave apart from the output
    prompt_tokens: int | None = None
    served_by: str | None = None  # the model that says it answered, with its fingerprint
    cost: float | None = None  # by the prices in the configuration, in their currency
    human: list[dict[str, Any]] | None = None  # errors that people marked: {who, marks} of each annotator
    shown: Mapping[str, int] | None = None  # tokens of the prompt that were `context`, `glossary`, `examples`

    def to_json(self) -> dict[str, Any]:
        """What there is, by name."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Translation:
    """One system output. `n_tokens` counts generated tokens, None where there are none."""

    source: str
    hypothesis: str
    finish_reason: FinishReason = "stop"
    n_tokens: int | None = None
    error: str | None = None
    details: Details = NO_DETAILS


@dataclass(frozen=True, slots=True)
class Piece:
    """What a segment got of the output for its document: `output[start:end]`, empty where it got nothing.

    The pieces of an output in order, joined, are the output. `confidence` in [0, 1] is how sure the less sure
    of its two ends is, None where that is not known. `nowhere` are the spans in it, as offsets into the
    output, that correspond to no segment.
    """

    start: int
    end: int
    confidence: float | None = None
    nowhere: tuple[tuple[int, int], ...] = ()


UNSURE = 0.5
"""Below this confidence a cut is called unsure."""


@dataclass(frozen=True, slots=True)
class Score:
    """A value of a metric with what is needed to trust it.

    `ci` is the (low, high) of a 95 % bootstrap interval in the metric's own unit, from resampling `ci_unit`:
    documents, or blocks of `ci_block` consecutive segments, which is 1 but for very large test sets.
    """

    metric: str
    level: Level
    value: float | None
    ci: tuple[float, float] | None
    n: int
    signature: str
    higher_is_better: bool = True
    ci_block: int = 1
    ci_unit: Literal["segments", "documents"] = "segments"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a language model as a judge said of one segment."""

    outcome: str
    """`scored`; of pairs `win`, `loss`, `tie`, `order` (a tie, as the two orders disagree) and `same` (a tie,
    as the outputs are equal); or why there is no score: `refused`, `cut` (off), `unreadable`."""
    marks: tuple[Mark, ...] = ()
    answer: str | None = None
    """The beginning of the answer that could not be used, or the error in its place."""
    answers: tuple[Translation, ...] = ()
    """What was asked (as their sources) and answered."""


@dataclass(frozen=True, slots=True)
class Realigned:
    """A re-segmented output: one piece a segment, and the name of the method that cut it."""

    pieces: list[Piece]
    method: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What translating some texts would ask of a service. Tokens are estimates, None where none count."""

    requests: int
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    """By the prices in the configuration, None without any."""
    currency: str | None = None
    over: str | None = None
    """The limit of the configuration that this would exceed: "engine.max_cost=5"."""
    characters: int | None = None
    """Of the questions, where a language model is asked to judge."""
