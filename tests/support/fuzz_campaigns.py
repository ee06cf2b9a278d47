"""Campaigns and other tools' files of them, for `fuzz_targets`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.compare.groups import TestSet
from tests.support.fuzzer import Target
from tests.support.made_stores import write_run

_ITEM: dict[str, Any] = {"item_id": "s1", "src": "Bonjour", "tgt": {"A": "Dzień dobry 😀", "B": "Cześć"}}
_MARK = {"start_i": 0, "end_i": 4, "severity": "minor", "category": None}
_ANNOTATION = {name: {"score": 80, "error_spans": [_MARK], "textfield": None} for name in ("A", "B")}
_LOG = {
    "user_id": "u", "item_i": 0, "item": [_ITEM], "annotation": [_ANNOTATION],
    "actions": [{"time": 1771311126.1, "action": "load"}, {"time": 1771311129.2, "action": "submit"}],
}  # fmt: skip
_HUMEVAL = {
    "scores": {"A": [{"score": 90, "annotator": "a_#_1", "times": [1.5, 2.5], "errors": [_MARK]}], "B": []},
    "src_text": "Bonjour", "tgt_text": _ITEM["tgt"], "doc_id": "fr-pl_#_news_#_d_#_1",
}  # fmt: skip
_FLAT = {
    "langs": "fr-pl", "line_id": 0, "src": "Bonjour", "tgt": "Cześć", "doc_id": "d", "esa_spans": [_MARK],
    "esa_score": "77", "times": ["1.5", "2.5"], "system": "A", "annotator": "x",
}  # fmt: skip
_MQM = (
    "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment\n"
    "A\td\t1\t1\tr\tBonjour\tDzień <v>dobry</v>\tStyle/Awkward\tMinor\t\n"
    "A\td\t1\t1\tr\t<v>Bon</v>jour\tDzień dobry\tAccuracy/Omission\tMajor\twhy\n"
)


def _row(*cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


_APPRAISE = _row("u", "m0", 0, "TGT", "fra", "pol", 90, "d", False, json.dumps([_MARK]), 1.5, 2.5) + _row(
    "u", "m0", 1, "BAD", "fra", "pol", 10, "d#bad", False, "[]", 1.5, 2.5
)


def _runs(folder: Path) -> Callable[[], TestSet]:
    def test_set() -> TestSet:
        from harness.compare.groups import group
        from harness.compare.select import select
        from harness.results.store import Store

        metrics = {"length_ratio": {"kind": "length_ratio"}}
        store = write_run(folder / "made", "2026-0", "m0", ["a b c", "d"], [["a"], ["d"]], metrics=metrics)
        return group(store, select(Store(folder / "made"), []))[0][0]

    return test_set


def _import(name: str) -> Callable[[Path], None]:
    def read(folder: Path) -> None:
        from harness.judge.foreign.answers import imported
        from harness.judge.foreign.kinds import FORMATS, exported, formats_of, read

        path, foreign = read(str(folder / name), _runs(folder))
        campaign, _ = imported(folder / "results", "c", path, foreign, ("fr", "pl"))
        for kind in FORMATS:
            if kind in formats_of(campaign.protocol):
                exported(folder / "results", campaign, kind)

    return read


def campaign_targets() -> list[Target]:
    tasks = {
        "info": {"assignment": "task-based", "protocol": "cESA"},
        "campaign_id": "p",
        "data": [[[_ITEM]]],
    }
    files = {
        "annotations.json": json.dumps({"c": [_LOG]}),
        "log.jsonl": json.dumps(_LOG) + "\n",
        "tasks.json": json.dumps(tasks),
        "humeval.jsonl": json.dumps(_HUMEVAL) + "\n",
        "flat.jsonl": json.dumps(_FLAT) + "\n",
        "mqm.tsv": _MQM,
        "appraise.csv": _APPRAISE,
    }
    return [Target(f"campaign-{name}", {name: files[name].encode()}, _import(name)) for name in files]
