"""What a class must define to extend the harness, and what it may: one base class for each kind.

Abstract members must be defined; every other member has the default shown here. A class of your own inherits
from its base and is named `module:Class` in a YAML (docs/extending.md). A plain class with the same members
works too, see `harness.adapters`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.types import (
    Bead,
    Bitext,
    Cleaned,
    Document,
    DocumentSet,
    Forecast,
    Input,
    Judgement,
    Realigned,
    Translation,
)

Matrix = NDArray[np.float32]
Statistics = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Context:
    """The rest of a configuration, as far as it decides what a class demands."""

    model: Mapping[str, Any]
    """The model YAML."""
    src: str
    tgt: str


class Extension(ABC):  # noqa: B024  (the abstract members are those of the kinds)
    """What all kinds have in common."""

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        """What using the class with these options does besides computing: a phrase for each.

        "starts the program 'apertium'", "downloads X from the hub", "sends texts to URL". `options` are those
        of the constructor. A record is only followed with `rerun --trust` where there are any.
        """
        return []


class Loader(Extension):
    """A dataset format (`conf/data`). Options are constructor keywords."""

    @abstractmethod
    def load(self, src: str, tgt: str) -> DocumentSet | Bitext:
        """Read everything; `src` and `tgt` are language codes.

        Raises DataError for bad input, UnavailableError when it is out of reach.
        """

    @classmethod
    def systems(cls, path: str) -> list[str]:
        """The systems whose outputs a file of this format holds, in its order; none where it cannot."""
        return []

    @classmethod
    def outputs(cls, path: str, system: str) -> Iterator[tuple[str, str]]:
        """The outputs of one of these systems: (id of the segment, as `load` gives it; output).

        Raises DataError for bad input and for a system that the file does not hold.
        """
        raise DataError(f"{path}: its format holds no outputs of systems")


class Cleaner(Extension):
    """Repairs damaged text (`conf/clean`)."""

    @abstractmethod
    def clean(self, documents: Sequence[Document]) -> list[Cleaned]:
        """One result a document, in order. They are one collection: each may be evidence for the others."""


class Splitter(Extension):
    """A sentence splitter (`conf/splitter`)."""

    @abstractmethod
    def boundaries(self, text: str, lang: str) -> list[tuple[int, int]]:
        """Half-open spans of the sentences of one line of text, with white space outside them."""


class Encoder(Extension):
    """A sentence encoder (`conf/encoder`)."""

    languages: frozenset[str] | None = None
    """ISO 639 codes of the languages that it was trained on; None: not known. Others it places at random."""

    by_pieces: bool = False
    """Whether a call gives the vectors, to the last bit, of a call for each of `encode.pieces.pieces`."""

    @property
    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """Name, revision and options: whatever changes its vectors. Without a revision they are not kept."""

    @property
    def computes_on(self) -> dict[str, Any]:
        """What besides changes their last bits: a device, a size of batches."""
        return {}

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), d)` float32, each row of unit length; the zero row for a blank text."""


