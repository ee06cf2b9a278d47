"""A campaign from a comparison of stored runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.common.files import read_text
from harness.compare.evaluate import Result
from harness.errors import ConfigError, DataError
from harness.judge.campaign import CATEGORIES, SEVERITIES, Campaign, Judged
from harness.judge.choosing import choose
from harness.judge.tasks import make_annotators

_WEIGHED = ("neutral", "minor", "major", "critical")  # what `harness.common.mqm` knows the cost of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How people are to judge."""

    protocol: str
    people: Sequence[str]
    segments: int
    choice: str = "random"
    """One of `harness.judge.choosing.CHOICES`; `subset2evaluate:METHOD` names its method."""
    top: bool = False
    """The most informative segments themselves, instead of a sample that favours them."""
    seed: int = 12345
    control: float = 0.1
    """Share of tasks added for quality control."""
    categories: Path | None = None
    """A YAML file with `severities` and `categories`."""
    together: int = 4
    """Outputs side by side, at most, in contrastive ESA."""


def make(result: Result, name: str, plan: Plan) -> Campaign:
    """Judge some segments of all systems of a test set. Raises ConfigError."""
    test_set = result.test_set
    if plan.segments < 1 or not 0 <= plan.control <= 1 or plan.together < 2:
        raise ConfigError("--segments must be at least 1, --control between 0 and 1, --together at least 2")
    if plan.protocol in ("pairwise", "cESA") and len(test_set.systems) < 2:
        raise ConfigError(f"--protocol {plan.protocol}: two systems at least are needed")
    choice, _, method = plan.choice.partition(":")
    count = min(plan.segments, test_set.n)
    chosen = choose(result, choice, count, plan.seed, plan.top, method)
    first = test_set.systems[0]
    items = [
        Judged(
            first.ids[k],
            first.sources[k],
            {system.name: system.hypotheses[k] for system in test_set.systems},
            first.docs[k],
            k,
            inclusion,
        )
        for k, inclusion in zip(chosen.places, chosen.inclusion, strict=True)
    ]
    severities, kinds = _scheme(plan.categories)
    annotators = make_annotators(plan.people, items, plan.protocol, plan.seed, plan.control, plan.together)
    return Campaign(
        name=name,
        protocol=plan.protocol,
        seed=plan.seed,
        src=test_set.src,
        tgt=test_set.tgt,
        data=test_set.name,
        data_hash=test_set.hash,
        runs={system.name: system.run_id for system in test_set.systems},
        choice=chosen.name,
        of=test_set.n,
        items=items,
        annotators=annotators,
        categories=kinds if plan.protocol == "MQM" else [],
        severities=[] if plan.protocol == "pairwise" else severities,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        how=chosen.how,
    )


def _scheme(path: Path | None) -> tuple[list[str], list[str]]:
    """Severities and categories of a YAML file (`severities: […]`, `categories: […]`), or the usual ones."""
    if path is None:
        return list(SEVERITIES), list(CATEGORIES)
    import yaml

    try:
        value = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise DataError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from None
    found = []
    for key, usual in (("severities", SEVERITIES), ("categories", CATEGORIES)):
        listed = value.get(key, list(usual)) if isinstance(value, dict) else None
        if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
            raise DataError(f"{path}: expected 'severities:' and 'categories:', each a list of names")
        found.append(list(dict.fromkeys(listed)))
    unknown = [name for name in found[0] if name.casefold() not in _WEIGHED]
    if unknown:
        raise DataError(
            f"{path}: severity '{unknown[0]}' has no weight; severities are {', '.join(_WEIGHED)}"
        )
    return found[0], found[1]
