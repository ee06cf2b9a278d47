"""Models that come converted for CTranslate2 translate as CTranslate2 itself does from the same pieces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import sentencepiece

from harness import registry
from harness.errors import ConfigError, DataError
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints

ctranslate2 = pytest.importorskip("ctranslate2")
SOURCES = ["Bonjour.", "Merci.", *checkpoints.lines("fr")[:4]]


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"), positions=256)


def convert(checkpoint: Path, to: Path) -> Path:
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(checkpoint)).convert(str(to))
    return to


def build(
    path: Path, family: str = "marian", kind: str = "ctranslate2", tgt: str = "pl", **options: Any
) -> Any:
    model = {"name": "house", "family": family, "path": str(path)}
    settings = {"kind": kind, "beams": 2, "max_new_tokens": 24, "threads": 1, **options}
    return registry.build("engine", settings, model=model, src="fr", tgt=tgt)


def test_a_converted_marian_model_gives_what_its_checkpoint_gives(marian: Path, tmp_path: Path) -> None:
    folder = convert(marian, tmp_path / "converted")
    with pytest.raises(DataError, match=r"without SentencePiece models; copy .*source.spm and target.spm"):
        build(folder)
    for name in ("source.spm", "target.spm"):
        shutil.copy(marian / name, folder)
    engine = build(folder)
    found = translate(engine, SOURCES, tmp_path / "a")
    assert found == translate(build(marian, kind="transformers"), SOURCES, tmp_path / "b")
    assert len({t.hypothesis for t in found}) > 3
    with pytest.raises(DataError, match="converted for CTranslate2; engine=ctranslate2 takes it"):
        build(folder, kind="transformers")
    before = engine.identity["sha256"]
    with (folder / "model.bin").open("ab") as stream:
        stream.write(b"\0")
    assert build(folder).identity["sha256"] != before


def test_few_positions_split_a_long_source_as_its_checkpoint_does(tmp_path: Path) -> None:
    """Beyond its table of positions CTranslate2 fails; before, 512 were taken for granted."""
    checkpoint = checkpoints.marian(tmp_path / "made", positions=32)
    folder = convert(checkpoint, tmp_path / "converted")
    for name in ("source.spm", "target.spm"):
        shutil.copy(checkpoint / name, folder)
    long = " ".join(checkpoints.lines("fr")[:6])
    options = {"beams": 1, "max_new_tokens": 64}
    found = translate(build(folder, **options), [long, "Merci."], tmp_path / "a")
    assert found == translate(
        build(checkpoint, kind="transformers", **options), [long, "Merci."], tmp_path / "b"
    )
    assert [t.error for t in found] == [None, None] and len(found[0].hypothesis) > len(found[1].hypothesis)
    with pytest.raises(DataError, match=r"segment 1 has \d+ tokens, the model takes 32"):
        translate(build(folder, too_long="error", **options), [long], tmp_path / "c")


def test_the_target_of_a_multilingual_model_is_named(tmp_path: Path) -> None:
    checkpoint = checkpoints.marian(tmp_path / "multi", targets=("pol", "ces"), target_lang="sla")
    folder = convert(checkpoint, tmp_path / "converted")
    for name in ("source.spm", "target.spm"):
        shutil.copy(checkpoint / name, folder)
    assert build(folder).identity["told"]["prefix"] == ">>pol<< "
    with pytest.raises(ConfigError, match="cannot translate into German"):
        build(folder, tgt="de")


def test_nllb_with_its_sentencepiece_model(tmp_path: Path) -> None:
    checkpoint = checkpoints.m2m(tmp_path / "nllb", family="nllb")
    folder = convert(checkpoint, tmp_path / "converted")
    trained = checkpoints.sentencepiece_model(tmp_path / "joint")
    shutil.copy(trained, folder / "sentencepiece.bpe.model")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(trained))
    tokens = [["fra_Latn", *pieces.encode(source, out_type=str), "</s>"] for source in SOURCES[:2]]
    results = ctranslate2.Translator(str(folder), device="cpu").translate_batch(
        tokens, target_prefix=[["pol_Latn"]] * 2, beam_size=2, max_decoding_length=24
    )
    outputs = [result.hypotheses[0][1:] for result in results]  # the language goes first
    expected = [pieces.decode_pieces(output).replace("▁", " ").strip() for output in outputs]
    found = translate(build(folder, "nllb"), SOURCES[:2], tmp_path / "a")
    assert [t.hypothesis for t in found] == expected
    with pytest.raises(ConfigError, match="has no token __fr__; is 'm2m100' its family"):
        translate(build(folder, "m2m100"), SOURCES[:1], tmp_path / "c")


def argos(marian: Path, folder: Path, **metadata: str) -> Path:
    """A package as Argos Translate unpacks it: the model in a folder of its own, one SentencePiece model."""
    convert(marian, folder / "model")
    shutil.copy(marian / "source.spm", folder / "sentencepiece.model")
    told = {"type": "translate", "from_code": "fr", "to_code": "pl", **metadata}
    (folder / "metadata.json").write_text(json.dumps(told))
    return folder


def test_a_package_of_argos_is_given_pieces_without_an_end(marian: Path, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    folder = argos(marian, tmp_path / "package")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    translator = ctranslate2.Translator(str(folder / "model"), device="cpu")
    results = translator.translate_batch(
        [pieces.encode(source, out_type=str) for source in SOURCES[:2]],
        beam_size=2, max_decoding_length=24, length_penalty=0.2,
    )  # fmt: skip
    expected = [pieces.decode_pieces(result.hypotheses[0]).replace("▁", " ").strip() for result in results]
    found = translate(build(folder, "argos", length_penalty=0.2), SOURCES[:2], tmp_path / "cache")
    assert [t.hypothesis for t in found] == expected
    with pytest.raises(ConfigError, match="cannot translate into German"):
        build(folder, "argos", tgt="de")
    (folder / "metadata.json").unlink()
    with pytest.raises(DataError, match=r"no metadata.json, which a package of Argos Translate has"):
        build(folder, "argos")


def test_damaged_files_are_named(marian: Path, tmp_path: Path) -> None:
    folder = convert(marian, tmp_path / "converted")
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(b"no model")
    with pytest.raises(DataError, match=r"source.spm: not a SentencePiece model"):
        translate(build(folder), SOURCES[:1], tmp_path / "a")
    for name in ("source.spm", "target.spm"):
        shutil.copy(marian / name, folder)
    (folder / "model.bin").write_bytes(b"no model")
    with pytest.raises(DataError, match=r"converted: CTranslate2 cannot load it"):
        translate(build(folder), SOURCES[:1], tmp_path / "b")
