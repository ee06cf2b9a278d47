"""Windows of documents: at the ends of paragraphs, as large as fits, every segment scored once."""

from __future__ import annotations

import random

import pytest

from harness import registry
from harness.run.windows import Whole, largest, of_size
from harness.types import Item


def items(*paragraphs: int | None) -> list[Item]:
    """One item for each number, in the paragraph of that number, with a text of one character."""
    return [Item(str(k), "d", "x", ("y",), paragraph=number) for k, number in enumerate(paragraphs)]


def windows(made: list[Item], most: int) -> list[tuple[list[int], int]]:
    """The segments and the context of each window, where `most` lines fit."""
    whole = Whole("d", list(range(len(made))))
    found = list(largest(whole, made, lambda text: len(text.split("\n")) <= most))
    return [(one.segments, one.context) for one in found]


def test_windows_end_where_paragraphs_do() -> None:
    made = items(1, 1, 1, 2, 2, 3, 3, 3, 3, 4)
    assert windows(made, 10) == [(list(range(10)), 0)]
    assert windows(made, 6) == [([0, 1, 2, 3, 4], 0), ([3, 4, 5, 6, 7, 8], 2), ([7, 8, 9], 2)]
    # a paragraph that does not fit beside the context is cut where it must be
    assert windows(made, 5) == [([0, 1, 2, 3, 4], 0), ([3, 4, 5, 6, 7], 2), ([6, 7, 8, 9], 2)]


def test_without_paragraphs_windows_are_as_large_as_fits() -> None:
    assert windows(items(*[None] * 7), 4) == [([0, 1, 2, 3], 0), ([2, 3, 4, 5], 2), ([4, 5, 6], 2)]


def test_context_gives_way_and_a_segment_that_never_fits_stands_alone() -> None:
    assert windows(items(None, None, None), 2) == [([0, 1], 0), ([1, 2], 1)]
    assert windows(items(None, None, None), 1) == [([0], 0), ([1], 0), ([2], 0)]
    assert windows(items(None, None), 0) == [([0], 0), ([1], 0)]


@pytest.mark.parametrize("seed", range(30))
def test_every_segment_is_scored_once_in_order(seed: int) -> None:
    draw = random.Random(seed)
    made = [
        Item(str(k), "d", "x" * draw.randint(1, 9), ("y",), paragraph=draw.choice([None, k // 3]))
        for k in range(draw.randint(1, 40))
    ]
    whole = Whole("d", list(range(len(made))))
    most = draw.randint(1, 60)
    found = list(largest(whole, made, lambda text: len(text) <= most))
    assert [at for one in found for at in one.scored] == whole.segments
    texts = ["\n".join(made[at].source for at in one.segments) for one in found]
    assert all(len(text) <= most or len(one.scored) == 1 for one, text in zip(found, texts, strict=True))
    by_size = list(of_size(whole, draw.randint(1, 9), draw.randint(0, 4)))
    assert [at for one in by_size for at in one.scored] == whole.segments


def test_a_server_has_room_by_its_limit_of_tokens() -> None:
    def engine(**options: object) -> object:
        model = {"id": "x", "prompt": "{text}", "family": "llm"}
        return registry.build(
            "engine", {"kind": "openai", "unit": "document", **options}, model=model, src="en", tgt="de"
        )

    text = "A sentence of some words. " * 100
    assert not engine(max_tokens=500).fits(text)  # type: ignore[attr-defined]
    assert engine(max_tokens=4000).fits(text) and engine(max_tokens=None).fits(text)  # type: ignore[attr-defined]
