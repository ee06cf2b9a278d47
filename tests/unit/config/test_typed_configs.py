"""What is written in a YAML or typed as KEY=VALUE is checked before anything runs, under its full key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.config.schema import RunConfig, compose, identifying
from harness.config.typed import typed
from harness.errors import ConfigError
from tests.support.program import ROOT

FINISHED = ROOT / "tests" / "data" / "finished-run"
WORDS = ["data=bitext", "data.src=a.fr", "data.tgt=a.pl", "model=copy", "metrics=[bleu,chrf]",
         "bootstrap.samples=20"]  # fmt: skip


@pytest.fixture(autouse=True)
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.fr", "a.pl"):
        shutil.copy(FINISHED / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of(*words: str, config_dir: Path | None = None) -> RunConfig:
    return typed(compose([*WORDS, *words], config_dir))


@pytest.mark.parametrize("word", ["no", "off", "'false'", "False", "0"])
def test_every_way_of_writing_false_is_false_and_the_same_run(word: str) -> None:
    assert of(f"metrics.bleu.lowercase={word}") == of()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["metrics.bleu.lowercase=maybe"], "metrics.bleu.lowercase=maybe: needs true or false"),
        (["metrics=ter", "metrics.ter.case_sensitive=si"],
         "metrics.ter.case_sensitive=si: needs true or false"),
        (["metrics.bleu.effective_order=2"], "metrics.bleu.effective_order=2: needs true or false"),
        (["data=tsv", "data.path=a.fr", "data.header=maybe"], "data.header=maybe: needs true or false"),
        (["metrics.bleu.max_ngram_order=-1"],
         "metrics.bleu.max_ngram_order=-1: needs a whole number of at least 1"),
        (["metrics.bleu.max_ngram_order=0"],
         "metrics.bleu.max_ngram_order=0: needs a whole number of at least 1"),
        (["metrics.chrf.word_order=-2"], "metrics.chrf.word_order=-2: needs a whole number of at least 0"),
        (["metrics.bleu.tokenize=null"], "metrics.bleu.tokenize=null: needs one of 13a, "),
        (["metrics=semsim", "metrics.semsim.encoder.threads=0"],
         "metrics.semsim.encoder.threads=0: needs a whole number of at least 1"),
        (["bootstrap.samples=0"], "bootstrap.samples=0: needs a whole number of at least 1"),
        (["bootstrap.samples=many"], "bootstrap.samples=many: needs a whole number of at least 1"),
        (["bootstrap.level=1.5"], "bootstrap.level=1.5: needs a number above 0 and below 1"),
        (["bootstrap.seed=-1"], "bootstrap.seed=-1: needs a whole number of at least 0"),
        (["bootstrap.seed=null"], "bootstrap.seed=null: needs a whole number of at least 0"),
        (["limit=few"], "limit=few: needs a whole number of at least 1, or null"),
        (["data.sample=0"], "data.sample=0: needs a whole number of at least 1, or null"),
        (["clean.keep_out=[titel]"], "Did you mean 'title'?"),
        (["model.systm=x"], "no key 'model.systm'. Did you mean 'model.system'?"),
        (["+model.systm=x"], "model.systm: a model has no option 'systm'. Did you mean 'system'?"),
        (["model.pickle=maybe"], "model.pickle=maybe: needs true or false, or null"),
        (["model.path=x"], "model.path=x: engine 'copy' does not read it. For a checkpoint choose its model"),
        (["model=file", "model.path=x"], "engine 'file' does not read it. Did you mean 'engine.path'?"),
        (["model=openai", "model.base_url=x"], "no key 'model.base_url'. Did you mean 'engine.base_url'?"),
        (["engine.prompt=x"], "no key 'engine.prompt'. Did you mean 'model.prompt'?"),
        (["data.limit=3"], "no key 'data.limit'. Did you mean 'limit'?"),
        (["metric.bleu.lowercase=no"],
         "no key 'metric.bleu.lowercase'. Did you mean 'metrics.bleu.lowercase'?"),
        (["bootstrp.seed=1"], "no key 'bootstrp.seed'. Did you mean 'bootstrap.seed'?"),
        (["engine.beams=2"], "engine.beams: engine 'copy' has no option 'beams'."),
        (["model.pairs=[pl-fr]"], "model 'copy' translates only pl-fr, not fr-pl."),
        (["model.pairs=[french]"], "model.pairs: 'french' is not a pair"),
        (["+metrics.own=bleu"], "metrics.own=bleu: needs a mapping"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["run", "doctor"])
def test_one_line_with_the_full_key(
    verb: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, *WORDS, *words]) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith(f"harness {verb}: ") and told in line


@pytest.mark.parametrize(
    ("key", "value", "model"),
    [
        ("model.sentence_level", "false", "nllb-600m"),
        ("model.pickle", "true", "opus-mt-big-mul"),
        ("model.stop", "[END]", "translategemma"),
        ("model.chat_template_kwargs.enable_thinking", "false", "hy-mt"),
        ("model.path", "folder", "tiny"),
        ("model.max_input_tokens", "100", "hy-mt"),
        ("engine.extra.top_k", "5", "openai"),
    ],
)
def test_a_key_that_a_yaml_leaves_out_needs_no_plus(key: str, value: str, model: str) -> None:
    group, name, *_ = key.split(".")
    assert name in getattr(of(f"model={model}", f"{key}={value}"), group)
    assert not {"sentence_level", "chat_template_kwargs"} & of(f"model={model}").model.keys()


def test_a_typo_in_a_yaml_of_ones_own_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine" / "model").mkdir(parents=True)
    own = tmp_path / "mine" / "model" / "own.yaml"
    begin = "defaults:\n  - override /engine@_global_.engine: copy\n  - _self_\nname: own\n"
    for typo, meant in (("systm", "system"), ("promt", "prompt"), ("stopp", "stop")):
        own.write_text(f"{begin}{typo}: x\n")
        assert main(["doctor", "--config-dir", "mine", *WORDS, "model=own"]) == 2
        assert f"Did you mean '{meant}'?" in capsys.readouterr().err
    own.write_text(f"{begin}size: 2 GB\npath: null\n")
    assert main(["doctor", "--config-dir", "mine", *WORDS, "model=own"]) == 0


def test_a_class_of_ones_own_names_the_model_keys_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_engine.py").write_text(
        "from typing import Annotated\nfrom harness.common.limits import Reads\nclass E:\n"
        "    def __init__(self, model: Annotated[dict, Reads(('voice', 'path'))], src: str, tgt: str): ...\n"
        "    def translate(self, sources): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    config = of("engine.kind=own_engine:E", "+model.voice=low", "model.path=x")
    assert (config.model["voice"], config.model["path"]) == ("low", "x")


def test_a_run_that_finished_before_options_were_typed_is_still_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record is of the version before: unset keys are no part of what a run is known by."""
    record = json.loads((FINISHED / "record.json").read_text())
    folder = tmp_path / "results" / "runs" / record["run_id"]
    folder.mkdir(parents=True)
    shutil.copy(FINISHED / "record.json", folder)
    monkeypatch.setattr("harness.encode.use.Use.identity", record["encoder"])
    assert main(["run", *WORDS]) == 0
    assert f"already run as {record['run_id']}" in capsys.readouterr().err
    assert main(["run", *WORDS, "metrics.bleu.lowercase=off"]) == 0
    assert f"already run as {record['run_id']}" in capsys.readouterr().err


