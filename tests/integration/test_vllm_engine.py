"""The vllm engine against a stand-in with vLLM's interface (as of 0.33), since vLLM itself needs a GPU.

The stand-in generates from the tokens that it is given with the real checkpoint. What this cannot show is
that vLLM itself works here.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, StageError, UnavailableError
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints


class SamplingParams:
    def __init__(
        self,
        *,
        temperature: float = 1.0,
        max_tokens: int | None = 16,
        top_p: float = 1.0,
        top_k: int = 0,
        seed: int | None = None,
        stop: list[str] | None = None,
        stop_token_ids: list[int] | None = None,
        repetition_penalty: float = 1.0,
    ) -> None:
        self.max_tokens, self.stop_token_ids = max_tokens, stop_token_ids
        self.greedy, self.stop, self.penalty = temperature == 0, stop, repetition_penalty


class LLM:
    def __init__(
        self,
        model: str,
        *,
        trust_remote_code: bool = False,
        tensor_parallel_size: int = 1,
        dtype: str = "auto",
        quantization: str | None = None,
        seed: int = 0,
        gpu_memory_utilization: float = 0.92,
        **engine_args: Any,
    ) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        if set(engine_args) - {"max_model_len", "generation_config"}:
            raise TypeError(f"unexpected arguments {sorted(engine_args)}")
        if gpu_memory_utilization == 0.01:
            raise ValueError("CUDA out of memory")
        assert not trust_remote_code
        self.model = AutoModelForCausalLM.from_pretrained(model, dtype="float32").eval()
        self.tokenizer = AutoTokenizer.from_pretrained(model)

    def generate(
        self, prompts: list[dict[str, list[int]]], sampling_params: SamplingParams, *, use_tqdm: bool = True
    ) -> list[Any]:
        return [self._one(prompt["prompt_token_ids"], sampling_params) for prompt in prompts]

    def _one(self, ids: list[int], params: SamplingParams) -> Any:
        import torch

        assert params.greedy and params.stop_token_ids
        given = torch.tensor([ids])
        out = self.model.generate(
            given, max_new_tokens=params.max_tokens, do_sample=False, eos_token_id=params.stop_token_ids,
            pad_token_id=params.stop_token_ids[0], repetition_penalty=params.penalty,
        )[0, len(ids) :].tolist()  # fmt: skip
        ended = out[-1] in params.stop_token_ids
        text = self.tokenizer.decode(out, skip_special_tokens=True)
        found = [text.index(stop) for stop in params.stop or () if stop in text]
        text, ended = (text[: min(found)], True) if found else (text, ended)
        output = SimpleNamespace(text=text, token_ids=out, finish_reason="stop" if ended else "length")
        return SimpleNamespace(outputs=[output])


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("vllm")
    module.__dict__.update(LLM=LLM, SamplingParams=SamplingParams, __spec__=SimpleNamespace())
    monkeypatch.setitem(sys.modules, "vllm", module)
    monkeypatch.setattr("harness.translate.engines.vllm.versions", lambda *names: dict.fromkeys(names, "0"))


def engine(folder: Path, kind: str = "vllm", **options: Any) -> Any:
    model: dict[str, Any] = {
        "name": "llm",
        "family": "llm",
        "path": str(folder),
        "prompt": "Into {target_language}: {text}",
    }
    model["stop"] = options.pop("stop", [])
    return registry.build("engine", {"kind": kind, **options}, model=model, src="fr", tgt="pl")


@pytest.mark.usefixtures("vllm")
def test_the_same_prompts_give_what_transformers_gives(llama: Path, tmp_path: Path) -> None:
    sources = [*checkpoints.lines("fr")[:8], "Bonjour."]
    fast = translate(engine(llama, max_new_tokens=12, chunk=4), sources, tmp_path / "a")
    slow = translate(engine(llama, "transformers", max_new_tokens=12, threads=1), sources, tmp_path / "b")
    assert [(t.hypothesis, t.finish_reason) for t in fast] == [(t.hypothesis, t.finish_reason) for t in slow]
    assert len({t.hypothesis for t in fast}) > 3


@pytest.mark.usefixtures("vllm")
def test_what_changes_outputs_is_in_the_identity(llama: Path) -> None:
    plain = engine(llama).identity
    changing: tuple[dict[str, Any], ...] = (
        {"dtype": "float16"}, {"temperature": 0.5}, {"quantization": "fp8"}, {"max_new_tokens": 9},
        {"window": 512},
    )  # fmt: skip
    for option in changing:
        assert engine(llama, **option).identity != plain
    for other in ({"gpus": 2}, {"gpu_memory": 0.5}, {"chunk": 7}):
        assert engine(llama, **other).identity == plain


@pytest.mark.usefixtures("vllm")
def test_no_room_is_one_line_with_the_remedy(llama: Path, tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"vLLM cannot load it \(CUDA out of memory\).*engine.window"):
        translate(engine(llama, gpu_memory=0.01, max_new_tokens=12), ["Bonjour."], tmp_path)


@pytest.mark.usefixtures("vllm")
def test_a_prompt_without_room_for_a_text_is_refused(llama: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the prompt alone has more: .*engine.window"):
        translate(engine(llama, window=13, max_new_tokens=10), ["Bonjour."], tmp_path)


@pytest.mark.usefixtures("vllm")
def test_stop_texts_and_the_checkpoints_penalty_are_followed(llama: Path, tmp_path: Path) -> None:
    own = json.loads((llama / "generation_config.json").read_text())
    folder = Path(shutil.copytree(llama, tmp_path / "own"))
    (folder / "generation_config.json").write_text(json.dumps({**own, "repetition_penalty": 1.7}))
    sources = checkpoints.lines("fr")[:4]
    plain = translate(engine(llama, "transformers", max_new_tokens=12, threads=1), sources, tmp_path / "a")
    slow = translate(engine(folder, "transformers", max_new_tokens=12, threads=1), sources, tmp_path / "b")
    fast = translate(engine(folder, max_new_tokens=12), sources, tmp_path / "c")
    assert [t.hypothesis for t in fast] == [t.hypothesis for t in slow] != [t.hypothesis for t in plain]
    word = plain[0].hypothesis.split()[-1]
    stopped = translate(engine(llama, max_new_tokens=12, stop=[word]), sources[:1], tmp_path / "d")[0]
    assert stopped.hypothesis == plain[0].hypothesis.split(word)[0].strip() != plain[0].hypothesis
    (folder / "generation_config.json").write_text(json.dumps({**own, "no_repeat_ngram_size": 3}))
    with pytest.raises(ConfigError, match="no_repeat_ngram_size, which engine=vllm does not follow"):
        translate(engine(folder, max_new_tokens=12), sources, tmp_path / "e")


def test_without_the_package_the_remedy_is_said(llama: Path) -> None:
    with pytest.raises(UnavailableError, match="pip install vllm"):
        engine(llama)


def test_an_encoder_decoder_model_is_refused() -> None:
    with pytest.raises(ConfigError, match="engine=vllm translates with language models"):
        registry.build(
            "engine", {"kind": "vllm"}, model={"name": "nllb", "family": "nllb"}, src="fr", tgt="pl"
        )


@pytest.mark.usefixtures("vllm")
def test_a_judge_asks_two_questions_of_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    original = LLM.__init__
    monkeypatch.setattr(
        LLM, "__init__", lambda self, model, **k: loads.append(model) or original(self, model, **k)
    )
    folder = checkpoints.talker(tmp_path, {"Score (0-100)": "85", "major or minor": "no-error"})
    metric = registry.build(
        "metric",
        {"kind": "gemba-esa", "src": "fr", "tgt": "pl", "model": {"path": str(folder)},
         "engine": {"kind": "vllm", "max_new_tokens": 64}},
    )  # fmt: skip
    rows = metric.statistics(["le chat", "le chien"], ["kot", "pies"], [[], []])
    assert metric.segment_scores(rows).tolist() == [85, 85] and len(loads) == 1
