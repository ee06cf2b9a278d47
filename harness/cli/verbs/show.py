"""`show RUN`: everything a reviewer asks about one run."""

from __future__ import annotations

import argparse
import json
from typing import Any

from harness.common.tables import LABELS, half_interval, print_table
from harness.common.terminal import visible_json, visible_line
from harness.errors import UserError
from harness.results.store import Store

EXAMPLES = """\
examples:
  python -m harness show latest
  python -m harness show gloss --segments 5
  python -m harness show latest --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("run", help="a run id or the beginning of one, a tag, a model name, or 'latest'")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )
    parser.add_argument(
        "--segments", type=int, default=3, metavar="N", help="show the first N segments (default: 3)"
    )
    parser.add_argument("--json", action="store_true", help="print record.json")


def main(args: argparse.Namespace) -> int:
    store = Store(args.results)
    run = store.find(args.run)
    if run.record is None:
        raise UserError(f"{run.run_id}: {run.state}: {run.problem}")
    if args.json:
        print(visible_json(json.dumps(run.record, indent=2, sort_keys=True, ensure_ascii=False)))
        return 0
    record = run.record
    _summary(record)
    _scores(record)
    _pairing(record)
    _inputs(record)
    if args.segments > 0:
        _segments(store, record, args.segments)
    return 0


def _summary(record: dict[str, Any]) -> None:
    model, data = record["model"], record["data"]
    environment = record.get("environment") or {}
    dirty = ", with uncommitted changes" if environment.get("git_dirty") else ""
    commit = f", commit {environment['git_commit'][:12]}{dirty}" if environment.get("git_commit") else ""
    rows = [
        ("run", record["run_id"] + (f"  tag {record['tag']}" if record.get("tag") else "")),
        ("finished", record.get("finished")),
        ("pair", f"{record['pair']['src']} → {record['pair']['tgt']}"),
        ("model", f"{model['name']}  {model.get('id') or ''} {model.get('revision') or ''}".strip()),
        ("engine", model.get("engine")),
        ("data", f"{data['name']}, {data['n']} segments, sha256 {data['hash'][:16]}…"),
        ("config hash", record.get("config_hash")),
        ("harness", f"{environment.get('harness')}{commit}, Python {environment.get('python')}"),
        ("seconds", ", ".join(f"{k} {v:.1f}" for k, v in (record.get("timings") or {}).items())),
        ("health", ", ".join(f"{n} {flag}" for flag, n in (record.get("health") or {}).items()) or "ok"),
    ]
    counts = record.get("counts") or {}
    if alignment := counts.get("alignment"):
        shapes = ", ".join(f"{n}×{shape}" for shape, n in alignment["shapes"].items())
        rows.append(("beads", shapes))
        if alignment.get("flags"):
            rows.append(("bead flags", ", ".join(f"{n} {flag}" for flag, n in alignment["flags"].items())))
        rows += [
            (f"{side} text", f"{share:.1%} aligned, {alignment[side]['null_segments']} null segments")
            for side in ("src", "tgt")
            if (share := alignment[side]["aligned_share"]) is not None
        ]
    for kind, found in (counts.get("cleaning") or {}).items():
        if found:
            rows.append((kind, ", ".join(f"{n} {rule}" for rule, n in sorted(found.items()))))
    for name, value in rows:
        print(f"{name:<12} {'–' if value is None else visible_line(str(value))}")
    for warning in record.get("warnings") or []:
        print(f"{'warning':<12} {visible_line(warning)}")
    print()


def _scores(record: dict[str, Any]) -> None:
    rows = [
        [
            LABELS.get(s["metric"], s["metric"]),
            half_interval(s),
            f"[{s['ci'][0]:.2f}, {s['ci'][1]:.2f}]" if s["ci"] else "–",
            "higher" if s["higher_is_better"] else "lower",
            s["signature"],
        ]
        for s in record["scores"]
        if s["level"] == "corpus"
    ]
    print_table(["metric", "score ↑", "95 % interval", "better", "signature"], rows)


def _pairing(record: dict[str, Any]) -> None:
    candidates = record.get("pairing")
    if not candidates:
        return
    rows = [
        [
            c["src"],
            c["tgt"],
            f"{c['score']:.3f}",
            "–" if c["gap"] is None else f"{c['gap']:+.3f}",
            str(c["mutual_best"]),
            "yes" if c["accepted"] else "no",
            c["reason"],
        ]
        for c in candidates
    ]
    print_table(
        ["source document", "target document", "score ↑", "gap ↑", "mutual best ↑", "pair", "why"], rows
    )


def _inputs(record: dict[str, Any]) -> None:
    rows = [[i["name"], str(i["n"]), i["sha256"][:16] + "…", i["path"]] for i in record["data"]["inputs"]]
    print_table(["input", "n", "sha256", "path"], rows)


def _segments(store: Store, record: dict[str, Any], limit: int) -> None:
    for number, line in enumerate(store.segments(record["run_id"])):
        if number == limit:
            break
        bead = line.get("bead") or {}
        confidence = bead.get("confidence")
        sure = f"  confidence {confidence:.2f}" if confidence is not None else ""
        flags = ", ".join([*(bead.get("flags") or []), *(line.get("health") or [])])
        print(visible_line(f"{line['id']}{sure}{f'  [{flags}]' if flags else ''}"))
        print(f"  source      {visible_line(line['source'])}")
        print(f"  hypothesis  {visible_line(line['hypothesis'])}")
        for reference in line["references"]:
            print(f"  reference   {visible_line(reference)}")
