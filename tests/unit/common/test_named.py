"""A configuration by its name means the same to `align` and `clean` as to `run`."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness
from harness.cli.main import main
from harness.common.named import named
from harness.config.schema import compose
from harness.errors import ConfigError

FILES = {
    "mine": "kind: gale-church\nvariance: 3.0",
    "auto": "kind: gale-church",  # the name of a shipped one
    "child": "defaults: [comparable, _self_]\nthreshold: 1e-1\nmargin: ${.threshold}",
    "implicit": "defaults: [comparable]\nthreshold: 0.4",
    "self_first": "defaults: [_self_, comparable]\nthreshold: 0.4",
    "two": "defaults: [child, mine]",
    "nested": "defaults: [inner]\nkind: auto\nwords: {a: 1}",
    "inner": "kind: auto\nwords: {a: 0, b: 2}",
    "from_outside": "kind: gale-church\nvariance: ${oc.env:VARIANCE}",
}
REFUSED = {
    "loop": ("defaults: [again]\nkind: auto", "loop.yaml: its defaults list leads back to the file itself"),
    "again": ("defaults: [loop]\nkind: auto", "leads back"),
    "other_group": ("defaults: [{/encoder: use}]\nkind: auto", "names in the group 'aligner'"),
    "one_name": ("defaults: auto", "must be a list of names"),
    "unknown": ("defaults: [atuo]\nkind: auto", "no aligner named 'atuo'. Did you mean 'auto'?"),
    "no_value": ("kind: gale-church\nvariance: ???", "no_value.yaml: a value cannot be determined"),
    "no_key": ("kind: gale-church\nvariance: ${pair.src}", "'pair.src' not found"),
    "circle": ("kind: gale-church\nvariance: ${.variance}", "circle.yaml: a value cannot be determined"),
    "no_yaml": ("kind: auto\nshare: }", "no_yaml.yaml:2: not valid YAML"),
    "a_list": ("- auto", "a_list.yaml: a config must be a mapping"),
    "deep": ("kind: " + "[" * 5000, "deep.yaml: lists or mappings nested too deeply"),
    "kindless": ("variance: 2", "kindless.yaml: the config has no 'kind'"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "aligner").mkdir()
    for name, text in FILES.items():
        (tmp_path / "aligner" / f"{name}.yaml").write_text(text + "\n")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_run_composes(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARIANCE", "4.5")
    assert named("aligner", name, [folder]) == compose([f"aligner={name}"], folder).aligner


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_one_line(name: str, folder: Path) -> None:
    for other, (text, _) in REFUSED.items():
        (folder / "aligner" / f"{other}.yaml").write_text(text + "\n")
    with pytest.raises(ConfigError) as caught:
        named("aligner", name, [folder])
    assert REFUSED[name][1] in str(caught.value) and "\n" not in str(caught.value)


def test_an_earlier_folder_wins(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    second = tmp_path_factory.mktemp("second")
    (second / "aligner").mkdir()
    (second / "aligner" / "mine.yaml").write_text("kind: vecalign\n")
    assert named("aligner", "mine", [folder, second])["kind"] == "gale-church"
    assert named("aligner", "mine", [second, folder])["kind"] == "vecalign"


def test_align_and_clean_find_a_name_in_the_folder_of_the_user(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "clean").mkdir()
    (folder / "clean" / "mine.yaml").write_text("kind: none\n")
    (folder / "a.txt").write_text("Le chat dort.\nM. Toka?ev parle du c?té.\n")
    (folder / "b.txt").write_text("Kot śpi.\nPan mówi.\n")
    texts = [str(folder / "a.txt"), str(folder / "b.txt")]
    mine = ["--config-dir", str(folder), "--clean", "mine"]
    out = folder / "out.jsonl"
    words = ["--src", "fr", "--tgt", "pl", "--aligner", "mine", "-o", str(out)]
    assert main(["align", *texts, *words, *mine]) == 0
    assert '"confidence": null' in out.read_text()  # gale-church has none, the default aligner has
    for option in ("--clean", "--cleaner"):
        capsys.readouterr()
        assert main(["clean", texts[0], "--lang", "fr", *mine[:2], option, "mine"]) == 0
        assert "edits: none" in capsys.readouterr().out


def test_an_aligner_that_takes_no_encoder_needs_none() -> None:
    beads = harness.align(["Le chat dort."], ["Kot śpi."], aligner="gale-church", encoder="nowhere")
    assert [bead.shape for bead in beads] == ["1-1"]
