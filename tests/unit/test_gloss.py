from __future__ import annotations

import pytest

from harness import registry
from harness.errors import UserError


def gloss(text: str, src: str = "fr", tgt: str = "pl") -> str:
    engine = registry.build("engine", {"kind": "gloss"}, model={}, src=src, tgt=tgt)
    [[(index, translation)]] = engine.translate([text])
    assert index == 0
    assert translation.source == text
    assert translation.finish_reason == "stop"
    return translation.hypothesis


def test_words_become_dictionary_words():
    assert gloss("Le parlement et la ville.").lower().startswith("parlament i miasto")
    assert "ville" in gloss("miasto", "pl", "fr").lower()


def test_numbers_and_unknown_names_are_copied():
    out = gloss("Zzyzxqa 2019 3,5")
    assert "Zzyzxqa" in out and "2019" in out and "3,5" in out


def test_another_pair_is_refused_with_the_pairs_there_are():
    with pytest.raises(UserError, match="fr-pl, pl-fr"):
        registry.build("engine", {"kind": "gloss"}, model={}, src="de", tgt="cs")
