"""Every shipped YAML composes as `GROUP=OPTION`, and every model brings the engine it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.schema import compose
from tests.support.program import ROOT

CONF = ROOT / "conf"
ELSEWHERE = ("hydra", "experiments")
OPTIONS = sorted(p.relative_to(CONF) for p in CONF.glob("*/*.yaml") if p.parent.name not in ELSEWHERE)
SERVICES = ("anthropic", "azure", "deepl", "gemini", "google", "google-v3")
OWN_ENGINE = {"apertium": "command", "argos": "ctranslate2", **dict.fromkeys(SERVICES, "rest")} | {
    name: name for name in ("command", "copy", "file", "firefox", "gloss", "mqm", "openai", "reference")
}


@pytest.mark.parametrize("option", OPTIONS, ids=str)
def test_every_option_composes(option: Path) -> None:
    config = compose([f"{option.parent.name}={option.stem}"])
    if option.parent.name == "model":
        assert config.model["name"] == option.stem
        assert config.engine["kind"] == OWN_ENGINE.get(option.stem, "transformers")


def test_a_model_of_another_engine_on_the_command_line() -> None:
    assert compose(["model=tiny", "engine=ctranslate2"]).engine["kind"] == "ctranslate2"
