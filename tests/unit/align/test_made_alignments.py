"""The documents that the aligner is fitted on: made from manuals, with the alignment known."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from harness.align.gold import read_alignment
from harness.align.search.lattice import SHAPES
from harness.common.files import read_lines
from tests.support.program import ROOT


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "experiments" / "alignment"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield importlib.import_module("prepare")
    for name in ("prepare", "manuals", "noise"):
        sys.modules.pop(name, None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Unpacked manuals of one page, whose last paragraph is not translated into Polish."""
    for lang in ("de-DE", "en-US", "fr-FR", "pl-PL"):
        folder = tmp_path / "usr/share/doc/debian-handbook/html" / lang
        folder.mkdir(parents=True)
        own = "en-US" if lang == "de-DE" else lang
        paragraphs = [
            f"Le paragraphe {k} de la langue {own} dit <code>apt</code> quelque chose. Et encore {k} fois."
            for k in range(12)
        ]
        last = (
            "Ce paragraphe a été traduit." if lang == "fr-FR" else "This paragraph has been left in English."
        )
        paragraphs.append(last)
        body = "".join(f'<div class="para">{text}</div><pre>code {lang}</pre>' for text in paragraphs)
        (folder / "page.html").write_text(f"<html><head><title>x</title></head><body>{body}</body></html>")
    return tmp_path


def test_pages_correspond_and_untranslated_ones_are_left_out(prepare: ModuleType, root: Path) -> None:
    (page,) = prepare.pages(root, "fr", "pl")
    assert len(page.rows) == 12
    assert page.rows[3] == (
        "Le paragraphe 3 de la langue fr-FR dit apt quelque chose. Et encore 3 fois.",
        "Le paragraphe 3 de la langue pl-PL dit apt quelque chose. Et encore 3 fois.",
    )
    assert [page.rows for page in prepare.pages(root, "de", "en")] == [[]], "both sides are the same text"


def test_documents_repeat_and_their_gold_holds_every_sentence(
    prepare: ModuleType, root: Path, tmp_path: Path
) -> None:
    first, again, other = (list(prepare.documents(root, "fr-pl", 1, seed)) for seed in (1, 1, 2))
    assert first == again != other
    prepare.write(first[0], tmp_path / "made")
    src, tgt = (read_lines(tmp_path / "made" / name) for name in ("src.txt", "tgt.txt"))
    gold = read_alignment(tmp_path / "made" / "gold.txt", len(src), len(tgt))
    assert sorted(i for bead in gold for i in bead.src) == list(range(len(src)))
    assert sorted(j for bead in gold for j in bead.tgt) == list(range(len(tgt)))


def test_noise_links_what_corresponds(prepare: ModuleType) -> None:
    """Every row has its number on both sides, so a link must hold the same numbers on both."""
    noise = importlib.import_module("noise")
    rows = [(f"Phrase {k}. Suite {k} et fin.", f"Zdanie {k}. Dalej {k} i koniec.") for k in range(100, 300)]
    hard = noise.Noise(0.5, 0.3, 0.1, 0.0, 0.2, 0.0, 0.0, 0.2, 6, 0.0)
    links = noise.changed(rows, ("fr", "pl"), hard, random.Random(3), rows[:20])
    kinds = {(bool(s), bool(t)) for s, t in links}
    assert kinds == {(True, True), (True, False), (False, True)}
    found = [[numbers(s), numbers(t)] for s, t in links if s and t]
    assert all(set(own) == set(other) for own, other in found)
    assert any(own != other for own, other in found), "some stand in another order on one side"
    assert {(len(s), len(t)) for s, t in links if s and t} <= set(SHAPES)
    assert max(len(s) + len(t) for s, t in links) == 6


def numbers(texts: list[str]) -> list[str]:
    """Each number once, in order."""
    return list(dict.fromkeys(w for w in " ".join(texts).split() if w[:1].isdigit()))
