"""How informative human judgement of each segment would be, as far as metrics can tell."""

from __future__ import annotations

import contextlib
import io
from importlib import import_module, metadata
from typing import Any

import numpy as np

from harness.compare import contested
from harness.compare.evaluate import Result
from harness.errors import ConfigError, UserError, did_you_mean, message_of, missing_package
from harness.protocols import Statistics

METHODS = ("metric_var", "metric_cons", "metric_avg", "diversity", "diffuse")
"""Methods of subset2evaluate that need neither a GPU nor a download; others can be named too."""


def disagreement(result: Result) -> tuple[Statistics, str]:
    """`(n,)` how strongly metrics contradict each other about two systems. Raises ConfigError for fewer than
    two metrics or systems."""
    z, keys = _scored(result, "disagreement", metrics=2)
    return contested.disagreement(z), f"disagreement of {', '.join(keys)}"


def variance(result: Result) -> tuple[Statistics, str]:
    """`(n,)` the variance over the systems of each metric's segment scores, the mean over metrics (for one
    metric `metric_var` of Zouhar et al. 2025, arXiv 2501.18251). Raises ConfigError for no metric or one
    system."""
    z, keys = _scored(result, "variance", metrics=1)
    found: Statistics = z.var(axis=1).mean(axis=0)
    return found, f"variance of {', '.join(keys)}"


def from_subset2evaluate(result: Result, method: str) -> tuple[Statistics, str]:
    """`(n,)` the utility that a method of the package gives each segment, by the first metric that all
    systems have. Raises UnavailableError where it is not installed, ConfigError for an unknown method."""
    try:
        select = import_module("subset2evaluate.select_subset")
        methods = import_module("subset2evaluate.methods")
    except ImportError:
        raise missing_package("--choose subset2evaluate", "subset2evaluate", "subset2evaluate") from None
    known = sorted(methods.METHODS)
    if method not in known:
        raise ConfigError(
            f"--choose subset2evaluate:{method}: no such method.{did_you_mean(method, known)} Methods:"
            f" {', '.join(known)}"
        )
    z, keys = _scored(result, "subset2evaluate", metrics=1)
    options: dict[str, Any] = {"metric": "BLEU" if method == "diversity" else keys[0]}
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            ordered = select.basic(_items(result, z, keys), method=method, **options)
        except Exception as error:  # its own requirements, its own errors
            raise UserError(f"subset2evaluate: {method} failed: {message_of(error)}") from error
    found = np.zeros(result.test_set.n)
    for item in ordered:
        found[item["i"]] = item["subset2evaluate_utility"]
    if not np.isfinite(found).all():
        raise UserError(f"subset2evaluate: {method} gave a segment no finite utility")
    version = metadata.version("subset2evaluate")
    return found, f"subset2evaluate {version}, method={method}, metric={options['metric']}"


def _items(result: Result, z: Statistics, keys: list[str]) -> list[dict[str, Any]]:
    systems = result.test_set.systems
    return [
        {
            "i": k,
            "src": systems[0].sources[k],
            "tgt": {system.name: system.hypotheses[k] for system in systems},
            "scores": {
                system.name: {key: float(z[layer, place, k]) for layer, key in enumerate(keys)}
                for place, system in enumerate(systems)
            },
        }
        for k in range(result.test_set.n)
    ]


def _scored(result: Result, name: str, metrics: int) -> tuple[Statistics, list[str]]:
    z, keys = contested.standardised(result)
    if len(keys) < metrics or len(result.test_set.systems) < 2:
        have = f"{len(keys)} metrics ({', '.join(keys) or 'none'}) and {len(result.test_set.systems)} systems"
        raise ConfigError(
            f"--choose {name} needs {metrics} metrics that all systems have, and two systems; these runs have"
            f" {have}. --choose random needs neither"
        )
    return z, keys
