"""Records as rows: of the terminal's and Markdown's tables, and of table.csv."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from harness.common.progress import note
from harness.common.tables import BROKEN, terminal_width, text_table, width_of, without
from harness.results.record import Record
from harness.types import Score

LABELS = {
    "bleu": "BLEU",
    "spbleu": "spBLEU",
    "chrf": "chrF2",
    "chrfpp": "chrF2++",
    "ter": "TER",
    "length_ratio": "length",
}

# Good translations get this flag too: people round, and write numbers as words.
_MINOR = ("numbers",)

_COUNT = re.compile(rf"({BROKEN})?\d+")

# Metrics on a scale of 100 or so.
_HUNDRED = ("bleu", "spbleu", "chrf", "chrfpp", "ter", "consistency")


def newest(records: Sequence[Record]) -> list[Record]:
    """The newest record of each configuration (config hash), oldest first."""
    last = {record.config_hash or record.run_id: record for record in records}
    return list(last.values())


def half_interval(score: Score) -> str:
    """`"29.6 ± 1.2"`: the value and half its 95 % interval, with the decimals of the metric's scale."""
    if score.value is None:
        return "–"
    digits = digits_of(score)
    if not score.ci:
        return f"{score.value:.{digits}f}"
    low, high = score.ci
    return f"{score.value:.{digits}f} ± {(high - low) / 2:.{digits}f}"


def digits_of(score: Score) -> int:
    """Decimals by the metric, so that 0 and 100 are written alike; by the value of any other metric."""
    if score.metric in _HUNDRED:
        return 1
    return 3 if max(map(abs, [score.value or 0.0, *(score.ci or [])])) <= 2 else 1


def score_rows(records: Sequence[Record]) -> tuple[list[str], list[list[str]]]:
    """Header and rows: run, model, tag where a run has one, pair, data, n, one column per metric, health."""
    tagged = any(record.tag for record in records)
    metrics: dict[str, bool] = {}
    for record in records:
        for score in record.corpus_scores.values():
            metrics.setdefault(score.metric, score.higher_is_better)
    header = ["run", "model", *(["tag"] if tagged else []), "pair", "data", "n"]
    header += [LABELS.get(name, name) + (" ↑" if up else " ↓") for name, up in metrics.items()]
    rows = []
    for record in records:
        scores = record.corpus_scores
        rows.append(
            [
                record.run_id,
                record.model.label,
                *([record.tag or ""] if tagged else []),
                str(record.pair),
                f"{record.data.name}:{record.data.short_hash}",
                str(record.data.n),
                *(half_interval(scores[name]) if name in scores else "–" for name in metrics),
                health_cell(record),
            ]
        )
    return [*header, "health"], rows


def print_scores(records: Sequence[Record], wide: bool = False) -> None:
    """Print the table of scores; on a terminal that is too narrow without what `fitted` leaves out."""
    header, rows = score_rows(records)
    width = terminal_width()
    if width is None or wide:
        hidden: list[str] = []
    else:
        header, rows, hidden = fitted(header, rows, width)
    for line in text_table(header, rows):
        print(line)
    if hidden:
        note(f"left out to fit {width} columns: {', '.join(hidden)} (list --wide shows everything)")


def fitted(
    header: list[str], rows: list[list[str]], width: int
) -> tuple[list[str], list[list[str]], list[str]]:
    """A table of scores in at most `width` columns if that can be, and what it lacks, in the order left out.

    First all flags but the most frequent, then run, data, pair if it is the same everywhere, the names of
    flags, metrics from the last on, pair, n, tag, health, and the intervals last. The name of the system and
    the first metric always stay. What is the same in all rows is told with its name.
    """
    hidden: list[str] = []
    metrics = [name for name in header if _is_metric(name)]
    same = {name for name, *column in zip(header, *rows, strict=True) if len(set(column)) == 1}
    order = ["flags", "run", "data", *(["pair"] if "pair" in same else []), "names of flags"]
    order += [*reversed(metrics[1:]), *([] if "pair" in same else ["pair"]), "n"]
    order += [*(["tag"] if "tag" in header else []), "health", "intervals"]
    for name in order:
        if width_of(header, rows) <= width:
            break
        before = rows
        if name in _SHORTENED:
            rows = [[_shorter(name, *cell) for cell in zip(header, row, strict=True)] for row in rows]
        else:
            if name == "health":
                rows = [_marked_at_name(header, row) for row in rows]
            shared = f" ({rows[0][header.index(name)]})" if name in same and not _is_metric(name) else ""
            header, rows = without(header, rows, header.index(name))
            name += shared
        if rows != before:
            hidden.append(name)
    return header, rows, hidden


