"""The metric `consistency`: repeated names, numbers and terms that are translated the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from harness.errors import DataError
from harness.metrics.base import check
from harness.metrics.consistency.renditions import Translated, translated
from harness.protocols import Metric, Statistics

KINDS = ("name", "number", "term")


class Consistency(Metric):
    """Of what a document's source repeats, the share that is translated the same way, 0 to 100.

    The lexical translation consistency ratio of Lyu et al. 2021 (aclanthology.org/2021.emnlp-main.262): of a
    term that occurs k times with the translations t_1 … t_k,

        LTCR = Σ_{i<j} 1(t_i = t_j) / (k (k - 1) / 2),

    here the mean over terms, weighted by k: so it is the mean over occurrences of the share of the others
    that are translated alike, and each segment has its part of it. Where the paper aligns words by a model, a
    term is what the source repeats and the (first) reference renders the same way, and translations are
    learnt from the document (`terms`, `renditions`). Undefined, never 0, where nothing repeats.
    """

    name = "consistency"
    needs_source = True
    needs_documents = True
    decimals = 1
    signature = "consistency|ltcr:occurrences|kinds:name+number+term|version:2"

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 6)`: as for one document that has all these segments."""
        return self.in_documents([""] * len(hypotheses), sources, hypotheses, references)

    def in_documents(
        self,
        docs: Sequence[str | None],
        sources: Sequence[str],
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],
    ) -> Statistics:
        """`(n, 6)`: for each kind of term the sum of the shares of a segment's occurrences, and their number.

        Raises DataError for a segment in no document.
        """
        check(self.name, sources, hypotheses, references)
        rows = np.zeros((len(hypotheses), 2 * len(KINDS)))
        for places, terms in self.explained(docs, sources, hypotheses, references):
            for one in terms:
                column = 2 * KINDS.index(one.term.kind)
                for occurrence, share in zip(one.occurrences, one.shares(), strict=True):
                    rows[places[occurrence.segment], column : column + 2] += share, 1
        return rows

    def explained(
        self,
        docs: Sequence[str | None],
        sources: Sequence[str],
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],
    ) -> Iterable[tuple[list[int], list[Translated]]]:
        """Each document as the positions of its segments, and its terms (their segments count from 0)."""
        places: dict[str, list[int]] = {}
        for at, doc in enumerate(docs):
            if doc is None:
                raise DataError(
                    f"{self.name}: segment {at} (counted from 0) is in no document; data.docs or data.doc_id"
                    " names them, or leave the metric out"
                )
            places.setdefault(doc, []).append(at)
        for own in places.values():
            source, hypothesis = ([side[at] for at in own] for side in (sources, hypotheses))
            yield own, translated(source, hypothesis, [references[at][0] for at in own])

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` shares in percent; NaN where nothing repeats."""
        agreeing, all_of_them = sums[:, 0::2].sum(axis=1), sums[:, 1::2].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share: Statistics = np.where(all_of_them > 0, 100 * agreeing / all_of_them, np.nan)
        return share

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)`: of the occurrences in a segment; NaN where it has none."""
        return self.aggregate(statistics)
