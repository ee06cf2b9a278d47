"""Whole documents: what an engine that translates them is given, and what each segment gets back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness import registry
from harness.common.notices import tell
from harness.encode.kept import KeptEncoder
from harness.errors import ConfigError, DataError
from harness.protocols import Batch, Engine, Metric, Realigner, Splitter
from harness.run.windows import CONTEXT, Whole, largest, of_size
from harness.types import UNSURE, Bitext, Item, Piece, Realigned, Translation

REALIGNING = ("realign", "aligner", "encoder")
"""The config groups that re-segmenting needs."""


def wholes(items: Sequence[Item], engine: Engine) -> list[Whole]:
    """The documents of a test set, in the order in which they begin, or their windows.

    Of a document that the engine has no room for, too, with a notice. Raises DataError for a segment without
    document.
    """
    found = [Whole(doc, places) for doc, places in _places(items, engine.unit).items()]
    if engine.unit == "window":
        return [window for whole in found for window in of_size(whole, engine.window, engine.context)]
    if engine.positional:
        return found
    parts = [list(largest(whole, items, engine.fits)) for whole in found]
    if any(windows[0].part for windows in parts):
        tell(
            "documents longer than the model has room for are translated in the largest windows that fit,"
            f" each with up to {CONTEXT} segments before it as context (counts.realign.windows)"
        )
    return [window for windows in parts for window in windows]


def _places(items: Sequence[Item], unit: str) -> dict[str, list[int]]:
    """The positions of the segments of each document."""
    found: dict[str, list[int]] = {}
    for at, item in enumerate(items):
        if item.doc is None:
            raise DataError(
                f"segment {item.id} is in no document, and engine.unit={unit} needs them:"
                " data.docs=FILE (bitext) or data.doc_id=COLUMN (tables) says which segment is in which"
            )
        found.setdefault(item.doc, []).append(at)
    return found


def document_ends(
    bitext: Bitext, engine: Engine, metrics: Iterable[Metric], realigner: Mapping[str, Any]
) -> tuple[int, ...]:
    """Where shards may end so that no document is divided; none where neither outputs nor metrics are of
    documents.

    Refuses what cannot be scored by document before anything is translated:
    raises ConfigError for a `realign` that does nothing, DataError for segments without document, and for a
    subset of the segments where the outputs are of all.
    """
    if engine.unit == "segment":
        if realigner.get("kind", "auto") != "auto":
            raise ConfigError(
                f"realign={realigner['kind']}: there is nothing to re-segment, the engine gives an output for"
                " each segment; engine.unit=document takes whole documents"
            )
        if not any(metric.needs_documents for metric in metrics):
            return ()
    documents = [sorted(place) for place in _places(bitext.items, engine.unit).values()]
    subset = bitext.meta.get("subset")
    if subset and engine.positional and engine.unit != "segment":
        raise DataError(
            f"engine.unit=document: only {subset['kept']} of {subset['of']} segments are asked for, and the"
            " outputs are of whole documents; leave out limit, data.sample and data.empty=drop"
        )
    together = all(place[-1] - place[0] < len(place) for place in documents)
    if (engine.positional and engine.unit != "segment") or not together:
        return (len(bitext.items),)
    return tuple(place[-1] + 1 for place in documents)


def documents_of(items: Sequence[Item], found: Sequence[Whole]) -> Batch:
    """What the engine is given: the sources of each document, a line each."""
    sources = ["\n".join(items[at].source for at in whole.segments) for whole in found]
    return Batch(sources, start=0, total=len(found), ids=[whole.id for whole in found])


def build_realigner(
    realign: Mapping[str, Any],
    aligner: Mapping[str, Any],
    encoder: Mapping[str, Any],
    splitter: Splitter,
    tgt: str,
) -> Realigner:
    """The re-segmenter of a configuration; aligner and encoder are built only if it takes them.

    Raises ConfigError for an aligner that leaves the order of the segments.
    """
    if realign.get("kind") in ("embed", "auto") and aligner.get("order", "monotone") != "monotone":
        raise ConfigError(
            f"realign={realign['kind']} cuts an output in the order of its segments, and"
            f" aligner.order={aligner['order']} leaves that; take aligner.order=monotone, or realign=wer"
        )

    def make() -> Any:
        shown = KeptEncoder(registry.build("encoder", encoder))
        return registry.build("aligner", aligner, offered={"encoder": lambda: shown})

    offered = {"aligner": make, "splitter": lambda: splitter, "tgt": lambda: tgt}
    built: Realigner = registry.build("realigner", realign, at="realign", offered=offered)
    return built


@dataclass(frozen=True, slots=True)
class Cut:
    """What one segment got: its translation, its piece of the output, and for the first the output itself."""

    translation: Translation
    piece: Piece
    document: Mapping[str, Any] | None = None
    wanted: bool = True
    """Whether its source or a reference has text, so that an empty translation is an omission."""

    @property
    def flags(self) -> tuple[str, ...]:
        """`omitted` for a segment without output, `hallucinated` where output belongs to no segment."""
        if self.translation.finish_reason == "error":
            return ()
        omitted = ("omitted",) if self.wanted and not self.translation.hypothesis else ()
        return (*omitted, "hallucinated") if self.piece.nowhere else omitted


def cut(items: Sequence[Item], output: Translation, realigner: Realigner, context: int = 0,
        window: str | None = None) -> list[Cut]:  # fmt: skip
    """The segments of one document with their pieces of its output, without the first `context`.

    `window` is the name of the window of a document that they are.
    Line breaks in a piece become spaces in its hypothesis. A document that failed, failed in each segment;
    one that was cut off at the length limit was so in its last segment with output, and those after it.
    """
    if output.finish_reason == "error":
        return [
            Cut(replace(output, source=item.source, hypothesis=""), Piece(0, 0)) for item in items[context:]
        ]
    text = output.hypothesis
    made = realigner.realign(text, [i.source for i in items], [i.references for i in items])
    _check(made, text, len(items))
    hypotheses = [" ".join(text[piece.start : piece.end].split()) for piece in made.pieces]
    last = max((at for at, hypothesis in enumerate(hypotheses) if hypothesis), default=0)
    whole = {
        "output": text, "method": made.method, "n_tokens": output.n_tokens, **output.details.to_json()
    }  # fmt: skip
    whole |= {} if window is None else {"window": window, "context": context}
    found = []
    for at, (item, piece, hypothesis) in enumerate(zip(items, made.pieces, hypotheses, strict=True)):
        reason = output.finish_reason if at >= last else "stop"
        document = whole if at == context else None
        wanted = any(text.strip() for text in (item.source, *item.references))
        found.append(Cut(Translation(item.source, hypothesis, reason), piece, document, wanted))
    return found[context:]


def _check(made: Realigned, output: str, n: int) -> None:
    """ConfigError for a re-segmenter (of the user's own) whose pieces are not the output."""
    joined = "".join(output[piece.start : piece.end] for piece in made.pieces)
    if len(made.pieces) != n or joined != output:
        raise ConfigError(
            f"realign '{made.method}': {len(made.pieces)} pieces for {n} segments, whose text"
            f" {'is' if joined == output else 'is not'} the output; see Realigner in harness.protocols"
        )


def line_of(made: Cut) -> dict[str, Any]:
    """What segments.jsonl says about a piece; the first segment of a document holds the raw output."""
    piece = made.piece
    found: dict[str, Any] = {
        "piece": {
            "start": piece.start,
            "end": piece.end,
            "confidence": None if piece.confidence is None else round(piece.confidence, 4),
            "nowhere": [list(span) for span in piece.nowhere],
        }
    }
    return found if made.document is None else {**found, "document": dict(made.document)}


def counts_of(made: Sequence[Cut]) -> dict[str, int]:
    """Counts for the record: outputs by method (`wer`, `embed`), those that are `windows` of a document,
    segments by what became of them.

    `characters` of output, of which `nowhere_characters` belong to no segment; `unsure`: segments of whose
    ends one has a confidence below .5.
    """
    found: dict[str, int] = dict.fromkeys(("outputs", "segments", "omitted", "hallucinated", "unsure"), 0)
    found |= {"characters": 0, "nowhere_characters": 0}
    for one in made:
        found["segments"] += 1
        for flag in one.flags:
            found[flag] += 1
        found["unsure"] += one.piece.confidence is not None and one.piece.confidence < UNSURE
        found["characters"] += one.piece.end - one.piece.start
        found["nowhere_characters"] += sum(end - start for start, end in one.piece.nowhere)
        if one.document is not None:
            found["outputs"] += 1
            method = f"by_{one.document['method']}"
            found[method] = found.get(method, 0) + 1
            if "window" in one.document:
                found["windows"] = found.get("windows", 0) + 1
    return found
