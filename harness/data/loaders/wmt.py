"""The test sets of sacreBLEU's catalogue (WMT, IWSLT, mTEDx …) by their name there."""

from __future__ import annotations

import urllib.error
from collections.abc import Mapping
from typing import Any

from harness.common.langs import language
from harness.data.loaders.bitext import read_parallel
from harness.data.parallel import ParallelSet, Reading
from harness.data.reading import TextFile
from harness.data.where import Conditions, Where
from harness.errors import DataError, UnavailableError, did_you_mean
from harness.protocols import Context
from harness.types import Input

_COLUMNS = ("origlang", "domain", "genre")


class Wmt(ParallelSet):
    """A test set as `sacrebleu -t NAME -l SRC-TGT` has it: its references, and its document ids if any.

    `where` filters on what sacreBLEU knows of each line: `origlang`, `domain` or `genre`, `doc`.

    sacreBLEU downloads it once, checks its MD5 sum and keeps it in `$SACREBLEU` (`~/.sacrebleu`).
    """

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return ["downloads a test set of sacreBLEU's catalogue, unless it is there already"]

    def __init__(self, name: str = "wmt24", where: Conditions = None) -> None:
        self.name = name
        self.where = Where(where)

    def read(self, src: str, tgt: str) -> Reading:
        dataset = _dataset(self.name)
        pair = _pair(dataset, src, tgt)
        try:
            files = dict(zip(dataset.fieldnames(pair), dataset.get_files(pair), strict=True))
            source, references = dataset.get_source_file(pair), dataset.get_reference_files(pair)
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            raise UnavailableError(
                f"{self.name}: {dataset.data[0]} cannot be reached ({getattr(error, 'reason', error)});"
                f" on a connected machine: sacrebleu -t {self.name} -l {pair} --echo src"
            ) from None
        except SystemExit:
            raise DataError(
                f"{self.name}: the download is not what sacreBLEU expects; its log says which file to delete"
            ) from None
        texts = [TextFile(source), *(TextFile(path) for path in references)]
        docs = TextFile(files["docid"]) if "docid" in files else None
        columns = {name: TextFile(files[name]) for name in _COLUMNS if name in files}

        def inputs() -> tuple[Input, ...]:
            return tuple(
                Input(
                    name=text.path.name,
                    path=text.path.name,
                    sha256=text.sha256,
                    n=text.n,
                    url=str(dataset.data[0]),
                    citation=" ".join(str(dataset.citation or dataset.description or "").split()) or None,
                )
                for text in texts
            )

        meta: dict[str, Any] = {}
        items = read_parallel(texts, docs, columns, self.where.begin(meta))
        return Reading(self.name, items, inputs, meta)


def _dataset(name: str) -> Any:
    from sacrebleu.dataset import DATASETS

    if name not in DATASETS:
        raise DataError(
            f"no test set named '{name}' in sacreBLEU's catalogue.{did_you_mean(name, DATASETS)}"
            " See: sacrebleu --list"
        )
    return DATASETS[name]


def _pair(dataset: Any, src: str, tgt: str) -> str:
    known = sorted(dataset.langpairs)
    for left in dict.fromkeys((language(src).short, src)):
        for right in dict.fromkeys((language(tgt).short, tgt)):
            if f"{left}-{right}" in known:
                return f"{left}-{right}"
    pair = f"{language(src).short}-{language(tgt).short}"
    raise DataError(f"{dataset.name} has no {pair}.{did_you_mean(pair, known)} Pairs: {', '.join(known)}")
