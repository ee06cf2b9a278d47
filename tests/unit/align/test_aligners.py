"""The aligners, pairing and furniture on an encoder made for the test: no model is loaded."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import harness
from harness.align.aligners import Comparable
from harness.align.auto import Auto
from harness.align.evidence.clauses import clauses
from harness.align.evidence.spans import Spans
from harness.align.pairing import match, pair_documents
from harness.align.search.band import search_band
from harness.align.segments import align_segments
from harness.errors import ConfigError, UnavailableError
from harness.types import Bead, Segment
from tests.support.word_encoder import Words

NAMES = ["auto", "comparable", "vecalign", "gale-church", "lexical"]


def pairs(beads: list[Bead]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(b.src, b.tgt) for b in beads]


def test_comparable_finds_merges_and_leaves_the_rest_alone() -> None:
    src = ["a b c d", "e f g h i j k l", "x y z", "m n o"]
    tgt = ["a b c d", "e f g h", "i j k l", "m n o", "q r s"]
    wanted = [((0,), (0,)), ((1,), (1, 2)), ((2,), ()), ((3,), (3,)), ((), (4,))]
    assert pairs(Comparable(Words()).align(src, tgt)) == wanted


def test_auto_says_how_sure_it_is() -> None:
    src = ["one two three four five six", "seven eight nine ten eleven twelve", "red green blue black white"]
    tgt = ["one two three four five six", "seven eight nine ten eleven twelve", "cat dog cow hen pig"]
    beads = Auto(Words()).align(src, tgt)
    assert pairs(beads) == [((0,), (0,)), ((1,), (1,)), ((2,), ()), ((), (2,))]
    assert all(0.5 < (b.confidence or 0.0) <= 1.0 for b in beads)
    flatter = Auto(Words(), temperature=3.0).align(src, tgt)
    assert pairs(flatter) == pairs(beads)
    assert all((f.confidence or 0) < (b.confidence or 0) for f, b in zip(flatter, beads, strict=True))


def test_auto_flags_a_side_that_says_clearly_less() -> None:
    said = "one two three four five six seven eight nine ten"
    same = [" ".join(f"w{i}x{k}" for k in range(12)) for i in range(5)]
    src = [f"{said}, red green blue black white pink grey brown gold plum", *same]
    beads = Auto(Words()).align(src, [said, *same])
    assert "partial" in beads[0].flags
    assert all(bead.flags == () for bead in beads[1:])


def test_auto_links_a_long_sentence_with_the_five_it_became() -> None:
    parts = [" ".join(f"w{i}x{k}" for k in range(8)) for i in range(5)]
    same = [" ".join(f"v{i}x{k}" for k in range(12)) for i in range(4)]
    beads = Auto(Words()).align([*same[:2], ", ".join(parts), *same[2:]], [*same[:2], *parts, *same[2:]])
    assert ((2,), (2, 3, 4, 5, 6)) in pairs(beads)


def test_auto_encodes_few_runs_of_sentences() -> None:
    texts = [" ".join(f"w{i}x{k}" for k in range(8)) for i in range(30)]
    few, every = Words(), Words()
    assert pairs(Auto(few).align(texts, texts)) == pairs(Auto(every, encode_from=0).align(texts, texts))
    assert len(few.encoded) * 2 < len(every.encoded)


@settings(max_examples=10)
@given(
    st.lists(st.text(max_size=20), max_size=8),
    st.lists(st.text(max_size=20), max_size=8),
    st.sampled_from(NAMES),
)
def test_no_sentence_is_lost_or_twice(src: list[str], tgt: list[str], name: str) -> None:
    beads = harness.align(src, tgt, aligner=name, encoder=Words())
    assert [i for b in beads for i in b.src] == list(range(len(src)))
    assert [j for b in beads for j in b.tgt] == list(range(len(tgt)))
    assert all(b.src or b.tgt for b in beads)
    assert all(b.confidence is None or 0.0 <= b.confidence <= 1.0 for b in beads)


@pytest.mark.parametrize("name", NAMES)
def test_one_side_empty_and_thousand_words(name: str) -> None:
    assert harness.align([], [], aligner=name, encoder=Words()) == []
    assert [b.shape for b in harness.align(["a", "b"], [], aligner=name, encoder=Words())] == ["1-0", "1-0"]
    long = " ".join(f"word{k}" for k in range(1000))
    beads = harness.align(["\x00\x1f", long], [long, "\u2028 ?"], aligner=name, encoder=Words())
    assert sum(len(b.src) + len(b.tgt) for b in beads) == 4


def test_a_long_text_is_searched_in_a_band_with_the_same_result() -> None:
    rng = np.random.default_rng(0)
    src = [" ".join(f"w{k}" for k in rng.integers(0, 3000, 9)) for _ in range(220)]
    tgt = [text for i, text in enumerate(src) if i % 11]
    tgt[60:60] = [" ".join(f"v{k}" for k in rng.integers(0, 3000, 9)) for _ in range(25)]
    whole, banded = Auto(Words()).align(src, tgt), Auto(Words(), exact=1000, radius=20).align(src, tgt)
    assert pairs(banded) == pairs(whole)
    spans = Spans(src, Words().encode(src)), Spans(tgt, Words().encode(tgt))
    assert search_band(*spans, exact=1000, radius=20).cells < 0.6 * len(src) * len(tgt)


def test_clauses_keep_every_word() -> None:
    text = "First, there was this; then that. " * 5 + "Ende. " + "x" * 200
    assert " ".join(clauses(text)).split() == text.split()
    assert len(clauses(text)) > 3
    assert clauses("") == [""]


def test_furniture_is_kept_out_and_comes_back() -> None:
    def segments(furniture: int) -> list[Segment]:
        texts = ["a b", "c d", "e f"]
        return [Segment("d", i, t, 0, 0, "heading" if i == furniture else None) for i, t in enumerate(texts)]

    beads = align_segments(segments(0), segments(2), Comparable(Words()))
    assert pairs(beads) == [((0,), ()), ((), (0,)), ((1,), (1,)), ((2,), ()), ((), (2,))]


def test_pairing_needs_a_gap_and_sure_sentences() -> None:
    src = [["a b", "c d", "e f"], ["g h", "i j"], ["a b", "k l", "m n"]]
    found = pair_documents(src, [["a b", "c d", "e f"]], Words())
    assert [c.src for c in found if c.accepted] == [0]
    assert len(found) == 3
    assert "another candidate is better" in found[1].reason
    alone = pair_documents([["a b", "x y"]], [["a b", "q r"]], Words())
    assert alone[0].gap is None
    assert not alone[0].accepted
    assert "1 sure sentence pair" in alone[0].reason


def test_pairing_of_many_documents_evaluates_a_shortlist_only() -> None:
    rng = np.random.default_rng(0)
    left = [rng.standard_normal((5, 64)).astype(np.float32) for _ in range(90)]
    left = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in left]
    found = match(left, left[::-1], shortlist=5)
    assert len(found) < 90 * 12
    assert {(c.src, c.tgt) for c in found if c.accepted} == {(i, 89 - i) for i in range(90)}


def test_wrong_names_options_and_types_are_refused() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'auto'"):
        harness.align(["a"], ["b"], aligner="aut", encoder=Words())
    with pytest.raises(ConfigError, match="Did you mean 'temperature'"):
        harness.align(["a"], ["b"], encoder=Words(), temprature=2)
    with pytest.raises(TypeError, match="sequence of sentences"):
        harness.align("a", ["b"])
    with pytest.raises(ConfigError, match="above 0"):
        harness.align(["a"], ["b"], encoder=Words(), temperature=0)


def test_a_missing_package_names_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    with pytest.raises(UnavailableError, match=r"pip install 'mt-harness\[encoders\]'"):
        harness.align(["a"], ["b"], encoder="labse")


def test_importing_harness_loads_nothing_heavy() -> None:
    code = "import sys, harness; assert callable(harness.align); print('numpy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
