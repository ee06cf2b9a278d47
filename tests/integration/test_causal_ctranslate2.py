"""Language models through CTranslate2 give line by line what transformers gives, or are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, DataError, StageError
from harness.protocols import Batch
from harness.translate.retry import Tolerant
from harness.translate.runner import stream, translate
from tests.support import tiny_checkpoints as checkpoints

pytest.importorskip("ctranslate2")
SOURCES = ["Bonjour.", "Oui.", *checkpoints.lines("fr")[:6]]
LAYER = "model.layers.0.mlp.up_proj.weight"


def build(folder: Path, kind: str, converted: Path | None = None, **options: Any) -> Any:
    given = {name: options.pop(name) for name in list(options) if name in MODEL}
    model = {"name": "m", "family": "llm", "path": str(folder), "prompt": "Say: {text}", **given}
    settings = {"kind": kind, "max_new_tokens": 24, "threads": 1, **options}
    if kind == "ctranslate2":
        settings = {"compute": "float32", "cache": str(converted), **settings}
    return registry.build("engine", settings, model=model, src="fr", tgt="pl")


MODEL = ("prompt", "stop", "chat", "system", "examples", "context", "chat_template_kwargs")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("converted")


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Llama", {"attention_bias": True, "tie_word_embeddings": True}),
        ("Qwen2", {"vocab_size": 408}),
        ("Qwen3", {"head_dim": 16}),
        ("Mistral", {"sliding_window": None, "dtype": "bfloat16"}),
        ("Gemma", {"head_dim": 16}),
        ("Gemma3Text", {"head_dim": 16, "query_pre_attn_scalar": 16, "num_hidden_layers": 6}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_greedy_outputs_are_those_of_transformers(
    kind: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    folder = checkpoints.decoder(tmp_path / "made", kind, **settings)
    fast = translate(build(folder, "ctranslate2", tmp_path / "ct"), SOURCES, tmp_path / "a")
    slow = translate(build(folder, "transformers", dtype="float32"), SOURCES, tmp_path / "b")
    assert fast == slow  # texts, tokens and how they ended
    assert len({t.hypothesis for t in fast}) > 4


@pytest.mark.parametrize(
    "options",
    [
        {"beams": 3, "length_penalty": 0.5},
        {"min_length": 20},
        {"chat": False},
        {"system": "You are brief.", "examples": {"pairs": [["Non.", "Nie."]]}, "answer": "strip"},
        {"prompt": "{text}<think>", "chat": False, "stop": ["a", "e"]},
    ],
    ids=lambda options: ",".join(options),
)
def test_options_and_prompts_mean_the_same(
    options: dict[str, Any], llama: Path, models: Path, tmp_path: Path
) -> None:
    fast, slow = build(llama, "ctranslate2", models, **options), build(llama, "transformers", **options)
    assert fast.identity["told"] == slow.identity["told"]
    assert fast.identity["decoding"] == slow.identity["decoding"]
    found = translate(fast, SOURCES, tmp_path / "a")
    assert found == translate(slow, SOURCES, tmp_path / "b")


def test_stop_texts_end_each_output_on_its_own(llama: Path, models: Path, tmp_path: Path) -> None:
    free = translate(build(llama, "ctranslate2", models), SOURCES, tmp_path / "a")
    longest = max((t.hypothesis for t in free), key=len)
    stop = [longest[len(longest) // 2 :][:2], "e"]
    found = translate(build(llama, "ctranslate2", models, stop=stop), SOURCES, tmp_path / "b")
    assert found == translate(build(llama, "transformers", stop=stop), SOURCES, tmp_path / "c")
    assert sum(t.n_tokens or 0 for t in found) < sum(t.n_tokens or 0 for t in free)
    own = Path(shutil.copytree(llama, tmp_path / "own"))
    path = own / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stop_strings": stop}))
    assert translate(build(own, "ctranslate2", models), SOURCES, tmp_path / "d") == found
    with pytest.raises(ConfigError, match=r"greedy decoding only: engine.beams=1"):
        build(llama, "ctranslate2", models, stop=stop, beams=2)


def test_the_texts_before_are_shown(llama: Path, models: Path, tmp_path: Path) -> None:
    options = {"prompt": "[[{context}\n]]{text}", "context": 2}
    batch = Batch(SOURCES, docs=["a"] * 5 + ["b"] * (len(SOURCES) - 5))
    fast, slow = build(llama, "ctranslate2", models, **options), build(llama, "transformers", **options)
    assert (fast.before, fast.divisible) == (2, False)
    found = list(stream(Tolerant(fast), batch, tmp_path / "a"))
    assert found == list(stream(Tolerant(slow), batch, tmp_path / "b"))


def test_long_sources_are_split_alike(llama: Path, models: Path, tmp_path: Path) -> None:
    sources = [" ".join(checkpoints.lines("fr")[:12])]
    fast, slow = build(llama, "ctranslate2", models), build(llama, "transformers")
    assert translate(fast, sources, tmp_path / "a") == translate(slow, sources, tmp_path / "b")
    with pytest.raises(DataError, match=r"segment 1 has \d+ tokens, the model takes"):
        translate(build(llama, "ctranslate2", models, too_long="error"), sources, tmp_path / "c")


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("Starcoder2", {}, r"cannot convert .*\(no Starcoder2Config\); engine=transformers"),
        ("Gemma2", {"head_dim": 16, "query_pre_attn_scalar": 16}, r"scores of a Gemma2Config differ by"),
        ("Llama", {"hidden_act": "gelu"}, r"does not compute .* as its config.json has it"),
        (
            "Llama",
            {
                "rope_parameters": {
                    "rope_type": "llama3",
                    "rope_theta": 500000.0,
                    "factor": 8.0,
                    "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0,
                    "original_max_position_embeddings": 8192,
                }
            },
            r"scaled positions",
        ),
    ],
    ids=["unknown", "caps", "activation", "positions"],
)
def test_what_ctranslate2_would_compute_otherwise_is_refused(
    kind: str, settings: dict[str, Any], message: str, tmp_path: Path
) -> None:
    folder = checkpoints.decoder(tmp_path / "made", kind, **settings)
    with pytest.raises(DataError, match=message):
        translate(build(folder, "ctranslate2", tmp_path / "ct"), ["Oui."], tmp_path / "a")
    assert not list((tmp_path / "ct").glob("*"))


def test_settings_that_would_count_other_tokens_are_refused(
    llama: Path, models: Path, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(llama, tmp_path / "own"))
    path = own / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"repetition_penalty": 1.05}))
    with pytest.raises(ConfigError, match=r"not follow repetition_penalty .*penalty=1 to do"):
        build(own, "ctranslate2", models)
    without = build(own, "ctranslate2", models, repetition_penalty=1)
    assert without.settings["beams"] == 1 and "repetition_penalty" not in without.settings
    assert translate(without, SOURCES[:3], tmp_path / "a") == translate(
        build(own, "transformers", repetition_penalty=1), SOURCES[:3], tmp_path / "b"
    )


def test_a_checkpoint_that_is_not_whole_is_refused(llama: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(llama / "model.safetensors")
    broken = Path(shutil.copytree(llama, tmp_path / "broken"))
    for change, message in (
        ({name: w for name, w in weights.items() if name != LAYER}, rf"missing weights: {LAYER}"),
        ({**weights, LAYER: weights[LAYER] / 0}, rf"NaN or infinity, or nothing but zeros, in {LAYER}"),
    ):
        save_file(change, broken / "model.safetensors", metadata={"format": "pt"})
        engine = build(broken, "ctranslate2", tmp_path / "ct")
        with pytest.raises(DataError, match=message):
            engine.check()
        assert not list((tmp_path / "ct").glob("*"))
    save_file({**weights, LAYER: weights[LAYER] * 1e38}, broken / "model.safetensors", {"format": "pt"})
    with pytest.raises(StageError, match="became NaN"):
        translate(build(broken, "ctranslate2", tmp_path / "ct"), SOURCES[:2], tmp_path / "a")


def test_the_answer_stays_within_a_sliding_window(tmp_path: Path) -> None:
    folder = checkpoints.decoder(tmp_path / "made", "Mistral", sliding_window=128)
    options = {"max_new_tokens": 100, "prompt": "{text}", "chat": False}
    long = " ".join(checkpoints.lines("fr")[:4])
    found = translate(build(folder, "ctranslate2", tmp_path / "ct", **options), [long], tmp_path / "a")
    assert found[0].n_tokens is not None and found[0].n_tokens > 100, "in pieces, each with an answer"


def test_a_folder_that_is_converted_already(llama: Path, models: Path, tmp_path: Path) -> None:
    translate(build(llama, "ctranslate2", models), ["Oui."], tmp_path / "a")
    ready = next(models.glob("*/model.bin")).parent
    with pytest.raises(DataError, match="give its original checkpoint"):
        build(ready, "ctranslate2", models)
