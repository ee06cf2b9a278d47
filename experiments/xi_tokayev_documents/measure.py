"""One French report translated whole, scored against the Polish one in four units."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence

import sacrebleu

from harness import registry
from harness.align.segments import align_segments
from harness.common.tables import markdown_table
from harness.config.schema import compose
from harness.config.typed import typed
from harness.data.loaders.documents import Seeds
from harness.run.counterparts import pairs_of
from harness.run.documents import TextParts, segmented, text_parts
from harness.run.whole import build_realigner
from harness.translate.runner import translate
from harness.types import Bead, Segment

Pairs = list[tuple[str, str]]


def report_pair(parts: TextParts) -> tuple[list[Segment], list[Segment]]:
    """The sentences of the two reports that correspond, page furniture apart."""
    documents = Seeds().load("fr", "pl")
    _, segments = segmented([*documents.src, *documents.tgt], parts)
    src, tgt = segments[: len(documents.src)], segments[len(documents.src) :]
    at = next(at for pair, at in pairs_of(documents, src, tgt, parts.encoder, None) if pair.accepted)
    left, right = ([s for s in side if s.furniture is None] for side in (src[at.src], tgt[at.tgt]))
    return left, right


def of_beads(beads: Sequence[Bead], left: Sequence[str], right: Sequence[str]) -> Pairs:
    """What each bead that is not null joins."""
    return [
        (" ".join(left[i] for i in bead.src), " ".join(right[j] for j in bead.tgt))
        for bead in beads
        if not bead.is_null
    ]


def units(
    parts: TextParts, left: Sequence[Segment], right: Sequence[Segment], output: Sequence[str]
) -> Iterator[tuple[str, Pairs]]:
    """The translated report and the Polish one as pairs of texts, in each unit."""
    wanted = [segment.text for segment in right]
    yield (
        "beads of source and reference",
        of_beads(align_segments(left, right, parts.aligner), output, wanted),
    )
    found = parts.aligner.align(list(output), wanted)
    yield "beads of output and reference", of_beads(found, output, wanted)
    whole = " ".join(output)
    realigner = build_realigner(
        {"kind": "embed"}, parts.recipe["aligner"], parts.recipe["encoder"], parts.splitter, "pl"
    )
    pieces = realigner.realign(whole, [""] * len(wanted), [[text] for text in wanted]).pieces
    cut = [" ".join(whole[piece.start : piece.end].split()) for piece in pieces]
    yield "every sentence of the reference", list(zip(cut, wanted, strict=True))
    yield "the document", [(whole, " ".join(wanted))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["copy", "tiny", "gloss"])
    args = parser.parse_args()
    rows = []
    for model in args.models:
        config = typed(compose(["pair=fr-pl", f"model={model}"]))
        parts = text_parts(config.clean, config.splitter, config.aligner, config.encoder)
        left, right = report_pair(parts)
        engine = registry.build("engine", config.engine, model=config.model, src="fr", tgt="pl")
        with tempfile.TemporaryDirectory() as cache:
            made = translate(engine, [segment.text for segment in left], cache, parts.splitter, "fr", "pl")
        output = [translation.hypothesis for translation in made]
        for name, pairs in units(parts, left, right, output):
            hypotheses, references = [a for a, _ in pairs], [b for _, b in pairs]
            scores = [
                s(hypotheses, [references]).score for s in (sacrebleu.corpus_bleu, sacrebleu.corpus_chrf)
            ]
            empty = sum(not text for text in hypotheses)
            rows.append([model, name, str(len(pairs)), str(empty), *(f"{score:.1f}" for score in scores)])
    print(markdown_table(["model", "unit", "n", "empty", "BLEU", "chrF2"], rows))


if __name__ == "__main__":
    main()
