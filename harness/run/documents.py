"""From documents to a bitext: clean → segment → pair → align, and what was found on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.notices import tell
from harness.common.progress import bar
from harness.common.texts import has_words
from harness.common.typed_json import to_json
from harness.data.load import take
from harness.encode.choice import remark, unaided
from harness.errors import DataError
from harness.protocols import Aligner, Cleaner, Encoder, Splitter
from harness.results.record import AlignmentCounts, Counts, PairingCandidate, SideCounts
from harness.run.corrected import Corrected
from harness.run.counterparts import pairs_of
from harness.types import Bead, Bitext, Cleaned, Document, DocumentSet, Input, Item, Segment


@dataclass(frozen=True)
class Alignment:
    """A bitext made from documents. `viewer` is the content of alignment.json."""

    bitext: Bitext
    counts: Counts
    pairing: tuple[PairingCandidate, ...] | None = None
    viewer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TextParts:
    """The classes of the stages before the bitext."""

    cleaner: Cleaner
    splitter: Splitter
    aligner: Aligner
    encoder: Encoder
    recipe: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The configurations of aligner and encoder, to build them in another process."""
    encodes: bool = True
    """Whether the aligner takes the encoder: what it knows of the languages then matters to the beads."""


Sides = tuple[Sequence[Segment], Sequence[Segment]]
AlignPairs = Callable[[TextParts, Sequence[Sides]], Iterable[list[Bead]]]


def text_parts(clean: Mapping[str, Any], splitter: Mapping[str, Any], aligner: Mapping[str, Any],
               encoder: Mapping[str, Any], vectors: Path | None = None) -> TextParts:  # fmt: skip
    """Build cleaner, splitter, encoder and aligner from their configurations.

    The encoder keeps its vectors under `vectors`.
    """
    from harness.encode.kept import KeptEncoder

    shown = KeptEncoder(registry.build("encoder", encoder), vectors)
    taken: list[Encoder] = []

    def take_encoder() -> Encoder:
        taken.append(shown)
        return shown

    return TextParts(
        cleaner=registry.build("cleaner", clean),
        splitter=registry.build("splitter", splitter),
        aligner=registry.build("aligner", aligner, offered={"encoder": take_encoder}),
        encoder=shown,
        recipe={"aligner": aligner, "encoder": encoder},
        encodes=bool(taken),
    )


def align_pairs(parts: TextParts, pairs: Sequence[Sides]) -> Iterator[list[Bead]]:
    """The beads of each pair of documents, one after another in this process."""
    if len(pairs) == 1:  # the encoder shows how far it is
        yield align_pair(*pairs[0], parts.aligner, parts.encoder)
        return
    with bar("aligning", len(pairs), "pairs of documents") as ticker:
        for left, right in pairs:
            yield align_pair(left, right, parts.aligner, parts.encoder)
            ticker.advance()


def align_pair(
    left: Sequence[Segment], right: Sequence[Segment], aligner: Aligner, encoder: Encoder
) -> list[Bead]:
    """The beads of two segmented documents; tells (`notices`) how many more sentences match out of order."""
    from harness.align.order import out_of_order
    from harness.align.segments import align_segments

    beads = align_segments(left, right, aligner)
    if aligner.order != "monotone":  # it has linked them already, or cannot
        return beads
    src, tgt = ([s.text if s.furniture is None else "" for s in side] for side in (left, right))
    if moved := out_of_order(src, tgt, beads, encoder):
        match = "sentences match" if moved > 1 else "sentence matches"
        tell(
            f"{left[0].doc} and {right[0].doc}: {moved} more {match} out of order; aligner.order=free (of"
            " the verb align: --set order=free) links them"
        )
    return beads


def bitext_of(loaded: DocumentSet | Bitext, parts: TextParts, options: Mapping[str, Any],
              limit: int | None = None, align: AlignPairs = align_pairs,
              corrected: Corrected | None = None) -> Alignment:  # fmt: skip
    """What is scored: a bitext as it was loaded, or the subset asked for of what documents align to.

    `options` are those of the data, of which `sample`, `seed` and `empty` choose the subset together with
    `limit`. `corrected` beads take the place of pairing and aligner. Raises DataError when no documents or
    no sentences correspond.
    """
    if isinstance(loaded, Bitext):
        return Alignment(loaded, Counts())
    made = align_documents(loaded, parts, align, corrected)
    return replace(made, bitext=take(made.bitext, options, limit))


def inputs_of(loaded: DocumentSet | Bitext, aligner: Aligner) -> tuple[Input, ...]:
    """The files that a test set rests on: those that were loaded, and those that align them."""
    return loaded.inputs if isinstance(loaded, Bitext) else (*loaded.inputs, *aligner.inputs)


def segmented(documents: Sequence[Document], parts: TextParts) -> tuple[list[Cleaned], list[list[Segment]]]:
    """Documents of one collection, cleaned and cut into segments.

    Raises DataError for a document without letters and figures, or of which cleaning leaves no text.
    """
    from harness.text.segment import segment

    cleaned = parts.cleaner.clean(documents)
    segments = []
    with bar("splitting into sentences", len(cleaned), "documents") as ticker:
        for item in cleaned:
            segments.append(segment(item, parts.splitter))
            ticker.advance()
    for document, found in zip(documents, segments, strict=True):
        if not any(s.furniture is None for s in found):
            raise DataError(f"{document.source}: no text is left after cleaning; try clean=none")
        if not has_words(document.text):
            raise DataError(
                f"{document.source}: only punctuation or invisible characters, no letter or figure; is this"
                " the right file?"
            )
    return cleaned, segments


