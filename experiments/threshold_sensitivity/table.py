"""The runs of the sweep as one Markdown table: threshold, what was aligned, scores, ranking.

python experiments/threshold_sensitivity/table.py results/threshold
"""

from __future__ import annotations

import sys
from typing import Any

from harness.results.store import Store
from harness.results.tables import newest

METRICS = ("chrf", "bleu")


def rows(results: str) -> list[list[str]]:
    """One row a threshold, systems in the order of their first metric."""
    records = [run.record for run in Store(results).runs() if run.record is not None]
    by_threshold: dict[float, list[dict[str, Any]]] = {}
    for record in newest(records):
        by_threshold.setdefault(float(record["config"]["aligner"]["threshold"]), []).append(record)
    found = []
    for threshold, group in sorted(by_threshold.items()):
        group.sort(key=lambda record: -value(record, METRICS[0]))
        alignment = group[0]["counts"]["alignment"]
        scores = [f"{r['model']['name']} {value(r, 'chrf'):.1f} / {value(r, 'bleu'):.1f}" for r in group]
        share = (alignment["src"]["aligned_share"] + alignment["tgt"]["aligned_share"]) / 2
        found.append([f"{threshold:g}", str(alignment["beads"]), f"{share:.0%}", " > ".join(scores)])
    return found


def value(record: dict[str, Any], metric: str) -> float:
    return float(next(score["value"] for score in record["scores"] if score["metric"] == metric))


def main() -> int:
    print("| threshold | beads | text aligned | ranking (chrF2 / BLEU) |\n| --- | --- | --- | --- |")
    for row in rows(sys.argv[1] if len(sys.argv) > 1 else "results"):
        print(f"| {' | '.join(row)} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
