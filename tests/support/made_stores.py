"""Results stores made for tests: real metrics over made texts, written through the real Store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.files import digest, write_atomic
from harness.results.record import Counts, Data, Model, Pair, Record
from harness.results.store import Store
from harness.types import Score

METRICS: dict[str, dict[str, Any]] = {
    "bleu": {"kind": "bleu", "workers": 1},
    "chrf": {"kind": "chrf", "workers": 1},
    "ter": {"kind": "ter", "workers": 1},
    "length_ratio": {"kind": "length_ratio"},
}


def write_run(
    root: Path,
    run_id: str,
    model: str,
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    sources: Sequence[str] | None = None,
    beads: Sequence[Mapping[str, Any] | None] | None = None,
    metrics: Mapping[str, Mapping[str, Any]] = METRICS,
    tag: str | None = None,
    data: str = "made",
    health: Sequence[Sequence[str]] | None = None,
    docs: Sequence[str] | None = None,
    domains: Sequence[str] | None = None,
    pair: tuple[str, str] = ("fr", "pl"),
    engine: str = "made",
    ids: Sequence[str] | None = None,
) -> Store:
    """Score `hypotheses` and write the run as the pipeline would."""
    store = Store(root)
    n = len(hypotheses)
    sources = list(sources or [f"source {i}" for i in range(n)])
    ids = list(ids or [f"{data}-{i:04d}" for i in range(n)])
    lines: list[dict[str, Any]] = [
        {
            "id": ids[i],
            "doc": docs[i] if docs else None,
            **({"domain": domains[i]} if domains else {}),
            "source": sources[i],
            "hypothesis": hypotheses[i],
            "references": list(references[i]),
            "bead": dict(beads[i]) if beads and beads[i] else None,
            "finish_reason": "stop",
            "n_tokens": None,
            "error": None,
            "health": list(health[i]) if health else [],
            "scores": {},
            "stats": {},
        }
        for i in range(n)
    ]
    scores = []
    for key, config in metrics.items():
        metric = registry.build("metric", config)
        rows = (
            metric.in_documents(docs or [None] * n, sources, hypotheses, references)
            if metric.needs_documents
            else metric.statistics(sources, hypotheses, references)
        )
        for line, row, value in zip(lines, rows, metric.segment_scores(rows), strict=True):
            line["stats"][key] = row.tolist()
            line["scores"][key] = None if value != value else float(value)
        scores.append(
            Score(
                metric=key,
                level="corpus",
                value=float(metric.aggregate(rows.sum(axis=0, keepdims=True))[0]),
                ci=None,
                n=n,
                signature=metric.signature,
                higher_is_better=metric.higher_is_better,
            )
        )
    text = "".join(json.dumps(line) + "\n" for line in lines)
    write_atomic(store.run_dir(run_id) / "segments.jsonl", text)
    store.write_record(
        Record(
            run_id=run_id,
            tag=tag,
            created="2026-01-01T00:00:00+00:00",
            finished="2026-01-01T00:00:01+00:00",
            config_hash=digest([run_id]),
            config={"metrics": {key: dict(config) for key, config in metrics.items()}},
            pair=Pair(*pair),
            data=Data(data, n, digest([ids, sources, [list(r) for r in references]])),
            model=Model(model, engine=engine, identity={"name": model}),
            counts=Counts(),
            scores=tuple(scores),
            health=dict(Counter(flag for flags in health or () for flag in flags)),
        )
    )
    return store
