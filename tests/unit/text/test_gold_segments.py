"""The two reports of the call give the segments that were cut by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.common.paths import resource
from harness.registry import build
from harness.text.segment import segment
from harness.types import Cleaned, Document

GOLD = Path(__file__).resolve().parents[2] / "data" / "call-gold"
CALL = (("000_532dd5c1d2c6d955", "fr", "src.fr.txt"), ("004_5c3bf428830880ba", "pl", "tgt.pl.txt"))


def seeds() -> list[Document]:
    paths = sorted(resource("seeds").glob("*/*.txt"))
    return [Document(p.parent.name, p.stem, p.read_text("utf-8"), str(p)) for p in paths]


@pytest.fixture(scope="module", params=["rules", "none"])
def cleaned(request: pytest.FixtureRequest) -> dict[str, Cleaned]:
    result = build("cleaner", {"kind": request.param}).clean(seeds())
    return {c.document.id: c for c in result}


@pytest.mark.parametrize(("name", "lang", "gold"), CALL)
def test_segments_are_those_cut_by_hand(cleaned: dict[str, Cleaned], name: str, lang: str, gold: str) -> None:
    raw = cleaned[name].document.text
    segments = segment(cleaned[name], build("splitter", {"kind": "sentencex"}))
    assert [raw[s.start : s.end] for s in segments] == (GOLD / gold).read_text("utf-8").splitlines()
