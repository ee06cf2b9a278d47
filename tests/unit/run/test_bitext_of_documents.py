"""From documents to a bitext: what is counted, and that the road is the same for every backend."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness import registry
from harness.common.notices import collecting
from harness.protocols import Aligner
from harness.run.backends.actors import AlignActor, beads_of, texts_of
from harness.run.documents import TextParts, align_pairs, bitext_of, text_parts
from harness.types import Bead, Bitext, Document, DocumentSet, Segment
from tests.support.word_encoder import Words


class Fixed(Aligner):
    """Links what it was given to link."""

    def __init__(self, *beads: Bead) -> None:
        self.beads = list(beads)

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        return self.beads


def parts(*beads: Bead) -> TextParts:
    return TextParts(
        cleaner=registry.build("cleaner", {"kind": "none"}),
        splitter=registry.build("splitter", {"kind": "line"}),
        aligner=Fixed(*beads),
        encoder=Words(),
    )


def documents(src: str, tgt: str) -> DocumentSet:
    sides = ((Document(lang, lang, text, f"{lang}.txt"),) for lang, text in (("fr", src), ("pl", tgt)))
    return DocumentSet("two", *sides, inputs=())


# 7 + 5 + 8 = 20 characters against 7 + 5 + 2 + 11 = 25
TWO = documents("one two\nthree\nfour six", "one two\nthree\nno\nseven eight")


def test_the_share_aligned_counts_characters_of_each_side() -> None:
    linked = Bead((0,), (0,)), Bead((1,), (1, 2))
    made = bitext_of(TWO, parts(*linked, Bead((2,), ()), Bead((), (3,))), {})
    assert made.counts.alignment is not None
    src, tgt = made.counts.alignment.src, made.counts.alignment.tgt
    assert (src.aligned_share, src.null_segments) == ((7 + 5) / 20, 1)
    assert (tgt.aligned_share, tgt.null_segments) == ((7 + 5 + 2) / 25, 1)
    assert made.counts.alignment.beads == 2
    assert made.counts.alignment.shapes == {"0-1": 1, "1-0": 1, "1-1": 1, "1-2": 1}


def test_the_subset_asked_for_is_taken_of_what_was_aligned() -> None:
    made = bitext_of(TWO, parts(Bead((0,), (0,)), Bead((1,), (1,)), Bead((2,), (3,))), {}, limit=1)
    assert [item.source for item in made.bitext.items] == ["one two"]
    assert made.bitext.meta["subset"] == {"of": 3, "kept": 1, "limit": 1}


def test_a_bitext_passes_as_it_was_loaded() -> None:
    loaded = Bitext("lines", (), ())
    made = bitext_of(loaded, parts(), {}, limit=1)
    assert made.bitext is loaded and made.pairing is None and not made.viewer


def test_a_worker_finds_and_tells_what_this_process_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    french = ["Le chat dort.", "Il pleut beaucoup.", "Le train est en retard.", "Les oiseaux chantent."]
    english = ["The train is late.", "The birds are singing.", "The cat is asleep.", "It is raining a lot."]
    left, right = (
        [Segment(name, k, text, 0, len(text)) for k, text in enumerate(texts)]
        for name, texts in (("fr", french), ("en", english))
    )
    config = {"aligner": {"kind": "auto"}, "encoder": {"kind": "use"}}
    here = text_parts({"kind": "none"}, {"kind": "line"}, config["aligner"], config["encoder"])
    with collecting() as told:
        (beads,) = align_pairs(here, [(left, right)])
    assert any("out of order" in notice for notice in told)
    monkeypatch.setenv("HARNESS_CORES", os.environ.get("HARNESS_CORES", "1"))
    monkeypatch.chdir(tmp_path)
    row = AlignActor(config, str(tmp_path), [], 1)({"number": 0, "sides": texts_of((left, right))})
    assert json.loads(row["seconds"])["align"] > 0 and not row["error"]
    assert beads_of(row["made"]) == (beads, list(told))
