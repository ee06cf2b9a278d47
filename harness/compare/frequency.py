"""How well the words of the references are found, by how frequent they are in a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from harness.common.progress import bar
from harness.common.texts import Text
from harness.compare.columns import Columns, by_document
from harness.compare.evaluate import Result
from harness.compare.gaps import Gap, Group, gaps
from harness.compare.tokens import is_word, tokenizer
from harness.metrics.stats.significance import Column
from harness.protocols import Metric, Statistics

BUCKETS = ((0, "0"), (1, "1"), (4, "2-4"), (9, "5-9"), (99, "10-99"), (999, "100-999"))
"""The most occurrences in each bucket, and its label; more than the last are `_MORE`."""
_MORE = "1,000 and more"
LABELS = (*(label for _, label in BUCKETS), _MORE)


class WordF1(Metric):
    """F1 of words, in percent, from (right, in the output, in the reference) summed over segments."""

    name = "F1 of words"
    needs_source = False

    def __init__(self, tokens: Callable[[str], list[str]]) -> None:
        self._tokens = tokens

    @property
    def signature(self) -> str:
        return "wordF1|case:mixed|tok:words"

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        wanted = [list(map(self.words, texts)) for texts in references]
        return self.by_bucket(hypotheses, wanted, lambda word: 0, 1)[:, 0]

    def by_bucket(
        self,
        hypotheses: Sequence[str],
        references: Sequence[Sequence[Counter[str]]],
        bucket: Callable[[str], int],
        buckets: int,
    ) -> Statistics:
        """`(n, buckets, 3)`: the statistics of the words of each bucket; `references` as their words.

        A word is right as often as both texts of a segment have it. Of several references the one with the
        highest F1 over all words counts.
        """
        rows = np.zeros((len(hypotheses), buckets, 3))
        for row, hypothesis, texts in zip(rows, hypotheses, references, strict=True):
            self._fill(row, self.words(hypothesis), texts, bucket)
        return rows

    def _fill(
        self,
        row: Statistics,
        words: Counter[str],
        references: Sequence[Counter[str]],
        bucket: Callable[[str], int],
    ) -> None:
        best, right = max(
            ((found, found & words) for found in references),
            key=lambda pair: pair[1].total() / max(1, pair[0].total() + words.total()),
        )
        for place, counts in enumerate((right, words, best)):
            for word, count in counts.items():
                row[bucket(word), place] += count

    def words(self, text: str) -> Counter[str]:
        """The words of a text, without its punctuation."""
        return Counter(filter(is_word, self._tokens(text)))

    def aggregate(self, sums: Statistics) -> Statistics:
        right, made, wanted = np.asarray(sums, dtype=np.float64).T
        size = made + wanted
        f1: Statistics = np.divide(200 * right, size, out=np.full(len(size), np.nan), where=size > 0)
        return f1

    def segment_scores(self, statistics: Statistics) -> Statistics:
        return self.aggregate(statistics)


@dataclass(frozen=True, slots=True)
class Frequency:
    """The words of one bucket. `words` are in the references (the first of each segment), `n` the segments
    that have any, there or in an output."""

    label: str
    words: int
    n: int
    scores: dict[str, float]  # system → F1 in percent
    differences: dict[str, Gap]  # system → beside the baseline


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The buckets that have words, rarest first, and what the frequencies were counted in."""

    baseline: str
    corpus: str
    buckets: tuple[Frequency, ...]


def accuracy(result: Result, corpus: Path | None = None) -> Accuracy:
    """F1 of words by their number of occurrences in `corpus`, a text; without one, in the references.

    Without a corpus there is no bucket of words that never occur: none of them could be right. Raises
    DataError for a corpus that cannot be read.
    """
    test_set = result.test_set
    metric = WordF1(tokenizer(test_set.tgt))
    wanted = [list(map(metric.words, texts)) for texts in test_set.systems[0].references]
    first = _total(found[0] for found in wanted)
    bucket = _bucket_of(_total(_words_of(corpus, metric, test_set.tgt)) if corpus else first)
    rows = {}
    with bar("words", len(test_set.systems), "systems") as ticker:
        for system in test_set.systems:
            rows[system.name] = metric.by_bucket(system.hypotheses, wanted, bucket, len(LABELS))
            ticker.advance()
    columns: Columns = {
        LABELS[k]: {name: Column(metric, found[:, k]) for name, found in rows.items()}
        for k in range(0 if corpus else 1, len(LABELS))
    }
    if result.options.unit == "documents":
        columns = by_document(test_set, columns)
    groups = {label: Group(column, _having(column)) for label, column in columns.items()}
    groups = {label: group for label, group in groups.items() if group.n}
    found = gaps(list(groups.values()), result.baseline, result.options, together=True)
    sizes: Counter[int] = Counter()
    for word, count in first.items():
        sizes[bucket(word)] += count
    return Accuracy(
        result.baseline,
        str(corpus) if corpus else "the references",
        tuple(
            Frequency(
                label,
                sizes[LABELS.index(label)],
                group.n,
                {s: c.score for s, c in group.columns.items()},
                gap,
            )
            for (label, group), gap in zip(groups.items(), found, strict=True)
        ),
    )


def _having(column: Mapping[str, Column]) -> int:
    """In how many rows any system or its reference has such words."""
    return int(np.any([part.rows[:, 1:].sum(axis=1) > 0 for part in column.values()], axis=0).sum())


def _words_of(corpus: Path, metric: WordF1, lang: str) -> Iterator[Counter[str]]:
    return (metric.words(line) for line in Text(corpus, langs=(lang,)).lines())


def _total(some: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in some:
        total.update(counts)
    return total


def _bucket_of(counts: Mapping[str, int]) -> Callable[[str], int]:
    @cache
    def bucket(word: str) -> int:
        count = counts.get(word, 0)
        return next((k for k, (most, _) in enumerate(BUCKETS) if count <= most), len(BUCKETS))

    return bucket
