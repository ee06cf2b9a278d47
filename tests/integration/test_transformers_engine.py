"""The transformers engine on a MarianMT checkpoint made here: real tokenizer, real generate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import ConfigError, DataError, UnavailableError
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"))


def engine(folder: Path, **options: Any) -> Any:
    model = {"name": "opus-mt", "family": "marian", "path": str(folder)}
    settings = {"kind": "transformers", "beams": 2, "max_new_tokens": 24, "threads": 1, **options}
    return registry.build("engine", settings, model=model, src="fr", tgt="pl")


def test_order_and_one_output_a_segment_whatever_the_batch(folder: Path, tmp_path: Path) -> None:
    sources = [*checkpoints.lines("fr")[:12], "", "Bonjour.", "Bonjour."]
    together = translate(engine(folder), sources, tmp_path / "a")
    alone = translate(engine(folder, batch_size=1), sources, tmp_path / "b")
    small = translate(engine(folder, batch_tokens=64), sources[::-1], tmp_path / "c")[::-1]
    assert [t.source for t in together] == sources
    assert together == alone == small
    assert len({t.hypothesis for t in together}) > 5
    assert together[12].hypothesis == ""


def test_the_card_is_no_part_of_the_models_identity(folder: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(folder, tmp_path / "copied"))
    (copied / "README.md").write_text("a card")
    assert engine(copied).identity["sha256"] == engine(folder).identity["sha256"]
    config = copied / "generation_config.json"
    config.write_text(config.read_text().replace("{", "{ ", 1))
    assert engine(copied).identity["sha256"] != engine(folder).identity["sha256"]


def test_too_long_is_split_or_refused_never_cut(folder: Path, tmp_path: Path) -> None:
    long = " ".join(checkpoints.lines("fr")[:3])
    split = translate(engine(folder), [long, "Bonjour."], tmp_path)
    assert split[0].n_tokens is not None and split[0].n_tokens > 24
    with pytest.raises(DataError, match=r"segment 2 has .* tokens, the model takes 64"):
        translate(engine(folder, too_long="error"), ["Bonjour.", long], tmp_path / "other")


def test_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(DataError, match=r"lacks model.safetensors.*vocab.json, source.spm, target.spm"):
        engine(tmp_path)


def test_code_that_comes_with_a_checkpoint_is_never_run(folder: Path, tmp_path: Path) -> None:
    odd = shutil.copytree(folder, tmp_path / "odd")
    config = json.loads((odd / "config.json").read_text())
    config |= {"model_type": "house", "auto_map": {"AutoConfig": "house.Config", "AutoModel": "house.Model"}}
    (odd / "config.json").write_text(json.dumps(config))
    (odd / "house.py").write_text(f"open({str(tmp_path / 'was-here')!r}, 'w')\n")
    with pytest.raises(DataError, match=r"custom code") as caught:
        translate(engine(odd), ["Bonjour."], tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "was-here").exists()


def test_hub_model_out_of_reach_says_where_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    model = {"name": "opus-mt", "family": "marian", "id": "Helsinki-NLP/opus-mt-{src}-{tgt}"}
    with pytest.raises(UnavailableError) as caught:
        registry.build("engine", {"kind": "transformers"}, model=model, src="fr", tgt="pl")
    message = str(caught.value)
    assert "\n" not in message
    assert str(tmp_path / "models--Helsinki-NLP--opus-mt-fr-pl") in message
    assert "python -m harness fetch model=opus-mt" in message
    assert "copy" in message.split("Works offline now:")[1]


def test_output_is_that_of_plain_generate(folder: Path, tmp_path: Path) -> None:
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(folder)
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config.update(max_length=None, forced_eos_token_id=None)
    assert model.generation_config.bad_words_ids, "as in OPUS-MT: <pad> must never be generated"
    lines = [line for line in checkpoints.lines("fr") if len(tokenizer(line)["input_ids"]) <= 64]
    sources = [*lines[:10], "Bonjour."]
    expected = []
    for source in sources:
        inputs = tokenizer([source], return_tensors="pt", truncation=False)
        ids = model.generate(**inputs, num_beams=4, max_new_tokens=20)
        expected += tokenizer.batch_decode(ids, skip_special_tokens=True)
    found = translate(engine(folder, beams=4, max_new_tokens=20, too_long="error"), sources, tmp_path)
    assert [t.hypothesis for t in found] == [text.strip() for text in expected]


def test_ways_of_computing_are_of_the_identity_and_leave_float32_outputs_alone(
    folder: Path, tmp_path: Path
) -> None:
    sources = checkpoints.lines("fr")[:12]
    plain = engine(folder)
    assert not {"quantize", "attention"} & set(plain.identity)
    expected = [t.hypothesis for t in translate(plain, sources, tmp_path / "a")]
    for number, options in enumerate(({"attention": "eager"}, {"device": "split"})):
        other = engine(folder, **options)
        assert [t.hypothesis for t in translate(other, sources, tmp_path / f"b{number}")] == expected
    assert engine(folder, attention="eager").identity["attention"] == "eager"


def test_rounded_weights_are_loaded_and_told(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    rounded = engine(folder, quantize="8bit")
    assert rounded.identity["quantize"] == "8bit"
    assert all(t.error is None for t in translate(rounded, checkpoints.lines("fr")[:3], tmp_path))


@pytest.mark.parametrize(
    ("options", "package"),
    [({"device": "split"}, "accelerate"), ({"quantize": "4bit"}, "bitsandbytes")],
)
def test_a_missing_package_is_named_with_the_remedy(
    folder: Path, options: dict[str, str], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.translate.checkpoints.computing.has", lambda name: name != package)
    with pytest.raises(UnavailableError, match=rf"{package}.*pip install 'mt-harness\[large\]'"):
        engine(folder, **options)


def test_what_a_way_of_computing_changed_is_recorded(tmp_path: Path) -> None:
    folder = checkpoints.llama(tmp_path / "llama")
    model = {"name": "m", "family": "llm", "path": str(folder), "prompt": "{text}"}
    settings = {"kind": "transformers", "max_new_tokens": 8, "threads": 1}
    sources = checkpoints.lines("fr")[:5]
    eager = registry.build(
        "engine", {**settings, "attention": "eager", "compared": 3}, model=model, src="fr", tgt="pl"
    )
    assert "changed" not in eager.settings and eager.settings["attention"] == "eager"
    found = translate(eager, sources, tmp_path / "a")
    plain = registry.build("engine", {**settings, "compared": 3}, model=model, src="fr", tgt="pl")
    assert found == translate(plain, sources, tmp_path / "b")
    assert eager.settings["changed"] == "0 of 3 outputs, against the library's own computing"
    assert plain.settings["attention"] == "sdpa" and "changed" not in plain.settings
    assert "_loaded" not in vars(eager._plain), "its memory is given back"
    again = registry.build(
        "engine", {**settings, "attention": "eager", "compared": 3}, model=model, src="fr", tgt="pl"
    )
    again._plain = type("Other", (), {"generate": lambda self, texts: [("x", True, 1)] * len(texts)})()
    translate(again, sources, tmp_path / "c")
    assert again.settings["changed"].startswith("3 of 3 outputs")


def test_compiled_generation_gives_the_same_and_compiles_each_width_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch._dynamo.utils import counters

    from harness.translate.engines import compiling

    monkeypatch.setattr(compiling, "_ROWS", 4)
    folder = checkpoints.llama(tmp_path / "llama")
    model = {"name": "m", "family": "llm", "path": str(folder), "prompt": "{text}", "stop": ["q"]}
    settings = {"kind": "transformers", "max_new_tokens": 12, "threads": 1}
    sources = [line[:80] for line in checkpoints.lines("fr")[:10]]
    slow = registry.build("engine", settings, model=model, src="fr", tgt="pl")
    fast = registry.build("engine", {**settings, "compile": True}, model=model, src="fr", tgt="pl")
    assert fast.identity["compile"] is True and "compile" not in slow.identity
    before = counters["stats"]["unique_graphs"]
    found = translate(fast, sources, tmp_path / "a")
    assert found == translate(slow, sources, tmp_path / "b")
    assert counters["stats"]["unique_graphs"] == before + 1, "batches of 4, 4 and 2 in one width"


def test_compiling_is_refused_where_it_cannot_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, marian = checkpoints.llama(tmp_path / "llama"), checkpoints.marian(tmp_path / "marian")

    def build(path: Path, family: str = "llm", **options: Any) -> Any:
        model = {"name": "m", "family": family, "path": str(path), "prompt": "{text}"}
        config = {"kind": "transformers", "compile": True, **options}
        return registry.build("engine", config, model=model, src="fr", tgt="pl")

    with pytest.raises(ConfigError, match="is for language models"):
        build(marian, "marian")
    with pytest.raises(ConfigError, match="is for one beam"):
        build(folder, beams=2)
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="needs a C\\+\\+ compiler"):
        build(folder)
