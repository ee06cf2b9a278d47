"""`show RUN`: everything a reviewer may ask about one run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from harness.common.tables import print_table
from harness.common.terminal import visible_json, visible_line
from harness.errors import ConfigError
from harness.results.record import Record, Usage
from harness.results.store import Store
from harness.results.tables import LABELS, half_interval

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
    parser.add_argument("--verify", action="store_true", help="read every file to see whether it was edited")


def main(args: argparse.Namespace) -> int:
    if args.segments < 0:
        raise ConfigError(f"--segments {args.segments}: expected how many to show; 0 shows none")
    store = Store(args.results)
    run = store.find_finished(args.run)
    if args.verify:
        run = store.info(run.path, thorough=True)
    assert run.record is not None
    if args.json:
        print(visible_json(json.dumps(run.record.to_json(), indent=2, sort_keys=True, ensure_ascii=False)))
        return 0
    record = run.record
    _summary(record, run.warning)
    _scores(record)
    _pairing(record)
    _inputs(record)
    if args.segments:
        _segments(store, record, args.segments)
    return 0


def _summary(record: Record, edited: str | None) -> None:
    model, data, environment = record.model, record.data, record.environment
    dirty = ", with uncommitted changes" if environment.git_dirty else ""
    commit = f", commit {environment.git_commit[:12]}{dirty}" if environment.git_commit else ""
    rows = [
        ("run", record.run_id + (f"  tag {record.tag}" if record.tag else "")),
        *([("note", record.note)] if record.note else []),
        ("finished", record.finished),
        ("pair", f"{record.pair.src} → {record.pair.tgt}"),
        ("model", f"{model.name}  {model.id or ''} {model.revision or ''}".strip()),
        ("engine", model.engine),
        *([("decoding", ", ".join(f"{k} {v}" for k, v in model.settings.items()))] if model.settings else []),
        ("data", f"{data.name}, {data.n} segments, sha256 {data.hash[:16]}…"),
        ("config hash", record.config_hash),
        ("harness", f"{environment.harness}{commit}, Python {environment.python}"),
        ("seconds", ", ".join(f"{k} {v:.1f}" for k, v in record.timings.items())),
        *_of_service(record),
        *_of_judges(record),
        ("health", ", ".join(f"{n} {flag}" for flag, n in record.health.items()) or "ok"),
    ]
    if alignment := record.counts.alignment:
        rows.append(("beads", ", ".join(f"{n}×{shape}" for shape, n in alignment.shapes.items())))
        if alignment.flags:
            rows.append(("bead flags", ", ".join(f"{n} {flag}" for flag, n in alignment.flags.items())))
        rows += [
            (f"{name} text", f"{side.aligned_share:.1%} aligned, {side.null_segments} null segments")
            for name, side in (("src", alignment.src), ("tgt", alignment.tgt))
            if side.aligned_share is not None
        ]
    if pieces := record.counts.realign:
        rows.append(("realign", ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in pieces.items())))
    for kind, found in record.counts.cleaning.items():
        if found:
            rows.append((kind, ", ".join(f"{n} {rule}" for rule, n in sorted(found.items()))))
    for name, value in rows:
        print(f"{name:<12} {'–' if value is None else visible_line(str(value))}")
    for warning in [*([edited] if edited else []), *record.warnings]:
        print(f"{'warning':<12} {visible_line(warning)}")
    print()


def _of_service(record: Record) -> Iterator[tuple[str, str]]:
    """What a service was asked and what `engine.answer` changed, where there was either."""
    if record.cleaned is not None:
        yield (
            "cleaned",
            f"{record.cleaned} outputs, by {', '.join(record.model.identity.get('answer') or ())}",
        )
    usage = record.usage
    if usage is None:
        return
    yield "usage", _told(usage)
    if usage.served_by:
        yield "served by", _served(usage)


def _of_judges(record: Record) -> Iterator[tuple[str, str]]:
    """What came of asking the judge of each metric that has one."""
    for key, judging in (record.judges or {}).items():
        told = [", ".join(f"{n} {outcome}" for outcome, n in judging.outcomes.items())]
        told += [f"against {judging.against}"] if judging.against else []
        told += [", ".join(f"{name} {value:.4g}" for name, value in judging.details.items())]
        told += [_told(judging.usage)] if judging.usage else []
        told += [f"served by {_served(judging.usage)}"] if judging.usage and judging.usage.served_by else []
        yield key, "; ".join(filter(None, told))


def _told(usage: Usage) -> str:
    told = [f"{usage.characters:,} characters"]
    about = "about " if usage.served_by else ""  # a service counts whole prompts
    parts = ", ".join(f"{about}{n:,} {name}" for name, n in (usage.shown or {}).items())
    if usage.prompt_tokens is not None:
        told.append(f"{usage.prompt_tokens:,} prompt tokens" + (f" (of which {parts})" if parts else ""))
    told += [f"{usage.completion_tokens:,} completion tokens"] if usage.completion_tokens is not None else []
    told += [f"{usage.cost:.4f} {usage.currency or ''}".strip()] if usage.cost is not None else []
    return ", ".join(told)


def _served(usage: Usage) -> str:
    return ", ".join(f"{name} ({n})" for name, n in usage.served_by.items())


def _scores(record: Record) -> None:
    rows = [
        [
            LABELS.get(metric, metric),
            half_interval(score),
            f"[{score.ci[0]:.2f}, {score.ci[1]:.2f}]" if score.ci else "–",
            "higher" if score.higher_is_better else "lower",
            score.signature,
        ]
        for metric, score in record.corpus_scores.items()
    ]
    print_table(["metric", "score ↑", "95 % interval", "better", "signature"], rows)


def _pairing(record: Record) -> None:
    if not record.pairing:
        return
    rows = [
        [
            c.src,
            c.tgt,
            f"{c.score:.3f}",
            "–" if c.gap is None else f"{c.gap:+.3f}",
            str(c.mutual_best),
            "yes" if c.accepted else "no",
            c.reason,
        ]
        for c in record.pairing
    ]
    print_table(
        ["source document", "target document", "score ↑", "gap ↑", "mutual best ↑", "pair", "why"],
        rows,
        spare=("mutual best ↑", "gap ↑"),
    )


def _inputs(record: Record) -> None:
    rows = [[i.name, str(i.n), i.sha256[:16] + "…", i.path] for i in record.data.inputs]
    print_table(["input", "n", "sha256", "path"], rows)


def _segments(store: Store, record: Record, limit: int) -> None:
    for number, line in enumerate(store.segments(record.run_id)):
        if number == limit:
            break
        bead = line.get("bead") or {}
        confidence = bead.get("confidence")
        sure = f"  confidence {confidence:.2f}" if confidence is not None else ""
        flags = ", ".join([*(bead.get("flags") or []), *(line.get("health") or [])])
        print(visible_line(f"{line['id']}{sure}{f'  [{flags}]' if flags else ''}"))
        if line["source"]:
            print(f"  source      {visible_line(line['source'])}")
        print(f"  hypothesis  {visible_line(line['hypothesis'])}")
        for reference in line["references"]:
            print(f"  reference   {visible_line(reference)}")
