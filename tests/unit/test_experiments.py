"""Every experiment has its question, its command and a configuration that composes."""

from pathlib import Path

import pytest
import yaml

from harness import registry
from harness.config import compose
from tests.running import ROOT

CONFIGS = sorted((ROOT / "conf" / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_an_experiment_composes_and_is_written_up(config: Path) -> None:
    composed = compose([f"experiments={config.stem}"])
    assert composed.data["kind"] in config.read_text()
    command = f"python -m harness run -m experiments={config.stem}"
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "experiments").glob("*/README.md")]
    (readme,) = [
        text for text in texts if any(line.split(" results=")[0] == command for line in text.splitlines())
    ]
    assert "## Finding (20" in readme, "a finding has its date"


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_combination_of_an_experiment_can_be_run(config: Path) -> None:
    """A model in the sweep of a pair that it does not know would fail every time."""
    swept = yaml.safe_load(config.read_text(encoding="utf-8"))["hydra"]["sweeper"]["params"]
    for pair in swept.get("pair", "fr-pl").split(","):
        for model in swept.get("model", "gloss").split(","):
            composed = compose([f"experiments={config.stem}", f"pair={pair}", f"model={model}"])
            engine = registry.build(
                "engine", composed.engine, model=composed.model, src=composed.pair.src, tgt=composed.pair.tgt
            )
            assert engine.identity


def test_an_experiment_yields_to_the_command_line() -> None:
    composed = compose(["experiments=ntrex_fr_pl", "data.sample=7", "pair=de-fr"])
    assert (composed.data["kind"], composed.data["sample"], composed.pair.src) == ("ntrex", 7, "de")
