"""The checkpoint that ships in the package: it loads as any MarianMT model does, and translates."""

from __future__ import annotations

import pytest

from harness.common.paths import resource
from harness.protocols import Batch
from harness.registry import build
from harness.translate.checkpoints.catalogue import model_files, models_table, read_model
from harness.types import Translation

SENTENCES = [
    "Les ministres ont discuté de la coopération économique avec la Chine.",
    "Le président Kassym-Jomart Tokaïev a parlé pendant 45 minutes.",
    "« Nous devons protéger les enfants », a dit la reine.",
]


def translated(**engine) -> list[Translation]:
    model = read_model(model_files()["tiny"])
    built = build("engine", {**engine, "beams": 1}, model=model, src="fr", tgt="pl")
    found = {i: translation for batch in built.translate(Batch(SENTENCES)) for i, translation in batch}
    return [found[i] for i in range(len(SENTENCES))]


@pytest.fixture(scope="module")
def translations() -> list[Translation]:
    return translated(kind="transformers")


@pytest.fixture(scope="module")
def said(translations) -> list[str]:
    assert all(translation.finish_reason == "stop" for translation in translations)
    return [translation.hypothesis for translation in translations]


def test_it_loads_with_the_classes_it_names_and_fits_the_wheel():
    from transformers import MarianMTModel, MarianTokenizer

    folder = resource("models") / "tiny-fr-pl"
    tokenizer, model = MarianTokenizer.from_pretrained(folder), MarianMTModel.from_pretrained(folder)
    assert (folder / "model.safetensors").stat().st_size <= 30_000_000
    assert model.config.decoder_vocab_size == len(tokenizer.target_encoder)
    assert (folder / "README.md").read_text("utf-8").startswith("---\n")


def test_it_says_in_polish_what_the_french_said(said):
    words = said[0].lower()
    assert "minist" in words and "gospodarcz" in words and "chin" in words
    assert "chroni" in said[2] and "dzieci" in said[2] and "królow" in said[2]


def test_it_copies_names_and_numbers_and_sets_polish_quotes(said):
    assert "Kassym-Jomart Tokaïev" in said[1] and "45" in said[1]
    assert said[2].startswith("„") and "”" in said[2]
    assert not any("<eps>" in line or "<unk>" in line for line in said)


def test_ctranslate2_says_the_same_though_each_side_has_its_vocabulary(translations, tmp_path):
    pytest.importorskip("ctranslate2")
    fast = translated(kind="ctranslate2", compute="float32", threads=1, cache=str(tmp_path))
    assert fast == translations


def test_it_is_offered_offline_for_its_pair_only():
    rows = {row.name: row for row in models_table("fr-pl")}
    assert rows["tiny"].fits and rows["tiny"].offline is True
    assert not {row.name: row for row in models_table("pl-fr")}["tiny"].fits