def test_an_option_of_ones_own_class_that_the_yaml_leaves_out_and_a_class_that_is_not_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own_caps.py").write_text(
        "from harness.metrics.base import Mean\nclass Caps(Mean):\n    signature = 'caps'\n"
        "    def __init__(self, mode: str = 'keep', level: int = 1): ...\n"
        "    def statistics(self, sources, hypotheses, references): ...\n"
        "class Half(Mean):\n    def __init__(self): self.signature = 'half'\n"
        "    def statistics(self, sources, hypotheses, references): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine" / "metrics").mkdir(parents=True)
    (tmp_path / "mine" / "metrics" / "caps.yaml").write_text("caps:\n  kind: own_caps:Caps\n")
    (tmp_path / "mine" / "metrics" / "half.yaml").write_text("half:\n  kind: own_caps:Half\n")
    words = ["run", "--config-dir", "mine", *WORDS, "metrics=caps"]
    assert main([*words, "metrics.caps.mode=drop"]) == 2
    assert "add 'mode:' to the YAML, or write +metrics.caps.mode=…" in capsys.readouterr().err
    assert main([*words, "metrics.caps.mod=drop"]) == 2
    told = capsys.readouterr().err
    assert "Did you mean 'metrics.caps.mode'? Known in 'metrics.caps': level, mode. " in told
    assert main(["list", "metrics", "--options", "--config-dir", "mine"]) == 0
    listed = capsys.readouterr()
    assert "metrics.caps.mode" in listed.out and "metrics.bleu.lowercase" in listed.out
    assert "half.yaml: its options are left out" in listed.err and "needs a property" in listed.err


