"""A checkpoint that is not whole is refused before it translates; whole ones of every family are not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, StageError
from harness.registry import build
from harness.translate.runner import translate
from tests.support import tiny_checkpoints

Weights = dict[str, Any]
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
LAYER = "model.decoder.layers.0.fc1.weight"
BIAS = "final_logits_bias"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_checkpoints.marian(tmp_path_factory.mktemp("whole"))


def damaged(whole: Path, folder: Path, change: Callable[[Weights], None]) -> Path:
    from safetensors.torch import load_file, save_file

    for path in whole.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    weights = {name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()}
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def missing(weights: Weights) -> None:
    del weights[LAYER]


def renamed(weights: Weights) -> None:
    weights[LAYER.replace("fc1", "ffn1")] = weights.pop(LAYER)


def another_shape(weights: Weights) -> None:
    weights[LAYER] = weights[LAYER][:, :-1].contiguous()


def a_layer_too_many(weights: Weights) -> None:
    weights[LAYER.replace("layers.0", "layers.9")] = weights[LAYER].clone()


def not_a_number(weights: Weights) -> None:
    weights[LAYER][0, 0] = float("nan")


def a_score_not_a_number(weights: Weights) -> None:
    weights[BIAS][0, 7] = float("nan")


def without_bias(weights: Weights) -> None:
    del weights[BIAS]


def blank(weights: Weights) -> None:
    weights[LAYER].zero_()


def infinite(weights: Weights) -> None:
    weights[LAYER][0, 0] = float("inf")


def engine(kind: str, folder: Path, tmp_path: Path) -> Any:
    options = {"cache": str(tmp_path / "converted")} if kind == "ctranslate2" else {}
    model = {"name": "made", "path": str(folder), "family": "marian"}
    return build("engine", {"kind": kind, **options}, model=model, src="fr", tgt="pl")


@pytest.mark.parametrize("kind", ["transformers", "ctranslate2"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (missing, rf"incomplete \(missing weights: {LAYER}\)"),
        (renamed, r"weights that do not belong to this architecture: model.decoder.layers.0.ffn1.weight"),
        (a_layer_too_many, r"do not belong to this architecture: model.decoder.layers.9.fc1.weight"),
        (another_shape, rf"weights of another shape: {LAYER}"),
        (not_a_number, rf"NaN or infinity, .* in {LAYER}"),
        (infinite, rf"NaN or infinity, .* in {LAYER}"),
        (blank, rf"nothing but zeros, in {LAYER}"),
        (a_score_not_a_number, rf"NaN or infinity, .* in {BIAS}"),
        (without_bias, rf"incomplete \(missing weights: {BIAS}\)"),
    ],
)
def test_it_is_refused_by_the_name_of_the_weights(
    change: Callable[[Weights], None], message: str, kind: str, whole: Path, tmp_path: Path
) -> None:
    (tmp_path / "damaged").mkdir()
    folder = damaged(whole, tmp_path / "damaged", change)
    with pytest.raises(DataError, match=message):
        translate(engine(kind, folder, tmp_path), ["Bonjour le monde."], tmp_path / "cache")
    assert not list((tmp_path / "converted").glob("*"))
    with pytest.raises(DataError, match=message):
        engine(kind, folder, tmp_path).check()  # what `doctor` does


def _copied(whole: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in whole.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("kind", ["transformers", "ctranslate2"])
def test_a_vocabulary_that_is_cut_is_refused_with_both_numbers(
    kind: str, whole: Path, tmp_path: Path
) -> None:
    folder = _copied(whole, tmp_path / "cut")
    entries = json.loads((folder / "vocab.json").read_text())
    kept = {token: i for token, i in entries.items() if i < 90 or token in ("<pad>", "<unk>", "</s>")}
    (folder / "vocab.json").write_text(json.dumps(kept))
    message = rf"the tokenizer has {len(kept)} tokens in its vocabulary, the model {len(entries)} rows"
    with pytest.raises(DataError, match=message):
        translate(engine(kind, folder, tmp_path), ["Bonjour le monde."], tmp_path / "cache")


def test_a_sentencepiece_model_of_another_model_is_refused(whole: Path, tmp_path: Path) -> None:
    folder = _copied(whole, tmp_path / "mixed")
    entries = json.loads((folder / "vocab.json").read_text())
    ours = {"<pad>", "<unk>", "</s>"}
    renamed = {token if token in ours else f"{token}ß{i}": i for token, i in entries.items()}
    (folder / "vocab.json").write_text(json.dumps(renamed))
    with pytest.raises(DataError, match=r"vocab.json has \d+% of the pieces of source.spm"):
        translate(engine("transformers", folder, tmp_path), ["Bonjour le monde."], tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "model.safetensors",
            lambda data: data[: len(data) // 2],
            r"the file is cut \([\d,]+ of [\d,]+ ",
        ),
        ("model.safetensors", lambda data: data[:500], r"the file is cut"),
        ("model.safetensors", lambda data: data[:5], r"no readable safetensors header"),
        ("model.safetensors", lambda _: b"", r"the file is empty; download it again"),
        ("model.safetensors", lambda _: LFS, r"a Git LFS pointer .*: git lfs pull"),
        ("source.spm", lambda _: LFS, r"a Git LFS pointer .*: git lfs pull"),
    ],
)
def test_a_file_that_is_cut_empty_or_a_pointer_is_named_with_the_remedy(
    name: str, change: Callable[[bytes], bytes], message: str, whole: Path, tmp_path: Path
) -> None:
    folder = _copied(whole, tmp_path / "cut")
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(DataError, match=f"{re.escape(name)}: {message}"):
        translate(engine("transformers", folder, tmp_path), ["Bonjour le monde."], tmp_path / "cache")


def test_an_adapter_is_refused_alone_and_beside_its_base(whole: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for folder in (alone, _copied(whole, tmp_path / "beside")):
        (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
        with pytest.raises(DataError, match=r"holds an adapter .*; merge the two"):
            engine("transformers", folder, tmp_path)


def test_scores_that_become_nan_end_the_run(whole: Path, tmp_path: Path) -> None:
    def overflowing(weights: Weights) -> None:
        for name in ("fc1", "fc2"):
            weights[f"model.decoder.layers.0.{name}.weight"].fill_(1e38)

    (tmp_path / "damaged").mkdir()
    folder = damaged(whole, tmp_path / "damaged", overflowing)
    with pytest.raises(StageError, match="became NaN"):
        translate(engine("transformers", folder, tmp_path), ["Bonjour le monde."], tmp_path / "cache")


@pytest.mark.parametrize(
    ("make", "auto_class"),
    [
        (lambda path: tiny_checkpoints.m2m(path, family="nllb"), "AutoModelForSeq2SeqLM"),
        (tiny_checkpoints.mbart50, "AutoModelForSeq2SeqLM"),
        (tiny_checkpoints.madlad, "AutoModelForSeq2SeqLM"),
        (tiny_checkpoints.llama, "AutoModelForCausalLM"),
        (tiny_checkpoints.marian, "AutoModelForSeq2SeqLM"),
    ],
    ids=["nllb", "mbart50", "madlad", "llama", "marian"],
)
def test_whole_checkpoints_of_every_family_are_accepted(make: Any, auto_class: str, tmp_path: Path) -> None:
    from harness.translate.checkpoints.checkpoint import Checkpoint
    from harness.translate.checkpoints.loading import check_weights

    check_weights(Checkpoint(make(tmp_path / "made"), None), {}, auto_class)
