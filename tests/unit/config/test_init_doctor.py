"""A folder of one's own (`init`) and the check of machine and configuration (`doctor`)."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.config.schema import bleu_tokenizer
from harness.config.user_folder import config_dirs, make_importable
from tests.support.loopback_servers import serving


@pytest.fixture(autouse=True)
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)


MINE = ["--config-dir", "mine", "pair=de-cs", "data=my_news", "model=my_model"]


def test_a_new_folder_is_a_configuration_that_can_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "mine"]) == 0
    assert main(["doctor", *MINE, "metrics=[chrf,word_recall]"]) == 0
    out, err = capsys.readouterr()
    assert "German (de) → Czech (cs)" in out and "my_parts:Glossary" in out
    assert "begins with 'Der Zug nach Prag" in out and "metric word_recall" in out
    assert "this configuration can run" in err


def test_list_shows_the_options_of_a_folder_beside_the_shipped_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["init", "mine"])
    assert main(["list", "data", "--config-dir", "mine"]) == 0
    assert main(["list", "models", "--config-dir", "mine", "--pair", "de-cs"]) == 0
    assert main(["list", "experiments"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"my_news +Two files of one sentence a line\.", out) and "ntrex " in out
    assert "my_model " in out and "opus-mt " in out
    assert "@package" not in out


def test_init_overwrites_only_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "mine"]) == 0
    Path("mine/my_parts.py").write_text("mine = 1\n")
    assert main(["init", "mine"]) == 2
    assert "already exists; name another folder, or overwrite it with --force" in capsys.readouterr().err
    assert Path("mine/my_parts.py").read_text() == "mine = 1\n"
    assert main(["init", "mine", "--force"]) == 0
    assert "class Glossary" in Path("mine/my_parts.py").read_text()
    Path("file").write_text("")
    assert main(["init", "file"]) == 2


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["model=my_modle"], "no model named 'my_modle'. Did you mean 'my_model'?"),
        (["engine.lowercaes=true"], "Did you mean 'engine.lowercase'?"),
        (["pair.tgt=czehc"], "no language with the code 'czehc'"),
        (["data.src=nowhere.de"], "nowhere.de: no such file"),
        (["engine.kind=my_parts:Glosary"], "no class 'Glosary'. Did you mean 'Glossary'?"),
        (["engine.kind=my_prats:Glossary"], "no module named 'my_prats' on the Python path"),
        (["+engine.extra=1"], "engine 'my_parts:Glossary' has no option 'extra'"),
        (["data=documents"], "data=documents needs data.src"),
    ],
)
def test_doctor_says_in_one_line_why_a_configuration_cannot_run(
    overrides: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", "mine"])
    capsys.readouterr()
    assert main(["doctor", *MINE, *overrides]) == 2
    err = capsys.readouterr().err
    assert message in err and len(err.splitlines()) == 1


def test_doctor_reports_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--offline"]) == 0
    out = capsys.readouterr().out
    for line in ("mt-harness", "sacrebleu", "torch threads", "models and data of the hub", "pysbd"):
        assert f"  {line} " in out
    assert "not tried" in out


def test_doctor_says_whether_the_hub_answers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr("harness.cli.verbs.doctor._TIMEOUT", 900.0)
    with serving({"/": b"hello"}) as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        main(["doctor"])
        assert "yes, in " in capsys.readouterr().out
        served.files.clear()
        main(["doctor"])
        assert "yes, in " in capsys.readouterr().out, "even a 404 is an answer"
    main(["doctor"])
    assert "no (" in capsys.readouterr().out


def test_the_extras_of_a_checkout_are_those_of_pyproject() -> None:
    from harness.cli.verbs.doctor import extras

    assert extras()["pysbd"] == ["pysbd"] and "dev" not in extras()


def test_the_folder_of_config_dir_is_importable(tmp_path: Path) -> None:
    assert config_dirs(["a", "--config-dir", "x", "b"]) == [Path("x")]
    assert config_dirs(["--config-dir=y"]) == [Path("y")] == config_dirs(["-cd", "y"])
    make_importable(tmp_path / "x")
    make_importable(tmp_path / "x")
    place = str((tmp_path / "x").resolve())
    assert sys.path.count(place) == 1 and os.environ["PYTHONPATH"] == place


def test_pairs_by_any_code_and_with_defaults_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine/pair").mkdir(parents=True)
    Path("mine/pair/fr-ja.yaml").write_text(
        "defaults:\n  - override /splitter@_global_.splitter: line\n"
        "  - override /metrics@_global_.metrics: [chrf]\n  - _self_\n"
        "src: fr\ntgt: ja\nbleu_tokenize: char\n"
    )
    Path("a.fr").write_text("Bonjour.\n")
    Path("a.ja").write_text("こんにちは。\n")
    files = ["data=bitext", "data.src=a.fr", "data.tgt=a.ja", "model=copy"]
    assert main(["doctor", "--config-dir", "mine", "pair=fr-ja", *files]) == 0
    out = capsys.readouterr().out
    assert "line" in out and "metric chrf " in out and "metric bleu" not in out
    assert main(["doctor", "--config-dir", "mine", "pair=fr-ja", *files, "metrics=bleu"]) == 0
    assert "tok:char" in capsys.readouterr().out
    for codes in (["pair.src=fra", "pair.tgt=jpn"], ["pair.src=fra_Latn", "pair.tgt=ja-Jpan"]):
        assert main(["doctor", *codes, *files, "metrics=chrf"]) == 0
        assert "French (fr" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tgt", "tokenizer"),
    [("zh", "zh"), ("zho", "zh"), ("zh-Hant", "zh"), ("cmn_Hans", "zh"), ("yue", "zh"), ("pl", "13a"),
     ("th", "13a"), ("ja", "ja-mecab"), ("jpn_Jpan", "ja-mecab"), ("ko", "ko-mecab"), ("kor", "ko-mecab"),
     ("zz", "13a")],
)  # fmt: skip
def test_the_tokenizer_of_a_target_in_any_code(tgt: str, tokenizer: str) -> None:
    assert bleu_tokenizer("auto", tgt) == tokenizer
    assert bleu_tokenizer("intl", tgt) == "intl"


@pytest.mark.parametrize("own", ["zh", "ja-mecab", "ko-mecab"])
@pytest.mark.parametrize("installed", [True, False])
def test_a_pair_with_its_own_tokenizer(
    own: str, installed: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = {"zh": None, "ja-mecab": "MeCab", "ko-mecab": "mecab_ko"}[own]
    if package and installed:
        pytest.importorskip(package)
    elif package:
        monkeypatch.setitem(sys.modules, package, None)
        for name in [name for name in sys.modules if name.startswith("sacrebleu.tokenizers.")]:
            monkeypatch.delitem(sys.modules, name)
    Path("mine/pair").mkdir(parents=True)
    Path("mine/pair/own.yaml").write_text(
        "defaults:\n  - override /metrics@_global_.metrics: [bleu]\n  - _self_\n"
        f"src: fr\ntgt: pl\nbleu_tokenize: {own}\n"
    )
    Path("a").write_text("你好世界\n")
    data = ["data=bitext", "data.src=a", "data.tgt=a", "model=reference", "bootstrap.samples=20"]
    code = main(["run", "--config-dir", "mine", "pair=own", *data])
    err = capsys.readouterr().err
    if package and not installed:
        (line,) = [line for line in err.splitlines() if line.startswith("harness run: ")]
        assert code == 2 and f"tokenize={own} cannot be loaded" in line
        assert line.endswith(f"Install it with: pip install 'sacrebleu[{own[:2]}]'")
        return
    assert code == 0, err
    (record,) = Path("results/runs").glob("*/record.json")
    assert f"|tok:{own}" in json.loads(record.read_text())["scores"][0]["signature"]