class Aligner(Extension):
    """A sentence aligner (`conf/aligner`). Its constructor gets `encoder` if it has such a parameter."""

    order: Literal["monotone", "free"] | None = None
    """Which beads it gives, where it has that choice; None: monotone ones only."""

    @abstractmethod
    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; every index of either side is in exactly one bead."""

    @property
    def identity(self) -> dict[str, Any]:
        """What its beads depend on besides its options: weights that it brings along."""
        return {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Files that its beads come from: part of what a run is known by, and of its record."""
        return ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to translate. The other fields are filled for positional engines only."""

    sources: Sequence[str]
    references: Sequence[Sequence[str]] = ()
    """The references of each source."""
    start: int = 0
    """Where the first source stands in the test set, from 0."""
    total: int | None = None
    """Segments in the test set; None: as many as there are sources."""
    ids: Sequence[str] = ()
    """The id of the segment of each source."""
    whole: int | None = None
    """Segments of the set of which these are the first, where `limit` left out the others."""
    docs: Sequence[str | None] = ()
    """The document of each source, for engines that are shown the texts before it."""


Translated = Iterator[list[tuple[int, Translation]]]
"""Finished batches of (index into the sources, translation)."""


class Engine(Extension):
    """A translation engine (`conf/engine`).

    Built as `Engine(model=<the model YAML as a dict>, src=…, tgt=…, **options of the engine YAML)`; building
    is cheap and refuses what cannot work (a language, a model out of reach) before any weight is loaded.
    """

    name: str | None = None
    """The system's name in tables; None: the model's."""
    sentence_level: bool = False
    """Whether it wants one sentence at a time: longer segments are split before, and joined after."""
    cached: bool = True
    """Whether its outputs are stored; False where making them is cheaper than looking them up."""
    positional: bool = False
    """Whether an output depends on its place in the test set or on the references, not on the source alone.

    Such an engine gets whole segments, in order, and is never asked twice.
    """
    filters: Sequence[str] = ()
    """The filters that clean its outputs (`harness.translate.answers`), in their order; none: as they come.

    The cache keeps the outputs as they came: `identity` may name the filters under `answer`, which is not
    part of the cache's key.
    """
    unit: Literal["segment", "document", "window"] = "segment"
    """What one source is: a segment of the test set, a whole document or a window of it, with its segments a
    line each; the output is then re-segmented."""
    window: int = 10
    """Segments of a window that are scored."""
    context: int = 0
    """Segments before them in the same document that are translated with them, and not scored."""
    shown: Sequence[tuple[str, str]] = ()
    """Sources with their translations that it learns from as it works: none may be in the test set."""
    before: int = 0
    """How many texts before one in its document it is shown, with their translations (`model.context`)."""
    divisible: bool = True
    """Whether a large test set may be given in parts; False for positional engines that need it whole."""

    @property
    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """Engine, model id, resolved revision, decoding, prompt: everything its translations depend on."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """For `show`: how outputs are chosen, with what a model brings along; recorded, no identity."""
        return {}

    @abstractmethod
    def translate(self, batch: Batch) -> Translated:
        """Yield finished batches, in any order, each index of `batch.sources` once."""

    def forecast(self, sources: Sequence[str], measured: tuple[float, float] = (1.0, 1.0)) -> Forecast | None:
        """What translating these would ask of a service; None for an engine that asks none. Sends nothing.

        `measured`: by what the estimated tokens of prompts and of outputs are to be multiplied.
        """
        return None

    def retold(self, model: Mapping[str, Any]) -> Engine | None:
        """The same model by the same connection (or weights) and budget, told what this model YAML says.

        None for an engine that cannot.
        """
        return None

    def fits(self, source: str) -> bool:
        """Whether it has room for a source of `unit` document, and for its translation; unknown is yes.

        A document for which it has none is translated in windows (`harness.run.windows`).
        """
        return True

    def check(self) -> None:
        """Look at what building leaves unread (the weights). Raises what translating would."""


class Realigner(Extension):
    """Re-segments the outputs of whole documents (`conf/realign`).

    Its constructor gets `aligner`, `splitter` and `tgt` (the language of the outputs) if it has such
    parameters.
    """

    @abstractmethod
    def realign(self, output: str, sources: Sequence[str], references: Sequence[Sequence[str]]) -> Realigned:
        """One piece of `output` for each segment of a document, in order; joined they are `output`.

        `references[k]` holds every reference of segment k. Raises ValueError for no segments.
        """


class Metric(Extension):
    """A metric (`conf/metrics`).

    Corpus scores are computed from summed statistics, so that resampling never scores a text twice.
    """

    name: str = ""
    """As printed in headings; empty: its key in the configuration."""
    higher_is_better: bool = True
    neutral: bool = False
    """Whether neither direction is better (a length ratio): no ranking, no significance."""
    needs_source: bool = False
    """Whether it reads the source; such a metric is refused where there are references alone."""
    needs_documents: bool = False
    """Whether it reads documents as wholes: `in_documents`; it is refused where the test set has none."""
    decimals: int | None = None
    """Decimals in tables; None: three for values up to 2, else one."""
    encoder: Encoder | None = None
    """The sentence encoder behind its scores; in languages that it does not know there is a warning."""
    rival: str | None = None
    """The run whose outputs it compares with, as `show` would find it; `meet` brings them."""

    @property
    def identity(self) -> dict[str, Any]:
        """What its scores depend on besides its options and the texts: weights that it brings along."""
        return {}

    @property
    @abstractmethod
    def signature(self) -> str:
        """What the score depends on besides the texts: options, versions, models."""

    @abstractmethod
    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, k)` sufficient statistics; `references[i]` holds every reference of segment i."""

    def in_documents(
        self,
        docs: Sequence[str | None],
        sources: Sequence[str],
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],
    ) -> Statistics:
        """`statistics` of segments in these documents, each document whole. Called if `needs_documents`."""
        return self.statistics(sources, hypotheses, references)

    @abstractmethod
    def aggregate(self, sums: Statistics) -> Statistics:
        """Corpus scores `(m,)` from summed statistics `(m, k)`; NaN where undefined."""

    @abstractmethod
    def segment_scores(self, statistics: Statistics) -> Statistics:
        """Segment-level scores `(n,)` from `(n, k)`; NaN where undefined."""

    def prepare(self) -> None:
        """Called before anything is translated: raise UnavailableError for what is out of reach."""

    def judged(self) -> Sequence[Judgement]:
        """Of a metric that asks a language model: what it said of each segment of the last `statistics`."""
        return ()

    def meet(self, outputs: Sequence[str], run_id: str) -> None:
        """Take what the run `rival` has for each of the segments that `statistics` gets next."""

    def renew(self) -> None:
        """Called where everything is to be made anew (`force`): forget what was kept of earlier runs."""

    def forecast(self, sources: Sequence[str], hypotheses: Sequence[str | None]) -> Forecast | None:
        """What scoring these would ask of a service; None for a metric that asks none. Sends nothing.

        A hypothesis is None where it is not known yet.
        """
        return None

    def details(self, sums: Statistics) -> dict[str, float]:
        """What the corpus score of the summed statistics `(k,)` leaves out, by name: counts, a p-value."""
        return {}

    def __enter__(self) -> Self:
        """Within `with metric:` a model stays loaded from one call of `statistics` to the next."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
