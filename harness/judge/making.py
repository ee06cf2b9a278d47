"""A campaign from a comparison of stored runs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from harness.common.files import read_text
from harness.compare.evaluate import Result
from harness.errors import ConfigError, DataError
from harness.export.pearmut import contested
from harness.judge.campaign import CATEGORIES, SEVERITIES, Campaign, Judged, make_annotators

_WEIGHED = ("neutral", "minor", "major", "critical")  # what `harness.common.mqm` knows the cost of


def make(
    result: Result,
    name: str,
    protocol: str,
    people: Sequence[str],
    segments: int,
    choice: str,
    seed: int,
    control: float,
    categories: Path | None = None,
) -> Campaign:
    """Judge `segments` segments of all systems of a test set.

    `choice`: `random` (the mean over the segments is an estimate for the test set) or `contested` (those on
    which metrics disagree, then those on which systems differ: it is not). Raises ConfigError.
    """
    test_set = result.test_set
    if segments < 1 or not 0 <= control <= 1:
        raise ConfigError("--segments must be at least 1, --control between 0 and 1")
    if protocol == "pairwise" and len(test_set.systems) < 2:
        raise ConfigError("--protocol pairwise: two systems at least are needed")
    count = min(segments, test_set.n)
    if choice == "random":
        chosen = sorted(random.Random(f"{seed}:segments").sample(range(test_set.n), count))
    else:
        chosen = sorted(contested(result)[:count])
    first = test_set.systems[0]
    items = [
        Judged(
            first.ids[k],
            first.sources[k],
            {system.name: system.hypotheses[k] for system in test_set.systems},
            first.docs[k],
        )
        for k in chosen
    ]
    severities, kinds = _scheme(categories)
    return Campaign(
        name=name,
        protocol=protocol,
        seed=seed,
        src=test_set.src,
        tgt=test_set.tgt,
        data=test_set.name,
        data_hash=test_set.hash,
        runs={system.name: system.run_id for system in test_set.systems},
        choice="all" if count == test_set.n else choice,
        of=test_set.n,
        items=items,
        annotators=make_annotators(people, items, protocol, seed, control),
        categories=kinds if protocol == "MQM" else [],
        severities=[] if protocol == "pairwise" else severities,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
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
