"""The `firefox` engine: which files are taken, the way through English, and what is refused.

No model of Mozilla's is small enough to be kept here: a stand-in translates, the real package reads files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.common.notices import collecting
from harness.errors import DataError, UnavailableError
from harness.translate.runner import translate

fxtranslate = pytest.importorskip("fxtranslate")


class Named:
    """Translates by putting the name in its model file before the text."""

    def __init__(self, model: bytes, src_vocab: bytes, trg_vocab: bytes, shortlist: bytes | None) -> None:
        self.name = "+".join(part.decode() for part in (model, src_vocab, trg_vocab, shortlist or b"-"))

    def translate_long(self, text: str) -> str:
        return f"{self.name}({text})"


def build(folder: Path, tgt: str = "pl", **options: Any) -> Any:
    model = {"name": "firefox", "path": str(folder)}
    return registry.build("engine", {"kind": "firefox", **options}, model=model, src="fr", tgt=tgt)


def pair(root: Path, name: str, *, lex: bool = True, split: bool = False) -> None:
    folder, joined = root / name, name.replace("-", "")
    folder.mkdir()
    (folder / f"model.{joined}.intgemm.alphas.bin").write_text(name)
    for vocab in ("srcvocab", "trgvocab") if split else ("vocab",):
        (folder / f"{vocab}.{joined}.spm").write_text(vocab)
    if lex:
        (folder / f"lex.50.50.{joined}.s2t.bin").write_text("lex")


def test_a_pair_without_a_model_goes_through_english_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fxtranslate, "Translator", Named)
    root = tmp_path / "models"
    root.mkdir()
    pair(root, "fr-en")
    with pytest.raises(UnavailableError, match=r"no model fr-pl, and for .* no en-pl; .*models add fr pl"):
        build(root)
    pair(root, "en-pl", split=True, lex=False)
    with collecting() as notices:
        engine = build(root)
    assert list(notices) == ["there is no model fr-pl: translated through en"]
    assert engine.identity["route"] == ["fr-en", "en-pl"]
    (found,) = translate(engine, ["Oui."], tmp_path / "cache")
    assert found.hypothesis == "en-pl+srcvocab+trgvocab+-(fr-en+vocab+vocab+lex(Oui.))"
    with pytest.raises(UnavailableError, match=r"no model fr-pl; get"):
        build(root, pivot=None)
    pair(root, "fr-pl")
    direct = build(root)
    assert direct.identity["route"] == ["fr-pl"]
    assert translate(direct, ["Oui."], tmp_path / "cache")[0].hypothesis == "fr-pl+vocab+vocab+lex(Oui.)"


def test_the_shortlist_and_the_bytes_are_of_the_identity(tmp_path: Path) -> None:
    pair(tmp_path, "fr-en")
    with_list, without = build(tmp_path, "en").identity, build(tmp_path, "en", shortlist=False).identity
    assert with_list["shortlist"] == [True] and without["shortlist"] == [False]
    assert with_list["sha256"] != without["sha256"]
    (tmp_path / "fr-en" / "vocab.fren.spm").write_text("another")
    assert build(tmp_path, "en").identity["sha256"] != with_list["sha256"]


def test_files_that_are_missing_or_damaged_are_named(tmp_path: Path) -> None:
    pair(tmp_path, "fr-en")
    with pytest.raises(DataError, match=r"model.fren.intgemm.alphas.bin: not a usable model"):
        translate(build(tmp_path, "en"), ["Oui."], tmp_path / "cache")
    (tmp_path / "fr-en" / "vocab.fren.spm").unlink()
    with pytest.raises(DataError, match=r"fr-en: no model.\*.bin with its vocab"):
        build(tmp_path, "en")


def test_without_the_package_its_install_line_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "fxtranslate")
    with pytest.raises(UnavailableError, match=r"pip install 'mt-harness\[firefox\]'"):
        build(tmp_path)