def test_the_options_of_a_group_are_listed_with_type_range_and_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "engines", "--options"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if "engine=openai engine.concurrency" in line]
    assert " a whole number of at least 1 " in line and " 4 " in line
    assert line.rstrip().endswith("requests under way at once")
    assert main(["list", "models", "--options"]) == 0
    assert "model.chat_template_kwargs" in capsys.readouterr().out
    assert main(["list", "pairs", "--options"]) == 2
    assert "has no classes with options" in capsys.readouterr().err
    (tmp_path / "mine" / "engine").mkdir(parents=True)
    (tmp_path / "mine" / "engine" / "bad.yaml").write_text("kind: [")
    assert main(["list", "engines", "--options", "--config-dir", "mine"]) == 2
    assert "bad.yaml:1: not valid YAML" in capsys.readouterr().err
    (tmp_path / "mine" / "model").mkdir()
    (tmp_path / "mine" / "model" / "deep.yaml").write_text("name: " + "[" * 5000)
    assert main(["list", "models", "--config-dir", "mine"]) == 2
    assert "deep.yaml: lists or mappings nested too deeply" in capsys.readouterr().err


@pytest.mark.parametrize(("word", "same"), [("engine.header=yes", True), ("engine.header=no", False)])
def test_an_option_that_is_younger_than_a_run_counts_only_where_it_is_used(word: str, same: bool) -> None:
    words = ("model=file", "engine.path=a.pl")
    assert (identifying(of(*words, word)) == identifying(of(*words))) is same
    assert identifying(of(*words))["engine"] == {"kind": "file", "path": "a.pl"}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("+foo=1", "no option 'foo'"),
        ("++limti=5", "Did you mean 'limit'"),
    ],
)
def test_what_nothing_reads_is_refused(word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        of(word)


def test_the_null_that_was_a_number_before_counts_as_that_number() -> None:
    former = identifying(of("model=opus-mt", "engine.batch_tokens=2048", "engine.batch_size=64"))
    assert identifying(of("model=opus-mt")) == former
    assert identifying(of("model=opus-mt", "engine.batch_tokens=100")) != former


def test_systems_of_one_file_are_a_sweep_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("outs.tsv").write_text("system\ttext\nx\ta\nx\tb\ny\tc\ny\td\n")
    words = ["model=file", "engine.path=outs.tsv", "engine.column=text", "engine.system=all"]
    assert main(["run", *(word for word in WORDS if word != "model=copy"), *words]) == 0
    assert "2 finished, 0 skipped, 0 failed" in capsys.readouterr().err
