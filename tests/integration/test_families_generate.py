"""Families with language tokens, on tiny checkpoints with the families' own tokenizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, StageError
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints


def engine(folder: Path, family: str, src: str = "fr", tgt: str = "pl", **options: Any) -> Any:
    model = {"name": family, "family": family, "path": str(folder)}
    settings = {"kind": "transformers", "beams": 2, "max_new_tokens": 6, "threads": 1, **options}
    return registry.build("engine", settings, model=model, src=src, tgt=tgt)


def made(folder: Path, family: str) -> Path:
    if family == "mbart50":
        return checkpoints.mbart50(folder)
    return checkpoints.madlad(folder) if family == "madlad" else checkpoints.m2m(folder, family=family)


@pytest.mark.parametrize(
    ("family", "source", "target"),
    [
        ("nllb", "fra_Latn", "pol_Latn"),
        ("m2m100", "__fr__", "__pl__"),
        ("mbart50", "fr_XX", "pl_PL"),
        ("madlad", "<2pl>", None),
    ],
)
def test_source_and_target_tokens_reach_the_model(
    family: str, source: str, target: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = engine(made(tmp_path / family, family), family)
    model, _ = built._model._loaded
    tokenizer = built._model._codec.tokenizer
    seen: dict[str, Any] = {}
    generate = model.generate

    def spy(**arguments: Any) -> Any:
        seen["inputs"] = arguments["input_ids"]
        seen["output"] = generate(**arguments)
        return seen["output"]

    monkeypatch.setattr(model, "generate", spy)
    (found,) = translate(built, ["Bonjour le monde"], tmp_path / "cache")
    inputs = tokenizer.convert_ids_to_tokens(seen["inputs"][0])
    assert inputs[0] == source and inputs[-1] == "</s>" and len(inputs) > 3
    output = tokenizer.convert_ids_to_tokens(seen["output"][0])
    if target is None:  # the target language is told with the source, nothing is forced
        assert output[0] == "<pad>" and found.n_tokens == len([t for t in output[1:] if t != "</s>"])
    else:
        assert output[1] == target and target not in found.hypothesis
    assert source not in found.hypothesis


def test_a_checkpoint_without_the_told_token_is_refused(tmp_path: Path) -> None:
    built = engine(checkpoints.madlad(tmp_path / "madlad", languages=("de",)), "madlad")
    with pytest.raises(ConfigError, match=r"the vocabulary of .* has no token <2pl>; is 'madlad' its family"):
        translate(built, ["Bonjour"], tmp_path / "cache")


def test_multi_target_marian_gets_its_token(tmp_path: Path) -> None:
    folder = checkpoints.marian(tmp_path / "sla", targets=("pol", "ces"), target_lang="sla")
    polish, czech = engine(folder, "marian"), engine(folder, "marian", tgt="cs")
    first = polish._model._codec.ids(["Bonjour"])[0][0]
    assert polish._model._codec.tokenizer.convert_ids_to_tokens([first]) == [">>pol<<"]
    assert polish.identity != czech.identity
    with pytest.raises(ConfigError, match="cannot translate into Slovak"):
        engine(folder, "marian", tgt="sk")


def test_out_of_memory_halves_the_batch_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkpoints.marian(tmp_path / "marian")
    sources = checkpoints.lines("fr")[:7]
    expected = translate(engine(folder, "marian"), sources, tmp_path / "a")
    built = engine(folder, "marian")
    generate = built._model.generate
    sizes: list[int] = []

    def small(texts: list[str]) -> Any:
        sizes.append(len(texts))
        if len(texts) > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return generate(texts)

    monkeypatch.setattr(built._model, "generate", small)
    assert translate(built, sources, tmp_path / "b") == expected
    assert max(sizes) > 2

    def never(texts: list[str]) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(built._model, "generate", never)
    with pytest.raises(StageError, match=r"out of memory on one segment .* lower engine\.beams"):
        translate(built, sources, tmp_path / "c")