def align_documents(documents: DocumentSet, parts: TextParts, align: AlignPairs = align_pairs,
                    corrected: Corrected | None = None) -> Alignment:  # fmt: skip
    """Clean, segment, pair and align, the last by `align`, which yields the beads of each pair in order.
    Pairs and beads that were `corrected` by hand are taken as they are.

    Raises DataError when no documents or no beads correspond.
    """
    cleaned, segments = segmented([*documents.src, *documents.tgt], parts)
    paired = documents.pairs is None and len(documents.src) * len(documents.tgt) > 1  # by the encoder
    matters = not corrected and (parts.encodes or paired)
    if matters and (notice := remark(parts.encoder, documents.languages)) is not None:
        tell(notice)
    lexical = not corrected and parts.recipe.get("aligner", {}).get("kind") == "lexical"
    if lexical and (notice := unaided(documents.languages)) is not None:
        tell(notice)
    src, tgt = segments[: len(documents.src)], segments[len(documents.src) :]
    if corrected:
        documents = corrected.applied(documents)
    candidates = pairs_of(documents, src, tgt, parts.encoder, None if corrected else tell)
    items: list[Item] = []
    viewer = []
    all_beads: list[tuple[Bead, Sequence[Segment], Sequence[Segment]]] = []
    accepted = [(c, at) for c, at in candidates if c.accepted]
    sides = [(src[at.src], tgt[at.tgt]) for _, at in accepted]
    made = map(corrected.beads, sides) if corrected else align(parts, sides)
    for (pair, at), (left, right), beads in zip(accepted, sides, made, strict=True):
        all_beads += [(bead, left, right) for bead in beads]
        name = f"{pair.src}+{pair.tgt}"
        ids = corrected.ids(pair.src, pair.tgt) if corrected else {}
        items += _items(name, beads, left, right, ids)
        viewer.append(
            {
                "src": _viewer_side(documents.src[at.src], left),
                "tgt": _viewer_side(documents.tgt[at.tgt], right),
                "beads": [bead_json(bead) for bead in beads],
            }
        )
    if not items:
        raise DataError(f"{documents.name}: the documents correspond, yet no sentences do: no beads to score")
    return Alignment(
        bitext=Bitext(
            documents.name, tuple(items), inputs_of(documents, parts.aligner), dict(documents.meta)
        ),
        counts=Counts(
            documents={"src": len(documents.src), "tgt": len(documents.tgt), "pairs": len(viewer)},
            cleaning=_cleaning_counts(cleaned),
            alignment=_alignment_counts(all_beads),
        ),
        pairing=tuple(pair for pair, _ in candidates),
        viewer={"documents": viewer, "candidates": [to_json(pair) for pair, _ in candidates]},
    )


def bead_json(bead: Bead) -> dict[str, Any]:
    """A bead as it stands in alignment.json and segments.jsonl."""
    return {**asdict(bead), "shape": bead.shape}


def _items(name: str, beads: Sequence[Bead], src: Sequence[Segment], tgt: Sequence[Segment],
           ids: Mapping[Bead, str]) -> list[Item]:  # fmt: skip
    """The beads with text on both sides; those that have no id of their own are known by their number."""
    return [
        Item(
            id=ids.get(bead, f"{name}:{number}"),
            doc=name,
            source=" ".join(src[i].text for i in bead.src),
            references=(" ".join(tgt[j].text for j in bead.tgt),),
            bead=bead,
        )
        for number, bead in enumerate(beads)
        if not bead.is_null
    ]


def _viewer_side(document: Document, segments: Sequence[Segment]) -> dict[str, Any]:
    rows = [{"text": s.text, "start": s.start, "end": s.end, "furniture": s.furniture} for s in segments]
    return {"id": document.id, "lang": document.lang, "segments": rows}


def _cleaning_counts(cleaned: Sequence[Cleaned]) -> dict[str, dict[str, int]]:
    return {
        "edits": dict(Counter(edit.rule for item in cleaned for edit in item.edits)),
        "unrepaired": dict(Counter(edit.rule for item in cleaned for edit in item.unrepaired)),
        "furniture": dict(Counter(span.kind for item in cleaned for span in item.furniture)),
    }


def _alignment_counts(
    beads: Sequence[tuple[Bead, Sequence[Segment], Sequence[Segment]]],
) -> AlignmentCounts:
    """Beads by shape, null sentences a side, and the share of characters that is aligned a side."""

    def side(pick: int) -> SideCounts:
        aligned = total = null = 0
        for bead, src, tgt in beads:
            segments = (src, tgt)[pick]
            indices = (bead.src, bead.tgt)[pick]
            size = sum(len(segments[i].text) for i in indices)
            total += size
            if bead.is_null:
                null += len(indices)
            else:
                aligned += size
        return SideCounts(null, aligned / total if total else None)

    return AlignmentCounts(
        beads=sum(not bead.is_null for bead, _, _ in beads),
        shapes=dict(sorted(Counter(bead.shape for bead, _, _ in beads).items())),
        flags=dict(sorted(Counter(flag for bead, _, _ in beads for flag in bead.flags).items())),
        src=side(0),
        tgt=side(1),
    )
