"""Processing one shard, on any machine: translate, score, store. The same code for every backend."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from harness import registry
from harness.common.files import digest
from harness.common.mojibake import is_damaged
from harness.common.notices import collecting
from harness.errors import UserError
from harness.metrics.shifts import shift
from harness.metrics.stats.bootstrap import block_sums
from harness.protocols import Batch
from harness.run.judging import counted
from harness.run.rivals import Rivals
from harness.run.score import score
from harness.run.shards import Done, Finished, Shard, ShardStatistics, sha256
from harness.run.timings import Stages
from harness.run.usage import usage_of
from harness.run.whole import Cut, build_realigner, counts_of, cut, documents_of, wholes
from harness.run.windows import Whole
from harness.types import Item, Translation

SHOWN = 3
"""Failed segments that a summary quotes."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the shards of a run share: plain values, so that it can be sent to another machine.

    `n` is how many segments the test set has, `size` how many a shard, `block` how many the bootstrap draws
    together. `folder` (of finished shards) and `cache_dir` are absolute and, on several machines, on storage
    that all of them see. `fresh` asks the engine for everything, whatever is stored. `whole` and `sourceless`
    as `Bitext` has them.
    """

    engine: Mapping[str, Any]
    model: Mapping[str, Any]
    metrics: Mapping[str, Any]
    splitter: Mapping[str, Any]
    src: str
    tgt: str
    n: int
    size: int
    block: int
    retries: int
    folder: str
    cache_dir: str
    fresh: bool = False
    whole: int | None = None
    sourceless: bool = False
    realign: Mapping[str, Any] = field(default_factory=dict)
    """For an engine of whole documents the configurations of `realign`, `aligner` and `encoder`."""
    ends: Sequence[int] = ()
    """Where shards may end; none: anywhere."""
    rivals: Mapping[str, str] = field(default_factory=dict)
    """The folders of the runs that metrics compare with, by metric."""


class Worker:
    """Processes the shards of one job. Engine, metrics and splitter are built once, unless they are given."""

    def __init__(self, job: Job, engine: Any = None, metrics: Any = None, splitter: Any = None) -> None:
        from harness.translate.retry import Tolerant

        self.job = job
        if engine is None:
            engine = registry.build("engine", job.engine, model=job.model, src=job.src, tgt=job.tgt)
        if metrics is None:
            metrics = {key: registry.build("metric", options) for key, options in job.metrics.items()}
        self.metrics = metrics
        self._rivals = Rivals(job.rivals)
        if job.fresh:
            for metric in metrics.values():
                metric.renew()
        self._splitter = registry.build("splitter", job.splitter) if splitter is None else splitter
        self._tolerant = Tolerant(engine, job.retries)
        self.finished = Finished(job.folder)
        self._open = ExitStack()

    def __enter__(self) -> Worker:
        """Within `with worker:` metrics keep their models loaded from shard to shard."""
        for metric in self.metrics.values():
            self._open.enter_context(metric)
        return self

    def __exit__(self, *stopped: Any) -> None:
        self._open.__exit__(*stopped)

    def work(
        self,
        shard: Shard,
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None = None,
    ) -> Done:
        """Translate and score the `items` of a shard and keep them in the folder of finished shards.

        `stages` names and times what is being done; `advance` counts translated segments.
        """
        with collecting() as notices:
            done, data, rows = self._worked(shard, items, stages, advance)
        with stages("record"):
            done = replace(done, warnings=list(notices))
            self.finished.write(done, data, rows)
        return done

    def _worked(
        self,
        shard: Shard,
        items: Sequence[Item],
        stages: Stages,
        advance: Callable[[int], None] | None,
    ) -> tuple[Done, bytes, ShardStatistics]:
        from harness.translate.runner import stream

        job, engine = self.job, self._tolerant.engine
        sources = [item.source for item in items]
        found = wholes(items, engine) if engine.unit != "segment" else []
        with stages("translate"):
            batch = Batch(sources, docs=[item.doc for item in items] if engine.before else ())
            if found:
                batch = documents_of(items, found)
            elif engine.positional:
                references = [item.references for item in items]
                ids = [item.id for item in items]
                batch = Batch(sources, references, shard.start, job.n, ids, job.whole)
            part = cache_part(sources) if len(shard) < job.n else None
            with self._beginning(stages):
                translations = list(
                    stream(
                        self._tolerant,
                        batch,
                        job.cache_dir,
                        self._splitter,
                        job.src,
                        job.tgt,
                        part,
                        advance,
                        job.fresh,
                    )
                )
        outputs = translations  # of whole documents or windows, where the engine gives those
        cuts: list[Cut] = []
        if found:
            with stages("realign"):
                cuts = self._cut(items, found, translations)
            translations = [made.translation for made in cuts]
        with stages("score"):
            self._rivals.meet(self.metrics, items)
            scored = score(items, translations, self.metrics, job.src, job.tgt, job.sourceless, cuts)
            shifted = _shifted(items, translations) if engine.unit == "segment" else {}
            rows = {key: block_sums(s, shard.start, job.block) for key, s in scored.statistics.items()}
        with stages("record"):
            text = "".join(
                json.dumps(line, ensure_ascii=True, allow_nan=False) + "\n" for line in scored.lines
            )
            data = text.encode()
            failed = [line for line in scored.lines if line["finish_reason"] == "error"]
            bleu = any(options.get("kind") == "bleu" for options in job.metrics.values())
            done = Done(
                shard=shard,
                sha256=sha256(data),
                health=scored.health,
                realign=counts_of(cuts) if cuts else {},
                failed=len(failed),
                failures=[
                    {"id": _plain(line["id"]), "error": _plain(str(line["error"]))} for line in failed[:SHOWN]
                ],
                signatures={key: metric.signature for key, metric in self.metrics.items()},
                cleaned=sum(output.details.raw is not None for output in outputs),
                shifted=shifted,
                usage=usage_of(outputs, engine),
                judged=counted(scored.judged),
                tokenized=sum(line["hypothesis"].endswith(" .") for line in scored.lines) if bleu else 0,
                misread=sum(is_damaged(line["hypothesis"]) for line in scored.lines),
                misread_first=next(
                    (_plain(line["id"]) for line in scored.lines if is_damaged(line["hypothesis"])), ""
                ),
            )
        return done, data, rows

    @contextmanager
    def _beginning(self, stages: Stages) -> Iterator[None]:
        """A mistake of the user's that shows before the first translation is one of preparing."""
        try:
            yield
        except UserError:
            if not self._tolerant.works:
                stages.current = "prepare"
            raise

    def _cut(
        self, items: Sequence[Item], found: Sequence[Whole], outputs: Sequence[Translation]
    ) -> list[Cut]:
        """The pieces of the outputs of documents, in the order of `items`."""
        job = self.job
        realigner = build_realigner(**job.realign, splitter=self._splitter, tgt=job.tgt)
        made: dict[int, Cut] = {}
        for whole, output in zip(found, outputs, strict=True):
            window = whole.id if whole.part else None
            pieces = cut([items[at] for at in whole.segments], output, realigner, whole.context, window)
            made.update(zip(whole.scored, pieces, strict=True))
        return [made[at] for at in range(len(items))]


def cache_part(sources: Sequence[str]) -> str:
    """The part of the cache that a shard has to itself."""
    return f"shard-{digest(sources, 16)}"


def _shifted(items: Sequence[Item], translations: Sequence[Translation]) -> dict[str, Any]:
    """Which segments have a neighbour's output; empty where none have."""
    found = shift([t.hypothesis for t in translations], [item.references for item in items])
    if found is None:
        return {}
    first, last = _plain(items[found.start].id), _plain(items[found.stop - 1].id)
    return {"first": first, "last": last, "by": found.by, "lines": found.stop - found.start}


def _plain(text: str) -> str:
    """Unpaired surrogates, which no record can hold, as their escapes."""
    return text.encode("utf-8", "backslashreplace").decode()
