"""How exactly outputs without line breaks are cut into segments again, and what that does to scores."""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sacrebleu

from harness import registry
from harness.common.mqm import outputs, read_mqm
from harness.common.tables import markdown_table
from harness.results.store import Store
from harness.run.documents import text_parts
from harness.run.whole import build_realigner

SHARE = 0.05
SEED = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a document: source, reference, and the true output."""

    source: str
    reference: str
    output: str


Document = list[Segment]
Cutter = Callable[[str, Document], list[str]]


def of_mqm(path: str) -> dict[str, list[Document]]:
    """system → documents, from a file of MQM annotations whose reference is `ref`."""
    annotations = read_mqm(path)
    first = {one.segment: one for one in annotations}
    systems = outputs(annotations)
    references = systems.pop("ref")
    found = {}
    for system, texts in systems.items():
        documents: dict[str | None, Document] = defaultdict(list)
        for segment, reference in references.items():
            one = first[segment]
            documents[one.doc].append(Segment(one.source, reference, texts[segment]))
        found[system] = list(documents.values())
    return found


def of_runs(results: str) -> dict[str, list[Document]]:
    """system and pair → documents, from the runs of a store whose test set has documents."""
    store = Store(results)
    found = {}
    for record in store.records():
        documents: dict[str, Document] = defaultdict(list)
        for line in store.segments(record.run_id):
            documents[line["doc"]].append(Segment(line["source"], line["references"][0], line["hypothesis"]))
        found[f"{record.model.label} {record.pair}"] = list(documents.values())
    return found


def damaged(document: Document, kind: str, draw: random.Random) -> Document:
    """A document in which a share of the outputs is dropped, repeated, or merged with the next."""
    texts = [one.output for one in document]
    for k in range(len(texts)):
        if kind == "whole" or draw.random() >= SHARE:
            continue
        if kind == "dropped":
            texts[k] = ""
        elif kind == "repeated":
            texts[k] = f"{texts[k]} {texts[k]}"
        elif k + 1 < len(texts) and texts[k] and texts[k + 1]:
            texts[k] = texts[k].rstrip(".!?…") + ","
            texts[k + 1] = texts[k + 1][0].lower() + texts[k + 1][1:]
    return [Segment(one.source, one.reference, text) for one, text in zip(document, texts, strict=True)]


def ours(config: dict[str, Any], tgt: str) -> Cutter:
    """A re-segmenter of the harness."""
    splitter = registry.build("splitter", {"kind": "sentencex"})
    built = build_realigner(config, {"kind": "auto"}, {"kind": "use"}, splitter, tgt)

    def cut(output: str, document: Document) -> list[str]:
        pieces = built.realign(
            output, [one.source for one in document], [[one.reference] for one in document]
        ).pieces
        assert "".join(output[piece.start : piece.end] for piece in pieces) == output
        return [output[piece.start : piece.end] for piece in pieces]

    return cut


def naive(tgt: str) -> Cutter:
    """Sentence k is the output of segment k; what is too much is cut off, what is missing is empty."""
    splitter = text_parts({"kind": "none"}, {"kind": "sentencex"}, {"kind": "auto"}, {"kind": "use"}).splitter

    def cut(output: str, document: Document) -> list[str]:
        starts = [start for start, _ in splitter.boundaries(output, tgt)]
        bounds = [*(starts[: len(document)] or [0]), len(output)]
        bounds[0] = 0
        if len(starts) > len(document):
            bounds[-1] = starts[len(document)]
        pieces = [output[a:b] for a, b in pairwise(bounds)]
        return [*pieces, *[""] * (len(document) - len(pieces))]

    return cut


@dataclass(slots=True)
class Result:
    """Of one system: boundaries found, and scores of the true and of the found segmentation."""

    exact: int = 0
    boundaries: int = 0
    bleu: tuple[float, float] = (0.0, 0.0)
    chrf: tuple[float, float] = (0.0, 0.0)


def measure(documents: Sequence[Document], kind: str, cut: Cutter) -> Result:
    """Cut every document of a system and compare with the truth."""
    draw = random.Random(SEED)
    result = Result()
    truth, found, references = [], [], []
    for original in documents:
        document = damaged(original, kind, draw)
        texts = [one.output for one in document]
        pieces = cut(" ".join(filter(None, texts)), document)
        result.boundaries += len(texts) - 1
        result.exact += sum(one == other for one, other in zip(_ends(texts), _ends(pieces), strict=True))
        truth += texts
        found += [piece.strip() for piece in pieces]
        references += [one.reference for one in document]
    result.bleu, result.chrf = (
        tuple(scorer(texts, [references]).score for texts in (truth, found))  # type: ignore[assignment]
        for scorer in (sacrebleu.corpus_bleu, sacrebleu.corpus_chrf)
    )
    return result


def _ends(texts: Sequence[str]) -> list[int]:
    """Characters that are not white space up to the end of each text, without the last."""
    total, found = 0, []
    for text in texts[:-1]:
        total += sum(not char.isspace() for char in text)
        found.append(total)
    return found


def rows(
    systems: dict[str, list[Document]],
    kind: str,
    cutters: dict[str, Callable[[str], Cutter]],
    tgt: str | None,
) -> Iterator[list[str]]:
    """A row a method: boundaries over all systems and of the worst, and the largest changes of scores."""
    for name, make in cutters.items():
        results = {
            system: measure(documents, kind, make(tgt or system[-2:]))
            for system, documents in systems.items()
        }
        exact = {system: one.exact / one.boundaries for system, one in results.items()}
        everything = sum(one.exact for one in results.values()) / sum(
            one.boundaries for one in results.values()
        )
        worst = min(exact, key=exact.__getitem__)
        changes = [
            max((found - true for true, found in pairs), key=abs)
            for pairs in ([one.bleu for one in results.values()], [one.chrf for one in results.values()])
        ]
        yield [
            kind, name, f"{everything:.1%}", f"{exact[worst]:.1%} ({worst})",
            *(f"{change:+.2f}" for change in changes),
        ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mqm", help="a file of MQM annotations with documents")
    parser.add_argument("--runs", help="a results store with runs on a test set with documents")
    parser.add_argument("--tgt", help="language of the outputs; by default that of each run's pair")
    parser.add_argument("--methods", nargs="+", default=["wer", "embed", "naive"])
    parser.add_argument("--kinds", nargs="+", default=["whole", "dropped", "merged", "repeated"])
    args = parser.parse_args()
    systems = (of_mqm(args.mqm) if args.mqm else {}) | (of_runs(args.runs) if args.runs else {})
    known: dict[str, Callable[[str], Cutter]] = {
        "wer": lambda tgt: ours({"kind": "wer"}, tgt),
        "embed": lambda tgt: ours({"kind": "embed"}, tgt),
        "naive": naive,
    }
    header = [
        "outputs",
        "method",
        "boundaries",
        "worst system",
        "BLEU, largest change",
        "chrF2, largest change",
    ]
    found = [
        row
        for kind in args.kinds
        for row in rows(systems, kind, {m: known[m] for m in args.methods}, args.tgt)
    ]
    print(markdown_table(header, found))


if __name__ == "__main__":
    main()
