"""`run`: hand the arguments to Hydra, run each job, print its row."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from harness.cli.tracking import track
from harness.common.own_code import blame
from harness.common.progress import note
from harness.config.arguments import readable, typed_words
from harness.config.hydra_errors import check_flags, explain
from harness.config.keys import conf_dir
from harness.config.schema import RunConfig, new_run_id, register_schema, to_config
from harness.config.secrets_refused import refuse_in_arguments, refuse_in_config
from harness.config.typed import typed
from harness.config.user_folder import config_dirs, flags_first
from harness.errors import ConfigError, HarnessError, StageError, Terminated, one_line
from harness.export.trackers import check as check_tracker
from harness.results.live import discard_empty
from harness.results.store import Store
from harness.results.tables import print_scores
from harness.run import sweep
from harness.run.counterparts import unpaired
from harness.run.pipeline import recorded_errors, run_one
from harness.run.timings import Stages


def _single(node: Any) -> Exception | None:
    """The one job of a run. Returns its error: raised here, Hydra would print it in its own way."""
    from hydra.core.hydra_config import HydraConfig

    try:
        _run(to_config(node), Path(HydraConfig.get().runtime.output_dir))
    except Exception as error:
        return error
    return None


def _job(node: Any) -> None:
    """One job of a sweep, maybe in a launcher's worker: reports its failure, and the others go on."""
    from hydra.core.hydra_config import HydraConfig

    register_schema()  # a worker process of a launcher has not done it
    hydra = HydraConfig.get()
    folder = Path(hydra.runtime.output_dir)
    job = int(hydra.job.num)
    store = Store(node.results)
    try:
        run_id, state = _run(to_config(node), folder)
        sweep.report(store, job, state, run_id)
    except HarnessError as error:
        note(f"harness run: {typed_words(hydra.overrides.task)}: {error}")
        sweep.report(store, job, "failed", folder.name, str(error))
    except Exception as error:
        detail = one_line(error)
        whose = blame(error) or "internal error"
        note(f"harness run: {typed_words(hydra.overrides.task)}: {whose}: {detail}")
        sweep.report(store, job, "failed", folder.name, detail)


def _run(config: RunConfig, folder: Path) -> tuple[str, str]:
    store = Store(config.results)
    with recorded_errors(store, folder.name, Stages()):
        refuse_in_config(config, folder)
        config = typed(config)
        if config.log:
            check_tracker(config.log)
    outcome = run_one(config, store, folder.name)
    record = outcome.record
    if outcome.skipped:
        shutil.rmtree(folder, ignore_errors=True)  # Hydra made it before we knew
        record = store.tag(record, config.tag)
        note(f"skipped: this configuration was already run as {record.run_id} (force=true runs it again)")
    if sweep.current() is None:
        print_scores([record])
        for warning in record.warnings:
            note(f"warning: {warning}")
        if left_over := unpaired(record):
            note(left_over)
    whose = f" ({record.model.label})" if sweep.current() else ""
    note(f"record: {store.run_dir(record.run_id) / 'record.json'}{whose}")
    if config.log and not outcome.skipped:
        track(config.log, store, record)
    if record.failed:
        raise StageError(f"{record.failed} of {record.data.n} segments failed; the others are recorded")
    return record.run_id, "skipped" if outcome.skipped else "finished"


def _dry_run(arguments: list[str]) -> int:
    """Say what the run would ask for, without a folder for it in the store."""
    from harness.run.check import composed
    from harness.run.forecast import forecast

    check_flags(arguments)
    refuse_in_arguments(arguments)
    if {"-m", "--multirun"} & set(sweep.fan_out(arguments)):
        raise ConfigError("--dry-run tells of one configuration: leave out -m and lists of values")
    folders = config_dirs(arguments)
    overrides = [w for w in arguments if w.startswith("~") or ("=" in w and not w.startswith("-"))]
    config = composed(overrides, folders[0] if folders else None)
    for name, value in forecast(config, Store(config.results)):
        print(f"{name:<13} {value}")
    return 0


def _results(arguments: list[str]) -> Path:
    """The results store that the arguments name, for the table at the end of a sweep."""
    named = [word.partition("=")[2].strip("'") for word in arguments if word.startswith("results=")]
    return Path(named[-1] if named else "results")


def _terminate(number: int, frame: object) -> None:
    raise Terminated


def main_args(rest: list[str]) -> int:
    """Run with Hydra's arguments `rest`; raises a HarnessError of one line for what cannot be done."""
    import hydra

    if "--dry-run" in rest:
        return _dry_run([word for word in rest if word != "--dry-run"])
    check_flags(rest)
    refuse_in_arguments(rest)
    given, rest = rest, sweep.fan_out(readable(rest, config_dirs(rest)))
    multirun = bool({"-m", "--multirun"} & set(rest))
    run_id = new_run_id()
    register_schema(None if multirun else run_id)
    os.environ["HYDRA_FULL_ERROR"] = "1"  # or Hydra prints the error itself and exits
    name = sweep.begin() if multirun else None
    signal.signal(signal.SIGTERM, _terminate)
    saved = sys.argv
    sys.argv = ["harness", *flags_first(rest)]  # a space in argv[0] would break Hydra's completion
    try:
        decorate = hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="run")
        if multirun:
            decorate(_job)()
        else:
            failed: list[Exception | None] = []
            decorate(lambda node: failed.append(_single(node)))()
            if failed and failed[0] is not None:
                raise failed[0]
    except KeyboardInterrupt as stop:
        command = " ".join(shlex.quote(word) for word in ["python", "-m", "harness", "run", *given])
        raise type(stop)(f"finished translations are kept; resume with: {command}") from None
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise
    except Exception as error:
        if isinstance(error, OSError):  # Hydra's own files did not fit
            discard_empty(Store(_results(rest)).run_dir(run_id))
        raise explain(error, rest) from error
    finally:
        sys.argv = saved
    return sweep.finish(_results(rest), name) if name else 0
