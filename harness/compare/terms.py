"""Where systems translate the repeated terms of a document in several ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.compare.cells import Sheet, number
from harness.compare.evaluate import Result
from harness.compare.groups import TestSet
from harness.compare.load import System
from harness.metrics.consistency.metric import KINDS, Consistency
from harness.metrics.consistency.renditions import Translated

NONE = "…"
"""What stands for words that recur nowhere and are like no rendition."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A term of a document in the output of one system; `segments` are the positions of its occurrences."""

    doc: str
    found: Translated
    segments: tuple[int, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The document and the term: the same for every system."""
        return self.doc, " ".join(self.found.term.source)

    def ways(self) -> Mapping[str, list[int]]:
        """The segments by what they have for the term, the most frequent first."""
        usual: dict[tuple[str, str], str] = {}
        ways: dict[str, list[int]] = {}
        for one, at in zip(self.found.occurrences, self.segments, strict=True):
            text = one.text or NONE
            if one.rendition is not None:
                text = usual.setdefault(one.rendition, text)
            ways.setdefault(text, []).append(at)
        return dict(sorted(ways.items(), key=lambda way: -len(way[1])))


def rendered(system: System) -> Iterator[Rendered]:
    """The terms of all documents in the output of a system; none without the metric `consistency`."""
    metric = next((m for m in system.metrics.values() if isinstance(m, Consistency)), None)
    if metric is None:
        return
    columns = system.docs, system.sources, system.hypotheses, system.references
    for places, terms in metric.explained(*columns):
        for found in terms:
            segments = tuple(places[one.segment] for one in found.occurrences)
            yield Rendered(str(system.docs[places[0]]), found, segments)


def term_sheets(result: Result, most: int) -> list[Sheet]:
    """The shares by kind of term, and of the `most` terms that vary most the ways in which systems render
    them; none where no system has the metric."""
    all_of_them = {system.name: list(rendered(system)) for system in result.test_set.systems}
    all_of_them = {name: found for name, found in all_of_them.items() if found}
    if not all_of_them:
        return []
    lost: dict[tuple[str, str], float] = defaultdict(float)
    for found in all_of_them.values():
        for one in found:
            lost[one.key] += sum(1 - share for share in one.found.shares())
    worst = [key for key in sorted(lost, key=lost.__getitem__, reverse=True) if lost[key] > 0][:most]
    rows = []
    for key in worst:
        for name, found in all_of_them.items():
            rows += [
                _row(result.test_set, name, one) for one in found if one.key == key and one.found.ratio < 1
            ]
    header = ("document", "term", "reference", "system", "alike", "translated as (segments)")
    varied = sum(cost > 0 for cost in lost.values())
    note = f"{len(worst)} of {varied} terms that vary, of {len(lost)} in all; those first that cost most"
    if not rows:
        return [replace(_by_kind(all_of_them), notes=(f"none of {len(lost)} terms varies",))]
    return [_by_kind(all_of_them), Sheet("Terms in several translations", header, tuple(rows), notes=(note,))]


def _row(test_set: TestSet, name: str, one: Rendered) -> tuple[str, ...]:
    ids = test_set.systems[0].ids
    ways = [f"{text} ({_some([ids[at] for at in places])})" for text, places in one.ways().items()]
    term = one.found.term
    return one.doc, term.text, term.reference, name, f"{100 * one.found.ratio:.0f} %", ", ".join(ways)


def _some(ids: Sequence[str], most: int = 3) -> str:
    return " ".join(ids[:most]) + (f" +{len(ids) - most}" if len(ids) > most else "")


def _by_kind(systems: Mapping[str, Sequence[Rendered]]) -> Sheet:
    rows = []
    for name, found in systems.items():
        cells = [name]
        for kind in KINDS:
            shares = [s for one in found if one.found.term.kind == kind for s in one.found.shares()]
            mean = 100 * sum(shares) / len(shares) if shares else None
            cells += [number(mean, 1), str(len(shares))]
        rows.append(tuple(cells))
    header = ("system", *(cell for kind in KINDS for cell in (f"{kind}s ↑", f"of {kind}s")))
    return Sheet("Consistency by kind of term, over their occurrences", header, tuple(rows))
