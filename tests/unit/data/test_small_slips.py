"""Slips in a test set's files that once passed in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.data.load import load
from harness.data.tags import choose
from harness.errors import DataError
from harness.types import Bitext

TEXTS = {"s": ["Guten Tag.", "Danke."], "t": ["Dobrý den.", "Děkuji."]}


def bitext(folder: Path, docs: str) -> Bitext:
    for name, lines in TEXTS.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "docs").write_text(docs, encoding="utf-8")
    files = {"src": str(folder / "s"), "tgt": str(folder / "t"), "docs": str(folder / "docs")}
    loaded = load({"kind": "bitext", **files}, "de", "cs")
    assert isinstance(loaded, Bitext)
    return loaded


def test_a_document_is_in_one_domain(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"docs:2: document 'd1' is in the domain 'talk' here and in 'news' on line 1"
    ):
        bitext(tmp_path, "news\td1\ntalk\td1\n")
    assert [item.domain for item in bitext(tmp_path, "news\td1\ntalk\td2\n").items] == ["news", "talk"]


def test_a_domain_needs_its_document(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"docs:2: a domain \('news'\) without the id of a document"):
        bitext(tmp_path, "news\td1\nnews\t\n")


@pytest.mark.parametrize(("kind", "delimiter"), [("csv", " ; "), ("tsv", " \t ")])
def test_headings_have_no_white_space_around(kind: str, delimiter: str, tmp_path: Path) -> None:
    lines = [f" source{delimiter}target "]
    lines += [f"{s}{delimiter.strip(' ')}{t}" for s, t in zip(*TEXTS.values(), strict=True)]
    path = tmp_path / "table"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    options: dict[str, Any] = {"kind": kind, "path": str(path), "source": "source", "target": "target"}
    loaded = load(options, "de", "cs")
    assert isinstance(loaded, Bitext)
    assert [item.source for item in loaded.items] == TEXTS["s"]


def test_the_nearest_region_is_taken() -> None:
    assert choose(("en", "es-419", "es-ES"), "en", "es-MX") == ("en", ["es-419"])
    assert choose(("en", "es-ES", "es-MX"), "en", "es-MX") == ("en", ["es-MX"])
    assert choose(("de", "en-US", "en-GB"), "de", "en-AU") == ("de", ["en-GB"])
