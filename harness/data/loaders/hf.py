"""Datasets of the Hugging Face hub, through `datasets`: any by its id, and FLORES+ by language."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.common.langs import language
from harness.data.fields import Fields, one_line
from harness.data.parallel import ParallelSet, Reading, columns
from harness.data.where import Conditions, RowSelection, Where
from harness.errors import DataError, UnavailableError, did_you_mean
from harness.protocols import Context
from harness.types import Item

FLORES = "openlanguagedata/flores_plus"
# FLORES+ renamed some codes of FLORES-200 to those of individual languages.
_RENAMED = {"zho": "cmn", "est": "ekk", "tgl": "fil", "grn": "gug", "kon": "ktu", "lat": "ltg"}


class Hf(ParallelSet):
    """A split of a dataset on the hub. `{src}` and `{tgt}` in `config` and the fields stand for the pair.

    The revision is resolved to a commit, which the record keeps. Datasets that need code of their own
    to load are not run.
    """

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return [f"downloads {options.get('id')} from the hub"]

    def __init__(
        self,
        id: str | None = None,
        config: str | None = None,
        split: str = "test",
        revision: str | None = None,
        source: str = "translation.{src}",
        target: str | Sequence[str] = "translation.{tgt}",
        line_id: str | None = None,
        doc_id: str | None = None,
        domain: str | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not id:
            raise DataError(
                "data=hf needs data.id: the id of a dataset on the hub, for example Helsinki-NLP/opus-100"
            )
        self.id, self.config, self.split, self.revision = id, config, split, revision
        self.fields = Fields(source, target, line_id, doc_id, domain, where)
        self.name = name or id
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        config = self.config and self.config.replace("{src}", src).replace("{tgt}", tgt)
        fields = self.fields.of_pair(src, tgt)
        repo = resolve(self.id, self.revision)
        table = load_split(repo, config, self.split)
        for field in fields.tops():
            if field not in table.column_names:
                near, known = did_you_mean(field, table.column_names), ", ".join(table.column_names)
                raise DataError(f"{self.id}: no field '{field}'.{near} Fields: {known}")

        def rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
            found = enumerate(table.select_columns(list(fields.tops())))
            while True:
                with explained(self.id):  # a damaged copy shows when its rows are decoded
                    number, row = next(found, (-1, {}))
                if number < 0:
                    return
                yield f"{self.id} {self.split}[{number}]", row

        meta: dict[str, Any] = {"revision": repo.sha}
        origin = {**self.origin, "url": self.origin["url"] or repo.url}
        origin["licence"] = origin["licence"] or repo.licence
        where = f"{self.id}@{repo.sha or 'cached'}" + (f"/{config}" if config else "")
        items, inputs = columns(fields.items(rows(), meta, self.name), fields.labels(), where, **origin)
        return Reading(self.name, items, inputs, meta)


class Flores(ParallelSet):
    """FLORES+: 997 (dev) and 1,012 (devtest) sentences of Wikimedia in over 200 languages; gated.

    The document of a sentence is the page it is from. `src_config` and `tgt_config` name a config
    (`fra_Latn`) where the code of the pair does not lead to it; `where` filters on `domain`, `topic` etc.
    """

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return ["downloads FLORES+ from the hub"]

    def __init__(
        self,
        id: str = FLORES,
        split: str = "devtest",
        revision: str | None = None,
        src_config: str | None = None,
        tgt_config: str | None = None,
        where: Conditions = None,
    ) -> None:
        self.id, self.split, self.revision = id, split, revision
        self.where = Where(where)
        self.configs = (src_config, tgt_config)

    def read(self, src: str, tgt: str) -> Reading:
        repo = resolve(self.id, self.revision)
        configs = [
            given or flores_config(code, repo) for given, code in zip(self.configs, (src, tgt), strict=True)
        ]
        source, target = (load_split(repo, config, self.split) for config in configs)
        meta: dict[str, Any] = {"revision": repo.sha}
        items, inputs = columns(
            _joined(source, target, self.id, self.where.begin(meta)),
            configs,
            f"{self.id}@{repo.sha or 'cached'}/{self.split}",
            licence="CC BY-SA 4.0",
            url=repo.url,
            citation="NLLB Team 2024, https://doi.org/10.1038/s41586-024-07335-x; FLORES+, https://oldi.org",
        )
        return Reading(f"flores-{self.split}", items, inputs, meta)


def _joined(source: Any, target: Any, where: str, selection: RowSelection) -> Iterator[Item]:
    references = {row["id"]: row["text"] for row in target.select_columns(["id", "text"])}
    ids = list(source["id"])
    if set(ids) != references.keys():
        only = len(set(ids) ^ references.keys())
        raise DataError(f"{where}: the two languages do not have the same sentences ({only} are in one only)")
    for row in source:
        if not selection.takes(row, f"{where}: sentence {row['id']}"):
            continue
        reference = one_line(references[row["id"]])
        yield Item(
            str(row["id"]), row.get("url"), one_line(row["text"]), (reference,), domain=row.get("domain")
        )
    selection.end(where)


def flores_config(code: str, repo: Repo) -> str:
    """The config of FLORES+ for a language: `"fr"` → `"fra_Latn"`."""
    import datasets

    with explained(repo.id):
        known = datasets.get_dataset_config_names(repo.id, revision=repo.revision)
    wanted = language(code)
    names = [wanted.flores, f"{_RENAMED.get(wanted.iso3, wanted.iso3)}_{wanted.script}"]
    for name in names:
        if name in known:
            return name
    raise DataError(
        f"{repo.id} has no '{names[0]}'.{did_you_mean(names[0], known)} Name a config with data.src_config"
        " or data.tgt_config"
    )


@dataclass(frozen=True)
class Repo:
    """A dataset repository at a commit; `sha` is None for a local folder and offline."""

    id: str
    revision: str | None
    sha: str | None
    licence: str | None
    url: str | None


def resolve(name: str, revision: str | None) -> Repo:
    """Ask the hub which commit a revision is, and the licence on the dataset's card."""
    from huggingface_hub import HfApi, constants

    if os.path.isdir(name) or constants.HF_HUB_OFFLINE:  # noqa: PTH112 (a hub id is no path)
        return Repo(name, revision, None, None, None)
    with explained(name):
        info = HfApi().dataset_info(name, revision=revision)
    licence = getattr(info.card_data, "license", None) if info.card_data else None
    licence = ", ".join(licence) if isinstance(licence, list) else licence
    return Repo(name, info.sha, info.sha, licence, f"https://huggingface.co/datasets/{name}")


