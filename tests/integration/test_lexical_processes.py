"""Counting in several processes, and what importing costs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from harness import registry
from tests.support.made_texts import corpus


@pytest.mark.parametrize("kind", ["bleu", "chrf", "ter"])
def test_processes_do_not_change_the_counts(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = corpus(40, most_references=2)
    one = registry.build("metric", {"kind": kind, "workers": 1})
    three = registry.build("metric", {"kind": kind, "workers": 3})
    monkeypatch.setattr(type(three), "costly", 4)
    assert np.array_equal(three.statistics(*columns), one.statistics(*columns))
    assert three.signature == one.signature


def test_importing_the_metrics_imports_no_scorer() -> None:
    code = (
        "import harness.metrics.lexical, harness.metrics.stats.bootstrap, sys;"
        "print([m for m in ('sacrebleu', 'torch') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
