"""How many sentences from elsewhere are named as such, and how much else is."""

from __future__ import annotations

import argparse
import random

from experiments.resegment.measure import SEED, SHARE, Document, of_mqm
from harness.realign.wer import Wer

WORDS = 5
EVERY = 4
"""Each fourth system is measured."""


def nowhere(output: str, document: Document) -> list[str]:
    """The stretches of an output that `wer` says belong to no segment."""
    references = [[one.reference] for one in document]
    pieces = Wer().realign(output, [""] * len(document), references).pieces
    return [output[start:stop] for piece in pieces for start, stop in piece.nowhere]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mqm", required=True, help="a file of MQM annotations with documents")
    args = parser.parse_args()
    true = segments = found = added = others = 0
    for documents in list(of_mqm(args.mqm).values())[::EVERY]:
        draw = random.Random(SEED)
        for number, document in enumerate(documents):
            texts = [one.output for one in document]
            true += len(nowhere(" ".join(texts), document))
            segments += len(texts)
            elsewhere = [one.output for one in documents[(number + 1) % len(documents)]]
            strange = [text for text in elsewhere if len(text.split()) > WORDS]
            extra = []
            for k, text in enumerate(texts):
                if draw.random() < SHARE:
                    extra.append(draw.choice(strange))
                    texts[k] = f"{text} {extra[-1]}"
            named = nowhere(" ".join(texts), document)
            found += sum(any(text in one or one in text for text in named) for one in extra)
            others += sum(not any(text in one or one in text for one in extra) for text in named)
            added += len(extra)
    print(f"named in {segments} pieces of true outputs: {true}")
    print(f"of {added} sentences from elsewhere: {found}; of others: {others}")


if __name__ == "__main__":
    main()
