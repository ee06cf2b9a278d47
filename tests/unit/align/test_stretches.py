"""Long texts are aligned stretch by stretch, as if they were aligned whole."""

from __future__ import annotations

import random

import pytest

import harness
from harness.align import windows
from harness.align.windows import in_stretches
from harness.encode.use import Use
from harness.types import Bead

WORDS = (
    "old house father river boats spring letters garden winter bread stone music window horse market doctor"
    " bridge candle village forest captain train mirror silver teacher orange island hammer secret"
)


def sentences(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return [
        " ".join(draw.choices(WORDS.split(), k=draw.randint(5, 12))).capitalize() + "." for _ in range(count)
    ]


def texts() -> tuple[list[str], list[str]]:
    """A text, and a copy of it in which sentences are missing, added and merged."""
    src, more = sentences(1, 230), sentences(2, 40)
    tgt = [
        *src[:30],
        *more[:25],
        *src[30:90],
        *src[100:150],
        f"{src[150]} {src[151]}",
        *src[152:],
        *more[25:],
    ]
    return src, tgt


def test_stretches_give_the_beads_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    src, tgt = texts()
    whole = harness.align(src, tgt, encoder=Use())
    monkeypatch.setattr(windows, "STRETCH", 50)
    monkeypatch.setattr(windows, "MARGIN", 10)
    assert windows.is_long(src, tgt)
    found = harness.align(src, tgt, encoder=Use())
    assert [i for bead in found for i in bead.src] == list(range(len(src)))
    assert [j for bead in found for j in bead.tgt] == list(range(len(tgt)))
    expected = {(b.src, b.tgt) for b in whole}
    assert len(expected & {(b.src, b.tgt) for b in found}) >= 0.97 * len(expected)


@pytest.mark.parametrize("links", [True, False])
def test_every_sentence_is_in_one_bead_whatever_a_stretch_finds(
    monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    monkeypatch.setattr(windows, "STRETCH", 40)
    monkeypatch.setattr(windows, "MARGIN", 10)
    src, tgt = texts()
    sizes = []

    def align(left: list[str], right: list[str]) -> list[Bead]:
        sizes.append(len(left))
        k = min(len(left), len(right)) if links else 0
        found = [Bead((i,), (i,), 0.0, 0.5) for i in range(k)]
        return (
            found
            + [Bead((i,), ()) for i in range(k, len(left))]
            + [Bead((), (j,)) for j in range(k, len(right))]
        )

    found = in_stretches(src, tgt, Use(), align)  # type: ignore[arg-type]
    assert [i for bead in found for i in bead.src] == list(range(len(src)))
    assert sorted(j for bead in found for j in bead.tgt) == list(range(len(tgt)))
    assert max(sizes) <= 50
