"""No digit of an alignment depends on how many threads there are."""

from __future__ import annotations

import random

import pytest
from threadpoolctl import threadpool_limits

import harness
from harness.common.threads import spread
from harness.encode.use import Use

WORDS = "old house of my father near a river where boats come in spring with letters from far away"


def sentences(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS.split(), k=draw.randint(4, 25))) + "." for _ in range(count)]


def test_parts_keep_their_order_and_are_the_same_for_any_number_of_workers() -> None:
    parts = [range(4), range(4, 8), range(8, 10)]
    found = [spread(lambda part: list(part), parts, workers) for workers in (1, 3)]
    assert found[0] == found[1] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_vectors_are_the_same_to_the_last_bit_for_one_and_for_four_threads() -> None:
    texts = sentences(0, 200)
    assert Use(threads=1).encode(texts).tobytes() == Use(threads=4).encode(texts).tobytes()


@pytest.mark.parametrize("threads", [2, 8])
def test_confidences_are_the_same_for_any_number_of_threads(threads: int) -> None:
    src = sentences(1, 60)
    tgt = [text.replace("house", "home") for text in src[:20] + sentences(2, 4) + src[20:]]
    with threadpool_limits(1, user_api="blas"):
        one = harness.align(src, tgt, encoder=Use(threads=1))
    with threadpool_limits(threads, user_api="blas"):
        several = harness.align(src, tgt, encoder=Use(threads=threads))
    assert repr(one) == repr(several)
