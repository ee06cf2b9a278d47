"""Align comparable documents, translate them, score the translations, compare systems honestly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.version import __version__ as __version__

if TYPE_CHECKING:
    from pathlib import Path

    import pandas

    # The package `harness.align` can be called; type checkers see the function that it calls.
    from harness.align.api import align as align
else:
    from harness import align as align  # light: numpy and the encoder load at the call


def load_results(results: str | Path = "results", level: str = "corpus") -> pandas.DataFrame:
    """All finished runs of a results store as a pandas frame; see `harness.export.frame.load_results`."""
    from harness.export.frame import load_results as load

    return load(results, level)
