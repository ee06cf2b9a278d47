"""`rerun RUN`: run a record's configuration again, translating everything anew, and compare."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.common.progress import note
from harness.common.terminal import visible_line
from harness.config.schema import RunConfig, from_record, new_run_id
from harness.errors import DataError, UserError
from harness.protocols import Context
from harness.registry import demands
from harness.results.record import Record
from harness.results.store import Store

EXAMPLES = """\
examples:
  python -m harness rerun latest
  python -m harness rerun gloss
  python -m harness rerun 20261121-2332 --results results
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("run", help="a run id or the beginning of one, a tag, a model name, or 'latest'")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="the record may start programs, load classes, download, and connect to servers that it names",
    )


def main(args: argparse.Namespace) -> int:
    from harness.config.typed import typed
    from harness.run.pipeline import run_one

    store = Store(args.results)
    old = store.find_finished(args.run)
    assert old.record is not None
    if old.warning:
        note(f"harness rerun: {old.warning}")
    config = from_record(old.record)
    if not args.trust and (phrases := _demands(config)):
        raise UserError(
            f"{old.run_id}: its configuration {' and '.join(phrases)}; if you know where the record is from:"
            " rerun --trust"
        )
    config.results, config.force = args.results, True
    # The cache would only repeat what it stored. Beside it, so that all workers of a cluster see it.
    store.cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rerun-", dir=store.cache_dir) as fresh:
        outcome = run_one(typed(config), store, new_run_id(), cache_dir=Path(fresh))
    new = outcome.record
    differences = [*_inputs(old.record, new), *_scores(old.record, new), *_texts(store, old.record, new)]
    for line in differences:
        print(visible_line(line))
    verdict = "differs from" if differences else "is identical to"
    print(f"run {new.run_id} {verdict} run {old.run_id}: scores and translations of {new.data.n} segments")
    for line in _environment(old.record, new):
        note(line)
    return 1 if differences else 0


def _demands(config: RunConfig) -> list[str]:
    """What following the configuration would do besides computing, a phrase each."""
    found = [f"runs the class '{kind}'" for kind in _kinds(asdict(config)) if ":" in kind]
    if config.model.get("pickle"):
        found.append("loads a pickle, which can run code")
    if found:
        return found
    context = Context(config.model, config.pair.src, config.pair.tgt)
    parts = [("data", config.data), ("cleaner", config.clean), ("splitter", config.splitter)]
    parts += [("encoder", config.encoder), ("aligner", config.aligner), ("engine", config.engine)]
    parts += [("realigner", config.realign), ("backend", config.backend)]
    parts += [("metric", options) for options in config.metrics.values()]
    phrases = (phrase for table, options in parts if options for phrase in demands(table, options, context))
    return list(dict.fromkeys(phrases))


def _kinds(value: Any) -> Iterator[str]:
    """Every class that a configuration names, at any depth."""
    if isinstance(value, dict):
        yield from (str(item) for key, item in value.items() if key == "kind")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _kinds(item)


def _inputs(old: Record, new: Record) -> list[str]:
    if old.data.hash == new.data.hash:
        return []
    return [f"test data: hash {old.data.hash[:16]}… became {new.data.hash[:16]}…"]


def _scores(old: Record, new: Record) -> list[str]:
    def values(record: Record) -> dict[str, Any]:
        return {name: (score.value, score.signature) for name, score in record.corpus_scores.items()}

    before, after = values(old), values(new)
    return [
        f"{name}: {before.get(name, ('–', ''))[0]} became {after.get(name, ('–', ''))[0]}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _texts(store: Store, old: Record, new: Record) -> list[str]:
    def hypotheses(record: Record) -> dict[str, str]:
        return {line["id"]: line["hypothesis"] for line in store.segments(record.run_id)}

    try:
        before, after = hypotheses(old), hypotheses(new)
    except DataError as error:
        return [str(error)]
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        [f"translations: {len(changed)} of {len(before)} differ, the first in {changed[0]}"]
        if changed
        else []
    )


def _environment(old: Record, new: Record) -> list[str]:
    """Package versions that changed in between: where to look when scores differ."""
    before, after = old.environment.packages, new.environment.packages
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [f"changed since: {name} {before.get(name)} → {after.get(name)}" for name in names]
