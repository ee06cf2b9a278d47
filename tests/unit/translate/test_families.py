"""Every family is told the pair as its models expect it, and refuses what they cannot do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.common.langs import language
from harness.errors import ConfigError
from harness.translate.checkpoints.catalogue import models_table
from harness.translate.checkpoints.families import FAMILIES, Recipe
from harness.translate.checkpoints.supported import M2M100, MADLAD, MBART50, NLLB
from harness.translate.prompts import Prompt


def recipe(family: str, src: str, tgt: str, folder: Path | None = None) -> Recipe:
    return FAMILIES[family].recipe(family, language(src), language(tgt), folder)


def test_codes_of_each_family() -> None:
    assert recipe("nllb", "fr", "pl") == Recipe(source_code="fra_Latn", target_token="pol_Latn")
    assert recipe("m2m100", "fr", "pl") == Recipe(source_code="fr", target_token="__pl__")
    assert recipe("mbart50", "fr", "pl") == Recipe(source_code="fr_XX", target_token="pl_PL")
    assert recipe("madlad", "fr", "pl") == Recipe(prefix="<2pl> ")
    assert recipe("marian", "fr", "pl") == Recipe()


@pytest.mark.parametrize(
    ("code", "flores"),
    [
     ("zh", "zho_Hans"), ("zh-TW", "zho_Hant"), ("ar", "arb_Arab"),
     ("sr", "srp_Cyrl"), ("no", "nob_Latn"), ("nb", "nob_Latn"), ("fa", "pes_Arab"), ("lv", "lvs_Latn"),
     ("et", "est_Latn"), ("sw", "swh_Latn"), ("uz", "uzn_Latn"), ("ms", "zsm_Latn"), ("mn", "khk_Cyrl"),
     ("az", "azj_Latn"), ("sq", "als_Latn"), ("pl", "pol_Latn"), ("pol_Latn", "pol_Latn"),
     ("ku", "kmr_Latn"), ("tl", "tgl_Latn"), ("fil", "tgl_Latn"), ("ckb", "ckb_Arab"),
     ("ti", "tir_Ethi"), ("tt", "tat_Cyrl"), ("ks-Deva", "kas_Deva"), ("yue", "yue_Hant"),
     ("ta", "tam_Taml"), ("or", "ory_Orya"), ("ps", "pbt_Arab"), ("he", "heb_Hebr"), ("iw", "heb_Hebr"),
     ("ja", "jpn_Jpan"), ("ko", "kor_Hang"), ("tw", "twi_Latn"), ("ak", "aka_Latn"),
     ("dik", "dik_Latn"), ("bho", "bho_Deva"), ("mni", "mni_Beng"), ("ff", "fuv_Latn"),
     ("kr", "knc_Latn"), ("din", "dik_Latn"), ("taq-Tfng", "taq_Tfng"), ("min", "min_Latn"),
     ("bm", "bam_Latn"), ("sc", "srd_Latn"),
    ],
)  # fmt: skip
def test_flores_codes(code: str, flores: str) -> None:
    assert language(code).flores == flores
    assert flores in NLLB


def test_every_flores_code_is_understood_as_itself() -> None:
    lost = {code: language(code).flores for code in NLLB if language(code).flores != code}
    assert lost == {}


def test_every_code_of_the_other_families_is_a_language() -> None:
    for code in [*M2M100, *MADLAD, *(code.split("_")[0] for code in MBART50)]:
        if code not in ("ns",):
            assert language(code).name


def test_unsupported_language_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"cannot translate into Upper Sorbian.*Nearest it supports: .*cs"):
        recipe("mbart50", "fr", "hsb")


def marian_folder(folder: Path, *tokens: str, target: str = "") -> Path:
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(["</s>", *tokens])}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "fr", "target_lang": target}))
    return folder


def test_multi_target_vocabulary_asks_for_its_token(tmp_path: Path) -> None:
    folder = marian_folder(tmp_path, ">>pol<<", ">>srp_Cyrl<<", ">>ces<<", target="sla")
    assert recipe("marian", "fr", "pl", folder).prefix == ">>pol<< "
    assert recipe("marian", "fr", "sr", folder).prefix == ">>srp_Cyrl<< "
    with pytest.raises(ConfigError, match=r"into Slovak.*Nearest it supports: ces"):
        recipe("marian", "fr", "sk", folder)


def test_bilingual_checkpoint_of_another_pair_is_refused(tmp_path: Path) -> None:
    folder = marian_folder(tmp_path, "a", target="pl")
    assert recipe("marian", "fr", "pl", folder) == Recipe()
    with pytest.raises(ConfigError, match=r"cannot translate into German \(de\)\. Nearest it supports: pl"):
        recipe("marian", "fr", "de", folder)


def test_prompt_fills_languages_and_leaves_braces_of_the_text_alone() -> None:
    model = {
        "name": "m",
        "family": "llm",
        "prompt": "{source_language}->{tgt}: {text}",
        "system": "Into {target_language}.",
    }
    prompt = Prompt.of(model, language("fr"), language("pl"))
    assert prompt.messages("a {src} b") == [
        {"role": "system", "content": "Into Polish."},
        {"role": "user", "content": "French->pl: a {src} b"},
    ]
    with pytest.raises(ConfigError, match="its prompt has no {text}"):
        Prompt.of({**model, "prompt": "Translate!"}, language("fr"), language("pl"))


def test_translategemma_takes_codes() -> None:
    model = {"name": "tg", "family": "translategemma"}
    (message,) = Prompt.of(model, language("fr"), language("pl")).messages("Bonjour")
    assert message["content"][0]["source_lang_code"] == "fr"
    assert message["content"][0]["target_lang_code"] == "pl"


def test_models_table_says_what_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    rows = {row.name: row for row in models_table("fr-pl")}
    assert rows["copy"].offline is True
    assert rows["opus-mt"].id == "Helsinki-NLP/opus-mt-fr-pl"
    assert rows["opus-mt"].offline is False
    assert rows["opus-mt"].fits is True  # in the shipped list
    english = {row.name: row for row in models_table("en-pl")}["opus-mt"]
    assert english.fits is None and english.reason == "not in the hub's list of 2021"
    assert rows["openai"].offline is None
    snapshot = tmp_path / "models--Helsinki-NLP--opus-mt-fr-pl" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("abc")
    for name in ("config.json", "model.safetensors", "vocab.json", "source.spm"):
        (snapshot / name).write_text("{}")
    assert {row.name: row for row in models_table("fr-pl")}["opus-mt"].offline is False
    (snapshot / "target.spm").write_text("")
    assert {row.name: row for row in models_table("fr-pl")}["opus-mt"].offline is True
    assert {row.name: row for row in models_table("fr-pl")}["opus-mt"].fits is True
    unfit = {row.name: row for row in models_table("fr-hsb")}
    assert unfit["m2m100-418m"].fits is False
    assert "Upper Sorbian" in str(unfit["m2m100-418m"].reason)
    assert unfit["opus-mt-big-sla"].fits
    for name, fits in {
        "nllb-600m": True,
        "eurollm-22b": True,
        "qwen": None,
        "openai": None,
        "copy": True,
    }.items():
        assert rows[name].fits is fits, name
    assert rows["qwen"].reason == "its languages are on its card"
    assert models_table("lkt-pl")[-1].fits is False
    lakota = {row.name: row for row in models_table("lkt-pl")}
    assert lakota["madlad-3b"].fits is None, "MADLAD is not told the source language: its list has to say"
    with pytest.raises(ConfigError, match="two language codes"):
        models_table("frpl")