_SHORTENED = ("flags", "names of flags", "intervals")


def _shorter(step: str, column: str, cell: str) -> str:
    """A cell after one of the steps that shorten cells instead of leaving out a column."""
    if step == "intervals" and _is_metric(column):
        return cell.split(" ± ")[0]
    if column == "health" and step == "flags":
        first, more, _ = cell.partition(", ")
        return f"{first}, …" if more else first
    if column == "health" and step == "names of flags":
        counted = _COUNT.match(cell)
        return counted.group() if counted else cell
    return cell


def _marked_at_name(header: list[str], row: list[str]) -> list[str]:
    """The mark of a system that does not translate at its name, where there is no room for its health."""
    at = header.index("model")
    mark = BROKEN if row[header.index("health")].startswith(BROKEN) else ""
    return [*row[:at], f"{mark}{row[at]}", *row[at + 1 :]]


def _is_metric(column: str) -> bool:
    return column.endswith(("↑", "↓"))


def health_cell(record: Record) -> str:
    """`"12 copied"`: the counts of unhealthy segments, the most frequent first.

    `BROKEN` goes before them where a fifth of all outputs has a flag that a working system hardly gets.
    """
    worst = sorted(record.health.items(), key=lambda flag: (-flag[1], flag[0]))
    text = ", ".join(f"{count} {name}" for name, count in worst) or "ok"
    return f"{BROKEN}{text}" if is_broken(record.health, record.data.n) else text


def is_broken(health: Mapping[str, int], n: int) -> bool:
    """Whether a fifth of `n` outputs has one and the same flag that a working system hardly gets."""
    grave = max((count for name, count in health.items() if name not in _MINOR), default=0)
    return grave > 0 and grave >= n / 5


def table_csv(records: Sequence[Record]) -> str:
    """A long-lived CSV: one line per run, one column per metric with its interval and signature."""
    metrics = sorted({name for record in records for name in record.corpus_scores})
    fields = ["run_id", "created", "tag", "model", "model_id", "revision", "engine", "src", "tgt", "data"]
    fields += ["data_hash", "n", "config_hash"]
    for metric in metrics:
        fields += [metric, f"{metric}_low", f"{metric}_high", f"{metric}_signature"]
    out = io.StringIO()
    writer = csv.DictWriter(out, fields, lineterminator="\n", restval="")
    writer.writeheader()
    for record in sorted(records, key=lambda record: record.run_id):
        row = about(record) | {"n": record.data.n}
        for name, score in record.corpus_scores.items():
            low, high = score.ci or ("", "")
            row |= {name: score.value, f"{name}_low": low, f"{name}_high": high}
            row[f"{name}_signature"] = score.signature
        writer.writerow({key: row[key] for key in fields if row.get(key) is not None})
    return out.getvalue()


def about(record: Record) -> dict[str, object]:
    """What identifies a run in a long table, one column a fact."""
    model, data, pair = record.model, record.data, record.pair
    return {
        "run_id": record.run_id,
        "tag": record.tag,
        "created": record.created,
        "model": model.name,
        "model_id": model.id,
        "revision": model.revision,
        "engine": model.engine,
        "src": pair.src,
        "tgt": pair.tgt,
        "data": data.name,
        "data_hash": data.hash,
        "config_hash": record.config_hash,
    }
