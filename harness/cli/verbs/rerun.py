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
from harness.errors import DataError, UserError
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
        help="the record may start programs, load classes and pickles, and call servers that it names",
    )


def main(args: argparse.Namespace) -> int:
    from harness.config.schema import from_record, new_run_id
    from harness.run.pipeline import run_one

    store = Store(args.results)
    old = store.find(args.run)
    if old.record is None:
        raise UserError(f"{old.run_id}: {old.state}: {old.problem}; only a finished run can be rerun")
    config = from_record(old.record)
    if not args.trust and (asked := _asks_for_trust(asdict(config))):
        raise UserError(
            f"{old.run_id}: its configuration {asked}; if you know where the record is from: rerun --trust"
        )
    config.results, config.force = args.results, True
    # The cache would only repeat what it stored. Beside it, so that all workers of a cluster see it.
    store.cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rerun-", dir=store.cache_dir) as fresh:
        outcome = run_one(config, store, new_run_id(), cache_dir=Path(fresh))
    new = outcome.record
    differences = [*_inputs(old.record, new), *_scores(old.record, new), *_texts(store, old.record, new)]
    for line in differences:
        print(visible_line(line))
    verdict = "differs from" if differences else "is identical to"
    print(f"run {new.run_id} {verdict} run {old.run_id}: scores and translations of {new.data.n} segments")
    for line in _environment(old.record, new):
        note(line)
    return 1 if differences else 0


def _asks_for_trust(config: dict[str, Any]) -> str | None:
    """What a record could do with this machine that data must not; None where it only computes."""
    engine, model = config["engine"], config["model"]
    if engine.get("kind") == "command":
        return f"starts the program '{engine.get('command') or model.get('command')}'"
    if engine.get("kind") == "openai":
        return f"sends texts, and the key in ${engine.get('api_key_env')}, to {engine.get('base_url')}"
    if model.get("pickle"):
        return "loads a pickle, which can run code"
    for metric in config["metrics"].values():
        if metric.get("kind") == "neural" and (metric.get("install") or metric.get("venv")):
            return "installs packages, or starts an interpreter that it names"
        if str(metric.get("backend", "")).endswith(".py"):
            return f"runs the file '{metric['backend']}'"
    own = next((kind for kind in _kinds(config) if ":" in kind), None)
    return f"runs the class '{own}'" if own else None


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
