"""What holds for any text and value: cache keys, what comes back, hashes of configurations, beads."""

from __future__ import annotations

import json
import math
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.common.files import digest, read_jsonl, write_json
from harness.common.shapes import Keys, all_fit, fits, mismatch
from harness.common.terminal import visible, visible_json, visible_line
from harness.common.typed_json import rounded
from harness.registry import build
from harness.results.files import SEGMENT
from harness.translate.cache import Cache, key
from harness.types import Bead, Segment, Translation

ANY = st.characters(exclude_categories=())  # unpaired surrogates too
TEXT = st.text(ANY, max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FAST = settings(max_examples=60)


@given(st.lists(TEXT, min_size=2, max_size=6, unique=True))
@FAST
def test_different_texts_have_different_keys_and_the_same_the_same(texts: list[str]) -> None:
    keys = [key(text) for text in texts]
    assert len(set(keys)) == len(texts) and keys == [key("".join(list(text))) for text in texts]


@given(st.dictionaries(TEXT, TEXT, max_size=3), st.dictionaries(TEXT, TEXT, max_size=3))
@FAST
def test_systems_share_a_folder_only_when_they_are_the_same(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert (Cache("x", one).folder == Cache("x", other).folder) == (one == other)


@given(
    st.dictionaries(TEXT, st.tuples(TEXT, st.sampled_from(["stop", "length"]), st.none() | st.integers(0, 9)))
)
@FAST
def test_any_translation_comes_back_from_the_cache(stored: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as root:
        with Cache(root, {"engine": "x"}) as cache:
            for source, (hypothesis, reason, tokens) in stored.items():
                cache.append([Translation(source, hypothesis, reason, tokens)])
        again = Cache(root, {"engine": "x"})
        for source, (hypothesis, reason, tokens) in stored.items():
            row = again.get(source)
            assert row is not None
            assert (row.hypothesis, row.finish_reason, row.n_tokens) == (hypothesis, reason, tokens)
        assert again.get("\x00 not there") is None


def as_stored(value: Any) -> Any:
    """What JSON makes of a value: floats to six places, NaN to null, tuples to lists."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: as_stored(item) for name, item in value.items()}
    return [as_stored(item) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(TEXT, VALUES, max_size=4))
@FAST
def test_any_record_comes_back(record: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r" / "record.json"
        write_json(path, rounded(record))
        text = path.read_bytes()
        assert json.loads(text) == as_stored(record)
        text.decode("utf-8")  # unpaired surrogates are JSON's escapes, not broken UTF-8
        (path.parent / "lines").write_text(json.dumps(rounded(record)) + "\n")
        assert list(read_jsonl(path.parent / "lines")) == [as_stored(record)]


@given(st.dictionaries(TEXT, VALUES.filter(lambda v: v == v), max_size=5), st.randoms())
@FAST
def test_the_hash_of_a_configuration_does_not_depend_on_the_order_of_its_keys(config: Any, draw: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            names = list(value)
            draw.shuffle(names)
            return {name: shuffled(value[name]) for name in names}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert digest(config) == digest(shuffled(config))
    assert digest(config) != digest({**config, "one more": 1})


@given(VALUES)
@FAST
def test_a_shape_is_checked_the_same_in_both_ways(value: Any) -> None:
    line = {"id": "1", "source": "a", "hypothesis": "b", "references": ["c"]}
    assert fits(line, SEGMENT) and mismatch(line, SEGMENT) is None
    for name in ("id", "references", "bead", "scores", "stats", "health"):
        changed = {**line, name: value}
        assert (mismatch(changed, SEGMENT) is None) == fits(changed, SEGMENT)
        assert all_fit([line, changed, line], SEGMENT) == fits(changed, SEGMENT)


@given(st.lists(VALUES, max_size=4))
@FAST
def test_all_values_have_a_shape_when_each_has_it(values: list[Any]) -> None:
    keys = Keys({"a": str}, {"b": [int], "c": {str: (float, int)}})
    for shape in (str, float, object, (int, str), [str], [object], {str: int}, keys, [keys], {str: [object]}):
        assert all_fit(values, shape) == all(fits(value, shape) for value in values)
        wrapped = [{"a": "x", "b": value, "c": {"d": value}} for value in values]
        assert all_fit(wrapped, shape) == all(fits(value, shape) for value in wrapped)


@given(TEXT)
@FAST
def test_shown_text_is_harmless_and_harmless_text_is_shown_as_it_is(text: str) -> None:
    shown = visible_line(text)
    assert shown.encode().decode() == shown
    assert "\x1b" not in shown and "\n" not in shown and "\u202e" not in shown
    assert visible(shown) == shown
    assert json.loads(visible_json(json.dumps(text, ensure_ascii=False))) == text


# Aligners


class Letters:
    """An encoder by counts of characters: quick, and different for different texts."""

    identity = {"name": "letters"}  # noqa: RUF012

    def encode(self, texts: Any) -> Any:
        rows = np.full((len(texts), 32), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in text:
                row[ord(character) % 32] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


LINES = st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=25), max_size=9)


@pytest.mark.parametrize("kind", ["auto", "comparable", "vecalign", "gale-church"])
@given(LINES, LINES)
@settings(max_examples=25)
def test_every_aligner_puts_every_segment_into_one_bead_in_order(
    kind: str, src: list[str], tgt: list[str]
) -> None:
    from harness.align.segments import align_segments

    given_encoder = {} if kind == "gale-church" else {"encoder": Letters()}
    aligner = build("aligner", {"kind": kind}, **given_encoder)
    left, right = (
        [Segment("d", k, text, 0, 0, "byline" if k % 4 == 3 else None) for k, text in enumerate(side)]
        for side in (src, tgt)
    )
    beads: list[Bead] = align_segments(left, right, aligner)
    assert sorted(i for bead in beads for i in bead.src) == list(range(len(src)))
    assert sorted(j for bead in beads for j in bead.tgt) == list(range(len(tgt)))
    linked = [bead for bead in beads if not bead.is_null]
    for one, other in pairwise(linked):
        assert one.src[-1] < other.src[0] and one.tgt[-1] < other.tgt[0]
    assert all(bead.confidence is None or 0 <= bead.confidence <= 1 for bead in beads)
    assert not any(left[i].furniture for bead in linked for i in bead.src)
