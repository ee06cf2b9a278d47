"""Outputs made to break re-segmentation: whatever comes, the pieces joined are the output, one a segment."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from harness.align.api import build
from harness.protocols import Realigner
from harness.realign.auto import Auto
from harness.realign.embed import Embed
from harness.realign.wer import Wer
from harness.text.split import Sentencex
from harness.types import Piece
from tests.support.word_encoder import Words

WORDS = ["haus", "baum", "schiff", "meer", "insel", "hafen", "kapitän", "reise", "garten", "berge", "brücke"]
BOILERPLATE = "Alle Rechte vorbehalten."
CHINESE = "据新华社报道，两国领导人今天通了电话。双方就地区局势交换了意见，并同意继续合作！"


def sentences(draw: random.Random, n: int) -> list[str]:
    return [" ".join(draw.choices(WORDS, k=draw.randint(2, 12))).capitalize() + "." for _ in range(n)]


def noisy(draw: random.Random, text: str) -> str:
    return " ".join(word if draw.random() < 0.6 else draw.choice(WORDS) for word in text.split())


Making = Callable[[random.Random, list[str]], str]
ADVERSARIES: dict[str, Making] = {
    "nothing": lambda draw, texts: "",
    "white space": lambda draw, texts: " \n\u3000\t\n ",
    "one word": lambda draw, texts: "ja",
    "marks only": lambda draw, texts: "... !!! ??? \n » «",
    "the same": lambda draw, texts: " ".join(texts),
    "in reverse": lambda draw, texts: " ".join(texts[::-1]),
    "shuffled": lambda draw, texts: "\n".join(draw.sample(texts, len(texts))),
    "three times": lambda draw, texts: " ".join(texts * 3),
    "every sentence thrice": lambda draw, texts: " ".join(text for text in texts for _ in range(3)),
    "a loop of a word": lambda draw, texts: "schiff " * 400,
    "boilerplate": lambda draw, texts: f" {BOILERPLATE} ".join(texts),
    "only boilerplate": lambda draw, texts: " ".join([BOILERPLATE] * 2 * len(texts)),
    "of a bad system": lambda draw, texts: " ".join(noisy(draw, text) for text in texts),
    "of another document": lambda draw, texts: " ".join(sentences(draw, 20)),
    "half": lambda draw, texts: " ".join(texts)[: sum(map(len, texts)) // 2],
    "without marks and capitals": lambda draw, texts: " ".join(texts).replace(".", "").lower(),
    "without spaces": lambda draw, texts: "".join(texts).replace(" ", ""),
    "in another script": lambda draw, texts: CHINESE * 5,
    "mixed": lambda draw, texts: "".join(part for text in texts for part in (text, CHINESE)),
    "right to left and zero width": lambda draw, texts: "\u202eשלום עולם.\u200b \ufeff" + " ".join(texts),
    "halves of characters": lambda draw, texts: "\ud83d " + " ".join(texts) + " \udfff",
    "separators": lambda draw, texts: "\u2028".join(texts) + "\x00\x85\r\r\n" + texts[0],
}
REALIGNERS: dict[str, Callable[[], Realigner]] = {
    "wer": Wer,
    "embed": lambda: Embed(build("auto", Words()), Sentencex(), "de"),
    "auto": lambda: Auto(build("auto", Words()), Sentencex(), "de"),
}


def holds(output: str, pieces: Sequence[Piece], n: int) -> None:
    assert len(pieces) == n
    assert "".join(output[piece.start : piece.end] for piece in pieces) == output
    assert pieces[0].start == 0 and pieces[-1].end == len(output)
    assert all(one.end == other.start for one, other in pairwise(pieces))
    for piece in pieces:
        assert all(piece.start <= start < stop <= piece.end for start, stop in piece.nowhere)
        assert all(a[1] <= b[0] for a, b in pairwise(piece.nowhere))
        assert piece.confidence is None or 0 <= piece.confidence <= 1 + 1e-9


@pytest.mark.parametrize("kind", REALIGNERS)
@pytest.mark.parametrize("name", ADVERSARIES)
def test_pieces_are_the_output(name: str, kind: str) -> None:
    draw = random.Random(name)
    for n in (1, 5):
        texts = sentences(draw, n)
        kinds = [
            [[text] for text in texts],
            [[text, noisy(draw, text)] for text in texts],
            [[BOILERPLATE] for _ in texts],
            [["" if k % 2 else text] for k, text in enumerate(texts)],
            [[CHINESE] for _ in texts],
        ]
        for references in [kinds[0], *draw.sample(kinds[1:], 1 if kind != "wer" else 4)]:
            output = ADVERSARIES[name](draw, texts)
            realigner = REALIGNERS[kind]()
            holds(output, realigner.realign(output, texts, references).pieces, n)


@pytest.mark.parametrize("kind", REALIGNERS)
def test_a_document_in_another_order_loses_nothing(kind: str) -> None:
    draw = random.Random(4)
    texts = sentences(draw, 12)
    output = " ".join([*texts[6:], *texts[:6]])
    made = REALIGNERS[kind]().realign(output, texts, [[text] for text in texts]).pieces
    holds(output, made, 12)
    cut = [output[piece.start : piece.end].strip() for piece in made]
    assert cut[:6] == texts[:6] or cut[6:] == texts[6:] or sum(map(str.__eq__, cut, texts)) >= 5


@pytest.mark.parametrize("kind", ["wer", "embed"])
def test_boilerplate_between_segments_moves_no_boundary(kind: str) -> None:
    texts = [
        "Das Schiff verließ am Montag den Hafen von Rostock.",
        "Niemand an Bord wusste, wohin die Reise ging.",
        "Der Kapitän schwieg und blickte auf das Meer.",
        "Dort blieben sie bis zum Frühling.",
    ]
    output = " Alle Rechte verbleiben beim jeweiligen Verlag. ".join(texts)
    made = REALIGNERS[kind]().realign(output, texts, [[text] for text in texts]).pieces
    for piece, text in zip(made, texts, strict=True):
        assert text in output[piece.start : piece.end]
    assert sum(len(piece.nowhere) for piece in made) == 3
