"""The file, ctranslate2 and language-model engines with real processes and real checkpoints."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, DataError
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints


def test_file_outputs_and_their_count(tmp_path: Path) -> None:
    path = tmp_path / "online-a.txt"
    path.write_text("jeden\r\ndwa\r\ndwa\r\n", encoding="utf-8")
    build = {"kind": "file", "path": str(tmp_path / "*.txt")}
    engine = registry.build("engine", build, model={"name": "file"}, src="fr", tgt="pl")
    assert [t.hypothesis for t in translate(engine, ["un", "deux", "deux"], tmp_path)] == [
        "jeden",
        "dwa",
        "dwa",
    ]
    with pytest.raises(DataError, match="3 lines for 2 segments"):
        translate(engine, ["un", "deux"], tmp_path)
    (tmp_path / "online-b.txt").write_text("x")
    with pytest.raises(ConfigError, match=r"matches 2 files, .*one run each .*model=file engine.path='"):
        registry.build("engine", build, model={"name": "file"}, src="fr", tgt="pl")


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"))


def test_ctranslate2_float32_gives_what_transformers_gives(marian: Path, tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2")
    model = {"name": "opus-mt", "family": "marian", "path": str(marian)}
    common = {"max_new_tokens": 20, "beams": 2, "threads": 1}
    sources = [*checkpoints.lines("fr")[:8], "Bonjour.", " ".join(checkpoints.lines("fr")[:3])]
    build = {"kind": "ctranslate2", "compute": "float32", "cache": str(tmp_path / "models"), **common}
    fast = registry.build("engine", build, model=model, src="fr", tgt="pl")
    slow = registry.build("engine", {"kind": "transformers", **common}, model=model, src="fr", tgt="pl")
    assert translate(fast, sources, tmp_path / "a") == translate(slow, sources, tmp_path / "b")
    (folder,) = list((tmp_path / "models").iterdir())
    stamp = (folder / "model.bin").stat().st_mtime_ns
    again = registry.build("engine", build, model=model, src="fr", tgt="pl")
    translate(again, ["Bonjour."], tmp_path / "c")
    assert (folder / "model.bin").stat().st_mtime_ns == stamp
    assert again.identity == fast.identity != slow.identity


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.llama(tmp_path_factory.mktemp("llama"))


def chat(folder: Path, **options: Any) -> Any:
    model = {"name": "llm", "family": "llm", "path": str(folder), "prompt": "Into {target_language}: {text}"}
    model |= options.pop("model", {})
    config = {"kind": "transformers", "max_new_tokens": 12, "threads": 1, **options}
    return registry.build("engine", config, model=model, src="fr", tgt="pl")


def test_language_model_by_chat_template_and_raw(llama: Path, tmp_path: Path) -> None:
    sources = [*checkpoints.lines("fr")[:6], "Bonjour."]
    together = translate(chat(llama), sources, tmp_path / "a")
    alone = translate(chat(llama, batch_size=1), sources, tmp_path / "b")
    assert together == alone
    assert {t.finish_reason for t in together} <= {"stop", "length"}
    raw = translate(chat(llama, model={"chat": False}), sources, tmp_path / "c")
    assert [t.hypothesis for t in raw] != [t.hypothesis for t in together]


def test_the_chat_template_gets_what_the_model_says(llama: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(llama, tmp_path / "thinks")
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text() + "{% if not enable_thinking %}<|end|>{% endif %}")
    sources = checkpoints.lines("fr")[:3]
    made = {
        thinking: translate(
            chat(folder, model={"chat_template_kwargs": {"enable_thinking": thinking}}),
            sources,
            tmp_path / "t",
        )
        for thinking in (True, False)
    }
    assert made[True] != made[False]
    assert made[False] == translate(chat(folder), sources, tmp_path / "unset")


def test_sampling_is_repeatable_by_seed(llama: Path, tmp_path: Path) -> None:
    sources = checkpoints.lines("fr")[:3]
    runs = [
        [t.hypothesis for t in translate(chat(llama, sample=True, seed=seed), sources, tmp_path / str(i))]
        for i, seed in enumerate((1, 1, 2))
    ]
    assert runs[0] == runs[1] != runs[2]


def test_sampling_from_the_best_token_alone_is_greedy(llama: Path, tmp_path: Path) -> None:
    sources = checkpoints.lines("fr")[:3]
    best = translate(chat(llama, sample=True, top_k=1), sources, tmp_path / "sampled")
    assert best == translate(chat(llama), sources, tmp_path / "greedy")


def test_a_model_may_take_less_than_its_window(llama: Path, tmp_path: Path) -> None:
    limited = chat(llama, model={"max_input_tokens": 60}, too_long="error")
    translate(limited, ["Bonjour."], tmp_path)
    with pytest.raises(DataError, match=r"segment 1 has .* tokens, the model takes 60"):
        translate(limited, [" ".join(checkpoints.lines("fr")[:3])], tmp_path)


def test_chat_template_that_is_not_there(llama: Path, tmp_path: Path) -> None:
    base = shutil.copytree(llama, tmp_path / "base")
    (base / "chat_template.jinja").unlink(missing_ok=True)
    with pytest.raises(DataError, match=r"the chat template cannot be used .*model\.chat=false"):
        translate(chat(base), ["Bonjour."], tmp_path / "cache")
