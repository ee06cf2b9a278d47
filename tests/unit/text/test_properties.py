"""What holds for every text: offsets, order, coverage, and edits that explain each change."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.registry import build
from harness.text.offsets import apply, within
from harness.text.segment import segment
from harness.types import Cleaned, Document, Segment

# Words, damage, furniture and the odd characters of real pages, in any order.
PIECES = st.sampled_from(
    [
        "M. Xi a dit. ",
        "Toka?ev ",
        "Tokaïev ",
        "c?té ",
        "le 100e ",
        "le100e ",
        "batir ",
        "bâtir ",
        ",,Oui” ",
        "fin.Le ",
        "- ",
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x85",
        "\u2028",
        " ",
        "  ",
        "\u00a0",
        "\t",
        "\u3000",
        "\x00",
        "\ufeff",
        "\u202e",
        "\u200b",
        "\xad",
        "e\u0301",
        "Photo : Xinhua",
        "A lire également",
        "© AFP",
        "PARIS, 2 mai (AFP) -- ",
        "中文 English ",
        "Titre sans point",
        "« Oui. Non. » dit-il. ",
        "l`ami ",
        "``a'' ",
        "<<b>> ",
        "?",
        "\ufffd",
        "d?clar? que ",
        "12ans ",
        ".",
    ]
)
WRAPPED = [
    "Le président a dit qu'il viendrait demain avec",
    "tous les ministres, M. Xi et son c?té interna-",
]
WRAPPED = [line + end for line in WRAPPED for end in ("\n", " \n", "\r\n", "\n\n", "\x0b", "\x07\n  ")]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(exclude_categories=()), max_size=60),  # surrogates too
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(st.sampled_from(WRAPPED), min_size=6, max_size=14).map("".join),
)
SPLITTERS = ["sentencex", "line"]


def check(cleaned: Cleaned, segments: list[Segment]) -> None:
    raw, position = cleaned.document.text, 0
    assert [s.index for s in segments] == list(range(len(segments)))
    seen = []
    for s in segments:
        assert position <= s.start < s.end <= len(raw)
        inside = within(cleaned.edits, s.start, s.end)
        moved = [type(e)(e.rule, e.start - s.start, e.end - s.start, e.before, e.after) for e in inside]
        assert apply(raw[s.start : s.end], moved) == s.text
        assert s.text == s.text.strip() and s.text
        seen.append(s.text)
        position = s.end
    everything = "".join("".join(seen).split())
    assert everything == "".join(cleaned.text.split())


@pytest.mark.parametrize("splitter", SPLITTERS)
@given(TEXTS)
@settings(max_examples=150)
def test_without_cleaning_every_segment_is_the_raw_span(splitter: str, text: str) -> None:
    if splitter == "sentencex" and any("\ud800" <= c <= "\udfff" for c in text):
        return  # no UTF-8 file holds a surrogate, and the library takes UTF-8
    [cleaned] = build("cleaner", {"kind": "none"}).clean([Document("d", "fr", text, "")])
    assert cleaned.text == text and not cleaned.edits and not cleaned.furniture
    segments = segment(cleaned, build("splitter", {"kind": splitter}))
    assert all(text[s.start : s.end] == s.text and s.furniture is None for s in segments)
    check(cleaned, segments)


@pytest.mark.parametrize("lang", ["fr", "en"])
@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=150)
def test_cleaned_segments_are_raw_spans_with_their_edits(lang: str, texts: list[str]) -> None:
    texts = [re.sub("[\ud800-\udfff]", "", text) for text in texts]
    documents = [Document(str(i), lang, text, "") for i, text in enumerate(texts)]
    for cleaned in build("cleaner", {"kind": "rules", "accents": "always"}).clean(documents):
        raw = cleaned.document.text
        for edit in (*cleaned.edits, *cleaned.unrepaired):
            assert raw[edit.start : edit.end] == edit.before
        assert all(a.end <= b.start for a, b in zip(cleaned.edits, cleaned.edits[1:], strict=False))
        assert all(edit.before == edit.after for edit in cleaned.unrepaired)
        assert cleaned.text == apply(raw, cleaned.edits)
        assert all(0 <= p.start < p.end <= len(raw) for p in cleaned.furniture)
        segments = segment(cleaned, build("splitter", {"kind": "sentencex"}))
        check(cleaned, segments)
        kept_out = [(p.start, p.end, p.kind) for p in cleaned.furniture if p.kept_out]
        assert [(s.start, s.end, s.furniture) for s in segments if s.furniture] == kept_out


@given(TEXTS)
@settings(max_examples=100)
def test_cleaning_again_changes_nothing_but_repairs_its_own_evidence_allows(text: str) -> None:
    """Characters, spaces and quotes are settled in one go."""
    text = re.sub("[\ud800-\udfff]", "", text)
    options = {"kind": "rules", "letters": False, "accents": "never", "missing_spaces": False}
    [once] = build("cleaner", options).clean([Document("d", "pl", text, "")])
    [twice] = build("cleaner", options).clean([Document("d", "pl", once.text, "")])
    assert [e for e in twice.edits if e.rule in ("control", "space")] == []
