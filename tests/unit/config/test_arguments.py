"""Arguments that Hydra's grammar cannot read are read as what they plainly say."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.config.arguments import readable, typed_words
from harness.config.schema import compose


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("data.delimiter=;", ";"),
        ("data.delimiter=,", ","),
        ("data.delimiter=\\t", "\t"),
        ('data.delimiter="\\t"', "\t"),
        ("data.delimiter=\t", "\t"),
        ("data.delimiter=|", "|"),
        ("data.source={src}", "{src}"),
        ("data.source=text_{src}", "text_{src}"),
        ("data.target=[{tgt},other]", ["{tgt}", "other"]),
        ("data.target='{tgt}'", "{tgt}"),
        ("data.name=it's", "it's"),
        ("data.name=żółć", "żółć"),
    ],
)
def test_a_value_reaches_the_loader_as_it_was_typed(word: str, expected: object) -> None:
    key = word.partition("=")[0].removeprefix("data.")
    assert compose(["data=tsv", word]).data[key] == expected


def test_a_gold_file_is_named_as_people_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    for spelled in ("gold.path=a b.jsonl", "+gold.path=a b.jsonl", "aligner.path=a b.jsonl"):
        assert compose(["aligner=gold", spelled]).aligner == {"kind": "gold", "path": "a b.jsonl"}
    assert main(["run", "gold.path=a.jsonl"]) == 2
    assert "It is an option of aligner=gold" in capsys.readouterr().err


def test_judges_by_the_names_of_their_papers(tmp_path: Path) -> None:
    words = ["metrics=[bleu,gemba-mqm,gemba-esa]", "metrics.gemba-mqm.model.id=j", "pair=fr-pl"]
    found = compose(words).metrics
    assert list(found) == ["bleu", "gemba_mqm", "gemba_esa"] and found["gemba_mqm"]["model"]["id"] == "j"
    assert readable(["metrics=my-gemba-mqm", "tag=gemba-mqm"]) == ["metrics=my-gemba-mqm", "tag=gemba-mqm"]
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "gemba-mqm.yaml").write_text("gemba-mqm: {kind: bleu}\n")
    assert readable(["metrics=gemba-mqm"], [tmp_path]) == ["metrics=gemba-mqm"], "one of the user's own"


def test_line_breaks_in_what_a_model_is_told() -> None:
    config = compose(["model=llm", "model.prompt=Translate:\\n{text}", 'model.stop=["\\n","###"]'])
    assert config.model["prompt"] == "Translate:\n{text}"
    assert config.model["stop"] == ["\n", "###"]
    assert compose(["model=command", "engine.command=sed s/\\t/x/"]).engine["command"] == "sed s/\\t/x/"


def test_a_delimiter_on_the_command_line_reads_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("fr;pl\nBonjour;Dzień dobry\n")
    words = ["data=tsv", "data.path=a.csv", "data.delimiter=;", "data.source={src}", "data.target={tgt}"]
    assert main(["run", *words, "model=copy", "metrics=chrf", "bootstrap.samples=2"]) == 0


def test_what_stays_unreadable_is_named_with_its_quoting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "model=copy", "data.name=\"a'b"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot read the argument" in line and "data.name" in line and "model=copy" not in line
    assert main(["run", "model=copy,tiny"]) == 2
    assert "'model=copy,tiny' names several values: add -m" in capsys.readouterr().err


def test_sweeps_and_flags_are_left_alone() -> None:
    words = ["-m", "--config-dir=x", "model=copy,tiny", "tag=7", "+model.new=1", "~data.seed"]
    assert readable(words) == words
    assert typed_words(readable(["model.stop=[a]", "metrics.bleu.lowercase=no,yes"])) == (
        "model.stop=[a] metrics.bleu.lowercase=no,yes"
    )
