"""Generation settings: a checkpoint's own are in force, shown and replaceable; greedy is greedy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"), end_bias=0.0)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.llama(tmp_path_factory.mktemp("llama"))


def tuned(folder: Path, to: Path, **settings: Any) -> Path:
    """A copy of a checkpoint whose generation settings have these too."""
    copied = Path(shutil.copytree(folder, to))
    path = copied / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    return copied


def build(folder: Path, kind: str = "transformers", **options: Any) -> Any:
    model = {"name": "opus-mt", "family": "marian", "path": str(folder)}
    settings = {"kind": kind, "beams": 1, "max_new_tokens": 24, "threads": 1, **options}
    return registry.build("engine", settings, model=model, src="fr", tgt="pl")


def outputs(engine: Any, cache: Path) -> list[str]:
    return [t.hypothesis for t in translate(engine, checkpoints.lines("fr")[:6], cache)]


def test_a_checkpoints_settings_are_in_force_and_an_option_replaces_them(
    marian: Path, tmp_path: Path
) -> None:
    own = tuned(marian, tmp_path / "own", no_repeat_ngram_size=1)
    plain, kept = build(marian), build(own)
    assert kept.settings["no_repeat_ngram_size"] == "1 (the checkpoint's)"
    assert "no_repeat_ngram_size" not in plain.settings
    assert outputs(kept, tmp_path / "a") != outputs(plain, tmp_path / "b")
    off = build(own, no_repeat_ngram_size=0)
    assert outputs(off, tmp_path / "c") == outputs(plain, tmp_path / "b")
    ours = build(marian, no_repeat_ngram_size=1)
    assert ours.settings["no_repeat_ngram_size"] == 1
    assert outputs(ours, tmp_path / "d") == outputs(kept, tmp_path / "a")


def test_identities_of_runs_without_these_options_are_as_before(marian: Path, tmp_path: Path) -> None:
    own = tuned(marian, tmp_path / "own", repetition_penalty=1.3)
    for folder in (marian, own):
        assert build(folder).identity["decoding"] == {"beams": 1, "max_new_tokens": 24}
    changed = build(own, repetition_penalty=1.0)
    assert changed.identity["decoding"] == {"beams": 1, "max_new_tokens": 24, "repetition_penalty": 1.0}


def test_greedy_is_greedy_whatever_algorithm_the_checkpoint_asks_for(marian: Path, tmp_path: Path) -> None:
    odd = tuned(
        marian, tmp_path / "odd", do_sample=True, temperature=3.0, num_return_sequences=2, penalty_alpha=0.6,
        num_beams=4, return_dict_in_generate=True,
    )  # fmt: skip
    assert outputs(build(odd), tmp_path / "a") == outputs(build(marian), tmp_path / "b")


def test_ctranslate2_takes_the_same_settings(marian: Path, tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2")
    own = tuned(marian, tmp_path / "own", no_repeat_ngram_size=2)
    options = {"compute": "float32", "cache": str(tmp_path / "models")}
    fast = build(own, "ctranslate2", **options)
    assert fast.identity["decoding"]["no_repeat_ngram_size"] == 2
    assert outputs(fast, tmp_path / "a") == outputs(build(own), tmp_path / "b")
    assert outputs(build(own, "ctranslate2", no_repeat_ngram_size=0, **options), tmp_path / "c") == outputs(
        build(marian), tmp_path / "d"
    )


def test_min_length_counts_the_tokens_of_the_output(tmp_path: Path) -> None:
    short = checkpoints.marian(tmp_path / "short", end_bias=30.0)
    engine = build(short, min_length=7)
    found = translate(engine, ["Bonjour.", "Merci."], tmp_path / "cache")
    assert [t.n_tokens for t in found] == [7, 7]


def test_a_language_models_stop_strings_end_its_outputs(llama: Path, tmp_path: Path) -> None:
    model = {"name": "llm", "family": "llm", "prompt": "{text}", "stop": []}
    settings = {"kind": "transformers", "max_new_tokens": 20, "threads": 1}

    def answers(folder: Path, cache: str) -> list[str]:
        engine = registry.build("engine", settings, model={**model, "path": str(folder)}, src="fr", tgt="pl")
        return [t.hypothesis for t in translate(engine, ["Bonjour.", "Merci."], tmp_path / cache)]

    whole = answers(llama, "a")
    stop = whole[0].strip()[3:5]
    own = tuned(llama, tmp_path / "own", stop_strings=[stop])
    assert answers(own, "b") == [text.split(stop, 1)[0].strip() for text in whole]