def load_split(repo: Repo, config: str | None, split: str) -> Any:
    """One split as a `datasets.Dataset`, from the cache where it is there."""
    import datasets

    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    with explained(repo.id):
        builder = datasets.load_dataset_builder(repo.id, config, revision=repo.revision)
        options = _as_text(builder.config)
        return datasets.load_dataset(repo.id, config, split=split, revision=repo.revision, **options)


def _as_text(config: Any) -> dict[str, Any]:
    """What a dataset of CSV files is read with, so that its cells are texts: pandas takes `NA`, `None` and
    `null` for missing values, and a quote between tabs for the beginning of a cell that may hold tabs."""
    from datasets.packaged_modules.csv.csv import CsvConfig

    if not isinstance(config, CsvConfig):
        return {}
    between_tabs = "\t" in (config.sep, config.delimiter)
    return {"keep_default_na": False, **({"quoting": csv.QUOTE_NONE} if between_tabs else {})}


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Errors of `datasets` and `huggingface_hub` as one line with the remedy."""
    from datasets.exceptions import DatasetGenerationError, DatasetNotFoundError
    from huggingface_hub import constants, errors
    from pyarrow import ArrowException

    page = f"https://huggingface.co/datasets/{name}"
    try:
        yield
    except (errors.GatedRepoError, DatasetNotFoundError, errors.RepositoryNotFoundError) as error:
        if isinstance(error, errors.GatedRepoError) or "is a gated dataset" in str(error):
            raise UnavailableError(
                f"{name} is gated: accept its terms at {page}, then 'hf auth login' or set HF_TOKEN"
            ) from None
        raise UnavailableError(
            f"{name}: no such dataset on the hub, or it is private; check {page}, log in with 'hf auth login'"
        ) from None
    except errors.RevisionNotFoundError:
        raise DataError(f"{name}: no such revision; see {page}/commits/main") from None
    except errors.OfflineModeIsEnabled:
        raise _offline(name) from None
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError) as error:
        raise UnavailableError(f"{name}: {_first(error)}") from None
    except (DatasetGenerationError, ArrowException) as error:  # damaged files of a local copy or the cache
        raise DataError(f"{name}: damaged ({_first(error.__cause__ or error)})") from None
    except (ValueError, TypeError, FileNotFoundError) as error:  # an unknown config or split, no data files
        raise DataError(f"{name}: {_first(error)}") from None
    except Exception as error:
        if isinstance(error, OSError) and not _of_transport(error):
            raise DataError(f"{name}: cannot be read ({_first(error)})") from None
        if not _of_transport(error):
            raise
        if constants.HF_HUB_OFFLINE:
            raise _offline(name) from None
        raise UnavailableError(
            f"{name}: the hub cannot be reached ({_first(error)}); what was loaded before is there with"
            " HF_HUB_OFFLINE=1"
        ) from None


def _offline(name: str) -> UnavailableError:
    return UnavailableError(
        f"{name}: not in the cache, and HF_HUB_OFFLINE=1 forbids to ask the hub; load it once without that,"
        " or copy the cache of a machine that has it (HF_HOME)"
    )


def _of_transport(error: Exception) -> bool:
    """Whether an HTTP client raised it; huggingface_hub has changed its client twice."""
    client = type(error).__module__.split(".")[0]
    return isinstance(error, ConnectionError | TimeoutError) or client in ("requests", "httpx", "httpx2")


def _first(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) < 300 else f"{text[:300]}…"
