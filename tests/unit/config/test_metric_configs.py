"""Every metric's YAML builds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from harness import registry

FILES = sorted((Path(__file__).resolve().parents[3] / "conf" / "metrics").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_yaml_builds(path: Path) -> None:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert path.stem in entries, "the key of the first entry is the name one chooses it by"
    for config in entries.values():
        pair = {"${pair.src}": "fr", "${pair.tgt}": "pl"}
        plain = {key: pair.get(str(value), value) for key, value in config.items()}
        plain = {key: value for key, value in plain.items() if not str(value).startswith("${")}
        built = registry.build("metric", plain)
        assert isinstance(built.higher_is_better, bool)


def test_direction_is_data() -> None:
    def built(name: str) -> object:
        path = next(path for path in FILES if path.stem == name)
        return registry.build("metric", yaml.safe_load(path.read_text(encoding="utf-8"))[name])

    assert built("metricx24").higher_is_better is False
    assert built("comet22").higher_is_better is True
    assert "revision:?" in built("comet22").signature
