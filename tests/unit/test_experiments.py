"""Every experiment has its question, its command and a configuration that composes."""

from pathlib import Path

import pytest

from harness.config import compose
from tests.running import ROOT

CONFIGS = sorted((ROOT / "conf" / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_an_experiment_composes_and_is_written_up(config: Path) -> None:
    composed = compose([f"experiments={config.stem}"])
    assert composed.data["kind"] in config.read_text()
    readme = (ROOT / "experiments" / config.stem / "README.md").read_text(encoding="utf-8")
    assert f"python -m harness run -m experiments={config.stem}" in readme
    assert "## Finding (20" in readme, "a finding has its date"


def test_an_experiment_yields_to_the_command_line() -> None:
    composed = compose(["experiments=ntrex_fr_pl", "data.sample=7", "pair=de-fr"])
    assert (composed.data["kind"], composed.data["sample"], composed.pair.src) == ("ntrex", 7, "de")
