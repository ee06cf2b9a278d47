"""Runs as a dataset on the Hugging Face hub, and back: records, segments and alignments, with a card."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.common.files import write_atomic
from harness.common.tables import counted, markdown_table
from harness.errors import DataError, UnavailableError, UserError, message_of
from harness.results.record import Record
from harness.results.store import Store
from harness.results.tables import score_rows, table_csv

# What a run is: its configuration and scores, and what they rest on. Logs and Hydra's folder stay here.
KEPT = ("record.json", "labels.json", "segments.jsonl", "segments/*", "alignment.json")


def push(store: Store, records: Sequence[Record], name: str, private: bool) -> str:
    """Upload the runs to the dataset `name` (made when it is not there); the address of its page.

    Runs that are there already stay. Raises UserError for a run that was edited, UnavailableError when the
    hub does not take them.
    """
    from huggingface_hub import HfApi

    for record in records:
        if changed := store.info(store.run_dir(record.run_id), thorough=True).edited:
            raise UserError(f"{record.run_id}: {', '.join(changed)} was edited after it was recorded")
    api = HfApi()
    with tempfile.TemporaryDirectory() as place:
        _stage(store, records, Path(place))
        with _explained(name):
            url = api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
            there = [file for file in api.list_repo_files(name, repo_type="dataset") if file != "README.md"]
            others = sorted({file.split("/")[1] for file in there if file.startswith("runs/")})
            _card(records, Path(place), name, [run for run in others if run not in _ids(records)])
            message = f"{counted(len(records), 'run')} of mt-harness"
            api.upload_folder(repo_id=name, repo_type="dataset", folder_path=place, commit_message=message)
    return str(url)


def pull(store: Store, name: str, revision: str | None) -> tuple[list[str], list[str]]:
    """Copy the runs of the dataset `name` into a store: ids of those that are new, and of those here already.

    Each is checked against its digests before any is copied. Raises DataError for one that is damaged,
    edited, or differs from a run here that has its id; UnavailableError when the hub does not give them.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    with tempfile.TemporaryDirectory() as place:
        with _explained(name):
            patterns = [f"runs/*/{file}" for file in KEPT]
            snapshot_download(
                name, repo_type="dataset", revision=revision, local_dir=place, allow_patterns=patterns
            )
        folders = sorted(path for path in (Path(place) / "runs").glob("*") if path.is_dir())
        if not folders:
            raise DataError(f"{name}: the dataset holds no runs of mt-harness (no folder runs/)")
        fresh = [folder for folder in folders if _is_new(store, folder, name)]
        for folder in fresh:
            target = store.run_dir(folder.name)
            # record.json last: its existence means that the run is whole.
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("record.json"), dirs_exist_ok=True)
            write_atomic(target / "record.json", (folder / "record.json").read_text(encoding="utf-8"))
    if fresh:
        store.write_table()
    new = [folder.name for folder in fresh]
    return new, [folder.name for folder in folders if folder.name not in new]


def _is_new(store: Store, folder: Path, name: str) -> bool:
    found = store.info(folder, thorough=True)
    where = f"{name}: runs/{folder.name}"
    if found.record is None:
        raise DataError(f"{where}: {found.state}: {found.problem}")
    if found.edited:
        raise DataError(f"{where}: {', '.join(found.edited)} was changed after it was recorded")
    if found.record.run_id != folder.name:
        raise DataError(f"{where}: its record is that of {found.record.run_id}")
    here = store.info(store.run_dir(folder.name)).record if store.run_dir(folder.name).exists() else None
    if here is not None and here.digest != found.record.digest:
        raise DataError(f"{where}: is not the run that {store.runs_dir} holds under this id")
    return here is None


def _stage(store: Store, records: Sequence[Record], place: Path) -> None:
    for record in records:
        source, target = store.run_dir(record.run_id), place / "runs" / record.run_id
        for pattern in KEPT:
            for path in source.glob(pattern):
                copy = target / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


def _card(records: Sequence[Record], place: Path, name: str, others: Sequence[str]) -> None:
    """README.md for the dataset's page, whose front matter names the segments and the table of scores."""
    import yaml

    # A pattern that matches no file is an error to `datasets`.
    segments = ("runs/*/segments.jsonl", "runs/*/segments/*.jsonl")
    patterns = [pattern for pattern in segments if any(place.glob(pattern))]
    languages = sorted({lang for r in records for lang in (r.pair.src, r.pair.tgt)})
    front = {
        "language": [lang.split("-")[0] for lang in languages],
        "task_categories": ["translation"],
        "tags": ["mt-harness", "machine-translation-evaluation"],
        "configs": [
            {"config_name": "segments", "data_files": patterns},
            {"config_name": "scores", "data_files": "scores.csv"},
        ],
    }  # fmt: skip
    licences = sorted({f"{i.name}: {i.licence}" for r in records for i in r.data.inputs if i.licence}) or [
        "not recorded: the texts belong to their publishers"
    ]
    more = f"\n\nAlso here, from earlier pushes: {', '.join(others)}." if others else ""
    (place / "scores.csv").write_text(table_csv(records), encoding="utf-8")
    text = (
        f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n\n"
        f"# {name}\n\nRuns of mt-harness: what each system was given and answered, with every score.\n\n"
        f"{markdown_table(*score_rows(list(records)))}{more}\n\n"
        "## Licences of the test data\n\n" + "\n".join(f"- {line}" for line in licences) + "\n\n"
        f"## Use\n\n```bash\npython -m harness pull hub {name}\npython -m harness compare\n```\n"
    )
    (place / "README.md").write_text(text, encoding="utf-8")


def _ids(records: Sequence[Record]) -> set[str]:
    return {record.run_id for record in records}


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Turn what the hub's client raises into one line."""
    from huggingface_hub import constants, errors

    page = f"{constants.ENDPOINT}/datasets/{name}"
    try:
        yield
    except errors.HFValidationError as error:
        raise UserError(f"'{name}' is no name of a dataset: OWNER/NAME is expected") from error
    except errors.RevisionNotFoundError as error:
        raise UserError(f"{name} has no such revision (looked at {page})") from error
    except errors.RepositoryNotFoundError as error:
        raise UserError(
            f"no dataset '{name}' ({page}), or it is private: set HF_TOKEN to a token of an account that may"
            " read it"
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "no answer"
        hint = "; set HF_TOKEN to a token that may write there" if status in (401, 403) else ""
        raise UnavailableError(f"{constants.ENDPOINT} refused {name} ({status}){hint}") from error
    except (OSError, ValueError, errors.HTTPError) as error:  # type: ignore[attr-defined]
        line = message_of(error).split("\n")[0][:160]
        raise UnavailableError(f"{constants.ENDPOINT} did not answer for {name} ({line})") from error
