"""The folders of mt-metrics-eval, in which the data of WMT's metrics tasks are published.

Layout (github.com/google-research/mt-metrics-eval): `sources/PAIR.txt`, `references/PAIR.NAME.txt`,
`documents/PAIR.docs`, `system-outputs/PAIR/NAME.txt`, `human-scores/PAIR.NAME.LEVEL.score` and
`metric-scores/PAIR/NAME-REFERENCE.LEVEL.score`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.common.notices import tell
from harness.common.paths import is_dir, is_file, user_path
from harness.data import tags
from harness.data.loaders.bitext import read_parallel
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.translated import names
from harness.data.where import Conditions, Where
from harness.errors import DataError, did_you_mean
from harness.types import Input

_NONE = "None"  # what mt-metrics-eval writes for a score that is missing


class MetricsEval(ParallelSet):
    """The source of a pair with all its references, the document and domain of each line.

    The published scores of systems are kept in the record, as `published` (`human` and `metric`: file →
    system → score); files of human scores are inputs of the set.

    path       the folder
    reference  take only these references, in this order; null: all, by name
    where      filters on `domain` and `doc`
    """

    def __init__(
        self,
        path: str | None = None,
        reference: str | Sequence[str] | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError("data=mt-metrics-eval needs data.path: a folder with sources/ and references/")
        self.path = path
        self.reference = names(reference)
        self.where = Where(where)
        self.name = name or user_path(path).name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        root = user_path(self.path)
        pair = _pair(root, src, tgt)
        references = self._references(root, pair)
        files = [TextFile(root / "sources" / f"{pair}.txt", (src,))]
        files += [TextFile(path, (tgt,)) for path in references.values()]
        documents = root / "documents" / f"{pair}.docs"
        docs = TextFile(documents) if is_file(documents) else None
        if docs is None:
            tell(f"{documents}: no such file; the lines have neither document nor domain")
        human = [TextFile(path) for path in sorted(root.glob(f"human-scores/{pair}.*.score"))]
        metric = [TextFile(path) for path in sorted(root.glob(f"metric-scores/{pair}/*.sys.score"))]
        meta: dict[str, Any] = {"pair": pair, "references": list(references)}
        published = {"human": _published(human), "metric": _published(metric)}
        meta["published"] = {kind: scores for kind, scores in published.items() if scores}

        def inputs() -> tuple[Input, ...]:
            return text_inputs([*files, *([docs] if docs else []), *human], self.origin)

        items = read_parallel(files, docs, selection=self.where.begin(meta))
        return Reading(self.name, items, inputs, meta)

    def _references(self, root: Path, pair: str) -> dict[str, Path]:
        there = {
            path.name.removeprefix(f"{pair}.").removesuffix(".txt"): path
            for path in sorted((root / "references").glob(f"{pair}.*.txt"))
        }
        if not there:
            raise DataError(f"{root / 'references'}: no {pair}.NAME.txt; a test set needs a reference")
        for name in self.reference or ():
            if name not in there:
                raise DataError(
                    f"{root}: no reference '{name}'.{did_you_mean(name, there)} data.reference is one or more"
                    f" of: {', '.join(there)}"
                )
        return there if self.reference is None else {name: there[name] for name in self.reference}


def _pair(root: Path, src: str, tgt: str) -> str:
    """The pair as the folder writes it: `"en-de"`, `"zh-en"`."""
    if not is_dir(root / "sources"):
        raise DataError(
            f"{root}: no folder 'sources' in it; data.path is a folder of mt-metrics-eval, such as wmt22"
        )
    known = sorted(path.name.removesuffix(".txt") for path in (root / "sources").glob("*.txt"))
    fits = []
    for pair in known:
        left, _, right = pair.partition("-")
        both = tags.fit(left, src), tags.fit(right, tgt)
        if both[0] is not None and both[1] is not None:
            fits.append((both[0] + both[1], pair))
    if not fits:
        raise DataError(f"{root}: no pair {src}-{tgt}; pairs there: {', '.join(known) or 'none'}")
    chosen = min(fits)[1]
    for tag, wanted in zip(chosen.split("-", 1), (src, tgt), strict=True):
        pooled = tags.Pooled(wanted)
        pooled.add([tag])
        pooled.end(str(root))
    return chosen


def _published(files: Sequence[TextFile]) -> dict[str, dict[str, float | None]]:
    """The scores of systems in each file: file → system → score, None where there is none.

    Files of other levels have a line a segment or document; they are read to be recorded, and not kept.
    """
    found = {}
    for file in files:
        scores = dict(_scores(file))
        if file.path.name.endswith(".sys.score"):
            found[file.path.name.removesuffix(".sys.score")] = scores
    return found


def _scores(file: TextFile) -> Iterator[tuple[str, float | None]]:
    for number, line in enumerate(file.lines(), start=1):
        cells = line.split()
        try:
            yield cells[0], None if cells[1:] and cells[-1] == _NONE else float(cells[1:][-1])
        except (IndexError, ValueError):
            raise DataError(
                f"{file.where}:{number}: a system and its score were expected, or {_NONE} for no score"
            ) from None
