"""Every experiment has its question, its command and a configuration that composes."""

import ast
import csv
import importlib
import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from harness import registry
from harness.cli.main import main
from harness.config.schema import compose
from tests.support.program import ROOT

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


def test_a_wrong_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "experiments=ntrex_fr_p"]) == 2
    assert "Did you mean 'ntrex_fr_pl'?" in capsys.readouterr().err


def test_an_experiment_yields_to_the_command_line() -> None:
    composed = compose(["experiments=ntrex_fr_pl", "data.sample=7", "pair=de-fr"])
    assert (composed.data["kind"], composed.data["sample"], composed.pair.src) == ("ntrex", 7, "de")


def test_a_stale_table_is_noticed() -> None:
    """What `make check-results` compares: numbers to 1e-6, text exactly, every row."""
    path = ROOT / "experiments" / "xi_tokayev_call" / "table.py"
    spec = importlib.util.spec_from_file_location("reference_table", path)
    assert spec and spec.loader
    table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    with table.TABLE.open(encoding="utf-8", newline="") as stream:
        committed = list(csv.DictReader(stream))
    assert len(committed) == sum(map(len, table.SYSTEMS.values()))
    assert table.differences(committed, committed) == []
    measured = [dict(row) for row in committed]
    numeric = next(key for key, value in measured[1].items() if re.fullmatch(r"\d+\.\d+", value))
    measured[1][numeric] = str(float(measured[1][numeric]) + 5e-7)
    assert table.differences(committed, measured) == []
    measured[1][numeric] = str(float(committed[1][numeric]) + 2e-6)
    assert [numeric in line for line in table.differences(committed, measured)] == [True]
    assert len(table.differences(committed, committed[1:])) == 1


@pytest.mark.parametrize(
    "path", sorted((ROOT / "experiments").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_what_an_experiment_takes_from_the_harness_is_there(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "harness":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                known = hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}")
                assert known, f"{node.module} has no {alias.name}"
