"""The work of the verb `score`: one configuration for each file of outputs, run like any other."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from harness.common.langs import language
from harness.config.arguments import quoted
from harness.config.hydra_errors import explain
from harness.config.schema import RunConfig, compose, new_run_id
from harness.config.secrets_refused import refuse_in_arguments
from harness.config.typed import typed
from harness.data.loaders.documents import distinct_names
from harness.errors import ConfigError
from harness.results.record import Record
from harness.results.store import Store
from harness.run.pipeline import run_one
from harness.translate.engines.file import files_of


def configurations(args: argparse.Namespace) -> list[RunConfig]:
    """A configuration for each file of outputs. Raises ConfigError or DataError for what cannot be meant."""
    files = list(dict.fromkeys(file for pattern in args.outputs for file in files_of(pattern)))
    overrides = [*_overrides(args), f"engine.path={quoted(files[0])}"]
    refuse_in_arguments(overrides)
    try:
        base = compose(overrides, args.config_dir)
    except Exception as error:
        raise explain(error, overrides) from error
    names = _names(files)
    return [
        typed(replace(base, engine={**base.engine, "path": file}, model={**base.model, "name": name}))
        for file, name in zip(files, names, strict=True)
    ]


def score_file(config: RunConfig, store: Store) -> Record:
    """Score one file and record it, unless that stands already."""
    outcome = run_one(config, store, new_run_id())
    return store.tag(outcome.record, config.tag) if outcome.skipped else outcome.record


def _overrides(args: argparse.Namespace) -> list[str]:
    src, tgt = pair_of(args.pair)
    references = ",".join(map(quoted, [args.reference, *args.ref]))
    data = ["data=bitext", f"data.src={quoted(args.src)}"] if args.src else ["data=references"]
    found = [
        *data,
        f"data.tgt=[{references}]" if args.ref else f"data.tgt={references}",
        f"data.name={quoted(Path(args.reference).name)}",
        "model=file",
        f"pair.src={src}",
        f"pair.tgt={tgt}",
        f"results={quoted(args.results)}",
    ]
    optional = {"metrics": args.metrics and f"[{args.metrics}]", "limit": args.limit, "tag": args.tag}
    found += [f"{key}={value}" for key, value in optional.items() if value]
    return [*found, *(["force=true"] if args.force else []), *args.set]


def pair_of(text: str) -> tuple[str, str]:
    """The two codes of `en-de`, `zh-Hant-en`. Raises ConfigError for anything else."""
    parts = text.split("-")
    first: ConfigError | None = None
    for at in range(1, len(parts)):
        src, tgt = "-".join(parts[:at]), "-".join(parts[at:])
        try:
            language(src), language(tgt)
        except ConfigError as error:
            first = first or error
        else:
            return src, tgt
    raise ConfigError(f"--pair {text}: {first or 'needs two languages: SRC-TGT, such as en-de'}")


def _names(files: list[str]) -> list[str]:
    """What tables call each file: its name without ending, with its folders where names repeat.

    "file" leaves the name to the engine, which knows packed files and columns.
    """
    paths = [Path(file) for file in files]
    stems = Counter(path.stem for path in paths)
    return [
        full if stems[path.stem] > 1 else "file"
        for path, full in zip(paths, distinct_names(paths), strict=True)
    ]
