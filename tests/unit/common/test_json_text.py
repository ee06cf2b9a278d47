"""JSON from elsewhere: one error for all that can be wrong with it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import harness
from harness.common.json_text import json_value

# Read what this program itself wrote or bundles: between its processes, or behind a checksum.
OWN = {
    "align/evidence/rescoring.py", "metrics/counting.py", "metrics/neural.py", "metrics/backends/serve.py",
    "compare/parsed.py", "data/spool.py", "run/backends/ray.py", "run/backends/actors.py",
    "judge/foreign/answers.py", "common/json_text.py",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ("9" * 5000, "too many digits"),
        (b"\xff", "utf-8"),
        ("{", "Expecting"),
    ],
)
def test_whatever_is_wrong_is_a_value_error(text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        json_value(text)


def test_numbers() -> None:
    assert json_value('{"n": NaN, "i": 12}')["i"] == 12
    with pytest.raises(ValueError, match="NaN"):
        json_value("NaN", nan=False)
    assert json_value("[" + "9" * 5000 + ", 7]", whole=len) == [5000, 1]


def test_nothing_from_elsewhere_is_read_without_it() -> None:
    root = Path(harness.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("loads", "load")
                and isinstance(node.value, ast.Name)
                and node.value.id == "json"
            ):
                found.add(path.relative_to(root).as_posix())
    assert found == OWN
